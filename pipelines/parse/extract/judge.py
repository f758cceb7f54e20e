"""Compares our block of a text with the second reader's lines, paragraph by paragraph, and settles the differences.

The known faults of the second reader are no evidence: it keeps links of navigation, drops first paragraphs without a
tag of their own, and flattens tables. So a paragraph that only we have stays, unless it is in a box of comments, of
other texts or of teasers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain

from attrs import evolve, field, frozen

from pipelines.model import LeftOut
from pipelines.parse.extract.beside import element_of
from pipelines.parse.extract.container import SECOND_READER, Container
from pipelines.parse.extract.doubt import speakers, teasers
from pipelines.parse.extract.ends import is_link
from pipelines.parse.extract.lines import Layout
from pipelines.parse.extract.unlike_text import (
    MAX_LINES_TO_HEADLINE,
    Surroundings,
    border,
    headline_above,
    is_paragraph,
    rule_against,
    rule_of_boxes,
)

MAX_SHARED = 0.2
"""Share of the second reader's paragraphs that are also ours, up to which the two have read different texts."""

MIN_TEXT_HANZI = 40
"""Chinese characters of the paragraphs that can replace our text, or make a disagreement: fewer may be a label."""

MIN_UNSETTLED_SHARE = 0.3
"""Share of our text from which unsettled paragraphs are a disagreement: fewer are a note or an advertisement."""

MAX_COMMENTS_SHARE = 0.34
"""Share of our text that readers' comments may be to be left out: in a thread they are the content."""


@frozen(kw_only=True)
class Judgement:
    """Which lines the second reader adds to our text, those that are left out with their rules, and what is unsettled.

    `replaces` is whether the second reader's lines are the text and none of ours.
    """

    taken: tuple[int, ...] = ()
    rules: Mapping[int, str] = field(factory=dict)
    replaces: bool = False
    is_unsettled: bool = False


def judge(found: Container, around: Surroundings, second: frozenset[int]) -> Judgement:
    """Return how the two readings differ, and what is the text by the evidence of the page."""
    lines, own = around.layout.lines, set(found.numbers)
    ours = [number for number in found.numbers if is_paragraph(lines[number])] or [found.numbers[0]]
    only_theirs = (number for number in sorted(second - own) if is_paragraph(lines[number]))
    against = {number: rule_against(around, number, ours[0]) for number in only_theirs}
    theirs = [number for number, rule in against.items() if rule is None]
    shared = around.layout.hanzi_of([number for number in ours if number in second])
    is_other = theirs and shared <= MAX_SHARED * (shared + around.layout.hanzi_of(theirs)) and _are_apart(ours, theirs)
    judgement = _other_text(around, ours, theirs) if is_other else _one_text(around, found, ours, theirs, second)
    taken = _with_short_lines(around, own, judgement.taken, second)
    rules = {number: rule for number, rule in against.items() if rule}
    return evolve(judgement, taken=tuple(taken), rules={**rules, **judgement.rules})


def _are_apart(ours: Sequence[int], theirs: Sequence[int]) -> bool:
    return theirs[-1] < ours[0] or ours[-1] < theirs[0]


def _one_text(
    around: Surroundings, found: Container, ours: Sequence[int], theirs: Sequence[int], second: frozenset[int]
) -> Judgement:
    """Decide on each paragraph of one text that both have read."""
    taken, rules = _joined(around, ours, theirs)
    inside = _comments(found, second) | _boxed(around, found, second) | _teasers(found)
    return Judgement(taken=tuple(taken), rules=rules | inside)


def _other_text(around: Surroundings, ours: Sequence[int], theirs: Sequence[int]) -> Judgement:
    """Decide between two texts: that of the headline is the article's; without a border between them they are one."""
    is_above = theirs[-1] < ours[0]
    gap = range(theirs[-1] + 1, ours[0]) if is_above else range(ours[-1] + 1, theirs[0])
    separates = border(around, gap) or rule_against(around, ours[0], theirs[0])
    our_headline, their_headline = headline_above(around, ours[0]), headline_above(around, theirs[0])
    is_nearer = their_headline is not None and (our_headline is None or (is_above and separates is not None))
    if is_nearer and around.layout.hanzi_of(theirs) >= MIN_TEXT_HANZI:
        return Judgement(taken=tuple(theirs), rules=dict.fromkeys(ours, separates or "other-article"), replaces=True)
    if our_headline is not None and separates is None:
        taken, rules = _joined(around, ours, theirs)
        return Judgement(taken=tuple(taken), rules=rules)
    if our_headline is not None:
        return Judgement(rules=dict.fromkeys(theirs, separates or "beside"))
    least = max(MIN_TEXT_HANZI, MIN_UNSETTLED_SHARE * around.layout.hanzi_of(ours))
    return Judgement(is_unsettled=around.layout.hanzi_of(theirs) >= least)


def _joined(around: Surroundings, ours: Sequence[int], theirs: Sequence[int]) -> tuple[list[int], dict[int, str]]:
    """Return the paragraphs that no border separates from ours, and the rules by which the others are left out."""
    taken = [number for number in theirs if ours[0] < number < ours[-1]]
    rules: dict[int, str] = {}
    above = [number for number in reversed(theirs) if number < ours[0]]
    below = [number for number in theirs if number > ours[-1]]
    for numbers, edge in ((above, ours[0]), (below, ours[-1])):
        nearest = edge
        for place, number in enumerate(numbers):
            first, last = sorted((nearest, number))
            rule = border(around, range(first + 1, last + (number > nearest)))
            if rule is None and (_is_far(around, first, last) or _is_above_headline(around, number, nearest)):
                rule = "beside"
            if rule:
                rules |= dict.fromkeys(numbers[place:], rule)
                break
            taken.append(number)
            nearest = number
    return sorted(taken), rules


def _is_far(around: Surroundings, first: int, last: int) -> bool:
    """Return whether much is between two lines; boxes of links, as advertisements are, do not count."""
    between = around.layout.lines[first + 1 : last]
    return sum(not is_link(line) for line in between) > MAX_LINES_TO_HEADLINE


def _is_above_headline(around: Surroundings, number: int, nearest: int) -> bool:
    """Return whether the headline is between a line and the text below it; below a text it is only repeated."""
    return any(number < headline <= nearest for headline in around.headlines)


def _with_short_lines(
    around: Surroundings, own: set[int], taken: Sequence[int], second: frozenset[int]
) -> Iterator[int]:
    """Yield the lines taken, and the subheads, salutations and signatures between and next to them.

    The second reader must have them too, and they are no links.
    """
    if not taken:
        return
    lines = around.layout.lines
    short = {number for number in second if not lines[number].link_chars and not is_paragraph(lines[number])}
    short -= {*own, *around.others, *around.headlines}
    first, last = taken[0], taken[-1]
    while first - 1 in short:
        first -= 1
    while last + 1 in short and border(around, [last + 1]) is None:
        last += 1
    yield from (number for number in range(first, last + 1) if number in taken or number in short)


def _comments(found: Container, second: frozenset[int]) -> dict[int, str]:
    """Return the comments at the end of our text, of which the second reader has nothing."""
    places = speakers(found.lines)
    if not places or not any(is_paragraph(line) for line in found.lines[: places[0]]):
        return {}
    numbers = found.numbers[places[0] :]
    is_list = all(line.kind == "item" for line in found.lines[places[0] :])
    return dict.fromkeys(numbers, "comments") if is_list and not second.intersection(numbers) else {}


def _boxed(around: Surroundings, found: Container, second: frozenset[int]) -> dict[int, str]:
    """Return our lines in boxes of other texts, and in those of comments of which the second reader has nothing.

    A thread, in which comments are most of the text, stays.
    """
    lines = around.layout.lines
    anchor = next((number for number in found.numbers if is_paragraph(lines[number])), found.numbers[0])
    rules = ((number, rule_of_boxes(around.layout, number, anchor)) for number in found.numbers)
    boxed = {number: rule for number, rule in rules if rule}
    comments = {number for number, rule in boxed.items() if rule == "comments"}
    is_thread = around.layout.hanzi_of(sorted(comments)) > MAX_COMMENTS_SHARE * found.unlinked_hanzi
    if is_thread or comments & second:
        boxed = {number: rule for number, rule in boxed.items() if number not in comments}
    return boxed


def _teasers(found: Container) -> dict[int, str]:
    """Return the list of teasers in our text below its first paragraph, with the headline of the first teaser."""
    places = teasers(found.lines)
    if not places or not any(is_paragraph(line) for line in found.lines[: places[0]]):
        return {}
    start = places[0] - (not is_paragraph(found.lines[places[0] - 1]))
    return dict.fromkeys(found.numbers[start : places[-1] + 1], "links")


def settled(found: Container, around: Surroundings, judgement: Judgement) -> Container:
    """Return the container with the text as it was judged; what is not in it is left out, with its rule."""
    layout = around.layout
    ours = {} if judgement.replaces else dict(zip(found.numbers, found.lines, strict=True))
    text = {number: ours.get(number, layout.lines[number]) for number in sorted({*ours, *judgement.taken})}
    text = {number: line for number, line in text.items() if number not in judgement.rules}
    first, last = min(text), max(text)
    apart = {id(line) for line in chain(text.values(), found.lines, found.above, found.between)}
    gaps = (layout.lines[number] for number in range(first, last) if number not in judgement.rules)
    left_out = {number: judgement.rules.get(number, "other-article") for number in found.numbers if number not in text}
    added = tuple(element_of(layout, number) for number in judgement.taken)
    texts = {id(line) for line in text.values()}
    noted = {id(line) for line in (*found.above, *found.between)}
    rules = {**judgement.rules, **left_out}
    judged = {number: rule for number, rule in rules.items() if id(layout.lines[number]) not in noted}
    return evolve(
        found,
        elements=added if judgement.replaces else (*found.elements, *added),
        marker=SECOND_READER if judgement.replaces else found.marker,
        lines=tuple(text.values()),
        spans=((first, last + 1),) if judgement.replaces else found.spans,
        numbers=tuple(text),
        above=tuple(line for line in found.above if id(line) not in texts),
        between=(
            *(line for line in found.between if id(line) not in texts),
            *(line for line in gaps if id(line) not in apart),
        ),
        judged=tuple(_left_out(layout, judged, first, last)),
        is_mended=bool(judgement.taken or left_out),
        readers_disagree=judgement.is_unsettled,
    )


def _left_out(layout: Layout, rules: Mapping[int, str], first: int, last: int) -> Iterator[LeftOut]:
    for number, rule in sorted(rules.items()):
        yield LeftOut(
            rule=rule,
            text=layout.lines[number].text,
            place="head" if number < first else "tail" if number > last else "body",
        )
