"""The front page: what the archive holds, the newest articles, and where to begin."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from attrs import frozen

from crawler.web.page_request import CsvTable, PageRequest, WebPage
from crawler.web.readers import Reader
from crawler.web.results import COLUMNS, ResultRow, rows_of_hits
from pipelines.catalogue.filters import Filter
from pipelines.messages import gettext as _

NEWEST = 10
"""Articles that the page lists: they fit on a screen below the search."""


@frozen(kw_only=True)
class FrontView:
    """What the archive holds: numbers of captures, of texts, and of sites; and its newest texts."""

    archive: str
    captures: int
    texts: int
    sites: int
    newest: Sequence[ResultRow]

    @property
    def title(self) -> str:
        """The title of the page."""
        return _("The reading room")

    def document(self) -> dict[str, Any]:
        """Return the page as JSON values."""
        figures = {"captures": self.captures, "texts": self.texts, "sites": self.sites}
        return {**figures, "newest": [row.document() for row in self.newest]}

    def table(self) -> CsvTable:
        """Return the newest articles as a table."""
        return CsvTable(heads=COLUMNS, rows=(list(row.document().values()) for row in self.newest))


def read(asked: PageRequest, reader: Reader) -> FrontView:
    """Count, and find the newest texts by their day of publication."""
    found = reader.catalogue.search(Filter(published_until=asked.today), NEWEST, order="published")
    hits = reader.catalogue.hits(None, found.found)
    return FrontView(
        archive=asked.room.archive_name,
        captures=reader.catalogue.count(Filter()),
        texts=found.total,
        sites=len(reader.catalogue.sites()),
        newest=tuple(rows_of_hits(hits, asked.links, asked.room.site_name)),
    )


PAGE = WebPage(
    path="/",
    read=read,
    template="front.html",
    is_slow=lambda _asked: True,
    summary=_("What the archive holds, and its newest articles."),
)
