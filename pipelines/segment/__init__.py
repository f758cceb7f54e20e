"""Pure. One page, several articles: where a page's text is cut."""

from __future__ import annotations

import itertools
import re

from attrs import evolve

from pipelines.model import Block, Draft, Evidence

__all__ = ["segment"]

HEADLINE = 45
"""Characters of the longest headline that stands as a block of its own: two-part ones of city papers reach 40."""

LEAST = 2
"""Heads from which a page is cut: an article that quotes another paper's report has one in it."""

_DATELINE = re.compile(
    r"^(?:[【（(]?\s*(?:[\u4e00-\u9fff]{0,12}(?:日报|晚报|晨报|早报|商报|都市报|日報|晚報|新闻网|融媒|报|報))\s*(?:讯|訊|消息)"
    r"|本[报報网網台](?:讯|訊|消息)"
    r"|[（(]?(?:新华社|新華社|中新社)[\u4e00-\u9fff]{0,8}\d{1,2}月\d{1,2}日(?:电|電))(?:\s*[(（][^()（）]{2,60}[)）])?"
)
_IN_PART = ("title", "dateline")
"""Fields that a part has from its own blocks."""

_CLOSED = re.compile(r"[。！？；：，、…”’)）」』]$|[.!?;:,]$")


def segment(draft: Draft) -> tuple[Draft, ...]:
    """Return the articles that a draft's body holds one after another, none of its blocks lost; mostly itself alone.

    A body is cut before each headline block that a dateline follows, if there are at least two such. What stands
    before the first stays an article of its own under the page's title. What the page says of time, source and column
    goes to every part; people, pictures and files cannot be told apart and stay with the first, what stands below the
    text with the last. The evidence of a part speaks of that part.
    """
    starts = [number for number in range(len(draft.blocks) - 1) if _is_head(draft.blocks, number)]
    if len(starts) < LEAST:
        return (draft,)
    edges = [*([0] if starts[0] else []), *starts, len(draft.blocks)]
    parts = [draft.blocks[start:end] for start, end in itertools.pairwise(edges)]
    titled = [_titled(draft, part, number) for number, part in enumerate(parts, len(starts) - len(parts))]
    later = [evolve(part, authors=(), images=(), attachments=()) for part in titled[1:]]
    apart = (*(evolve(part, below=(), torn=False) for part in (titled[0], *later[:-1])), *later[-1:])
    return tuple(evolve(part, evidence=_proofs(part)) for part in apart)


def _is_head(blocks: tuple[Block, ...], number: int) -> bool:
    headline, following = blocks[number], blocks[number + 1]
    return (
        headline.kind in ("paragraph", "heading")
        and 4 <= len(headline.text) <= HEADLINE
        and not _CLOSED.search(headline.text)
        and not _DATELINE.match(headline.text)
        and bool(_DATELINE.match(following.text))
    )


def _titled(draft: Draft, part: tuple[Block, ...], number: int) -> Draft:
    """Give a part its headline for title, out of its text; what stands before the first headline keeps the page's."""
    if number < 0:
        return evolve(draft, blocks=part)
    found = _DATELINE.match(part[1].text)
    told = (proof for proof in draft.evidence if proof.field not in _IN_PART)
    own = (Evidence(field=field, origin="body") for field in _IN_PART)
    return evolve(
        draft,
        title=part[0].text,
        subtitle=None,
        kicker=None,
        dateline=found[0] if found else None,
        blocks=part[1:],
        evidence=(*told, *own),
    )


def _proofs(part: Draft) -> tuple[Evidence, ...]:
    """Return the evidence of what a part has; `text` is no field of drafts, and every part has one."""
    return tuple(proof for proof in part.evidence if proof.field == "text" or getattr(part, proof.field))
