"""The units of a text by which it is searched: Chinese characters, and words of letters and digits.

The canonical form of a text has only these units: in simplified characters, half-width and lower case. Runs of Chinese
characters and words are separated by one space each, whatever stood between them. A phrase occurs in a text if its
pattern is a part of the text's canonical form. The tokens are what an index stores, so that it gives the same answer.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterable, Iterator

from pipelines.text.opencc_fixes import VARIANTS
from pipelines.text.script import fold_to_simplified

MAX_INDEXED_CHARS = 100_000
"""Characters of a text that are searched, from its beginning: PostgreSQL accepts 1 MB of lexemes for a row, and a
bigram has up to 8 bytes. A newspaper page has about 10,000 characters, a yearbook chapter about 50,000."""

MAX_WORD_CHARS = 64
"""Longer runs of letters and digits are cut: PostgreSQL accepts lexemes of 2 KB. Longer ones are no words but data."""

HANZI = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
"""The Chinese characters, as ranges of a regular expression."""


def canonical(text: str) -> str:
    """Return the canonical form of the beginning of a text.

    >>> canonical("國辦發〔２０１７〕47號，BA.5")
    ' 国办发 2017 47 号 ba 5 '
    """
    return f" {' '.join(_units().findall(text[:MAX_INDEXED_CHARS].translate(_folding())))} "


def phrase_pattern(text: str) -> str:
    """Return what occurs in the canonical form of each text that contains a phrase; empty if the phrase has no unit.

    A phrase can begin and end inside a run of Chinese characters, but not inside a word.

    >>> phrase_pattern("小区，2017年"), phrase_pattern("5G"), phrase_pattern("……")
    ('小区 2017 年', ' 5g ', '')
    """
    form = canonical(text)
    units = form.strip()
    if not units:
        return ""
    start = "" if _hanzi().match(units[0]) else " "
    return start + units + ("" if _hanzi().match(units[-1]) else " ")


def index_tokens(form: str) -> list[str]:
    """Return the tokens of a canonical form, one for each unit, in order.

    A Chinese character and the next one are a token; the last one of a run is a token alone. So each character is the
    beginning of one token, and a prefix search finds single characters.

    >>> index_tokens(" 老旧小区 2017 年 ")
    ['老旧', '旧小', '小区', '区', '2017', '年']
    """
    return _tokens().findall(form)


def characters(form: str) -> list[str]:
    """Return the Chinese characters of a canonical form, each once, in the order in which they first occur.

    >>> characters(" 老旧小区 2017 年老 ")
    ['老', '旧', '小', '区', '年']
    """
    return _hanzi().findall("".join(dict.fromkeys(form)))


def phrase_tokens(pattern: str) -> tuple[list[str], bool]:
    """Return the tokens of a pattern, which are consecutive in each text with it, and whether the last is a prefix.

    >>> phrase_tokens("小区 2017 年"), phrase_tokens("老旧小区")
    ((['小区', '区', '2017', '年'], True), (['老旧', '旧小', '小区'], False))
    """
    *runs, last = pattern.split()
    tokens = index_tokens(" ".join(runs))
    if not _hanzi().match(last):
        return [*tokens, last], False
    return tokens + (index_tokens(last)[:-1] or [last]), len(last) == 1


def find_phrases(text: str, patterns: Iterable[str]) -> Iterator[tuple[int, int]]:
    """Yield the start and the end of the first occurrence of each pattern that occurs in a text.

    >>> [*find_phrases("第（２０１７）47號", [phrase_pattern("47号"), phrase_pattern("48号")])]
    [(7, 10)]
    """
    places = _Places(text)
    return filter(None, (_span(places, pattern) for pattern in patterns))


def _span(places: _Places, pattern: str) -> tuple[int, int] | None:
    at = places.form.find(pattern)
    if at < 0:
        return None
    first = at + (pattern[0] == " ")
    last = at + len(pattern) - 1 - (pattern[-1] == " ")
    return places.origins[first], places.origins[last] + 1


class _Places:
    """The canonical form of a text, and for each of its characters the place in the text from which it comes."""

    def __init__(self, text: str) -> None:
        units = [*map(_folding().__getitem__, map(ord, text[:MAX_INDEXED_CHARS]))]
        is_same = all(len(unit) == 1 for unit in units)
        places = range(len(units)) if is_same else [at for at, unit in enumerate(units) for _ in unit]
        parts, origins = [" "], [0]
        for run in _units().finditer("".join(units)):
            parts += [run[0], " "]
            origins += places[run.start() : run.end()]
            origins.append(origins[-1])
        self.form, self.origins = "".join(parts), origins


class _Folding(dict[int, str]):
    """What becomes of each character; computed when a character occurs for the first time."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        form = unicodedata.normalize("NFKC", char).lower() if not 0xD800 <= code <= 0xDFFF else " "
        simple = fold_to_simplified(form.translate(VARIANTS))
        self[code] = "".join(map(_unit, simple))
        return self[code]


def _unit(char: str) -> str:
    """Return a character of a unit as it is, nothing for an invisible one, and a space for any other."""
    if _hanzi().match(char):
        return char
    kind = unicodedata.category(char)
    if kind[0] in "LNM":
        return char
    return "" if kind == "Cf" else " "


@functools.cache
def _folding() -> _Folding:
    return _Folding()


@functools.cache
def _units() -> re.Pattern[str]:
    return re.compile(rf"[{HANZI}]+|[^ {HANZI}]{{1,{MAX_WORD_CHARS}}}")


@functools.cache
def _hanzi() -> re.Pattern[str]:
    return re.compile(f"[{HANZI}]")


@functools.cache
def _tokens() -> re.Pattern[str]:
    """Return a pattern of the tokens of a canonical form: what is looked at is longer than what is passed over."""
    return re.compile(rf"(?=([{HANZI}]{{1,2}}|[^ {HANZI}]+))(?:[{HANZI}]|[^ {HANZI}]+)")
