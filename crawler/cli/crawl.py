"""`fangzhi crawl`: journey 1."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Sequence
from contextlib import closing
from typing import TYPE_CHECKING, Any

import click
from attrs import evolve

from crawler.cli.main import DONE
from crawler.cli.session import Session, fangzhi_command
from pipelines.errors import FangzhiError

if TYPE_CHECKING:
    from crawler.cli.run import Waiting
    from crawler.monitoring import Health, Stats
    from crawler.monitoring.report import Report
    from crawler.sites.registry import Registry
    from crawler.sites.site import Site
    from crawler.spiders.options import CrawlOptions


@fangzhi_command("crawl")
@click.argument("sites", metavar="[SITE]...", nargs=-1)
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="At most N articles of each site.")
@click.option(
    "--since", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="Only what the lists date DATE or later."
)
@click.option("--full", is_flag=True, help="Walk every list to its end, of sites that are not due as well.")
@click.option("--due", is_flag=True, help="Of the sites named only those that are due, and of their sections, too.")
def command(session: Session, since: dt.datetime | None, **options: Any) -> int:
    """Crawl sites of the registry; none named: every enabled one that is due by its schedule.

    Each page's bytes are archived, its article read, compared with what is there, and catalogued. Ends with a report
    that adds up, and with how each site does; one that used to yield and yields nothing is called dead or blocked, with
    exit code 3. Ctrl-C once finishes what is in flight.
    """
    from crawler.spiders.options import CrawlOptions

    asked = CrawlOptions(since=since.date() if since else None, **options)
    if asked.full and asked.due:
        raise click.UsageError("--full walks every list, --due those that are due: leave one of them out")
    return crawl(session, evolve(asked, due=asked.due or not (asked.sites or asked.full)))


def crawl(session: Session, options: CrawlOptions) -> int:
    """Crawl, report, and return the exit code.

    Raises RegistryError for an unknown site, StoreError if a store fails.
    """
    from crawler.cli.progress import Progress
    from crawler.cli.run import exit_code, scrape
    from crawler.monitoring import Stats
    from crawler.monitoring.report import Report
    from crawler.sites.folders import load
    from crawler.spiders.site import SiteSpider

    registry = load(*session.config.registry)
    sites = [registry.get(slug) for slug in dict.fromkeys(options.sites)] or registry.enabled()
    if not (chosen := _due(session, sites) if options.due else sites):
        if session.machine:
            show_report(session, Report())
        return DONE
    for site in chosen:
        if not site.enabled:
            session.say(f"{site.slug} is off in the registry ({site.reason}), and is crawled because it was named.")
    if not session.config.contact and not session.config.allow_private:
        session.say("The sites will not know whom to write to: set contact in fangzhi.toml or FANGZHI_CONTACT.")
    report = Report()
    tallies: dict[str | None, Stats] = {site.slug: Stats() for site in chosen}
    arguments = {"options": evolve(options, sites=tuple(site.slug for site in chosen))}
    began = dt.datetime.now(dt.UTC)
    try:
        with Progress(session, report, tallies=tallies, site_of=registry.slug_of) as progress:
            ended = scrape(session, registry, SiteSpider, arguments, progress.entry, progress.failure)
        healths = _health(session, registry, {s: tally for s, tally in tallies.items() if s not in ended.busy}, began)
    except FangzhiError:
        if report.fetched:
            show_report(session, report)
        raise
    show_report(session, report, healths, ended.waiting)
    return exit_code(report, interrupted=ended.interrupted, alarm=any(each.standing.loud for each in healths))


def _due(session: Session, sites: list[Site]) -> list[Site]:
    """Return those of the sites that are due, and say when the others are."""
    from crawler.schedule import look, outlook
    from crawler.schedule.timetable import in_china

    rows = look(session.config.frontier, sites, session.config.schedule, dt.datetime.now(dt.UTC))
    due = [row.site for row in rows if row.is_due]
    if not due:
        session.say(outlook(rows))
        return []
    for row in rows:
        if not row.is_due:
            why = f"process {row.last.process} is at it; its next turn" if row.last and row.running else "it is due"
            session.say(f"{row.site.slug} is left out: {why} {in_china(row.due)}.")
    return due


def _health(session: Session, registry: Registry, tallies: dict[str | None, Stats], began: dt.datetime) -> list[Health]:
    from crawler.frontier import Frontier
    from crawler.monitoring import Monitor
    from pipelines.catalogue.catalogue import Catalogue

    with closing(Frontier(session.config.frontier)) as frontier:
        looks = frontier.looks()
    with closing(Catalogue(session.config.catalogue)) as catalogue:
        monitor = Monitor(catalogue=catalogue, registry=registry, now=dt.datetime.now(dt.UTC), looks=looks)
        return monitor.after(tallies, began)


def show_report(
    session: Session, report: Report, sites: Sequence[Health] = (), waiting: Sequence[Waiting] = ()
) -> None:
    """Write a report: lines for people to stderr, or one JSON object to stdout."""
    if session.machine:
        told = {"waiting": [each.document() for each in waiting], "sites": [site.document() for site in sites]}
        session.emit(report.document() | told)
        return
    from crawler.cli.health import tables

    for line in (*report.lines(), *(each.line() for each in waiting)):
        session.say(line)
    for line in ["", *tables(sites, *session.terminal(sys.stderr))] if sites else []:
        session.say(line)
