"""Lists of captures: articles that were edited, and the tray of articles of low quality."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import islice
from typing import Any

from attrs import Factory, evolve, frozen

from crawler.cli.filters import narrowed
from crawler.records import MARKS
from crawler.web.links import replaced
from crawler.web.page_request import CsvTable, PageRequest, WebPage
from crawler.web.parameters import FILTERS, window
from crawler.web.readers import Reader
from crawler.web.results import COLUMNS, ResultRow, rows_of_entries
from crawler.web.rooms.marks import KINDS, marks_of
from crawler.web.weekly import Weekly, weekly
from pipelines.catalogue.filters import Filter, Order
from pipelines.errors import ConfigError
from pipelines.messages import either
from pipelines.messages import gettext as _

NO = "no"
"""Instead of a kind of marks: the articles without one."""

MARKED = (NO, *MARKS)


@frozen(kw_only=True)
class ListView:
    """A list of captures, and where the others are.

    `marks` has the words for the marks of captures, `choices` the addresses of those with a kind of mark.
    """

    title: str
    explanation: str
    rows: Sequence[ResultRow]
    total: int
    scored: bool
    lists: Weekly
    marks: Mapping[str, str] = Factory(dict)
    choices: Sequence[tuple[str, str, bool]] = ()

    def document(self) -> dict[str, Any]:
        """Return the list as JSON values."""
        return {"total": self.total, "next": self.lists.next, "items": [row.document() for row in self.rows]}

    def table(self) -> CsvTable:
        """Return the list as a table."""
        return CsvTable(heads=COLUMNS, rows=(list(row.document().values()) for row in self.rows))


def changed(asked: PageRequest, reader: Reader) -> ListView:
    """Find the captures with a new version of an article, the newest first."""
    wanted = evolve(narrowed(reader.catalogue, asked.selected(reader)), verdict="new-version")
    explanation = _("Articles whose text was changed after it was published, the latest change first.")
    return _view(asked, reader, wanted, "captured", _("Changed articles"), explanation)


def tray(asked: PageRequest, reader: Reader) -> ListView:
    """Find the articles with the lowest quality scores: all, those that nobody marked, or those with a mark."""
    wanted = evolve(narrowed(reader.catalogue, asked.selected(reader)), outcome="article")
    explanation = _(
        "Articles whose text is damaged, incomplete, short or not Chinese, the lowest score first. 1 is the best score."
    )
    marks, marked = marks_of(asked.room), asked.one("marked")
    if marked not in ("", *MARKED):
        problem = _("{name}: {problem}", name="marked", problem=repr(marked))
        raise ConfigError(problem, _("use {names}", names=either(MARKED)))
    if marked in MARKS:
        wanted = evolve(wanted, ids=frozenset(key for key, mark in marks.items() if mark.kind == marked))
    found = _view(
        asked, reader, wanted, "score", _("Low quality"), explanation, left_out=frozenset(marks) if marked == NO else ()
    )
    return evolve(
        found,
        marks={key: KINDS[mark.kind] for key, mark in marks.items()},
        choices=[
            (name, asked.here(replaced(asked.parameters, marked=key, page="")), key == marked)
            for key, name in (("", _("all")), (NO, _("not marked")), *KINDS.items())
        ],
    )


def _view(
    asked: PageRequest,
    reader: Reader,
    wanted: Filter,
    order: Order,
    title: str,
    explanation: str,
    left_out: Collection[str] = (),
) -> ListView:
    shown, is_scored = window(asked.parameters, asked.selected(reader).limit), order == "score"
    entries = reader.catalogue.entries(wanted, shown.end + len(left_out), order=order)
    entries = islice((each for each in entries if each.id not in left_out), shown.offset, shown.end)
    total = reader.catalogue.count(wanted, scored=is_scored)
    if left_out:
        total -= reader.catalogue.count(evolve(wanted, ids=frozenset(left_out)), scored=is_scored)
    return ListView(
        title=title,
        explanation=explanation,
        rows=tuple(rows_of_entries(entries, asked.links, asked.room.site_name)),
        total=total,
        scored=is_scored,
        lists=weekly(asked, shown, total),
    )


CHANGED = WebPage(
    path="/changed",
    read=changed,
    template="listed.html",
    section="changed",
    summary=_("Captures with a new version of an article, the newest first."),
    parameters=FILTERS,
)
TRAY = WebPage(
    path="/tray",
    read=tray,
    template="listed.html",
    section="tray",
    summary=_("Articles with the lowest quality scores."),
    parameters=lambda: (*FILTERS(), "marked"),
)
