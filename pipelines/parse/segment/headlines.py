"""Where articles begin on a page: their headlines, told from the subheads inside an article."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence

from attrs import frozen

from pipelines.parse.segment.bigrams import Language, common, pairs_of, share
from pipelines.parse.segment.block_traits import Shape, has_two_parts, openness
from pipelines.parse.segment.join_evidence import beginning
from pipelines.parse.segment.people import byline

LEAST = 2
"""Articles from which a page is cut; one that quotes another paper's report, or prints a notice behind itself, has one
headline over a dateline in its text."""

SURE = 1.6
"""Nats from which a line is a headline under which neither dateline nor byline stands, nine times of ten; two parts are
enough. All weights were fitted to composed pages, on which the other lines are subheads and torn pieces."""

ALONE = 3.5
"""The same where one dateline only is known to stand on the page, over another text: of 58 such pages of the evaluation
corpus, all of one article, the line likeliest to be a headline has 2.2."""

NEVER = -99.0
"""Of lines with a comma."""

BASE = 0.9
"""Of any other line on a page that is known to hold several articles."""

TWO = 1.8
"""Of one in two parts, as papers set headlines."""

LONG, LONGER = 0.8, 14
"""Of a line that is longer than most subheads, which have 6 to 12 characters."""

SHORT, SHORTER = -2.0, 8
"""Of one that is shorter than most headlines."""

FIRST = 0.8
"""Of the first on a page."""

BEHIND_NAMES, OVER_NAMES, PARTED, HEADING = 1.5, 1.5, 2.0, 1.5
"""Of one behind a byline; of one with a byline at the end of its text; of one that the markup sets apart; of a heading
where other headlines are headings."""

NOTICE = 3.0
"""Of one that names the kind of a notice, as few subheads do."""

TORN = 1.0
"""Of each nat by which the text under it begins as if behind a tear: a subhead stands over a whole paragraph."""

ACROSS = -0.7
"""Of each nat by which the line and the text under it are one: it is a piece of a paragraph."""

SAME, NAMED = -1.3, 1.3
"""Of what the texts above and below tell of alike, and of what the line names that stands below alone."""

STACKED = 8
"""Characters of the shortest line that is part of the headline under it."""

AROUND = 5
"""Blocks above and below a line in which its words are looked for: an article has about that many."""


_CHAPTER = re.compile(
    r"[（(]?[一二三四五六七八九十\d]{1,3}[）)、.．]|第[一二三四五六七八九十\d]{1,3}[章节条]|附件|附：|附表"
)
_NOTICE = re.compile("(?:通知|公告|通告|公示|启事|啟事|声明|聲明|更正|讣告|訃告|征集令)$")
_COLUMN = re.compile(
    "(?:[本新要市县區区一][\u4e00-\u9fff]{0,3})?(?:[简簡短快]讯|[简簡短]訊|简报|速览|速递|一句话新闻|一周看点)"
)


@frozen(kw_only=True)
class Head:
    """The head of an article: the numbers of the blocks with its headline, the line under it, and its bylines.

    `start` is its first block, `end` the first one behind it.
    """

    start: int
    end: int
    titles: tuple[int, ...]
    under: int | None = None
    bylines: tuple[int, ...] = ()


def headlines(blocks: Sequence[Shape], language: Language) -> tuple[Head, ...]:
    """Return the heads of the articles on a page in their order; none where it is not sure that there are several.

    A head is sure where a dateline or a byline follows, or where the markup sets a heading apart. Once there are two on
    a page, counting a text that begins with its dateline under the page's own title, other lines are heads by their
    shape and by what stands around them; where there is one, they have to be far likelier.
    """
    anchors = [number for number in range(len(blocks)) if _is_anchor(blocks, number)]
    marked = [number for number in range(len(blocks) - 1) if _is_marked(blocks, number)]
    if not anchors and len(marked) < LEAST:
        return ()
    sure = list(_sure(blocks, anchors, marked))
    known = len(sure) + (anchors[:1] == [0])
    if not known:
        return ()
    taken = {number for head in sure for number in range(head.start, head.end)}
    least = SURE if known >= LEAST else ALONE
    told = [number for number in _weak(blocks, taken) if _points(blocks, number, taken, language) >= least]
    if known + len(told) < LEAST:
        return ()
    found = [Head(start=number, end=number + 1, titles=(number,)) for number in told]
    return tuple(sorted((*sure, *found), key=lambda head: head.start))


def _sure(blocks: Sequence[Shape], anchors: Sequence[int], marked: Sequence[int]) -> Iterator[Head]:
    """Yield the heads over a dateline or a byline, and those that the markup sets apart."""
    known: set[int] = set()
    for number in anchors:
        head = _above(blocks, number)
        if head:
            known.update(range(head.start, head.end))
            yield head
    yield from (Head(start=number, end=number + 1, titles=(number,)) for number in marked if number not in known)


def _weak(blocks: Sequence[Shape], taken: set[int]) -> Iterator[int]:
    """Yield the lines that may be headlines, other than those that are for sure."""
    for number, block in enumerate(blocks[:-1]):
        if not taken.isdisjoint((number - 1, number, number + 1)):
            continue
        if _COLUMN.fullmatch(block.text) or (
            block.can_head and (blocks[number + 1].pauses or not blocks[number + 1].can_head)
        ):
            yield number


def _is_anchor(blocks: Sequence[Shape], number: int) -> bool:
    """Tell what stands right under headlines: a dateline, or the first of an article's bylines."""
    signed = any(person.role != "editor" for person in blocks[number].named)
    return (signed or blocks[number].dateline is not None) and not (number and blocks[number - 1].named)


def _is_marked(blocks: Sequence[Shape], number: int) -> bool:
    """Tell a heading behind a rule, or at the head of a container of its own; the chapters of a text are numbered."""
    block = blocks[number].block
    apart = block.parted and block.kind == "heading" and blocks[number].can_head
    return apart and not _CHAPTER.match(block.text) and not blocks[number + 1].can_head


def _above(blocks: Sequence[Shape], anchor: int) -> Head | None:
    """Return the head that ends in an anchor, None where no headline stands over it."""
    number = anchor - 1
    under = number if number > 0 and blocks[number].is_under and blocks[number].can_head else None
    number = number if under is None else number - 1
    if number < 0 or not blocks[number].can_head:
        return None
    start = number - 1 if _is_stacked(blocks, number - 1) else number
    bylines = tuple(itertools.takewhile(lambda at: blocks[at].named, range(anchor, len(blocks))))
    if anchor + len(bylines) == len(blocks):
        return None
    titles = tuple(range(start, number + 1))
    return Head(start=start, end=anchor + len(bylines), titles=titles, under=under, bylines=bylines)


def _is_stacked(blocks: Sequence[Shape], number: int) -> bool:
    """Tell the first line of a headline in two: one by its shape, with more of the article below it than above."""
    if number < 0 or not blocks[number].can_head or len(blocks[number].text) < STACKED or blocks[number].pauses:
        return False
    before = blocks[number - 1] if number else None
    ended = before is None or not openness(before.text) or bool(before.named) or before.is_caption
    return ended and _leaning(blocks, number) > 0


def _leaning(blocks: Sequence[Shape], number: int) -> float:
    """Return how much more of a line's words stand in the blocks below than in those above it, from -1 to 1."""
    over, under = blocks[max(0, number - AROUND) : number], blocks[number + 1 : number + 1 + AROUND]
    return share(blocks[number].text, (each.text for each in under)) - share(
        blocks[number].text, (each.text for each in over)
    )


def _points(blocks: Sequence[Shape], number: int, taken: set[int], language: Language) -> float:
    """Return what speaks for a headline where no dateline and no byline follows, in nats."""
    text = blocks[number].text
    before = blocks[number - 1] if number else None
    behind = blocks[number + 1]
    if _COLUMN.fullmatch(text):
        return SURE
    two = has_two_parts(text)
    if blocks[number].pauses and not two:
        return NEVER
    told = (
        (FIRST, before is None),
        (TWO, two),
        (LONG, len(text) >= LONGER),
        (SHORT, len(text) < SHORTER),
        (NOTICE, bool(_NOTICE.search(text))),
        (BEHIND_NAMES, before is not None and bool(before.named or _is_signed(before.text))),
        (OVER_NAMES, _ends_signed(blocks, number + 1, taken)),
        (PARTED, blocks[number].block.parted),
        (HEADING, _is_heading(blocks, number) and any(_is_heading(blocks, at) for at in taken)),
    )
    torn = TORN * beginning(behind.text) + ACROSS * language.seam(text, behind.text)
    points = BASE + sum(each for each, holds in told if holds) + torn + _turn(blocks, number, taken, language)
    return max(SURE, points) if two else points


def _turn(blocks: Sequence[Shape], number: int, taken: set[int], language: Language) -> float:
    """Return what it tells that above and below a line other things are told of, and that it names those below."""
    ends = [0, *(at + 1 for at in taken if at < number)]
    over = _pairs(blocks[max(number - AROUND, *ends) : number])
    starts = [len(blocks), *(at for at in taken if at > number)]
    under = _pairs(blocks[number + 1 : min(number + 1 + AROUND, *starts)])
    here = pairs_of(blocks[number].text)
    named = common(here & under - over, language) - common(here & over - under, language)
    return SAME * common(over & under, language) + NAMED * named


def _pairs(blocks: Sequence[Shape]) -> frozenset[str]:
    return frozenset().union(*(pairs_of(block.text) for block in blocks))


def _is_heading(blocks: Sequence[Shape], number: int) -> bool:
    return blocks[number].block.kind == "heading"


def _is_signed(text: str) -> bool:
    return text.endswith(("）", ")")) and bool(byline(text[max(text.rfind("（"), text.rfind("("), 0) :]))


def _ends_signed(blocks: Sequence[Shape], start: int, taken: set[int]) -> bool:
    """Tell whether the text up to the next line that can be a headline ends with a byline."""
    under = list(_until(blocks, start, taken))
    return bool(under) and bool(under[-1].named or _is_signed(under[-1].text))


def _until(blocks: Sequence[Shape], start: int, taken: set[int]) -> Iterator[Shape]:
    for number in range(start, len(blocks)):
        if number in taken or blocks[number].can_head:
            return
        yield blocks[number]
