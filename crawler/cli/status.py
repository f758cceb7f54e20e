"""`fangzhi status`: show what is archived, and the health of each site."""

from __future__ import annotations

import datetime as dt
import sys
from collections import Counter
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from attrs import Factory, frozen

from crawler.cli.completion import complete_site
from crawler.cli.filters import region_option
from crawler.cli.main import DONE, FAILED, SOME_FAILED
from crawler.cli.requisites import share
from crawler.cli.session import Session, fangzhi_command
from pipelines.messages import gettext as _
from pipelines.messages import ngettext
from pipelines.times import from_us, rfc3339

if TYPE_CHECKING:
    from crawler.frontier import ListStatus
    from crawler.monitoring import Health
    from crawler.schedule import TimetableRow
    from crawler.sites.registry import Registry
    from pipelines.catalogue.catalogue import Catalogue


SHOWN_PAGES = 20
"""The newest articles whose requisites are looked up, at some 10 ms each."""


@fangzhi_command("status")
@click.argument("slugs", metavar="[SITE]...", nargs=-1, shell_complete=complete_site)
@region_option
@click.option(
    "--metrics",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write the metrics of all sites to FILE, for node_exporter of Prometheus, and print nothing.",
)
def command(session: Session, slugs: tuple[str, ...], region: str | None, metrics: Path | None) -> int:
    """Show what is archived and the health of each site.

    The health is computed from the newest captures of a site. For sites that are named, each section is shown, too.
    With --region, only registered sites of the region and of those below it are shown. A site that used to yield
    articles and now yields none is reported as dead or blocked, with exit code 3.
    """
    if metrics:
        if slugs or region:
            raise click.UsageError(_("--metrics covers all sites: leave SITE and --region out"))
        return _write_metrics(session, metrics)
    from crawler.cli.health import holdings, sections, tables
    from crawler.cli.regions import region_prefix
    from crawler.cli.schedule import timetable_lines
    from crawler.cli.site_names import SiteNames
    from crawler.monitoring import Monitor
    from crawler.monitoring.health import RECENT_CAPTURES
    from crawler.sites.folders import load
    from pipelines.archive.open_files import open_sizes
    from pipelines.catalogue.catalogue import Catalogue
    from pipelines.storage import open_storage

    session.check_archive()
    frontier, now = read_frontier(session.config.frontier), dt.datetime.now(dt.UTC)
    registry = load(*session.config.registry)
    with closing(Catalogue(session.config.catalogue, create=False)) as catalogue:
        names = SiteNames(registry=registry, catalogue=catalogue)
        slugs = tuple(dict.fromkeys(map(names.slug, slugs)))
        sites = by_site(catalogue.counts(), (*frontier.counts, *slugs))
        requisites = catalogue.count_requisites()
        sites = [site | {"requisites": requisites.get(site["site"], 0)} for site in sites]
        sites = [site for site in sites if not slugs or site["site"] in slugs]
        if region:
            of_region = {site.slug for site in registry.of_region(region_prefix(session, region))}
            sites = [site for site in sites if site["site"] in of_region]
        monitor = Monitor(catalogue=catalogue, registry=registry, now=now, lists=frontier.lists)
        health = list(monitor.current([site["site"] for site in sites]))
        shown = _shown(session, catalogue, slugs) if requisites else Counter()
    schedule = schedule_by_site(session, registry)
    storage = open_storage(session.config.archive, session.config.options)
    files = [each.size for each in storage.objects("warc/") if each.key.endswith(".warc.gz")]
    waiting = open_sizes(storage)
    code = SOME_FAILED if any(site.status.needs_attention for site in health) else DONE
    if session.as_json:
        places = {"archive": session.config.archive, "catalogue": session.config.catalogue}
        documents = [_document(site, frontier, schedule, each) for site, each in zip(sites, health, strict=True)]
        totals = {"warcs": len(files), "bytes": sum(files)}
        totals |= {"open_warcs": len(waiting), "open_bytes": sum(waiting.values())}
        whole = {"requisites": sum(requisites.values()), "requisites_share": share(shown)}
        session.emit(places | totals | whole | {"sites": documents})
        return code
    total = ngettext(
        "{archive}: {count} WARC file, {size:.1f} MB",
        "{archive}: {count} WARC files, {size:.1f} MB",
        len(files),
        archive=session.config.archive,
        size=sum(files) / 1e6,
    )
    session.echo(total)
    if waiting:
        session.echo(
            ngettext(
                "{count} WARC file is open, {size:.1f} MB: crawls continue it until it is published",
                "{count} WARC files are open, {size:.1f} MB: crawls continue them until they are published",
                len(waiting),
                size=sum(waiting.values()) / 1e6,
            )
        )
    if (archived := share(shown)) is not None:
        session.echo(
            _(
                "newest {pages} pages: {share:.0%} of what they are shown with is archived",
                pages=shown["pages"],
                share=archived,
            )
        )
    if not health:
        session.say(_("No site with captures was found."))
        return code
    layout = session.layout(sys.stdout)
    documents = [_document(site, frontier, schedule) for site in sites]
    rows = [schedule[site["site"]] for site in sites if site["site"] in schedule]
    timetable = timetable_lines(rows, layout)
    title = session.text(_("Health, from the newest {count} captures of each site at most:", count=RECENT_CAPTURES))
    for line in [
        "",
        session.text(_("Archive, all captures:")),
        *holdings(documents, layout),
        *([""] if timetable else []),
        *timetable,
        "",
        title,
        *tables(health, layout),
        *(["", *sections(health, layout)] if slugs else []),
    ]:
        session.echo(line, styled=True)
    return code


def _shown(session: Session, catalogue: Catalogue, slugs: tuple[str, ...]) -> Counter[str]:
    """Return how many requisites of the newest articles, of one site if only one is named, are archived."""
    from pipelines.archive import Archive
    from pipelines.catalogue.filters import Filter
    from pipelines.completeness import Completeness, body_in, count_states
    from pipelines.storage import open_storage

    archive = Archive(open_storage(session.config.archive, session.config.options))
    wanted = Filter(outcome="article", site=slugs[0] if len(slugs) == 1 else None)
    newest = list(catalogue.entries(wanted, SHOWN_PAGES))
    return count_states(Completeness(archive, catalogue, body_in(archive, catalogue)), newest)


def _write_metrics(session: Session, path: Path) -> int:
    from crawler.cli.metrics import read_snapshot, write_metrics
    from crawler.monitoring.metrics import metrics

    session.check_archive()
    snapshot = read_snapshot(session.config, dt.datetime.now(dt.UTC))
    write_metrics(path, metrics(snapshot))
    if not all(snapshot.readable.values()):
        unread = [part for part, readable in snapshot.readable.items() if not readable]
        session.say(_("not readable now, so without metrics: {parts}", parts=unread))
        return FAILED
    return SOME_FAILED if any(site.status.needs_attention for site in snapshot.health) else DONE


@frozen(kw_only=True)
class FrontierOverview:
    """What the frontier holds of each site: page counts, the process that crawls it, and the results of its lists."""

    counts: dict[str, dict[str, Any]] = Factory(dict)
    leases: dict[str, int] = Factory(dict)
    lists: dict[str, list[ListStatus]] = Factory(dict)


def read_frontier(address: str) -> FrontierOverview:
    """Return what the frontier holds of each site; nothing if it does not exist."""
    from crawler.frontier import Frontier, frontier_exists

    if not frontier_exists(address):
        return FrontierOverview()
    with closing(Frontier(address)) as opened:
        return FrontierOverview(
            counts=opened.counts(dt.datetime.now(dt.UTC)), leases=opened.leases(), lists=opened.list_statuses()
        )


def _document(
    counts: dict[str, Any], frontier: FrontierOverview, schedule: dict[str, TimetableRow], health: Health | None = None
) -> dict[str, Any]:
    site = counts["site"]
    state = {"frontier": frontier.counts.get(site), "process": frontier.leases.get(site)}
    state["schedule"] = schedule[site].document() if site in schedule else None
    return counts | state | ({"health": health.document()} if health else {})


def schedule_by_site(session: Session, registry: Registry) -> dict[str, TimetableRow]:
    """Return the last crawl of each enabled site and when it is next due, by slug."""
    from crawler.schedule import read_timetable

    config = session.config
    rows = read_timetable(config.frontier, registry.enabled(), config.schedule, dt.datetime.now(dt.UTC))
    return {row.site.slug: row for row in rows}


def by_site(rows: list[dict[str, Any]], slugs: Iterable[str] = ()) -> list[dict[str, Any]]:
    """Add up the catalogue's counts by site; sites in `slugs` without captures have a row of zeros."""
    from crawler.monitoring.outcomes import ARTICLES, DUPLICATES, outcome_of
    from pipelines.model import Verdict

    sites = {slug: _zeros(slug) for slug in (*(row["site"] for row in rows), *slugs)}
    for row in rows:
        site = sites[row["site"]]
        site["captures"] += row["captures"]
        site["newest"] = max(site["newest"] or "", rfc3339(from_us(row["newest_us"]), "seconds"))
        verdict = Verdict(kind=row["verdict"], relation=row["relation"])
        outcome = outcome_of(row["outcome"], row["reason"], verdict)
        if outcome in ARTICLES or outcome in DUPLICATES:
            site["articles" if outcome in ARTICLES else "duplicates"] += row["captures"]
        else:
            site["rejected"][outcome] = site["rejected"].get(outcome, 0) + row["captures"]
    return list(sites.values())


def _zeros(slug: str | None) -> dict[str, Any]:
    return {"site": slug, "captures": 0, "articles": 0, "duplicates": 0, "rejected": {}, "newest": None}
