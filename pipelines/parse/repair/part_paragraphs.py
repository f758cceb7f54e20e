"""Paragraphs that a mirror ran together, with a space where each break was."""

from __future__ import annotations

import re

from pipelines.parse.repair.edits import Edit, Repaired, apply, lines_of

LEAST = 3
"""Spaces behind sentences in one line from which they are its paragraph breaks: Chinese has no space there, and of
37,000 lines of clean text none has two."""

_HABIT = re.compile("[，、；：,;:][ \u3000]+[\u3400-\u9fff]|[\u3041-\u30fa]")
"""Spaces behind commas, too, are somebody's way of typing; what has kana is Japanese."""

_BREAK = re.compile("(?<=[。！？…!?])(?P<closing>[”’」』）]?)[ \u3000]+(?=[\u3400-\u9fff“‘「『《（])")


def part_paragraphs(text: str) -> Repaired:
    """Break a line where spaces behind its sentences show that it was paragraphs.

    >>> part_paragraphs("一要管控。 要加强封闭管理。 二要保护。 要做好防护。").text
    '一要管控。\\n要加强封闭管理。\\n二要保护。\\n要做好防护。'
    """
    edits = []
    for start, line in lines_of(text):
        found = list(_BREAK.finditer(line))
        if sum(not line[gap.start() - 1].isascii() for gap in found) >= LEAST and not _HABIT.search(line):
            edits += [Edit(start=start + gap.end("closing"), end=start + gap.end(), after="\n") for gap in found]
    return apply(text, edits)
