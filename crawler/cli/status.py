"""`fangzhi status`: the health of the archive and of each site."""

from __future__ import annotations

import datetime as dt
import os
import sys
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from attrs import Factory, frozen

from crawler.cli.main import DONE, SOME_FAILED
from crawler.cli.session import Session, fangzhi_command
from pipelines.times import from_us, rfc3339

if TYPE_CHECKING:
    from crawler.frontier import ListStatus
    from crawler.monitoring import Health
    from crawler.schedule import TimetableRow
    from crawler.sites.registry import Registry


@fangzhi_command("status")
@click.argument("only", metavar="[SITE]...", nargs=-1)
def command(session: Session, only: tuple[str, ...]) -> int:
    """Show what is archived, and how each site does by its newest captures; of sites that are named each section, too.

    A site that used to yield and yields nothing is called dead or blocked, with exit code 3.
    """
    from crawler.cli.health import holdings, sections, tables
    from crawler.monitoring import Monitor
    from crawler.sites.folders import load
    from pipelines.catalogue.catalogue import Catalogue
    from pipelines.storage import open_storage

    known, now = frontier(session.config.frontier), dt.datetime.now(dt.UTC)
    registry = load(*session.config.registry)
    for slug in only:
        registry.get(slug)
    with closing(Catalogue(session.config.catalogue, create=False)) as catalogue:
        sites = by_site(catalogue.counts(), (*known.counts, *only))
        sites = [site for site in sites if not only or site["site"] in only]
        monitor = Monitor(catalogue=catalogue, registry=registry, now=now, lists=known.lists)
        health = list(monitor.current([site["site"] for site in sites]))
    turns = scheduled(session, registry)
    storage = open_storage(session.config.archive, session.config.options)
    files = [storage.size(key) for key in storage.keys("warc/") if key.endswith(".warc.gz")]
    code = SOME_FAILED if any(site.status.needs_attention for site in health) else DONE
    if session.machine:
        places = {"archive": session.config.archive, "catalogue": session.config.catalogue}
        of_each = [_document(held, known, turns, each) for held, each in zip(sites, health, strict=True)]
        session.emit(places | {"warcs": len(files), "bytes": sum(files), "sites": of_each})
        return code
    click.echo(f"{session.config.archive}: {len(files)} WARC files, {sum(files) / 1e6:.1f} MB")
    terminal = session.terminal(sys.stdout)
    of_each = [_document(held, known, turns) for held in sites]
    rows = [turns[site["site"]] for site in sites if site["site"] in turns]
    crawled = ["", *(f"{row.site.slug}: {row.line()}" for row in rows)] if rows else []
    for line in ["", *holdings(of_each, *terminal), *crawled, "", *tables(health, *terminal)]:
        click.echo(line)
    if only:
        click.echo("\n".join(["", *sections(health, *terminal)]))
    return code


@frozen(kw_only=True)
class Waiting:
    """What the frontier knows of each site: counts of its pages, which process crawls it, what its lists showed."""

    counts: dict[str, dict[str, Any]] = Factory(dict)
    owners: dict[str, int] = Factory(dict)
    lists: dict[str, list[ListStatus]] = Factory(dict)


def frontier(path: Path) -> Waiting:
    """Return what the frontier knows of each site; nothing of one that cannot be opened."""
    from crawler.frontier import Frontier

    if not path.exists() or not os.access(path.parent, os.W_OK):
        return Waiting()
    with closing(Frontier(path)) as opened:
        return Waiting(
            counts=opened.counts(dt.datetime.now(dt.UTC)), owners=opened.leases(), lists=opened.list_statuses()
        )


def _document(
    held: dict[str, Any], known: Waiting, turns: dict[str, TimetableRow], health: Health | None = None
) -> dict[str, Any]:
    site = held["site"]
    told = {"frontier": known.counts.get(site), "process": known.owners.get(site)}
    told["schedule"] = turns[site].document() if site in turns else None
    return held | told | ({"health": health.document()} if health else {})


def scheduled(session: Session, registry: Registry) -> dict[str, TimetableRow]:
    """Return each enabled site's last crawl and when it is due again."""
    from crawler.schedule import read_timetable

    config = session.config
    rows = read_timetable(config.frontier, registry.enabled(), config.schedule, dt.datetime.now(dt.UTC))
    return {row.site.slug: row for row in rows}


def by_site(rows: list[dict[str, Any]], asked: Iterable[str] = ()) -> list[dict[str, Any]]:
    """Add up the catalogue's counts to one row a site, also of those that were `asked` for pages and gave none."""
    from crawler.monitoring.outcomes import ARTICLES, DUPLICATES, outcome_of
    from pipelines.model import Verdict

    sites = {slug: _nothing(slug) for slug in (*(row["site"] for row in rows), *asked)}
    for row in rows:
        site = sites[row["site"]]
        site["captures"] += row["captures"]
        site["newest"] = max(site["newest"] or "", rfc3339(from_us(row["newest_us"]), "seconds"))
        verdict = Verdict(kind=row["verdict"], relation=row["relation"])
        found = outcome_of(row["outcome"], row["reason"], verdict)
        if found in ARTICLES or found in DUPLICATES:
            site["articles" if found in ARTICLES else "duplicates"] += row["captures"]
        else:
            site["rejected"][found] = site["rejected"].get(found, 0) + row["captures"]
    return list(sites.values())


def _nothing(slug: str | None) -> dict[str, Any]:
    return {"site": slug, "captures": 0, "articles": 0, "duplicates": 0, "rejected": {}, "newest": None}
