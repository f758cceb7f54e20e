"""Pages that were removed from their sites, the latest removal first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from attrs import frozen

from crawler.cli.gone import gone_document, matching_gone_pages
from crawler.monitoring import GonePage
from crawler.web.page_request import CsvTable, PageRequest, WebPage
from crawler.web.parameters import FILTERS, window
from crawler.web.readers import Reader
from crawler.web.weekly import Weekly, weekly
from pipelines.messages import gettext as _

COLUMNS = ("url", "site", "gone_at", "confirmed_at", "gone", "last", "title")
"""The keys of a page that is gone, as the command prints them; a test compares them."""


@frozen(kw_only=True)
class GoneRow:
    """A page that is gone: the address of its last text, and that of the capture that found it missing."""

    page: GonePage
    title: str
    site_name: str
    href: str
    evidence: str


@frozen(kw_only=True)
class GoneView:
    """The pages that are gone, and where the others are."""

    rows: Sequence[GoneRow]
    total: int
    lists: Weekly

    @property
    def title(self) -> str:
        """The title of the page."""
        return _("Gone from their sites")

    def document(self) -> dict[str, Any]:
        """Return the pages as JSON values, each as `fangzhi list --gone --json` prints it."""
        return {"total": self.total, "next": self.lists.next, "pages": [gone_document(row.page) for row in self.rows]}

    def table(self) -> CsvTable:
        """Return the pages as a table."""
        documents = (gone_document(row.page) for row in self.rows)
        return CsvTable(heads=COLUMNS, rows=([str(each[name] or "") for name in COLUMNS] for each in documents))


def read(asked: PageRequest, reader: Reader) -> GoneView:
    """Find the pages that are gone."""
    selected = asked.selected(reader)
    pages = matching_gone_pages(reader.catalogue, selected.filter)
    shown = window(asked.parameters, selected.limit)
    return GoneView(
        rows=[
            GoneRow(
                page=each,
                title=each.last.articles[0].title or _("(no title)"),
                site_name=asked.room.site_name(each.last.site),
                href=asked.links.to("a", each.last.id),
                evidence=asked.links.to("a", each.event.id),
            )
            for each in pages[shown.offset : shown.end]
        ],
        total=len(pages),
        lists=weekly(asked, shown, len(pages)),
    )


PAGE = WebPage(
    path="/gone",
    read=read,
    template="gone.html",
    is_slow=lambda _asked: True,
    section="gone",
    summary=_("Pages that were removed from their sites, the latest removal first."),
    parameters=FILTERS,
)
