"""The rule `part-outline`: the outline (table of contents) that document sites print before a text."""

from __future__ import annotations

import re
from itertools import takewhile

from pipelines.parse.repair.edits import Edit, Repaired, apply_edits, lines_of
from pipelines.text.script import simplified_copy

MAX_LINES_BEFORE_OUTLINE = 6
"""Number of lines from the beginning among which the heading of the outline is searched: title, author, occasion and
date may precede it."""

MIN_ENTRIES = 3
"""Number of entries of the shortest outline: two headings in a row can also be the beginning of a text."""

MAX_ENTRY_CHARS = 60
"""Length of the longest entry, in characters: headings of two clauses, with a slogan in quotes, have about 40."""

MIN_REPEATED_SHARE = 0.3
"""Share of the entries that the text must repeat: previews that end early still repeat the first headings."""

_HEADING = re.compile(
    r"[【\[（(]?\s*(?:文[档章])?(?:目[录次]|提纲|大纲|内容提要)"
    r"(?:\s*[/／、]\s*(?:目录|提纲))?"  # 目录/提纲
    r"\s*[】\]）)]?\s*[:：]?\s*[.…]*",
)
_DOTS = re.compile(r"\s*(?:[.…]{2,}|…+|-{3,}|={3,})\s*")
_SENTENCE = re.compile(r"[。！？；]")
_NUMBERED = re.compile(
    r"[（(]?[一二三四五六七八九十百\d]{1,4}[）)、.．是]|第[一二三四五六七八九十百\d]{1,4}[章节篇部]|[●■◆•·-]"
)
_NOT_LETTERS = re.compile(r"[^\w]+")


def part_outline(text: str) -> Repaired:
    """Remove the outline before a text, if it has a heading and the text repeats its entries.

    >>> part_outline("目录/提纲：……\\n一、抓早\\n二、抓小\\n三、抓实\\n……\\n一、抓早。先查。\\n二、抓小。再查。").text
    '一、抓早。先查。\\n二、抓小。再查。'
    """
    span = _outline_span(simplified_copy(text))
    return apply_edits(text, [Edit(start=span[0], end=span[1])]) if span else Repaired(text)


def outline(text: str) -> tuple[str, ...]:
    """Return the entries of the outline that `part_outline` removes from a text."""
    span = _outline_span(simplified_copy(text))
    return tuple(_entries(text[span[0] : span[1]])) if span else ()


def _outline_span(text: str) -> tuple[int, int] | None:
    lines = list(lines_of(text))
    first = (line for _, line in lines[:MAX_LINES_BEFORE_OUTLINE])
    heading = next((number for number, line in enumerate(first) if _HEADING.fullmatch(line)), None)
    if heading is None:
        return None
    below = [line for _, line in lines[heading + 1 :]]
    entries = list(takewhile(_is_entry, below))
    has_end_mark = len(entries) < len(below) and bool(_DOTS.fullmatch(below[len(entries)]))
    count = len(entries) if has_end_mark else _count_without_end_mark(entries, below)
    rest = _letters("".join(below[count:]))
    repeated = sum(_letters(entry) in rest for entry in entries[:count])
    end = heading + 1 + count + has_end_mark
    if count < MIN_ENTRIES or repeated < MIN_REPEATED_SHARE * count or end >= len(lines):
        return None
    return lines[heading][0], lines[end][0]


def _count_without_end_mark(entries: list[str], below: list[str]) -> int:
    """Return how many lines are entries where no dots follow them: the text's title and headings look like entries."""
    letters = [_letters(entry) for entry in entries]
    count = next((number for number, entry in enumerate(letters) if number and entry == letters[0]), len(entries))
    rest = _letters("".join(below[count:]))
    while count and letters[count - 1] not in rest and not _NUMBERED.match(entries[count - 1]):
        count -= 1
    return count


def _entries(outline_text: str) -> list[str]:
    """Return the entries of an outline, without its heading and the dots at its end."""
    lines = outline_text.strip("\n").split("\n")[1:]
    return [line.strip() for line in lines if line.strip() and not _DOTS.fullmatch(line)]


def _is_entry(line: str) -> bool:
    return 0 < len(line) <= MAX_ENTRY_CHARS and not _SENTENCE.search(line) and not _DOTS.fullmatch(line)


def _letters(text: str) -> str:
    """Return a text without spaces and punctuation."""
    return _NOT_LETTERS.sub("", text)
