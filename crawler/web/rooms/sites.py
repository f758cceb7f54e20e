"""The board of sites: the state of each, its age against its usual gap, its crawls, and its last thirty days."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from attrs import frozen

from crawler.config.labels import STATES
from crawler.web.board import SiteState, board
from crawler.web.charts import spark
from crawler.web.links import replaced
from crawler.web.page_request import CsvTable, PageRequest, WebPage
from crawler.web.readers import Reader
from crawler.web.room import Room
from pipelines.errors import ConfigError
from pipelines.messages import gettext as _
from pipelines.model.fields import Cell
from pipelines.times import rfc3339

ATTENTION = ("dead", "blocked", "empty", "quiet", "unknown", "alive")
"""States, those first that a person must look at."""


@frozen(kw_only=True)
class SiteRow:
    """A site on the board."""

    slug: str
    name: str
    region: str
    href: str
    state: SiteState

    @property
    def state_name(self) -> str:
        """The word for its state."""
        return STATES[self.state.health.status.state]

    @property
    def age(self) -> int | None:
        """Days since its newest article."""
        return self.state.health.frequency.age(self.state.health.today)

    @property
    def challenges(self) -> float | None:
        """The share of challenges among its newest captures."""
        stats = self.state.health.stats
        return stats.share(stats.challenges)

    @property
    def points(self) -> str:
        """Its sparkline."""
        return spark(self.state.daily)

    def document(self) -> dict[str, Any]:
        """Return the row as JSON values."""
        schedule, health = self.state.schedule, self.state.health
        return {
            "site": self.slug,
            "name": self.name,
            "region": self.region,
            "state": health.status.state,
            "why": str(health.status.why) or None,
            "captures": self.state.counts["captures"],
            "days_since_new": self.age,
            "usual_gap_days": health.frequency.usual_gap,
            "newest_article_on": f"{health.frequency.newest_on}" if health.frequency.newest_on else None,
            "last_crawl": rfc3339(schedule.last.started, "seconds") if schedule and schedule.last else None,
            "next_crawl": rfc3339(schedule.due, "seconds") if schedule else None,
            "challenge_share": self.challenges,
            "queued": (self.state.queued or {}).get("queued"),
            "last_30_days": sum(self.state.daily),
        }


ORDERS: dict[str, Callable[[SiteRow], Any]] = {
    "state": lambda row: (ATTENTION.index(row.state.health.status.state), row.slug),
    "name": lambda row: row.name,
    "region": lambda row: (row.region, row.name),
    "captures": lambda row: -row.state.counts["captures"],
    "age": lambda row: (row.age is None, -(row.age or 0)),
    "challenges": lambda row: -(row.challenges or 0),
    "due": lambda row: (row.state.schedule is None, row.state.schedule and row.state.schedule.due),
}
"""The orders of the board by their names in addresses."""

HEADS: tuple[tuple[str, str, bool], ...] = (
    ("name", _("Site"), False),
    ("region", _("Region"), False),
    ("state", _("State"), False),
    ("age", _("Days since new (usual gap)"), True),
    ("", _("Last 30 days"), False),
    ("captures", _("Captures"), True),
    ("challenges", _("Challenges"), True),
    ("", _("Last crawl"), False),
    ("due", _("Next crawl"), False),
)
"""The columns: the order that sorts by them, their heads, and whether they are numbers."""

LABELLED = (3, 5, 6, 7, 8)
"""The columns whose heads stand before the values on narrow screens."""


@frozen(kw_only=True)
class SitesView:
    """The board."""

    at: Any
    rows: Sequence[SiteRow]
    heads: Sequence[tuple[str, bool, str | None, bool]]

    @property
    def title(self) -> str:
        """The title of the page."""
        return _("Sites")

    @property
    def labels(self) -> list[str]:
        """The heads that stand before the values on narrow screens."""
        return [self.heads[number][0] for number in LABELLED]

    @property
    def attention(self) -> int:
        """The number of sites that a person must look at."""
        return sum(row.state.health.status.needs_attention for row in self.rows)

    def document(self) -> list[dict[str, Any]]:
        """Return the rows as JSON values."""
        return [row.document() for row in self.rows]

    def table(self) -> CsvTable:
        """Return the rows as a table."""
        rows: list[list[Cell]] = [list(row.document().values()) for row in self.rows]
        heads = self.rows[0].document() if self.rows else ()
        return CsvTable(heads=list(heads), rows=rows)


def read(asked: PageRequest, reader: Reader) -> SitesView:
    """Return the board, for a region if one is named."""
    found = board(asked.room, reader)
    order = asked.one("sort", "state")
    if order not in ORDERS:
        raise ConfigError(_("{name}: {problem}", name="sort", problem=order), ", ".join(ORDERS))
    prefix = asked.one("region") and asked.room.places(reader.catalogue)["region"](asked.one("region"))
    rows = [row_of(asked, each) for each in found.sites.values()]
    rows = [row for row in rows if not prefix or _code(asked.room, row.slug).startswith(prefix)]
    return SitesView(
        at=found.at,
        rows=sorted(rows, key=ORDERS[order]),
        heads=[
            (label, number, asked.here(replaced(asked.parameters, sort=key)) if key else None, key == order)
            for key, label, number in HEADS
        ],
    )


def row_of(asked: PageRequest, state: SiteState) -> SiteRow:
    """Return a site as a row of the board."""
    site = asked.room.registry.sites.get(state.slug)
    return SiteRow(
        slug=state.slug,
        name=site.name if site else state.slug,
        region=site.region.name if site and site.region else "",
        href=asked.links.to("sites", state.slug),
        state=state,
    )


def _code(room: Room, slug: str) -> str:
    site = room.registry.sites.get(slug)
    return site.region.code if site and site.region else ""


PAGE = WebPage(
    path="/sites",
    data="/api/sites",
    read=read,
    template="sites.html",
    is_slow=lambda _asked: True,
    section="sites",
    summary=_("The state of each site, its age, its crawls and its last thirty days."),
    parameters=lambda: ("sort", "region"),
)
