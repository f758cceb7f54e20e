"""Search: articles that match a query and filters, with facets, copies of one text folded into one result."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import Any

from attrs import evolve, frozen

from crawler.cli.filters import ORDERS, Selected, narrowed
from crawler.web.applied import FIELDS, Applied, applied, value_name
from crawler.web.cache import FACETS_AGE_S
from crawler.web.facets import FACETS, Facet, facet
from crawler.web.links import Parameters, replaced, without
from crawler.web.page_request import CsvTable, PageRequest, WebPage
from crawler.web.parameters import FILTERS, Window, following, token, window
from crawler.web.readers import Reader
from crawler.web.results import COLUMNS, ResultRow, rows_of_hits
from pipelines.catalogue.facets import Facets
from pipelines.catalogue.filters import Filter
from pipelines.messages import gettext as _

ORDER_NAMES = {
    "relevance": _("most words in the title"),
    "published": _("newest publication"),
    "captured": _("newest capture"),
    "score": _("lowest quality"),
}
"""The orders of results; a test compares them with those of the commands."""


@frozen(kw_only=True)
class SearchView:
    """The results of a search. `captures` is the number of captures of which the `total` results are made.

    `counts_by` has the address of all values of each facet, with their numbers.
    """

    parameters: Parameters
    rows: Sequence[ResultRow]
    total: int
    captures: int
    shown: Window
    facets: Sequence[Facet]
    order: str
    orders: Sequence[tuple[str, str, str]]
    applied: Sequence[Applied]
    previous: str | None
    next: str | None
    next_token: str | None
    links: dict[str, str]
    counts_by: Mapping[str, str]

    @property
    def query(self) -> str:
        """The query."""
        return " ".join(value for name, value in self.parameters if name == "q")

    @property
    def title(self) -> str:
        """The title of the page."""
        return _("{query} in the archive", query=self.query) if self.query else _("Search")

    @property
    def fields(self) -> list[tuple[str, str, str, str]]:
        """The fields of the form with their values."""
        given = dict(self.parameters)
        return [(name, label, example, given.get(name, "")) for name, label, example in FIELDS]

    @property
    def kept(self) -> Parameters:
        """The parameters that the form keeps although it has no field for them."""
        return without(self.parameters, "q", "page", "sort", *(name for name, _label, _example in FIELDS))

    @property
    def last_shown(self) -> int:
        """The number of the last result on the page."""
        return min(self.shown.end, self.total)

    def document(self) -> dict[str, Any]:
        """Return the results as JSON values."""
        return {
            "total": self.total,
            "captures": self.captures,
            "offset": self.shown.offset,
            "next": self.next,
            "next_page": self.next_token,
            "items": [row.document() for row in self.rows],
            "facets": {
                each.key: [
                    {"value": value.code, "name": str(value.name), "count": value.count} for value in each.values
                ]
                for each in self.facets
            },
        }

    def table(self) -> CsvTable:
        """Return the results as a table."""
        return CsvTable(heads=COLUMNS, rows=(list(row.document().values()) for row in self.rows))


def read(asked: PageRequest, reader: Reader) -> SearchView:
    """Search, and count what the results consist of."""
    selected = asked.selected(reader)
    wanted = narrowed(reader.catalogue, selected)
    shown = window(asked.parameters, selected.limit)
    order = selected.order or ("relevance" if dict(asked.parameters).get("q", "").strip() else "captured")
    found = reader.catalogue.search(wanted, shown.end, order=order, folded=selected.copies is None)
    hits = reader.catalogue.hits(wanted.query, found.found[shown.offset :])
    rows = tuple(rows_of_hits(hits, asked.links, asked.room.site_name))
    plain = without(asked.parameters, "page")
    next_token = following(asked.parameters, shown, found.total)

    whole = without(plain, "sort", "limit")

    def counted(by: str) -> str:
        return asked.links.to("counts", parameters=replaced(whole, by=by))

    before = token(asked.parameters, max(0, shown.offset - shown.size)) if shown.offset else None
    return SearchView(
        parameters=asked.parameters,
        rows=rows,
        total=found.total,
        captures=found.captures,
        shown=shown,
        facets=facets(asked, reader, wanted, selected),
        order=order,
        orders=[(name, ORDER_NAMES[name], asked.here(replaced(plain, sort=name))) for name in ORDERS],
        applied=applied(asked, "q"),
        previous=asked.here(replaced(plain, page=before)) if before else None,
        next=asked.after(shown, found.total),
        next_token=next_token,
        links={
            "counts": counted("month"),
            "csv": asked.links.to("api", "export.csv", parameters=whole),
            "jsonl": asked.links.to("api", "export.jsonl", parameters=whole),
            "feed": asked.links.to("search.atom", parameters=whole),
            "hand_over": asked.links.to("hand-over", parameters=whole) if asked.room.serving.token else "",
        },
        counts_by={key: counted(key) for key in FACETS},
    )


def facets(asked: PageRequest, reader: Reader, wanted: Filter, selected: Selected) -> list[Facet]:
    """Return the facets of a selection, without those that would not divide it."""
    once = selected.copies is not True
    plain = without(asked.parameters, "page")
    name = repr(sorted(without(plain, "sort", "limit")))

    def count() -> Facets:
        return reader.catalogue.facets(evolve(wanted, copies=selected.copies is not False), once=once)

    counted = asked.room.facets.get(name, FACETS_AGE_S, count)
    found = [
        facet(key, counted[key], plain, asked.here, functools.partial(value_name, asked.room, key)) for key in FACETS
    ]
    return [each for each in found if each.values]


def _is_slow(asked: PageRequest) -> bool:
    """Tell whether a search reads much: all but lists of few articles, those of a site or a source.

    The facets are counts of all that is selected. With 100,000 captures, a period takes up to 500 ms, a column 40 ms, a
    site or a source 15 ms. Three slow lists at a time make an article take four times as long.
    """
    return bool(asked.one("q").strip()) or not (asked.one("site") or asked.one("source"))


PAGE = WebPage(
    path="/search",
    data="/api/search",
    read=read,
    template="search.html",
    section="search",
    is_slow=_is_slow,
    summary=_("Articles that match a query and filters, with facets."),
    parameters=FILTERS,
)
