"""The passages of articles in which the words of a query occur."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import frozen

from pipelines.catalogue.query import Node, Term
from pipelines.catalogue.query_match import matches, searched, text_terms
from pipelines.model import Article, Entry
from pipelines.text.tokens import find_phrases

CONTEXT_CHARS_BEFORE, CONTEXT_CHARS_AFTER = 16, 44
"""Characters of a passage before and after a word. With the word they fill one line of a terminal with 140 columns;
`fangzhi search` shortens them for narrower ones."""


@frozen
class Passage:
    """The first place of a word in an article, in the article's own script: the text before it, the word, the rest."""

    before: str
    word: str
    after: str

    @property
    def text(self) -> str:
        """The passage as one line."""
        return f"{self.before}{self.word}{self.after}"


def passages(query: Node | None, entry: Entry) -> dict[int, Passage]:
    """Return the passage of each article of an entry that matches a query, by its index."""
    return {
        number: find_passage(article, text_terms(query))
        for number, article in enumerate(entry.articles)
        if matches(query, searched(entry, article))
    }


def find_passage(article: Article, wanted: Iterable[Term]) -> Passage:
    """Return the passage with the first of some terms in an article's text.

    If none is there, as when all are in the title, the passage is the beginning of the text.
    """
    patterns = [term.pattern for term in wanted if not term.field]
    start, end = min(find_phrases(article.text_hans, patterns), default=(0, 0)) if patterns else (0, 0)
    shown = article.text if len(article.text) == len(article.text_hans) else article.text_hans
    before, after = max(0, start - CONTEXT_CHARS_BEFORE), end + CONTEXT_CHARS_AFTER
    return Passage(
        before=("…" if before else "") + _one_line(shown[before:start]),
        word=_one_line(shown[start:end]),
        after=_one_line(shown[end:after]) + ("…" if after < len(shown) else ""),
    )


def _one_line(text: str) -> str:
    return text.replace("\n", " ")
