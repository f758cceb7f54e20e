"""Half-width marks that converters and mirrors made of Chinese punctuation, and spaces that they left beside."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipelines.parse.repair.edits import Edit, Repaired, apply, lines_of

MOST = 0.7
"""Share of half-width marks behind hanzi from which they are damage and not somebody's way of writing: texts that were
converted have over .9, clean ones under .2, passages of manuals by several hands up to .65."""

PAIRS = 2
"""Pairs of straight quotes around Chinese from which a text that has no other quotes is taken for converted."""

FULL = dict(zip(",;:!?()", "，；：！？（）", strict=True))

_HANZI = "\u3400-\u9fff"
_BEFORE = rf"[{_HANZI}”’》」』】）)%％‰℃×①-⑳…—]"
_AFTER = rf"[{_HANZI}“‘《「『【（]"
_MARK = re.compile(
    rf"(?<={_BEFORE})(?:[,;]|:(?!//)|[!?]+)"  # behind Chinese
    rf"|(?<=[0-9A-Za-z])[,;:!?](?={_AFTER})"  # behind a number or a name, before Chinese
    rf"|(?<=[！？])[!?]+"
    rf"|(?<=[*_])[,;:!?](?={_AFTER}|$)"  # behind a masked word
    rf"|^[,;](?={_AFTER})",  # behind words that were left out
    re.MULTILINE,
)
_WRITTEN = re.compile(rf"[,;:!?，；：！？](?<=[{_HANZI}].)(?:(?<=[，；：！？])|(?<=[,;])(?!\s|\Z)|(?<=[:!?])(?![ /]))")
"""Marks behind hanzi; a half-width one with a space behind it was typed so, no converter puts one there."""
_BRACKETS = re.compile(
    rf"\((?:(?=[^()\n]*[{_HANZI}、])[^()\n]{{1,120}}"  # Chinese inside
    rf"|(?<=[{_HANZI}”》]\()[^()\n]{{1,40}}"  # a number or a name behind Chinese
    rf"|(?<![^\n。：:；;！!？?，,]\()\d{{1,2}}(?=\)[{_HANZI}“《]))\)",  # the number of an item
)
_OPENING, _CLOSING = "“‘《「『", "”’》」』"
_STRAY = re.compile(
    rf"(?<=[，、。：；！？（【{_OPENING}])[ \xa0]+(?=[\w（【{_OPENING}])"
    rf"|(?<=[{_HANZI}）】{_CLOSING}])[ \xa0]+(?=[，、。：；！？）】{_CLOSING}])"
)
"""Spaces on the inner side of quotes and brackets, and on either side of other marks."""

_OUTER = re.compile(rf"(?<=[{_HANZI}])(?<![讯訊电電])[ \xa0](?=[{_OPENING}])|(?<=[{_CLOSING}])[ \xa0](?=[{_HANZI}])")
"""Spaces on the outer side of quotes: in headlines they part clauses, and behind 本报讯 they belong."""

_QUOTED = re.compile(r'"([^"\n]+)"')
_CHINESE = re.compile(f"[{_HANZI}，。、；：！？（）《》]")
_SET_OFF = re.compile(r"[\sA-Za-z=\[{<>]")


def widen_punctuation(text: str) -> Repaired:
    """Write half-width marks between Chinese characters full-width, where the text has been converted to them.

    Times, numbers, addresses and what stands between Latin words stay. Straight quotes are paired; they become 「」
    only where the text has these. Spaces beside marks go from converted text; those that part headlines stay.

    >>> widen_punctuation('会议于9:30召开,共1,200人(含村干部)参加"冬训":详见http://a.cn/?b').text
    '会议于9:30召开，共1,200人（含村干部）参加“冬训”：详见http://a.cn/?b'
    """
    written = _WRITTEN.findall(text)
    converted = sum(map(str.isascii, written)) > MOST * len(written)
    quoted = _paired(text, loosely=converted)
    mended = _widened(quoted) if converted else quoted
    places = (place for place, (old, new) in enumerate(zip(text, mended, strict=True)) if old != new)
    edits = [Edit(start=place, end=place + 1, after=mended[place]) for place in places]
    strays = _strays(mended) if converted else ()
    return apply(text, sorted([*edits, *strays], key=lambda edit: edit.start))


def _strays(text: str) -> Iterator[Edit]:
    """Yield the edits that drop spaces beside the marks of a text; outside of quotes only from lines of sentences."""
    for stray in _STRAY.finditer(text):
        yield Edit(start=stray.start(), end=stray.end())
    for start, line in lines_of(text):
        for stray in _OUTER.finditer(line) if "。" in line else ():
            opened, closed = (sum(map(line[: stray.start()].count, marks)) for marks in (_OPENING, _CLOSING))
            if opened == closed:
                yield Edit(start=start + stray.start(), end=start + stray.end())


def _widened(text: str) -> str:
    places = {place for mark in _MARK.finditer(text) for place in range(mark.start(), mark.end())}
    places |= {place for pair in _BRACKETS.finditer(text) for place in (pair.start(), pair.end() - 1)}
    return "".join(FULL[char] if place in places else char for place, char in enumerate(text))


def _paired(text: str, loosely: bool) -> str:
    """Return the text with its straight quotes paired, of its length; loosely also where some are not Chinese."""
    if '"' not in text:
        return text
    left, right = "「」" if "「" in text and "“" not in text else "“”"
    lines = text.split("\n")
    even = [line.count('"') % 2 == 0 for line in lines]
    pairs = [pair for line in lines for pair in _QUOTED.finditer(line)]
    throughout = len(pairs) >= PAIRS and all(even) and all(map(_is_set_in, pairs)) and not re.search("[“”「」]", text)
    if not loosely and not throughout:
        return text

    def curl(pair: re.Match[str]) -> str:
        return left + pair[1] + right if _is_chinese(pair) else pair[0]

    return "\n".join(_QUOTED.sub(curl, line) if ok else line for line, ok in zip(lines, even, strict=True))


def _is_chinese(pair: re.Match[str]) -> bool:
    """Tell quotes with Chinese in them or beside them, and no space inside."""
    return pair[1] == pair[1].strip() and _CHINESE.search(pair[1] + _beside(pair)) is not None


def _is_set_in(pair: re.Match[str]) -> bool:
    """Tell quotes around Chinese that stand in their line as Chinese ones do, no Latin and no space beside."""
    return _is_chinese(pair) and not _SET_OFF.search(_beside(pair)) and _CHINESE.search(pair[1]) is not None


def _beside(pair: re.Match[str]) -> str:
    return pair.string[max(0, pair.start() - 1) : pair.start()] + pair.string[pair.end() : pair.end() + 1]
