"""Runs: the crawls of each site, those that run now first; when, how long, how they ended, and what they counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from typing import Any

from attrs import frozen

from crawler.config.config import Config
from crawler.config.labels import reason_label
from crawler.frontier import Frontier, Run, frontier_exists
from crawler.monitoring.outcomes import USUAL_REASONS
from crawler.records import MAX_CRAWLS_OF_SITE, CrawlRecord, Records, read_records
from crawler.web.page_request import CsvTable, PageRequest, WebPage
from crawler.web.parameters import window
from crawler.web.readers import Reader
from pipelines.messages import Message
from pipelines.messages import gettext as _
from pipelines.times import rfc3339

SHOWN = 50
"""Crawls on a page."""

OUTCOMES: Mapping[str, Message] = {
    "done": _("done"),
    "failed": _("failed"),
    "interrupted": _("interrupted"),
    "running": _("running"),
    "killed": _("killed"),
}
"""How a crawl ended → the words for it; a test compares them with those of the frontier."""

NUMBERS = ("fetched", "articles", "duplicates")
"""The counts of a crawl that have columns."""


@frozen(kw_only=True)
class RunRow:
    """A crawl in the list."""

    crawl: CrawlRecord
    site_name: str
    href: str
    log: str

    @property
    def outcome(self) -> str:
        """How it ended, in words."""
        return OUTCOMES.get(self.crawl.outcome, self.crawl.outcome)

    @property
    def is_wrong(self) -> bool:
        """Whether a person should look at it."""
        return self.crawl.outcome in ("failed", "killed")

    @property
    def duration(self) -> str:
        """How long it took, as hours, minutes and seconds."""
        if self.crawl.seconds is None:
            return ""
        minutes, seconds = divmod(round(self.crawl.seconds), 60)
        return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}" if minutes >= 60 else f"{minutes}:{seconds:02}"

    @property
    def numbers(self) -> list[int | None]:
        """The counts that have columns; None if they are not known."""
        return [self.crawl.counts.get(name) for name in NUMBERS]

    @property
    def problems(self) -> list[tuple[str, int]]:
        """What was rejected or failed, by reason, the most frequent first; lists and files are no problems."""
        return sorted(self._problems.items(), key=lambda each: (-each[1], each[0]))

    @property
    def problem_names(self) -> list[tuple[str, int]]:
        """The problems in words."""
        return [(reason_label(reason), count) for reason, count in self.problems]

    @property
    def _problems(self) -> dict[str, int]:
        counts = self.crawl.counts
        rejected = {why: number for why, number in counts.get("rejected", {}).items() if why not in USUAL_REASONS}
        return rejected | dict(counts.get("failed", {}))

    def document(self) -> dict[str, Any]:
        """Return the crawl as JSON values."""
        return {
            "site": self.crawl.site,
            "started_at": rfc3339(self.crawl.started, "seconds"),
            "ended_at": rfc3339(self.crawl.ended, "seconds") if self.crawl.ended else None,
            "outcome": self.crawl.outcome,
            **dict(zip(NUMBERS, self.numbers, strict=True)),
            "problems": dict(self.problems),
        }


COLUMNS = ("site", "started_at", "ended_at", "outcome", *NUMBERS, "problems")


@frozen(kw_only=True)
class RunsView:
    """The crawls, a page of them."""

    rows: Sequence[RunRow]
    total: int
    site: str
    everything: str
    next: str | None

    @property
    def title(self) -> str:
        """The title of the page."""
        return _("Runs")

    def document(self) -> dict[str, Any]:
        """Return the crawls as JSON values."""
        return {"total": self.total, "next": self.next, "runs": [row.document() for row in self.rows]}

    def table(self) -> CsvTable:
        """Return the crawls as a table; the problems are one cell."""
        rows = ({**row.document(), "problems": _one_cell(row)} for row in self.rows)
        return CsvTable(heads=COLUMNS, rows=(list(each.values()) for each in rows))


def read(asked: PageRequest, reader: Reader) -> RunsView:
    """Read the crawls that are over from the records, and those that are not from the frontier."""
    given = asked.one("site")
    slug = asked.room.places(reader.catalogue)["site"](given) if given else None
    shown = window(asked.parameters, SHOWN)
    with read_records(asked.room.records_file) as records:
        crawls = records.crawls(slug, shown.size, shown.offset)
        total = records.count_crawls(slug)
        unrecorded = [] if shown.offset else _unrecorded(asked, records, slug)
    found = sorted([*unrecorded, *crawls], key=lambda each: each.started, reverse=True)
    return RunsView(
        rows=[run_row(asked, each) for each in found],
        total=total + len(unrecorded),
        site=asked.room.site_name(slug) if slug else "",
        everything=asked.here(()),
        next=asked.after(shown, total),
    )


def run_row(asked: PageRequest, crawl: CrawlRecord) -> RunRow:
    """Return a crawl as a row, with the addresses of its site and of its log."""
    return RunRow(
        crawl=crawl,
        site_name=asked.room.site_name(crawl.site),
        href=asked.links.to("sites", crawl.site),
        log=asked.links.to("runs", crawl.site, rfc3339(crawl.started, "seconds")),
    )


def _unrecorded(asked: PageRequest, records: Records, slug: str | None) -> list[CrawlRecord]:
    """Return the last crawls of one site or of all that are in the frontier and not in the records."""
    recorded = records.crawls(slug, len(asked.room.registry.sites) + SHOWN)
    known = {(each.site, each.started) for each in recorded}
    present = [each for each in _present(asked.room.config) if slug in (None, each.site)]
    return [each for each in present if (each.site, each.started) not in known]


def crawl_at(asked: PageRequest, records: Records, slug: str, started: str) -> CrawlRecord | None:
    """Return the crawl of a site that began in a second, by the records or, if it is not over, by the frontier."""
    known = (*records.crawls(slug, MAX_CRAWLS_OF_SITE), *_present(asked.room.config))
    return next((each for each in known if each.site == slug and rfc3339(each.started, "seconds") == started), None)


def _present(config: Config) -> list[CrawlRecord]:
    """Return the last crawl of each site as the frontier knows it: also those that run now, or that were killed."""
    if not frontier_exists(config.frontier):
        return []
    with closing(Frontier(config.frontier)) as frontier:
        runs: dict[str, Run] = frontier.runs()
    return [
        CrawlRecord(site=site, started=run.started, ended=run.ended, outcome=run.outcome) for site, run in runs.items()
    ]


def _one_cell(row: RunRow) -> str:
    return "; ".join(f"{reason}: {count}" for reason, count in row.problems)


PAGE = WebPage(
    path="/runs",
    read=read,
    template="runs.html",
    section="sites",
    summary=_("The crawls of all sites or of one: when, how they ended, and what they counted."),
    parameters=lambda: ("site",),
)
