"""Cuts a page with several articles into its articles, and joins the paragraphs that belong together.

The steps: `headlines` finds where articles begin, `roles` separates text from captions and bylines, `paragraph_joins`
joins paragraphs that break off in mid-sentence, `cut` assigns blocks to articles, `drafts` makes a draft of each
article.
"""

from __future__ import annotations

from attrs import evolve

from pipelines.model import Block, Draft
from pipelines.parse.segment.bigrams import LanguageModel
from pipelines.parse.segment.block_traits import BlockTraits
from pipelines.parse.segment.cut import cut
from pipelines.parse.segment.drafts import drafts
from pipelines.parse.segment.headlines import headlines
from pipelines.text.script import simplified_copy

__all__ = ["LanguageModel", "segment"]


def segment(draft: Draft, language: LanguageModel) -> tuple[Draft, ...]:
    """Return the articles in a draft's body, in order, without losing a character; mostly the draft itself alone.

    A body is cut where at least two headlines stand over a dateline or a byline. Paragraphs that break off in
    mid-sentence are joined with their continuations, also across another article; captions and bylines are removed from
    the text. All changes are recorded in `repairs`, and what is missing in `flags`: `missing-head`, `missing-tail`,
    `torn`. A page of one article is not changed. `language` is used only where a page may have several articles.
    """
    blocks = tuple(map(BlockTraits, map(_simplified, draft.blocks)))
    heads = headlines(blocks, language)
    return drafts(draft, cut(blocks, heads, language)) if heads else (draft,)


def _simplified(block: Block) -> Block:
    text = simplified_copy(block.text)
    return block if text == block.text else evolve(block, text=text)
