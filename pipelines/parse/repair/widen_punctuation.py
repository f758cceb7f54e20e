"""The rule `widen-punctuation`: Chinese punctuation that a converter made half-width, and spaces beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipelines.parse.repair.edits import Edit, Repaired, apply_edits, lines_of
from pipelines.text.script import simplified_copy

MAX_HALF_WIDTH_SHARE = 0.7
"""Largest share of half-width marks, among the marks after hanzi, that counts as the author's own style. Converted
texts have over .9, clean ones under .2, passages of manuals by several authors up to .65."""

MIN_QUOTE_PAIRS = 2
"""Number of pairs of straight quotes around Chinese from which a text without other quotes counts as converted."""

FULL_WIDTH = dict(zip(",;:!?()", "，；：！？（）", strict=True))

_HANZI = "\u3400-\u9fff"
_BEFORE = rf"[{_HANZI}”’》」』】）)%％‰℃×①-⑳…—]"
_AFTER = rf"[{_HANZI}“‘《「『【（]"
_MARK = re.compile(
    rf"(?<={_BEFORE})(?:[,;]|:(?!//)|[!?]+)"  # after Chinese
    rf"|(?<=[0-9A-Za-z])[,;:!?](?={_AFTER})"  # after a number or a Latin name, before Chinese
    rf"|(?<=[！？])[!?]+"
    rf"|(?<=[*_])[,;:!?](?={_AFTER}|$)"  # after a masked word
    rf"|^[,;](?={_AFTER})",  # after omitted words
    re.MULTILINE,
)
"""Half-width marks that are widened."""

_MARK_AFTER_HANZI = re.compile(
    rf"""
    [,;:!?，；：！？] (?<=[{_HANZI}].)
    (?: (?<=[，；：！？])
      | (?<=[,;]) (?!\s|\Z)
      | (?<=[:!?]) (?![ /])
    )
    """,
    re.VERBOSE,
)
"""Marks that are counted. A half-width mark before a space is not: it was typed so, converters leave no space there."""

_BRACKETS = re.compile(
    rf"\((?:(?=[^()\n]*[{_HANZI}、])[^()\n]{{1,120}}"  # Chinese inside
    rf"|(?<=[{_HANZI}”》]\()[^()\n]{{1,40}}"  # a number or a Latin name after Chinese
    rf"|(?<![^\n。：:；;！!？?，,]\()\d{{1,2}}(?=\)[{_HANZI}“《]))\)",  # the number of a list item
)
"""Half-width brackets that are widened."""

_OPENING, _CLOSING = "“‘《「『", "”’》」』"
_STRAY_SPACE = re.compile(
    rf"(?<=[，、。：；！？（【{_OPENING}])[ \xa0]+(?=[\w（【{_OPENING}])"
    rf"|(?<=[{_HANZI}）】{_CLOSING}])[ \xa0]+(?=[，、。：；！？）】{_CLOSING}])"
)
"""Spaces on the inner side of quotes and brackets, and on both sides of other marks."""

_SPACE_OUTSIDE_QUOTES = re.compile(
    rf"(?<=[{_HANZI}])(?<![讯电])[ \xa0](?=[{_OPENING}])|(?<=[{_CLOSING}])[ \xa0](?=[{_HANZI}])"
)
"""Spaces on the outer side of quotes. In headlines they separate clauses, and after 本报讯 they are correct."""

_QUOTED = re.compile(r'"([^"\n]+)"')
_CHINESE = re.compile(f"[{_HANZI}，。、；：！？（）《》]")
_LATIN_NEIGHBOUR = re.compile(r"[\sA-Za-z=\[{<>]")
"""Characters next to a quotation that show that it is part of Latin text or code."""


def widen_punctuation(text: str) -> Repaired:
    """Make half-width marks between Chinese characters full-width, if a converter has made them half-width.

    Times, numbers, addresses and marks between Latin words stay. Straight quotes become “”, or 「」 where the text has
    these and no “. Spaces beside marks are removed from converted texts, except those between the parts of headlines.

    >>> widen_punctuation('会议于9:30召开,共1,200人(含村干部)参加"冬训":详见http://a.cn/?b').text
    '会议于9:30召开，共1,200人（含村干部）参加“冬训”：详见http://a.cn/?b'
    """
    marks = _MARK_AFTER_HANZI.findall(text)
    converted = sum(map(str.isascii, marks)) > MAX_HALF_WIDTH_SHARE * len(marks)
    quoted = _curl_quotes(text, converted)
    mended = _widen(quoted) if converted else quoted
    pairs = enumerate(zip(text, mended, strict=True)) if mended != text else ()
    changed = (at for at, (old, new) in pairs if old != new)
    edits = [Edit(start=at, end=at + 1, after=mended[at]) for at in changed]
    spaces = _remove_spaces(mended) if converted else ()
    return apply_edits(text, sorted([*edits, *spaces], key=lambda edit: edit.start))


def _remove_spaces(text: str) -> Iterator[Edit]:
    """Yield the edits that remove spaces beside marks; outside of quotes only in lines with a sentence."""
    for space in _STRAY_SPACE.finditer(text):
        yield Edit(start=space.start(), end=space.end())
    for start, line in lines_of(simplified_copy(text)):
        for space in _SPACE_OUTSIDE_QUOTES.finditer(line) if "。" in line else ():
            opened, closed = (sum(map(line[: space.start()].count, marks)) for marks in (_OPENING, _CLOSING))
            if opened == closed:
                yield Edit(start=start + space.start(), end=start + space.end())


def _widen(text: str) -> str:
    widened = {at for mark in _MARK.finditer(text) for at in range(mark.start(), mark.end())}
    widened |= {at for brackets in _BRACKETS.finditer(text) for at in (brackets.start(), brackets.end() - 1)}
    return "".join(FULL_WIDTH[char] if at in widened else char for at, char in enumerate(text))


def _curl_quotes(text: str, converted: bool) -> str:
    """Return the text, of the same length, with its straight quotes replaced by opening and closing ones.

    In a text that is not converted, they are replaced only where all quotes are straight and all are Chinese.
    """
    if '"' not in text:
        return text
    left, right = "「」" if "「" in text and "“" not in text else "“”"
    lines = text.split("\n")
    even = [line.count('"') % 2 == 0 for line in lines]
    pairs = [pair for line in lines for pair in _QUOTED.finditer(line)]
    all_chinese = len(pairs) >= MIN_QUOTE_PAIRS and all(even) and all(map(_is_within_chinese, pairs))
    if not converted and not (all_chinese and not re.search("[“”「」]", text)):
        return text

    def curl(pair: re.Match[str]) -> str:
        return left + pair[1] + right if _is_chinese(pair) else pair[0]

    return "\n".join(_QUOTED.sub(curl, line) if ok else line for line, ok in zip(lines, even, strict=True))


def _is_chinese(pair: re.Match[str]) -> bool:
    """Return whether quotes have Chinese inside or beside them, and no space at the edges inside."""
    return pair[1] == pair[1].strip() and _CHINESE.search(pair[1] + _neighbours(pair)) is not None


def _is_within_chinese(pair: re.Match[str]) -> bool:
    """Return whether quotes have Chinese inside, and no Latin and no space beside them."""
    in_chinese = _is_chinese(pair) and not _LATIN_NEIGHBOUR.search(_neighbours(pair))
    return in_chinese and _CHINESE.search(pair[1]) is not None


def _neighbours(pair: re.Match[str]) -> str:
    """Return the characters before and after a quotation."""
    return pair.string[max(0, pair.start() - 1) : pair.start()] + pair.string[pair.end() : pair.end() + 1]
