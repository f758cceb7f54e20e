"""One page, several articles: where a page's text is cut, and which of its pieces belong together."""

from __future__ import annotations

from pipelines.model import Draft
from pipelines.parse.segment.bigrams import Language
from pipelines.parse.segment.block_traits import Shape
from pipelines.parse.segment.cut import cut
from pipelines.parse.segment.drafts import drafts
from pipelines.parse.segment.headlines import headlines

__all__ = ["Language", "segment"]


def segment(draft: Draft, language: Language) -> tuple[Draft, ...]:
    """Return the articles that a draft's body holds one after another, no character of it lost; mostly itself alone.

    A body is cut where at least two headlines stand over a dateline or a byline. Paragraphs that break off in
    mid-sentence are joined with those that go on, also behind another article; captions and bylines are taken out. All
    of this is on record in `repairs`, and what is missing in `flags`: `missing-head`, `missing-tail`, `torn`. A page
    of one article is left as it is. `language` is asked only where something is torn.
    """
    shapes = tuple(map(Shape, draft.blocks))
    heads = headlines(shapes, language)
    return drafts(draft, cut(shapes, heads, language)) if heads else (draft,)
