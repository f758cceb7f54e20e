"""A text and its prints: who was probably first, who printed it when, and what each changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from attrs import frozen

from crawler.cli.reprints import find_reprints, relation_line, reprint_document
from crawler.compare.reprints import Reprint
from crawler.compare.text import inline_diff
from crawler.web.captures import capture_at, captures_of
from crawler.web.page_request import CsvTable, PageRequest, WebPage
from crawler.web.readers import Reader
from crawler.web.timeline import TimelineMark, timeline
from pipelines.catalogue.history import versions
from pipelines.messages import gettext as _
from pipelines.model.readable import minute

COLUMNS = (
    *("id", "site", "url", "title", "published_at", "fetched_at", "source", "likely_source", "verdict", "against"),
    *("relation", "similarity"),
)
"""The columns of a print: the keys of `fangzhi show --reprints --json` with one value."""


@frozen(kw_only=True)
class Print:
    """One print of the text."""

    reprint: Reprint
    relation: str
    site_name: str
    href: str
    comparison: str | None
    is_here: bool

    @property
    def title(self) -> str:
        """The title of the print."""
        return next((each.title for each in self.reprint.entry.articles if each.title), None) or _("(no title)")

    @property
    def published(self) -> str:
        """The time of publication, as the page states it."""
        return minute(next((each.published_at for each in self.reprint.entry.articles), None))

    @property
    def changes(self) -> list[list[Any]]:
        """The changed sentences, each piece by piece."""
        return [list(inline_diff(each.before, each.after)) for each in self.reprint.changes]


@frozen(kw_only=True)
class ReprintsView:
    """The prints of a text, the likely source first."""

    prints: Sequence[Print]
    timeline: Sequence[TimelineMark]

    @property
    def title(self) -> str:
        """The title of the page."""
        return _("Prints of {title}", title=self.prints[0].title)

    def document(self) -> list[dict[str, Any]]:
        """Return the prints as JSON values, each as `fangzhi show --reprints --json` prints it."""
        return [reprint_document(each.reprint) for each in self.prints]

    def table(self) -> CsvTable:
        """Return the prints as a table."""
        return CsvTable(heads=COLUMNS, rows=([each[name] for name in COLUMNS] for each in self.document()))


def read(asked: PageRequest, reader: Reader) -> ReprintsView:
    """Find the prints of the text of a capture."""
    entry = capture_at(asked, reader)
    names = {site.slug: site.name for site in asked.room.registry.sites.values()}
    found = find_reprints(reader.catalogue, entry, versions(captures_of(reader, entry)), names)
    prints = [_print(asked, each, found[0], entry.id) for each in found]
    moments = [(each.published[:10], each.site_name) for each in prints]
    return ReprintsView(prints=prints, timeline=timeline(moments))


def _print(asked: PageRequest, reprint: Reprint, source: Reprint, here: str) -> Print:
    entry, other = reprint.entry, reprint.compared_with
    return Print(
        reprint=reprint,
        relation=relation_line(reprint, source.entry),
        site_name=asked.room.site_name(entry.site),
        href=asked.links.to("a", entry.id),
        comparison=asked.links.to("compare", other.id, entry.id) if other and reprint.changes else None,
        is_here=entry.id == here,
    )


PAGE = WebPage(
    path="/reprints/{id}",
    read=read,
    template="reprints.html",
    section="search",
    summary=_("The prints of a text, the likely source first, with what each changed."),
)
