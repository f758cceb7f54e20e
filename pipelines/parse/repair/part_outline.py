"""The outline that document sites print before a text, told from the text."""

from __future__ import annotations

import re
from itertools import takewhile

from pipelines.parse.repair.edits import Edit, Repaired, apply, lines_of

NEAR = 6
"""Lines from the beginning among which the outline's heading stands: title, unit, occasion and date may precede it."""

LEAST = 3
"""Entries of the shortest outline: two headings in a row also begin texts."""

LONGEST = 60
"""Characters of the longest entry: headings of two clauses, with a slogan in quotes, have about 40."""

AGAIN = 0.3
"""Share of the entries that the text must repeat: previews that end early still repeat the first headings."""

_HEADING = re.compile(
    r"[【\[（(]?\s*(?:文[档檔章])?(?:目[录錄次]|提[纲綱]|大[纲綱]|[内內]容提要)(?:\s*[/／、]\s*(?:目[录錄]|提[纲綱]))?"
    r"\s*[】\]）)]?\s*[:：]?\s*[.…]*",
)
_DOTS = re.compile(r"\s*(?:[.…]{2,}|…+|-{3,}|={3,})\s*")
_SENTENCE = re.compile(r"[。！？；]")
_NUMBERED = re.compile(
    r"[（(]?[一二三四五六七八九十百\d]{1,4}[）)、.．是]|第[一二三四五六七八九十百\d]{1,4}[章节節篇部]|[●■◆•·-]"
)
_SAID = re.compile(r"[^\w]+")


def part_outline(text: str) -> Repaired:
    """Take the outline before a text out of it, where a heading names it and the text repeats its entries.

    >>> part_outline("目录/提纲：……\\n一、抓早\\n二、抓小\\n三、抓实\\n……\\n一、抓早。先查。\\n二、抓小。再查。").text
    '一、抓早。先查。\\n二、抓小。再查。'
    """
    found = _extent(text)
    return apply(text, [Edit(start=found[0], end=found[1])]) if found else Repaired(text)


def outline(text: str) -> tuple[str, ...]:
    """Return the entries of the outline that `part_outline` takes out of a text."""
    found = _extent(text)
    return tuple(_entries(text[found[0] : found[1]])) if found else ()


def _extent(text: str) -> tuple[int, int] | None:
    lines = list(lines_of(text))
    head = next((number for number, (_, line) in enumerate(lines[:NEAR]) if _HEADING.fullmatch(line)), None)
    if head is None:
        return None
    below = [line for _, line in lines[head + 1 :]]
    entries = list(takewhile(_is_entry, below))
    closed = len(entries) < len(below) and bool(_DOTS.fullmatch(below[len(entries)]))
    count = len(entries) if closed else _open_end(entries, below)
    rest = _squeezed("".join(below[count:]))
    again = sum(_squeezed(entry) in rest for entry in entries[:count])
    if count < LEAST or again < AGAIN * count or head + 1 + count + closed >= len(lines):
        return None
    return lines[head][0], lines[head + 1 + count + closed][0]


def _open_end(entries: list[str], below: list[str]) -> int:
    """Return how many lines are entries where no dots end them: the text's headings and its title look like some."""
    squeezed = [_squeezed(entry) for entry in entries]
    count = next((number for number, entry in enumerate(squeezed) if number and entry == squeezed[0]), len(entries))
    rest = _squeezed("".join(below[count:]))
    while count and squeezed[count - 1] not in rest and not _NUMBERED.match(entries[count - 1]):
        count -= 1
    return count


def _entries(part: str) -> list[str]:
    return [line.strip() for line in part.strip("\n").split("\n")[1:] if line.strip() and not _DOTS.fullmatch(line)]


def _is_entry(line: str) -> bool:
    return 0 < len(line) <= LONGEST and not _SENTENCE.search(line) and not _DOTS.fullmatch(line)


def _squeezed(text: str) -> str:
    return _SAID.sub("", text)
