"""Coverage: for each site and month its articles, and whether it was crawled at all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from attrs import evolve, frozen

from crawler.cli.filters import narrowed
from crawler.web.applied import Applied, applied
from crawler.web.links import replaced
from crawler.web.page_request import CsvTable, PageRequest, WebPage
from crawler.web.parameters import FILTERS
from crawler.web.readers import Reader
from pipelines.catalogue.counting import Count
from pipelines.messages import gettext as _
from pipelines.times import period

MONTHS = 24
"""Months that the map shows, unless `since` and `until` name others: two winters can be compared."""

LEVELS = (1, 10, 30, 100)
"""Articles of a month from which it is shaded more: one a day is the usual pace of a county."""


@frozen(kw_only=True)
class MonthCell:
    """A month of a site. `crawled` is the number of days on which it was crawled in the month."""

    month: str
    articles: int
    crawled: int
    href: str

    @property
    def level(self) -> int:
        """How much the cell is shaded, from 0 to 4."""
        return sum(self.articles >= each for each in LEVELS)

    @property
    def label(self) -> str:
        """The numbers of the cell."""
        return _(
            "{month}: articles {articles}, days with a crawl {crawled}",
            month=self.month,
            articles=self.articles,
            crawled=self.crawled,
        )


@frozen(kw_only=True)
class CoverageView:
    """The map: the months, and a row of cells for each site."""

    months: Sequence[str]
    rows: Sequence[tuple[str, str, str, Sequence[MonthCell]]]
    applied: Sequence[Applied]

    @property
    def title(self) -> str:
        """The title of the page."""
        return _("Coverage")

    @property
    def first(self) -> int:
        """The number of the first month that is not empty for all sites: the page leaves out those before it."""
        filled = [any(row[3][at].articles or row[3][at].crawled for row in self.rows) for at in range(len(self.months))]
        return filled.index(True) if True in filled else 0

    def document(self) -> list[dict[str, Any]]:
        """Return the cells as JSON values."""
        return [
            {"site": slug, "month": cell.month, "articles": cell.articles, "crawled_days": cell.crawled}
            for slug, _name, _href, cells in self.rows
            for cell in cells
        ]

    def table(self) -> CsvTable:
        """Return the cells as a table."""
        rows = (list(each.values()) for each in self.document())
        return CsvTable(heads=("site", "month", "articles", "crawled_days"), rows=rows)


def read(asked: PageRequest, reader: Reader) -> CoverageView:
    """Count the articles of each site and month."""
    wanted = narrowed(reader.catalogue, asked.selected(reader))
    months = last_months(f"{wanted.published_until or asked.today:%Y-%m}", MONTHS)
    if wanted.published_since is None:
        first = period(*map(int, months[0].split("-")))[0]
        wanted = evolve(wanted, published_since=first)
    return coverage_view(asked, reader.catalogue.count_articles(wanted, ["site", "month"], once=True), months)


def coverage_view(asked: PageRequest, counts: Sequence[Count], months: Sequence[str]) -> CoverageView:
    """Return the map of some counts by site and month."""
    by_key = {each.key: each for each in counts}
    sites = sorted({each.key[0] for each in counts if each.key[0]})
    return CoverageView(
        months=months,
        applied=applied(asked),
        rows=[
            (
                slug,
                asked.room.site_name(slug),
                asked.links.to("sites", slug),
                [_cell(asked, slug, month, by_key.get((slug, month))) for month in months],
            )
            for slug in sites
        ],
    )


def last_months(last: str, count: int) -> list[str]:
    """Return so many months up to one, oldest first.

    >>> last_months("2024-02", 3)
    ['2023-12', '2024-01', '2024-02']
    """
    year, month = map(int, last.split("-"))
    numbers = range(year * 12 + month - count, year * 12 + month)
    return [f"{number // 12}-{number % 12 + 1:02}" for number in numbers]


def _cell(asked: PageRequest, slug: str, month: str, count: Count | None) -> MonthCell:
    return MonthCell(
        month=month,
        articles=count.articles if count else 0,
        crawled=(count.crawled_days or 0) if count else 0,
        href=asked.links.to("search", parameters=replaced((), site=slug, since=month, until=month)),
    )


PAGE = WebPage(
    path="/coverage",
    read=read,
    template="coverage.html",
    section="coverage",
    is_slow=lambda _asked: True,
    summary=_("Articles and days with a crawl for each site and month."),
    parameters=FILTERS,
)
