"""`fangzhi schedule`: crawls as they fall due."""

from __future__ import annotations

import datetime as dt
import signal
from collections import Counter
from types import FrameType
from typing import TYPE_CHECKING

import click

from crawler.cli.main import DONE, FAILED, INTERRUPTED, SOME_FAILED
from crawler.cli.session import Session, fangzhi_command

if TYPE_CHECKING:
    from crawler.schedule import CrawlScheduler, FinishedCrawl, TimetableRow
    from crawler.sites.site import Site
    from pipelines.errors import FangzhiError

SITES_AT_ONCE = 2
"""A crawl mostly waits for its site, but takes 230 MB with its reader: two fit on a small machine, and bring a hundred
sites of five minutes each round in little more than four hours."""

_ENDINGS = {DONE: "done", SOME_FAILED: "done, some pages failed", INTERRUPTED: "interrupted"}


@fangzhi_command("schedule")
@click.argument("sites", metavar="[SITE]...", nargs=-1)
@click.option(
    "--workers",
    "max_running",
    type=click.IntRange(min=1),
    default=SITES_AT_ONCE,
    show_default=True,
    help="So many sites at a time.",
)
@click.option("--once", is_flag=True, help="Crawl what is due now, and exit.")
@click.option("--dry-run", is_flag=True, help="Show what is due when, and exit.")
def command(session: Session, sites: tuple[str, ...], max_running: int, once: bool, dry_run: bool) -> int:
    """Crawl each enabled site whenever it is due by its schedule, for ever; of those named, if any are.

    Each crawl is a process of its own. Ctrl-C once, or a SIGTERM, starts nothing more and waits until what is running
    has closed its files; a second one does not wait. With --json one object is printed for each crawl that has ended.
    """
    from crawler.schedule import CrawlLauncher, CrawlScheduler, WallClock, next_due, read_timetable
    from crawler.sites.folders import load

    def registered() -> list[Site]:
        registry = load(*session.config.registry)
        return [registry.get(slug) for slug in sites] or registry.enabled()

    config, clock = session.config, WallClock()
    rows = read_timetable(config.frontier, registered(), config.schedule, clock.now())
    if dry_run:
        _show(session, rows)
        return DONE
    launcher, reporter = CrawlLauncher(config, max_running, *(["--quiet"] if session.quiet else [])), _Reporter(session)
    scheduler = CrawlScheduler(
        config.frontier, registered, config.schedule, launcher.start, reporter, max_running=max_running, clock=clock
    )
    signals = _stopped_by(scheduler)
    session.say(next_due(rows))
    codes = scheduler.run(once=once)
    if signals:
        return INTERRUPTED if signals[0] == signal.SIGINT else DONE
    return _exit_code(codes)


class _Reporter:
    """Tells people a line, and programs one object a crawl."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def crawl_started(self, row: TimetableRow) -> None:
        self._session.say(f"{row.site.slug}: the crawl begins.")

    def run_skipped(self, row: TimetableRow) -> None:
        process = row.last and row.last.process
        self._session.say(f"{row.site.slug}: its turn is skipped, process {process} is still crawling it.")

    def crawl_finished(self, crawl: FinishedCrawl) -> None:
        from crawler.schedule.timetable import in_china, moment

        if self._session.machine:
            about = {"site": crawl.row.site.slug, "started": moment(crawl.started), "ended": moment(crawl.ended)}
            told = {"exit": crawl.code, "outcome": crawl.row.last and crawl.row.last.outcome, "skipped": crawl.skipped}
            self._session.emit(about | told | {"due": moment(crawl.row.due), "report": crawl.report})
            return
        ending = _ENDINGS.get(crawl.code, f"failed with exit code {crawl.code}")
        fetched = f", {crawl.report['fetched']} fetched, {crawl.report['articles']} articles" if crawl.report else ""
        took = f" in {dt.timedelta(seconds=round((crawl.ended - crawl.started).total_seconds()))}"
        turns = f"; turns that it overlapped: {crawl.skipped}" if crawl.skipped else ""
        self._session.say(
            f"{crawl.row.site.slug}: {ending}{fetched}{took}{turns}; due again {in_china(crawl.row.due)}."
        )

    def start_failed(self, error: FangzhiError) -> None:
        from crawler.cli.main import complain

        complain(error)


def _stopped_by(scheduler: CrawlScheduler) -> list[int]:
    """Let SIGINT and SIGTERM stop the scheduler; return the list that they are written into as they come."""
    came: list[int] = []

    def stop(number: int, _: FrameType | None) -> None:
        came.append(number)
        scheduler.stop()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    return came


def _exit_code(codes: Counter[int]) -> int:
    """Return one code for all crawls: failed where every one of them did, else done, or done with some failures."""
    if not codes.keys() - {DONE}:
        return DONE
    return SOME_FAILED if codes.keys() & {DONE, SOME_FAILED} else FAILED


def _show(session: Session, rows: list[TimetableRow]) -> None:
    for row in rows:
        if session.machine:
            session.emit(row.document())
        else:
            click.echo(f"{row.site.slug:<24}  {row.line()}")
