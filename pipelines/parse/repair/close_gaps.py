"""The rule `close-gaps`: spaces that justified layouts put between characters (火 灾 发 生), and indents of lines."""

from __future__ import annotations

import re

from pipelines.parse.repair.edits import Edit, Repaired, apply_edits
from pipelines.text.script import simplified_copy

MIN_PROSE_HANZI = 5
"""Number of single hanzi in a row from which they can be justified prose. Names and headings that are spaced
out for their looks (李 华, 通 知, 目 录) have two to four."""

MIN_HANZI_WITHOUT_PROSE_WORDS = 12
"""The same for a run without words of prose. A row of six spaced-out names has more than one space
between the names."""

MIN_JUSTIFIED_SHARE = 0.2
"""Share of a text's hanzi in justified prose from which shorter runs of this text are justified, too."""

MIN_HANZI_IN_JUSTIFIED_TEXT = 3
"""Number of single hanzi in such a shorter run; two are mostly a name."""

_HANZI = "\u3400-\u9fff"
_SPACE = " \u00a0\u2002-\u200a\u3000"
_LATIN = r"0-9A-Za-z.,:%\-"
_MAX_MARKS = 20
"""Marks in a row before a character; without a limit, each mark of a long row is tried with all marks after it."""

_SINGLE_HANZI = rf"(?<![{_HANZI}])[^\w\s]{{0,{_MAX_MARKS}}}[{_HANZI}](?![{_HANZI}])[^\w\s]*"
_MARK_CHAR = r"[^\w\s.,:%\-]"
_MARK = f"{_MARK_CHAR}+"
_BETWEEN = rf"(?:[{_SPACE}](?:[{_LATIN}]+|{_MARK})){{0,20}}[{_SPACE}]"
_RUN = re.compile(
    rf"""
    (?: (?:{_MARK_CHAR}{{1,{_MAX_MARKS}}}|\d) [{_SPACE}] ){{0,8}}  # marks or digits before it
    {_SINGLE_HANZI}
    (?: {_BETWEEN}{_SINGLE_HANZI} )+        # more, with a space or spaced Latin words between them
    (?: {_BETWEEN}{_MARK} )?                # a mark after it
    """,
    re.VERBOSE,
)
"""A run of single hanzi with one space between them."""

_SPACED_HANZI = re.compile(rf"[{_SPACE}](?<=[{_HANZI}].)[{_HANZI}][{_SPACE}]")
"""Every text with a run contains this: a quick test."""

_ANY_HANZI = re.compile(f"[{_HANZI}]")
_PROSE = re.compile("[的了在是及与于对将被从而这不们个我到要也就所都由向把至等市区县局部第]|[，。；]")
"""Characters of sentences that rows of names, marks or weekdays do not have."""

_GAP = re.compile(
    rf"""
    [{_SPACE}]
    (?: (?<![{_LATIN}].) | (?![{_LATIN}])         # not both neighbours are Latin letters or digits
      | (?<=(?<![\w.])\d.) (?=\d(?![\w.]))        # or both are single digits
    )
    """,
    re.VERBOSE,
)
"""A space of a run that is removed."""

_LINE_EDGES = re.compile(rf"^[{_SPACE}\t]+|(?<![{_SPACE}\t])[{_SPACE}\t]+$", re.MULTILINE)


def close_gaps(text: str) -> Repaired:
    """Remove the spaces between the characters of justified prose, and spaces at both ends of a line.

    Spaces between names, between the parts of a headline and between table cells stay.

    >>> close_gaps("\u3000\u3000火 灾 发 生 在 红 磡 及 九 龙 城，伤者为李 华、王 明。").text
    '火灾发生在红磡及九龙城，伤者为李 华、王 明。'
    """
    edits = [Edit(start=edge.start(), end=edge.end()) for edge in _LINE_EDGES.finditer(text)]
    if _SPACED_HANZI.search(text):
        removed = {position for edit in edits for position in range(edit.start, edit.end)}
        edits += [Edit(start=at, end=at + 1) for at in _gaps(text) if at not in removed]
    return apply_edits(text, sorted(edits, key=lambda edit: edit.start))


def _gaps(text: str) -> list[int]:
    """Return the positions of the spaces in justified prose."""
    runs = list(_RUN.finditer(text))
    justified = [run for run in runs if _is_prose(run[0])]
    if sum(_count_hanzi(run[0]) for run in justified) > MIN_JUSTIFIED_SHARE * _count_hanzi(text):
        justified = [run for run in runs if _count_hanzi(run[0]) >= MIN_HANZI_IN_JUSTIFIED_TEXT]
    return [gap.start() for run in justified for gap in _GAP.finditer(text, run.start(), run.end())]


def _is_prose(run: str) -> bool:
    return _count_hanzi(run) >= (
        MIN_PROSE_HANZI if _PROSE.search(simplified_copy(run)) else MIN_HANZI_WITHOUT_PROSE_WORDS
    )


def _count_hanzi(text: str) -> int:
    return len(_ANY_HANZI.findall(text))
