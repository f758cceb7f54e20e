"""Counts of articles as a chart, a table and data; several words side by side, absolute or as a share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from attrs import frozen

from crawler.cli.counts import HEADS
from crawler.cli.filters import narrowed
from crawler.web.applied import Applied, applied, value_name
from crawler.web.charts import MAX_SERIES, Chart, Series, chart
from crawler.web.facets import parameters_of
from crawler.web.links import Parameters, replaced, without
from crawler.web.page_request import CsvTable, PageRequest, WebPage
from crawler.web.parameters import FILTERS, selected
from crawler.web.readers import Reader
from pipelines.catalogue.counting import PERIODS, Count, Dimension
from pipelines.errors import ConfigError
from pipelines.messages import gettext as _
from pipelines.model.fields import Cell

MAX_ROWS = 500
"""Rows of the table on the page; the data have all of them."""


@frozen(kw_only=True)
class CountRow:
    """The articles of one value: a number for each word, and the days on which a site was crawled."""

    code: str | None
    name: str
    href: str | None
    numbers: Sequence[int]
    of: int
    crawled_days: int | None


@frozen(kw_only=True)
class CountsView:
    """Counts by one dimension, of each of some words."""

    by: Dimension
    words: Sequence[str]
    rows: Sequence[CountRow]
    share: bool
    chart: Chart | None
    choices: Sequence[tuple[str, str, str, bool]]
    kept: Parameters
    other_scale: str
    applied: Sequence[Applied]

    @property
    def title(self) -> str:
        """The title of the page."""
        return _("Counts of articles")

    @property
    def head(self) -> str:
        """The head of the first column."""
        return HEADS[self.by]

    @property
    def shown(self) -> Sequence[CountRow]:
        """The rows that the page shows."""
        return self.rows[:MAX_ROWS]

    @property
    def has_days(self) -> bool:
        """Whether the days with a crawl are known: of periods and places they are, of sources and columns not."""
        return any(row.crawled_days is not None for row in self.rows)

    @property
    def left(self) -> int:
        """The number of rows that only the data have."""
        return max(0, len(self.rows) - MAX_ROWS)

    @property
    def fields(self) -> list[str]:
        """The words in the fields of the form, with an empty one for another word."""
        return [*self.words, ""][:MAX_SERIES] if any(self.words) else [""]

    def document(self) -> list[dict[str, Any]]:
        """Return the counts as JSON values: `articles` of each word, `all` without words."""
        return [
            {
                self.by: row.code,
                "articles": dict(zip(self.words, row.numbers, strict=True)),
                "all": row.of,
                "crawled_days": row.crawled_days,
            }
            for row in self.rows
        ]

    def table(self) -> CsvTable:
        """Return the counts as a table, with a column for each word."""
        heads = [self.by, *(word or "articles" for word in self.words), "all", "crawled_days"]
        rows: list[list[Cell]] = [[row.code, *row.numbers, row.of, row.crawled_days] for row in self.rows]
        return CsvTable(heads=heads, rows=rows)


def read(asked: PageRequest, reader: Reader) -> CountsView:
    """Count the articles of each word."""
    by = _dimension(asked.one("by", "month"))
    words = asked.every("q")[:MAX_SERIES] or [""]
    rest = without(asked.parameters, "q", "by", "share")
    places = asked.room.places(reader.catalogue)
    counted = []
    for word in words:
        found = selected((*rest, *([("q", word)] if word else [])), places)
        wanted = narrowed(reader.catalogue, found)
        counted.append(reader.catalogue.count_articles(wanted, [by], once=found.copies is not True))
    return counts_view(asked, by, words, counted)


def counts_view(
    asked: PageRequest, by: Dimension, words: Sequence[str], counted: Sequence[Sequence[Count]]
) -> CountsView:
    """Return what the page shows of the counts of each word."""
    share = asked.one("share") == "true"
    by_key = [{count.key[0]: count for count in each} for each in counted]
    keys = list(dict.fromkeys(count.key[0] for each in counted for count in each))
    if by in PERIODS:
        keys.sort(key=lambda key: (key is None, key or ""))
    rest = without(asked.parameters, "by", "share")
    rows = [_row(asked, by, key, by_key, without(rest, "q"), words) for key in keys]
    rows = rows if by in PERIODS else [row for row in rows if any(row.numbers)]
    return CountsView(
        by=by,
        words=words,
        rows=rows,
        share=share,
        chart=_chart(rows, words, share=share) if by in PERIODS and len(rows) > 1 else None,
        choices=[
            (name, label, asked.here(replaced(asked.parameters, by=name)), name == by) for name, label in HEADS.items()
        ],
        kept=without(rest, "q"),
        other_scale=asked.here(replaced(asked.parameters, share="" if share else "true")),
        applied=applied(asked, "q"),
    )


def _row(
    asked: PageRequest,
    by: Dimension,
    key: str | None,
    by_key: Sequence[dict[str | None, Count]],
    rest: Parameters,
    words: Sequence[str],
) -> CountRow:
    found = [each.get(key) for each in by_key]
    known = next(filter(None, found))
    target = ("year", "month", "day", "site", "region", "source", "column", "verdict")
    only = [("q", words[0])] if len(words) == 1 and words[0] else []
    href = None
    if key and by in target:
        href = asked.links.to("search", parameters=[*only, *replaced(rest, **parameters_of(by, key))])
    return CountRow(
        code=key,
        name=value_name(asked.room, by, key) if key else _("none stated"),
        href=href,
        numbers=[each.articles if each else 0 for each in found],
        of=max((each.of for each in found if each), default=0),
        crawled_days=known.crawled_days,
    )


def _chart(rows: Sequence[CountRow], words: Sequence[str], *, share: bool) -> Chart:
    dated = [row for row in rows if row.code]
    series = [
        Series(
            name=word,
            values=[(row.numbers[at] / row.of if row.of else None) if share else row.numbers[at] for row in dated],
        )
        for at, word in enumerate(words)
    ]
    return chart([row.name for row in dated], series, [row.crawled_days == 0 for row in dated], as_share=share)


def _dimension(name: str) -> Dimension:
    found = next((each for each in HEADS if each == name), None)
    if found is None:
        raise ConfigError(_("{name}: {problem}", name="by", problem=repr(name)), ", ".join(HEADS))
    return found  # type: ignore[return-value]


PAGE = WebPage(
    path="/counts",
    data="/api/counts",
    read=read,
    template="counts.html",
    section="counts",
    is_slow=lambda _asked: True,
    summary=_("Numbers of articles by a period, a place, a source, a column or a verdict; `q` may be repeated."),
    parameters=lambda: (*FILTERS(), "by", "share"),
    chart=lambda view: view.chart,
)
