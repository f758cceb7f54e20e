"""Lists of captures: articles that were edited, and the tray of articles of low quality."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import Any

from attrs import evolve, frozen

from crawler.cli.filters import narrowed
from crawler.web.asked import Asked, Page, Table
from crawler.web.parameters import FILTERS, window
from crawler.web.readers import Reader
from crawler.web.results import COLUMNS, Row, rows_of_entries
from crawler.web.weekly import Weekly, weekly
from pipelines.catalogue.filters import Filter, Order
from pipelines.messages import gettext as _


@frozen(kw_only=True)
class ListView:
    """A list of captures, and where the others are."""

    title: str
    explanation: str
    rows: Sequence[Row]
    total: int
    scored: bool
    lists: Weekly

    def document(self) -> dict[str, Any]:
        """Return the list as JSON values."""
        return {"total": self.total, "next": self.lists.next, "results": [row.document() for row in self.rows]}

    def table(self) -> Table:
        """Return the list as a table."""
        return Table(heads=COLUMNS, rows=(list(row.document().values()) for row in self.rows))


def changed(asked: Asked, reader: Reader) -> ListView:
    """Find the captures with a new version of an article, the newest first."""
    wanted = evolve(narrowed(reader.catalogue, asked.selected(reader)), verdict="new-version")
    explanation = _("Articles whose text was changed after it was published, the latest change first.")
    return _view(asked, reader, wanted, "captured", _("Changed articles"), explanation)


def tray(asked: Asked, reader: Reader) -> ListView:
    """Find the articles with the lowest quality scores."""
    wanted = evolve(narrowed(reader.catalogue, asked.selected(reader)), outcome="article")
    explanation = _(
        "Articles whose text is damaged, incomplete, short or not Chinese, the lowest score first. 1 is the best score."
    )
    return _view(asked, reader, wanted, "score", _("Low quality"), explanation)


def _view(asked: Asked, reader: Reader, wanted: Filter, order: Order, title: str, explanation: str) -> ListView:
    shown = window(asked.parameters, asked.selected(reader).limit)
    entries = islice(reader.catalogue.entries(wanted, shown.end, order=order), shown.offset, None)
    total = reader.catalogue.count(wanted, scored=order == "score")
    return ListView(
        title=title,
        explanation=explanation,
        rows=tuple(rows_of_entries(entries, asked.links, asked.room.site_name)),
        total=total,
        scored=order == "score",
        lists=weekly(asked, shown, total),
    )


CHANGED = Page(
    path="/changed",
    read=changed,
    template="listed.html",
    section="changed",
    summary=_("Captures with a new version of an article, the newest first."),
    parameters=FILTERS,
)
TRAY = Page(
    path="/tray",
    read=tray,
    template="listed.html",
    section="tray",
    summary=_("Articles with the lowest quality scores."),
    parameters=FILTERS,
)
