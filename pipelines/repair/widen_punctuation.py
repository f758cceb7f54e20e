"""Pure. Half-width marks that converters and mirrors made of Chinese punctuation."""

from __future__ import annotations

import re

from pipelines.repair.edits import Edit, Repaired, apply

HALF = 0.5
"""Share of half-width marks behind hanzi from which they are damage and not somebody's way of writing: texts that were
converted have over .9, clean ones under .2."""

FULL = dict(zip(",;:!?()", "，；：！？（）", strict=True))

_HANZI = "\u3400-\u9fff"
_BEFORE = rf"[{_HANZI}”’》」』】）)%％℃…—]"
_AFTER = rf"[{_HANZI}“‘《「『【（]"
_MARK = re.compile(
    rf"(?<={_BEFORE})(?:[,;]|:(?!//)|[!?]+)"  # behind Chinese
    rf"|(?<=[0-9A-Za-z])[,;:!?](?={_AFTER})"  # behind a number or a name, before Chinese
    rf"|(?<=[！？])[!?]+"
)
_BRACKETS = re.compile(r"\(([^()\n]{1,120})\)")
_SHORT = re.compile(r"[0-9A-Za-z.+\-/% ]{1,12}")
_WRITTEN = re.compile(rf"(?<=[{_HANZI}])(?:(?P<half>[,;:!?](?!//))|[，；：！？])")


def widen_punctuation(text: str) -> Repaired:
    """Write half-width marks between Chinese characters full-width, where the text has been converted to them.

    Times, numbers, addresses and what stands between Latin words stay.

    >>> widen_punctuation("会议于9:30召开,共1,200人(含村干部)参加:详见http://a.cn/?b").text
    '会议于9:30召开，共1,200人（含村干部）参加：详见http://a.cn/?b'
    """
    marks = list(_WRITTEN.finditer(text))
    if sum(mark["half"] is not None for mark in marks) <= HALF * len(marks):
        return Repaired(text)
    places = {place for mark in _MARK.finditer(text) for place in range(mark.start(), mark.end())}
    for pair in _BRACKETS.finditer(text):
        if _is_chinese(text, pair):
            places |= {pair.start(), pair.end() - 1}
    return apply(text, [Edit(start=place, end=place + 1, after=FULL[text[place]]) for place in sorted(places)])


def _is_chinese(text: str, pair: re.Match[str]) -> bool:
    """Tell brackets with Chinese in them, or with a short number or name behind Chinese."""
    if re.search(f"[{_HANZI}]", pair[1]):
        return True
    before = text[pair.start() - 1 : pair.start()]
    return bool(re.match(rf"[{_HANZI}”》]", before) and _SHORT.fullmatch(pair[1]))
