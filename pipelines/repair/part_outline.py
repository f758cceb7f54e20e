"""Pure. The outline that document sites print before a text, told from the text."""

from __future__ import annotations

import re

from pipelines.repair.edits import Edit, Repaired, apply, lines_of

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
    lines = [(start, line) for start, line in lines_of(text)]
    head = next((n for n, (_, line) in enumerate(lines[:NEAR]) if line and _HEADING.fullmatch(line)), None)
    if head is None:
        return None
    end = head + 1
    while end < len(lines) and _is_entry(lines[end][1]):
        end += 1
    closed = end < len(lines) and bool(_DOTS.fullmatch(lines[end][1]))
    rest = _squeezed("\n".join(line for _, line in lines[end:]))
    entries = [line for _, line in lines[head + 1 : end]]
    again = [_squeezed(line) in rest for line in entries]
    if not closed:
        # without a mark at its end, the text's own first heading looks like one more entry
        first = _squeezed(entries[0]) if entries else ""
        repeat = next((n for n, line in enumerate(entries[1:], 1) if _squeezed(line) == first), None)
        if repeat:
            end, entries, again = head + 1 + repeat, entries[:repeat], [True] * repeat
    if len(entries) < LEAST or sum(again) < AGAIN * len(entries) or end == len(lines):
        return None
    end += closed
    return lines[head][0], lines[end][0] if end < len(lines) else len(text)


def _entries(part: str) -> list[str]:
    return [line.strip() for line in part.strip("\n").split("\n")[1:] if line.strip() and not _DOTS.fullmatch(line)]


def _is_entry(line: str) -> bool:
    return 0 < len(line) <= LONGEST and not _SENTENCE.search(line) and not _DOTS.fullmatch(line)


def _squeezed(text: str) -> str:
    return _SAID.sub("", text)
