"""Shell. `fangzhi crawl`: journey 1."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Sequence
from contextlib import closing
from typing import TYPE_CHECKING

import click

from crawler.cli.session import Session, fangzhi_command
from crawler.report import Report
from pipelines.errors import FangzhiError

if TYPE_CHECKING:
    from crawler.health import Health, Tally
    from crawler.sites import Registry


@fangzhi_command("crawl")
@click.argument("sites", metavar="[SITE]...", nargs=-1)
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="At most N articles of each site.")
@click.option(
    "--since", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="Only what the lists date DATE or later."
)
@click.option("--full", is_flag=True, help="Walk every list to its end.")
def command(session: Session, sites: tuple[str, ...], limit: int | None, since: dt.datetime | None, full: bool) -> int:
    """Crawl sites of the registry; none named: every enabled one.

    Each page's bytes are archived, its article read, compared with what is there, and catalogued. Ends with a report
    that adds up, and with how each site does; one that used to yield and yields nothing is called dead or blocked, with
    exit code 3. Ctrl-C once finishes what is in flight.
    """
    return crawl(session, sites, limit=limit, since=since.date() if since else None, full=full)


def crawl(
    session: Session,
    slugs: tuple[str, ...],
    *,
    limit: int | None = None,
    since: dt.date | None = None,
    full: bool = False,
) -> int:
    """Crawl, report, and return the exit code; an unknown site raises RegistryError, a store that fails StoreError."""
    from crawler.cli.progress import Progress
    from crawler.cli.run import exit_code, scrape
    from crawler.health import Tally
    from crawler.sites import load
    from crawler.spiders.site import SiteSpider

    registry = load(*session.config.registry)
    chosen = [registry.get(slug).slug for slug in slugs] or [site.slug for site in registry.enabled()]
    if not session.config.contact and not session.config.allow_private:
        session.say("The sites will not know whom to write to: set contact in fangzhi.toml or FANGZHI_CONTACT.")
    report = Report()
    tallies: dict[str | None, Tally] = {slug: Tally() for slug in chosen}
    arguments = {"sites": ",".join(chosen), "limit": limit, "since": since.isoformat() if since else None, "full": full}
    began = dt.datetime.now(dt.UTC)
    try:
        with Progress(session, report, tallies=tallies, site_of=registry.slug_of) as progress:
            interrupted = scrape(session, SiteSpider, arguments, progress.entry, progress.failure)
        sites = _health(session, registry, tallies, began)
    except FangzhiError:
        if report.fetched:
            show_report(session, report)
        raise
    show_report(session, report, sites)
    return exit_code(report, interrupted=interrupted, alarm=any(site.standing.loud for site in sites))


def _health(session: Session, registry: Registry, tallies: dict[str | None, Tally], began: dt.datetime) -> list[Health]:
    from crawler.frontier import Frontier
    from crawler.health import Survey
    from pipelines.catalogue import Catalogue

    with closing(Frontier(session.config.frontier)) as frontier:
        looks = frontier.looks()
    with closing(Catalogue(session.config.catalogue)) as catalogue:
        survey = Survey(catalogue=catalogue, registry=registry, now=dt.datetime.now(dt.UTC), looks=looks)
        return survey.after(tallies, began)


def show_report(session: Session, report: Report, sites: Sequence[Health] = ()) -> None:
    """Write a report: lines for people to stderr, or one JSON object to stdout."""
    if session.machine:
        session.emit(report.document() | {"sites": [site.document() for site in sites]})
        return
    from crawler.cli.health import tables

    for line in report.lines():
        session.say(line)
    for line in ["", *tables(sites, *session.terminal(sys.stderr))] if sites else []:
        session.say(line)
