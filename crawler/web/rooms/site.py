"""A site: its state, its sections, its registration, and the calendar of a year."""

from __future__ import annotations

import calendar
import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from attrs import frozen

from crawler.monitoring import gone_pages
from crawler.sites.files import site_files
from crawler.web.board import board
from crawler.web.links import Links
from crawler.web.page_request import CsvTable, PageRequest, WebPage
from crawler.web.problems import NotHere
from crawler.web.readers import Reader
from crawler.web.rooms.sites import SiteRow, row_of
from pipelines.catalogue.filters import Filter
from pipelines.errors import ConfigError, RegistryError
from pipelines.messages import gettext as _
from pipelines.times import CHINA

FIRST_YEAR, LAST_YEAR = 1990, 2100
"""Years that a calendar can have: there was no web before."""

LEVELS = (1, 3, 6, 11)
"""Articles of a day from which it is shaded more."""


@frozen(kw_only=True)
class SiteDay:
    """A day of a site: its articles, the texts that were changed and the pages that were found missing on it."""

    day: dt.date
    articles: int = 0
    changed: int = 0
    gone: int = 0
    href: str = ""

    @property
    def level(self) -> int:
        """How much the day is shaded, from 0 to 4."""
        return sum(self.articles >= each for each in LEVELS)

    @property
    def label(self) -> str:
        """The numbers of the day."""
        return _(
            "{day}: articles {articles}, changed {changed}, gone {gone}",
            day=self.day,
            articles=self.articles,
            changed=self.changed,
            gone=self.gone,
        )


@frozen(kw_only=True)
class Month:
    """A month in weeks from Monday to Sunday; days of other months are None."""

    name: str
    articles: int
    weeks: Sequence[Sequence[SiteDay | None]]


@frozen(kw_only=True)
class SiteView:
    """A site with its calendar. `row` is None for a site without captures."""

    slug: str
    name: str
    row: SiteRow | None
    hosts: Sequence[str]
    toml: str
    year: int
    months: Sequence[Month]
    previous: str | None
    next: str | None
    links: Mapping[str, str]

    @property
    def title(self) -> str:
        """The title of the page."""
        return self.name

    @property
    def days(self) -> Iterator[SiteDay]:
        """The days of the year with something on them."""
        every = (day for month in self.months for week in month.weeks for day in week if day)
        return (day for day in every if day.articles or day.changed or day.gone)

    def document(self) -> dict[str, Any]:
        """Return the site as JSON values."""
        health = self.row.state.health.document() if self.row else None
        days = [
            {"day": f"{day.day}", "articles": day.articles, "changed": day.changed, "gone": day.gone}
            for day in self.days
        ]
        return {"site": self.slug, "name": self.name, "hosts": list(self.hosts), "health": health, "days": days}

    def table(self) -> CsvTable:
        """Return the days of the calendar as a table."""
        rows = ((day.day, day.articles, day.changed, day.gone) for day in self.days)
        return CsvTable(heads=("day", "articles", "changed", "gone"), rows=rows)


def read(asked: PageRequest, reader: Reader) -> SiteView:
    """Find a site, and count its year."""
    try:
        slug = asked.room.places(reader.catalogue)["site"](asked.path["slug"])
    except RegistryError as error:
        raise NotHere(error.message, error.hint) from None
    year = year_of(asked.one("year"), asked.today)
    site = asked.room.registry.sites.get(slug)
    state = board(asked.room, reader).sites.get(slug)
    file = site_files(*asked.room.config.registry).get(slug)
    return SiteView(
        slug=slug,
        name=asked.room.site_name(slug),
        row=row_of(asked, state) if state else None,
        hosts=site.hosts if site else (),
        toml=file.read_text("utf-8") if file else "",
        year=year,
        months=months(year, *_year(reader, slug, year), asked.links, slug),
        previous=asked.links.to("sites", slug, parameters=[("year", f"{year - 1}")]) if year > FIRST_YEAR else None,
        next=asked.links.to("sites", slug, parameters=[("year", f"{year + 1}")]) if year < asked.today.year else None,
        links={
            "articles": asked.links.to("search", parameters=[("site", slug), ("sort", "published")]),
            "changed": asked.links.to("changed", parameters=[("site", slug)]),
            "gone": asked.links.to("gone", parameters=[("site", slug)]),
            "tray": asked.links.to("tray", parameters=[("site", slug)]),
            "counts": asked.links.to("counts", parameters=[("site", slug), ("by", "month")]),
            "runs": asked.links.to("runs", parameters=[("site", slug)]),
            "feed": asked.links.to("sites", f"{slug}.atom"),
        },
    )


def year_of(given: str, today: dt.date) -> int:
    """Return the year that an address names, by default the present one; raises ConfigError for another text."""
    if not given:
        return today.year
    if not (given.isascii() and given.isdigit() and FIRST_YEAR <= int(given[:5]) <= LAST_YEAR):
        raise ConfigError(_("{name}: {problem}", name="year", problem=repr(given)))
    return int(given)


def months(
    year: int,
    articles: Mapping[dt.date, int],
    changed: Mapping[dt.date, int],
    gone: Mapping[dt.date, int],
    links: Links,
    slug: str,
) -> list[Month]:
    """Return the months of a year with the numbers of their days.

    A day leads to the list of its articles; one without articles to what was changed on it, or else to what was gone.
    """

    def day(at: dt.date) -> SiteDay:
        numbers = (articles.get(at, 0), changed.get(at, 0), gone.get(at, 0))
        lists = ("search", ""), ("changed", "captured_"), ("gone", "captured_")
        page, prefix = next((each for each, number in zip(lists, numbers, strict=True) if number), ("", ""))
        span = [("site", slug), (f"{prefix}since", f"{at}"), (f"{prefix}until", f"{at}")]
        return SiteDay(
            day=at,
            articles=numbers[0],
            changed=numbers[1],
            gone=numbers[2],
            href=links.to(page, parameters=span) if page else "",
        )

    found = []
    for month in range(1, 13):
        weeks = [
            [day(each) if each.month == month else None for each in week]
            for week in calendar.Calendar().monthdatescalendar(year, month)
        ]
        total = sum(each.articles for week in weeks for each in week if each)
        found.append(Month(name=f"{year}-{month:02}", articles=total, weeks=weeks))
    return found


def _year(reader: Reader, slug: str, year: int) -> tuple[Counter[dt.date], Counter[dt.date], Counter[dt.date]]:
    """Return the articles of a year by day of publication, and its changes and losses by day of capture."""
    first, last = dt.date(year, 1, 1), dt.date(year, 12, 31)
    wanted = Filter(site=slug, published_since=first, published_until=last)
    articles: Counter[dt.date] = Counter()
    for count in reader.catalogue.count_articles(wanted, ["day"], once=True):
        if count.key[0]:
            articles[dt.date.fromisoformat(count.key[0])] += count.articles
    edits = Filter(site=slug, verdict="new-version", captured_since=first, captured_until=last)
    changed = Counter(_day(entry.fetched_at) for entry in reader.catalogue.entries(edits))
    gone = Counter(_day(page.event.at) for page in gone_pages(reader.catalogue, slug))
    return articles, changed, gone


def _day(moment: dt.datetime) -> dt.date:
    return moment.astimezone(CHINA).date()


PAGE = WebPage(
    path="/sites/{slug}",
    read=read,
    template="site.html",
    section="sites",
    summary=_("A site: its health, and the articles, changes and losses of a year by day."),
    parameters=lambda: ("year",),
)
