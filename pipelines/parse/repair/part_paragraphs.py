"""The rule `part-paragraphs`: paragraphs that a mirror joined into one line, with spaces instead of line breaks."""

from __future__ import annotations

import re

from pipelines.parse.repair.edits import Edit, Repaired, apply_edits, lines_of

MIN_SPACES_AFTER_SENTENCES = 3
"""Number of spaces after sentences of one line from which they are paragraph breaks: Chinese has no space there, and
none of 37,000 lines of clean text has two."""

_TYPED_SPACES = re.compile("[，、；：,;:][ \u3000]+[\u3400-\u9fff]|[\u3041-\u30fa]")
"""Signs that the spaces were typed: spaces also after commas, or kana (a Japanese text)."""

_SPACE_AFTER_SENTENCE = re.compile("(?<=[。！？…!?])(?P<closing>[”’」』）]?)[ \u3000]+(?=[\u3400-\u9fff“‘「『《（])")


def part_paragraphs(text: str) -> Repaired:
    """Break a line into paragraphs where spaces after its sentences show that line breaks were lost.

    >>> part_paragraphs("一要管控。 要加强封闭管理。 二要保护。 要做好防护。").text
    '一要管控。\\n要加强封闭管理。\\n二要保护。\\n要做好防护。'
    """
    edits = []
    for start, line in lines_of(text):
        spaces = list(_SPACE_AFTER_SENTENCE.finditer(line))
        after_chinese_stops = sum(not line[space.start() - 1].isascii() for space in spaces)
        if after_chinese_stops >= MIN_SPACES_AFTER_SENTENCES and not _TYPED_SPACES.search(line):
            edits += [Edit(start=start + space.end("closing"), end=start + space.end(), after="\n") for space in spaces]
    return apply_edits(text, edits)
