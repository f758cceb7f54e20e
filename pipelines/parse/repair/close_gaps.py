"""Spaces that justified layouts put between characters, and the ideographic indent."""

from __future__ import annotations

import re

from pipelines.parse.repair.edits import Edit, Repaired, apply

SHORTEST = 5
"""Characters standing alone, one behind another, from which a run can be justified prose: a name or a heading that is
spread for its looks (李 华, 通 知, 目 录) has two to four."""

LONG = 12
"""Characters from which a run needs no words of prose in it: six spread names have more than a space between them."""

JUSTIFIED = 0.2
"""Share of a text's characters in justified prose from which its shorter runs are justified, too."""

SHORTER = 3
"""Characters of such a run; two are a name in most texts."""

_HANZI = "\u3400-\u9fff"
_SPACE = " \u00a0\u2002-\u200a\u3000"
_LATIN = r"0-9A-Za-z.,:%\-"
_ONE = rf"(?<![{_HANZI}])[^\w\s]*[{_HANZI}](?![{_HANZI}])[^\w\s]*"
_MARK = r"[^\w\s.,:%\-]+"
_MORE = rf"(?:[{_SPACE}](?:[{_LATIN}]+|{_MARK})){{0,20}}[{_SPACE}]"
_RUN = re.compile(rf"(?:(?:{_MARK}|\d)[{_SPACE}]){{0,8}}{_ONE}(?:{_MORE}{_ONE})+(?:{_MORE}{_MARK})?")
_SIGN = re.compile(rf"[{_SPACE}](?<=[{_HANZI}].)[{_HANZI}][{_SPACE}]")
_ALONE = re.compile(f"[{_HANZI}]")
_PROSE = re.compile(
    "[的了在是及与與于於对對将將被从從而这這不们們个個我到要也就所都由向把至等市区區县縣局部第]|[，。；]"
)
"""What a sentence has, and a row of names, marks or weekdays has not."""
_GAP = re.compile(rf"[{_SPACE}](?:(?<![{_LATIN}].)|(?![{_LATIN}])|(?<=(?<![\w.])\d.)(?=\d(?![\w.])))")
"""Any space of a run, but between Latin words and longer numbers."""
_ENDS = re.compile(rf"^[{_SPACE}\t]+|(?<![{_SPACE}\t])[{_SPACE}\t]+$", re.MULTILINE)


def close_gaps(text: str) -> Repaired:
    """Remove the spaces between the characters of justified prose, and spaces at either end of a line.

    Those between names, parts of a headline and cells stay.

    >>> close_gaps("\u3000\u3000火 灾 发 生 在 红 磡 及 九 龙 城，伤者为李 华、王 明。").text
    '火灾发生在红磡及九龙城，伤者为李 华、王 明。'
    """
    edits = [Edit(start=place.start(), end=place.end()) for place in _ENDS.finditer(text)]
    if _SIGN.search(text):
        taken = {place for edit in edits for place in range(edit.start, edit.end)}
        edits += [Edit(start=at, end=at + 1) for at in _gaps(text) if at not in taken]
    return apply(text, sorted(edits, key=lambda edit: edit.start))


def _gaps(text: str) -> list[int]:
    runs = list(_RUN.finditer(text))
    justified = [run for run in runs if _count(run[0]) >= (SHORTEST if _PROSE.search(run[0]) else LONG)]
    if sum(_count(run[0]) for run in justified) > JUSTIFIED * _count(text):
        justified = [run for run in runs if _count(run[0]) >= SHORTER]
    return [gap.start() for run in justified for gap in _GAP.finditer(text, run.start(), run.end())]


def _count(text: str) -> int:
    return len(_ALONE.findall(text))
