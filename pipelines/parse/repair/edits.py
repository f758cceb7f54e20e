"""Changes to a text that several rules make in turn, recorded as positions in the final text."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import pairwise

from attrs import evolve, frozen

from pipelines.model import Repair

MAX_ROUNDS = 20
"""Rounds of a rule that repairs its own results: pages have two, and a made text can need one for each character."""


@frozen(kw_only=True)
class Edit:
    """One change that a rule makes: `after` replaces `start` to `end` of the text that the rule received."""

    start: int
    end: int
    after: str = ""
    confidence: float = 1.0


@frozen
class Repaired:
    """A text after a rule, and the rule's edits: in order, without overlap, with positions in the text before it.

    A rule is `unfinished` if its budget ended before it had examined the whole text.
    """

    text: str
    edits: tuple[Edit, ...] = ()
    unfinished: bool = False


class Budget:
    """The work that a rule may still do, in its own unit of steps.

    Steps are counted instead of time, so that the same page gives the same article on every machine.
    """

    def __init__(self, steps: int) -> None:
        self.left = steps
        self.exceeded = False

    def spend(self, steps: int) -> bool:
        """Take steps from the budget; False, and `exceeded` is set, if it has fewer left."""
        self.left -= steps
        self.exceeded = self.exceeded or self.left < 0
        return not self.exceeded


def apply_edits(text: str, edits: Iterable[Edit]) -> Repaired:
    """Return the text after edits that are in order and do not overlap."""
    applied = tuple(edits)
    pieces, at = [], 0
    for edit in applied:
        pieces += [text[at : edit.start], edit.after]
        at = edit.end
    return Repaired("".join([*pieces, text[at:]]), applied)


def lines_of(text: str) -> Iterator[tuple[int, str]]:
    """Yield the lines of a text, each with the position at which it begins."""
    start = 0
    for line in text.split("\n"):
        yield start, line
        start += len(line) + 1


def remove_lines(text: str, numbers: Collection[int]) -> list[Edit]:
    """Return the edits that remove lines, given by their numbers from 0; consecutive lines are one edit.

    Each line is removed together with one line break.

    >>> apply_edits("a\\nb\\nc\\nd", remove_lines("a\\nb\\nc\\nd", {1, 3})).text
    'a\\nc'
    """
    runs: list[tuple[int, int]] = []
    for number, (start, line) in enumerate(lines_of(text)) if numbers else ():
        if number in numbers:
            first = runs.pop()[0] if runs and runs[-1][1] == start else start
            runs.append((first, start + len(line) + 1))
    # The break after a line is removed with it; at the end of the text it is the break before the line.
    ends = [(start if end <= len(text) else max(0, start - 1), min(end, len(text))) for start, end in runs]
    return [Edit(start=start, end=end) for start, end in ends]


def remove_spans(text: str, spans: Iterable[tuple[int, int]], between: str = "") -> list[Edit]:
    """Return the edits that remove spans and the spaces before them; a line that becomes empty is removed.

    `between` replaces a span inside a line. Spans may overlap, and may extend over several lines.

    >>> text = "a [x]\\n[x] [x]\\nb [x] c"
    >>> apply_edits(text, remove_spans(text, [(2, 5), (6, 13), (16, 20)], "\\n")).text
    'a\\nb\\nc'
    """
    removed = {position for start, end in spans for position in range(start, end)}
    empty_lines, inside = set(), []
    for number, (start, line) in enumerate(lines_of(text)) if removed else ():
        if removed.isdisjoint(range(start, start + len(line))):
            continue
        remaining = [at for at, char in enumerate(line, start) if at not in removed and not char.isspace()]
        if not remaining:
            empty_lines.add(number)
        for left, right in pairwise([start - 1, *remaining, start + len(line)]) if remaining else ():
            if not removed.isdisjoint(range(left + 1, right)):
                within = start <= left and right < start + len(line)
                inside.append(Edit(start=left + 1, end=right, after=between if within else ""))
    return sorted([*remove_lines(text, empty_lines), *inside], key=lambda edit: edit.start)


def record_edits(text: str, repairs: Sequence[Repair], rule: str, edits: Iterable[Edit]) -> tuple[Repair, ...]:
    """Return all repairs of a text after one more rule: `text` is the text before it, `repairs` are the earlier ones.

    Earlier repairs are shifted to their new positions. One that the rule changes is merged with the edit, and the names
    of both rules are joined by `+`. `repairs` and the result are in order and never overlap; undone from the last to
    the first, they give the original text.
    """
    earlier, result, shift = deque(repairs), list[Repair](), 0
    for cluster in _clusters(repairs, edits):
        while earlier and earlier[0].end <= cluster[0].start:
            result.append(_shifted(earlier.popleft(), shift))
        changed = []
        while earlier and earlier[0].start < cluster[-1].end:
            changed.append(earlier.popleft())
        result.append(_shifted(_merged(text, changed, rule, cluster), shift))
        shift += sum(len(edit.after) - (edit.end - edit.start) for edit in cluster)
    return (*result, *(_shifted(repair, shift) for repair in earlier))


def _clusters(repairs: Sequence[Repair], edits: Iterable[Edit]) -> list[list[Edit]]:
    """Group the edits that change the result of the same earlier repair."""
    clusters: list[list[Edit]] = []
    waiting, cluster_end = deque(repairs), -1
    for edit in edits:
        if clusters and edit.start < cluster_end:
            clusters[-1].append(edit)
        else:
            clusters.append([edit])
        while waiting and waiting[0].start < edit.end:
            cluster_end = max(cluster_end, waiting.popleft().end)
    return clusters


def undo(text: str, repairs: Sequence[Repair]) -> str:
    """Return the text as it was before all repairs.

    >>> undo("關於", (Repair(rule="strip-pinyin", start=1, end=1, before="(guān)", after=""),))
    '關(guān)於'
    """
    pieces, at = [], 0
    for repair in repairs:
        pieces += [text[at : repair.start], repair.before]
        at = repair.end
    return "".join([*pieces, text[at:]])


def until_stable(text: str, find_edits: Callable[[str], Sequence[Edit]]) -> Repaired:
    """Return a text after `find_edits` was applied to it until it finds nothing more, or `MAX_ROUNDS` times.

    The edits of all rounds are combined, with positions in `text`.
    """
    repairs: tuple[Repair, ...] = ()
    mended = text
    rounds = 0
    while edits := find_edits(mended):
        if rounds == MAX_ROUNDS:
            return evolve(apply_edits(text, repairs_as_edits(repairs)), unfinished=True)
        rounds += 1
        repairs = record_edits(mended, repairs, "", edits)
        mended = apply_edits(mended, edits).text
    return apply_edits(text, repairs_as_edits(repairs))


def repairs_as_edits(repairs: Sequence[Repair]) -> tuple[Edit, ...]:
    """Return repairs as edits of the original text, with positions in it.

    >>> repairs_as_edits((Repair(rule="strip-pinyin", start=1, end=1, before="(guān)", after=""),))
    (Edit(start=1, end=7, after='', confidence=1.0),)
    """
    edits, shift = list[Edit](), 0
    for repair in repairs:
        start, size = repair.start + shift, len(repair.before)
        edits.append(Edit(start=start, end=start + size, after=repair.after, confidence=repair.confidence))
        shift += size - len(repair.after)
    return tuple(edits)


def _shifted(repair: Repair, by: int) -> Repair:
    return evolve(repair, start=repair.start + by, end=repair.end + by)


def _merged(text: str, changed: list[Repair], rule: str, edits: list[Edit]) -> Repair:
    """Return edits and the earlier repairs that they change as one repair; `start` is its position in `text`."""
    start = min([edits[0].start, *(repair.start for repair in changed)])
    end = max([edits[-1].end, *(repair.end for repair in changed)])
    inner_repairs = [_shifted(repair, -start) for repair in changed]
    inner_edits = [evolve(edit, start=edit.start - start, end=edit.end - start) for edit in edits]
    after = apply_edits(text[start:end], inner_edits).text
    return Repair(
        rule="+".join(dict.fromkeys([*(name for repair in changed for name in repair.rule.split("+")), rule])),
        start=start,
        end=start + len(after),
        before=undo(text[start:end], inner_repairs),
        after=after,
        confidence=min([*(edit.confidence for edit in edits), *(repair.confidence for repair in changed)]),
    )
