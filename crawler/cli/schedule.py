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
    from crawler.schedule import CrawlScheduler, Finished, Row
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
    "at_once",
    type=click.IntRange(min=1),
    default=SITES_AT_ONCE,
    show_default=True,
    help="So many sites at a time.",
)
@click.option("--once", is_flag=True, help="Crawl what is due now, and exit.")
@click.option("--dry-run", is_flag=True, help="Show what is due when, and exit.")
def command(session: Session, sites: tuple[str, ...], at_once: int, once: bool, dry_run: bool) -> int:
    """Crawl each enabled site whenever it is due by its schedule, for ever; of those named, if any are.

    Each crawl is a process of its own. Ctrl-C once, or a SIGTERM, starts nothing more and waits until what is running
    has closed its files; a second one does not wait. With --json one object is printed for each crawl that has ended.
    """
    from crawler.schedule import Crawls, CrawlScheduler, WallClock, look, outlook
    from crawler.sites.folders import load

    def registered() -> list[Site]:
        registry = load(*session.config.registry)
        return [registry.get(slug) for slug in sites] or registry.enabled()

    config, clock = session.config, WallClock()
    rows = look(config.frontier, registered(), config.schedule, clock.now())
    if dry_run:
        _show(session, rows)
        return DONE
    crawls, teller = Crawls(config, at_once, *(["--quiet"] if session.quiet else [])), _Teller(session)
    rounds = CrawlScheduler(
        config.frontier, registered, config.schedule, crawls.start, teller, at_once=at_once, clock=clock
    )
    signals = _stopped_by(rounds)
    session.say(outlook(rows))
    codes = rounds.run(once=once)
    if signals:
        return INTERRUPTED if signals[0] == signal.SIGINT else DONE
    return _exit_code(codes)


class _Teller:
    """Tells people a line, and programs one object a crawl."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def began(self, row: Row) -> None:
        self._session.say(f"{row.site.slug}: the crawl begins.")

    def overlapped(self, row: Row) -> None:
        process = row.last and row.last.process
        self._session.say(f"{row.site.slug}: its turn is skipped, process {process} is still crawling it.")

    def finished(self, run: Finished) -> None:
        from crawler.schedule.timetable import in_china, moment

        if self._session.machine:
            about = {"site": run.row.site.slug, "started": moment(run.started), "ended": moment(run.ended)}
            told = {"exit": run.code, "outcome": run.row.last and run.row.last.outcome, "skipped": run.skipped}
            self._session.emit(about | told | {"due": moment(run.row.due), "report": run.report})
            return
        ending = _ENDINGS.get(run.code, f"failed with exit code {run.code}")
        fetched = f", {run.report['fetched']} fetched, {run.report['articles']} articles" if run.report else ""
        took = f" in {dt.timedelta(seconds=round((run.ended - run.started).total_seconds()))}"
        turns = f"; turns that it overlapped: {run.skipped}" if run.skipped else ""
        self._session.say(f"{run.row.site.slug}: {ending}{fetched}{took}{turns}; due again {in_china(run.row.due)}.")

    def hindered(self, error: FangzhiError) -> None:
        from crawler.cli.main import complain

        complain(error)


def _stopped_by(rounds: CrawlScheduler) -> list[int]:
    """Let SIGINT and SIGTERM stop the rounds; return the list that they are written into as they come."""
    came: list[int] = []

    def stop(number: int, _: FrameType | None) -> None:
        came.append(number)
        rounds.stop()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    return came


def _exit_code(codes: Counter[int]) -> int:
    """Return one code for all crawls: failed where every one of them did, else done, or done with some failures."""
    if not codes.keys() - {DONE}:
        return DONE
    return SOME_FAILED if codes.keys() & {DONE, SOME_FAILED} else FAILED


def _show(session: Session, rows: list[Row]) -> None:
    for row in rows:
        if session.machine:
            session.emit(row.document())
        else:
            click.echo(f"{row.site.slug:<24}  {row.line()}")
