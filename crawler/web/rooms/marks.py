"""Marks: what readers said of articles, the latest first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from attrs import frozen

from crawler.records import Mark, MarkKind, read_records
from crawler.web.page_request import CsvTable, PageRequest, WebPage
from crawler.web.parameters import window
from crawler.web.readers import Reader
from crawler.web.results import ResultRow, rows_of_entries
from crawler.web.room import Room
from pipelines.messages import Message
from pipelines.messages import gettext as _
from pipelines.times import rfc3339

SHOWN = 50
"""Marks on a page."""

KINDS: Mapping[MarkKind, Message] = {"looked-at": _("looked at"), "wrong": _("wrong")}
"""The kinds of marks → the words for them; a test compares them with those of the records."""

COLUMNS = ("capture", "kind", "note", "at", "site", "title")


@frozen(kw_only=True)
class Marked:
    """A mark with its article; `row` is None if its capture is not in the catalogue any more."""

    mark: Mark
    row: ResultRow | None

    @property
    def name(self) -> str:
        """The word for it."""
        return KINDS[self.mark.kind]

    def document(self) -> dict[str, Any]:
        """Return the mark as JSON values."""
        return {
            **mark_document(self.mark),
            "site": self.row.entry.site if self.row else None,
            "title": self.row.article.title if self.row and self.row.article else None,
        }


@frozen(kw_only=True)
class MarksView:
    """The marks, a page of them."""

    marks: Sequence[Marked]
    total: int
    next: str | None

    @property
    def title(self) -> str:
        """The title of the page."""
        return _("Marks")

    def document(self) -> dict[str, Any]:
        """Return the marks as JSON values."""
        return {"total": self.total, "next": self.next, "marks": [each.document() for each in self.marks]}

    def table(self) -> CsvTable:
        """Return the marks as a table."""
        return CsvTable(heads=COLUMNS, rows=(list(each.document().values()) for each in self.marks))


def marks_of(room: Room) -> dict[str, Mark]:
    """Return all marks by the id of their capture, the latest first."""
    with read_records(room.records_file) as records:
        return records.marks()


def mark_document(mark: Mark) -> dict[str, Any]:
    """Return a mark as JSON values."""
    return {"capture": mark.capture, "kind": mark.kind, "note": mark.note, "at": rfc3339(mark.at, "seconds")}


def read(asked: PageRequest, reader: Reader) -> MarksView:
    """Read the marks, and the articles of a page of them."""
    found = list(marks_of(asked.room).values())
    shown = window(asked.parameters, SHOWN)
    listed = found[shown.offset : shown.end]
    entries = reader.catalogue.by_id([each.capture for each in listed])
    rows = {each.entry.id: each for each in rows_of_entries(entries.values(), asked.links, asked.room.site_name)}
    return MarksView(
        marks=[Marked(mark=each, row=rows.get(each.capture)) for each in listed],
        total=len(found),
        next=asked.after(shown, len(found)),
    )


PAGE = WebPage(
    path="/marks",
    read=read,
    template="marks.html",
    section="tray",
    summary=_("What readers said of articles: looked at, or wrong."),
)
