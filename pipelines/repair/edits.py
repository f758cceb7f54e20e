"""Pure. Changes to a text, made by one rule after another, told as places in what came out at the end."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

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


def record(text: str, repairs: Sequence[Repair], rule: str, edits: Iterable[Edit]) -> tuple[Repair, ...]:
    """Return all repairs once a rule has edited a text: what went before moves, what it touches becomes one with it.

    `repairs` and the result are in order and never overlap, so undone from the last to the first they give the very
    first text back. A repair that several rules made has their names joined by `+`.
    """
    earlier, out, shift = list(repairs), list[Repair](), 0
    for edit in edits:
        while earlier and _is_before(earlier[0], edit):
            out.append(_moved(earlier.pop(0), shift))
        touched = []
        while earlier and _is_touched(earlier[0], edit):
            touched.append(earlier.pop(0))
        merged = _merged(text, touched, rule, edit)
        out.append(_moved(merged, shift))
        shift += len(edit.after) - (edit.end - edit.start)
    return (*out, *(_moved(repair, shift) for repair in earlier))


def undo(text: str, repairs: Sequence[Repair]) -> str:
    """Return the text as it was before all repairs.

    >>> undo("關於", (Repair(rule="strip-pinyin", start=1, end=1, before="(guān)", after=""),))
    '關(guān)於'
    """
    for repair in reversed(repairs):
        text = text[: repair.start] + repair.before + text[repair.end :]
    return text


def _is_before(repair: Repair, edit: Edit) -> bool:
    return repair.end <= edit.start


def _is_touched(repair: Repair, edit: Edit) -> bool:
    return repair.start < edit.end


def _moved(repair: Repair, by: int) -> Repair:
    return evolve(repair, start=repair.start + by, end=repair.end + by)


def _merged(text: str, touched: list[Repair], rule: str, edit: Edit) -> Repair:
    """Return the edit and the repairs it touches as one that begins at its place in the text before the rule."""
    start = min([edit.start, *(repair.start for repair in touched)])
    end = max([edit.end, *(repair.end for repair in touched)])
    inner = [evolve(repair, start=repair.start - start, end=repair.end - start) for repair in touched]
    after = text[start : edit.start] + edit.after + text[edit.end : end]
    return Repair(
        rule="+".join(dict.fromkeys([*(repair.rule for repair in touched), rule])),
        start=start,
        end=start + len(after),
        before=undo(text[start:end], inner),
        after=after,
        confidence=min([edit.confidence, *(repair.confidence for repair in touched)]),
    )
