"""Articles in a list: what is shown of each, and the links to its neighbours."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from attrs import frozen

from crawler.cli.results import result
from crawler.web.links import Links
from pipelines.catalogue.lookups import Hit
from pipelines.catalogue.search import Passage
from pipelines.messages import gettext as _
from pipelines.model import Article, Entry
from pipelines.model.readable import minute
from pipelines.times import rfc3339


@frozen(kw_only=True)
class ResultRow:
    """An article in a list: `copies` are further captures of its text that the list leaves out."""

    entry: Entry
    article: Article | None
    site_name: str
    href: str
    passage: Passage | None = None
    copies: int = 0

    @property
    def title(self) -> str:
        """The title; the address of a page without one."""
        if self.article is None:
            return self.entry.final_url
        return self.article.title or _("(no title)")

    @property
    def published(self) -> str:
        """The day of publication, empty if the page states none."""
        return minute(self.article.published_on) if self.article else ""

    @property
    def result(self) -> str:
        """What the capture gave."""
        return result(self.entry)

    @property
    def is_plain(self) -> bool:
        """Whether the capture is simply a new article."""
        return self.article is not None and self.entry.verdict.kind == "new"

    @property
    def score(self) -> float | None:
        """The quality score."""
        return self.article.quality.score if self.article else None

    def document(self) -> dict[str, Any]:
        """Return the row as JSON values."""
        return {
            "id": self.entry.id,
            "href": self.href,
            "title": self.article.title if self.article else None,
            "site": self.entry.site,
            "region": self.entry.region.code if self.entry.region else None,
            "published_on": f"{self.article.published_on}" if self.article and self.article.published_on else None,
            "source": self.article.source if self.article else None,
            "fetched_at": rfc3339(self.entry.fetched_at),
            "url": self.entry.final_url,
            "verdict": self.entry.verdict.kind,
            "reason": self.entry.reason,
            "score": self.score,
            "copies": self.copies,
            "passage": self.passage.text if self.passage else None,
        }


COLUMNS = (
    *("id", "href", "title", "site", "region", "published_on", "source", "fetched_at", "url", "verdict", "reason"),
    *("score", "copies", "passage"),
)
"""The keys of a row, and the columns of its table; a test compares them."""


def rows_of_hits(hits: Iterable[Hit], links: Links, name: Callable[[str | None], str]) -> Iterator[ResultRow]:
    """Yield a row for each article that a search found; copies are counted at the last one of a page."""
    for hit in hits:
        for number, passage in hit.passages.items():
            yield ResultRow(
                entry=hit.entry,
                article=hit.entry.articles[number],
                site_name=name(hit.entry.site),
                href=links.to("a", hit.entry.id),
                passage=passage,
                copies=hit.copies if number == max(hit.passages) else 0,
            )


def rows_of_entries(entries: Iterable[Entry], links: Links, name: Callable[[str | None], str]) -> Iterator[ResultRow]:
    """Yield a row for each article of some captures, and one for a capture without an article."""
    for entry in entries:
        for article in entry.articles or (None,):
            yield ResultRow(entry=entry, article=article, site_name=name(entry.site), href=links.to("a", entry.id))
