"""Changes to a text, made by one rule after another, told as places in what came out at the end."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import pairwise

from attrs import evolve, frozen

from pipelines.model import Repair


@frozen(kw_only=True)
class Edit:
    """One change that a rule makes: `after` in place of what stood at `start` to `end` in the text it was given."""

    start: int
    end: int
    after: str = ""
    confidence: float = 1.0


@frozen
class Repaired:
    """A text after a rule, and the rule's edits in order, without overlap, in places of the text before it."""

    text: str
    edits: tuple[Edit, ...] = ()


def apply(text: str, edits: Iterable[Edit]) -> Repaired:
    """Return the text with edits made that are in order and do not overlap."""
    made = tuple(edits)
    pieces, at = [], 0
    for edit in made:
        pieces += [text[at : edit.start], edit.after]
        at = edit.end
    return Repaired("".join([*pieces, text[at:]]), made)


def lines_of(text: str) -> Iterator[tuple[int, str]]:
    """Yield the lines of a text, each with the place where it begins."""
    start = 0
    for line in text.split("\n"):
        yield start, line
        start += len(line) + 1


def drop_lines(text: str, dropped: Collection[int]) -> list[Edit]:
    """Return the edits that take out lines by their numbers: neighbours at once, each with a break of its own.

    >>> apply("a\\nb\\nc\\nd", drop_lines("a\\nb\\nc\\nd", {1, 3})).text
    'a\\nc'
    """
    runs: list[tuple[int, int]] = []
    for number, (start, line) in enumerate(lines_of(text)) if dropped else ():
        if number in dropped:
            first = runs.pop()[0] if runs and runs[-1][1] == start else start
            runs.append((first, start + len(line) + 1))
    # a line's break is the one behind it, or at the end of the text the one before
    ends = [(start if end <= len(text) else max(0, start - 1), min(end, len(text))) for start, end in runs]
    return [Edit(start=start, end=end) for start, end in ends]


def cut(text: str, spans: Iterable[tuple[int, int]], between: str = "") -> list[Edit]:
    """Return the edits that take spans out, with the spaces before them; a line that is left empty goes as a whole.

    `between` comes where a span stood inside its line. The spans may overlap, and reach over several lines.

    >>> apply("a [x]\\n[x] [x]\\nb [x] c", cut("a [x]\\n[x] [x]\\nb [x] c", [(2, 5), (6, 13), (16, 20)], "\\n")).text
    'a\\nb\\nc'
    """
    places = {place for start, end in spans for place in range(start, end)}
    emptied, inside = set(), []
    for number, (start, line) in enumerate(lines_of(text)) if places else ():
        kept = [at for at, char in enumerate(line, start) if at not in places and not char.isspace()]
        if not kept and not places.isdisjoint(range(start, start + len(line))):
            emptied.add(number)
        for left, right in pairwise([start - 1, *kept, start + len(line)]) if kept else ():
            if not places.isdisjoint(range(left + 1, right)):
                within = start <= left and right < start + len(line)
                inside.append(Edit(start=left + 1, end=right, after=between if within else ""))
    return sorted([*drop_lines(text, emptied), *inside], key=lambda edit: edit.start)


def record(text: str, repairs: Sequence[Repair], rule: str, edits: Iterable[Edit]) -> tuple[Repair, ...]:
    """Return all repairs once a rule has edited a text: what went before moves, what it touches becomes one with it.

    `repairs` and the result are in order and never overlap, so undone from the last to the first they give the very
    first text back. A repair that several rules made has their names joined by `+`.
    """
    earlier, out, shift = deque(repairs), list[Repair](), 0
    for made in _clusters(repairs, edits):
        while earlier and earlier[0].end <= made[0].start:
            out.append(_moved(earlier.popleft(), shift))
        touched = []
        while earlier and earlier[0].start < made[-1].end:
            touched.append(earlier.popleft())
        out.append(_moved(_merged(text, touched, rule, made), shift))
        shift += sum(len(edit.after) - (edit.end - edit.start) for edit in made)
    return (*out, *(_moved(repair, shift) for repair in earlier))


def _clusters(repairs: Sequence[Repair], edits: Iterable[Edit]) -> list[list[Edit]]:
    """Group the edits that change the outcome of one and the same earlier repair."""
    out: list[list[Edit]] = []
    ends, reach = deque(repairs), -1
    for edit in edits:
        if out and edit.start < reach:
            out[-1].append(edit)
        else:
            out.append([edit])
        while ends and ends[0].start < edit.end:
            reach = max(reach, ends.popleft().end)
    return out


def undo(text: str, repairs: Sequence[Repair]) -> str:
    """Return the text as it was before all repairs.

    >>> undo("關於", (Repair(rule="strip-pinyin", start=1, end=1, before="(guān)", after=""),))
    '關(guān)於'
    """
    for repair in reversed(repairs):
        text = text[: repair.start] + repair.before + text[repair.end :]
    return text


def settled(text: str, rule: Callable[[str], Sequence[Edit]]) -> Repaired:
    """Return a text after a rule was run on it until it finds nothing more, with the edits that do it all at once."""
    repairs: tuple[Repair, ...] = ()
    mended = text
    while edits := rule(mended):
        repairs = record(mended, repairs, "", edits)
        mended = apply(mended, edits).text
    return apply(text, unrecorded(repairs))


def unrecorded(repairs: Sequence[Repair]) -> tuple[Edit, ...]:
    """Return repairs as the edits that make them all at once, in places of the very first text.

    >>> unrecorded((Repair(rule="strip-pinyin", start=1, end=1, before="(guān)", after=""),))
    (Edit(start=1, end=7, after='', confidence=1.0),)
    """
    edits, shift = list[Edit](), 0
    for repair in repairs:
        start, size = repair.start + shift, len(repair.before)
        edits.append(Edit(start=start, end=start + size, after=repair.after, confidence=repair.confidence))
        shift += size - len(repair.after)
    return tuple(edits)


def _moved(repair: Repair, by: int) -> Repair:
    return evolve(repair, start=repair.start + by, end=repair.end + by)


def _merged(text: str, touched: list[Repair], rule: str, made: list[Edit]) -> Repair:
    """Return edits and the repairs they touch as one that begins at its place in the text before the rule."""
    start = min([made[0].start, *(repair.start for repair in touched)])
    end = max([made[-1].end, *(repair.end for repair in touched)])
    inner = [evolve(repair, start=repair.start - start, end=repair.end - start) for repair in touched]
    after = apply(text[start:end], [evolve(edit, start=edit.start - start, end=edit.end - start) for edit in made]).text
    return Repair(
        rule="+".join(dict.fromkeys([*(name for repair in touched for name in repair.rule.split("+")), rule])),
        start=start,
        end=start + len(after),
        before=undo(text[start:end], inner),
        after=after,
        confidence=min([*(edit.confidence for edit in made), *(repair.confidence for repair in touched)]),
    )
