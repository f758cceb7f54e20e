"""Shell. `fangzhi status`: the health of the archive and of each site."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from crawler.cli.session import Session, fangzhi_command
from crawler.report import COPIES, UNCHANGED

if TYPE_CHECKING:
    from crawler.schedule import Row


@fangzhi_command("status")
def command(session: Session) -> int:
    """Show for each site how much is archived, what came of it, and how old the newest capture is."""
    from contextlib import closing

    from pipelines.catalogue import Catalogue
    from pipelines.storage import open_storage

    with closing(Catalogue(session.config.catalogue, create=False)) as catalogue:
        sites = by_site(catalogue.counts())
    known, running = frontier(session.config.frontier)
    rows = scheduled(session)
    for site in sites:
        row = rows.get(site["site"])
        site |= {"frontier": known.get(site["site"]), "process": running.get(site["site"])}
        site["schedule"] = row and row.document()
    storage = open_storage(session.config.archive, session.config.options)
    files = [storage.size(key) for key in storage.keys("warc/") if key.endswith(".warc.gz")]
    archive = {
        "archive": session.config.archive,
        "catalogue": session.config.catalogue,
        "warcs": len(files),
        "bytes": sum(files),
    }
    if session.machine:
        session.emit(archive | {"sites": sites})
        return 0
    click.echo(f"{session.config.archive}: {len(files)} WARC files, {sum(files) / 1e6:.1f} MB")
    for site in sites:
        rejected = ", ".join(f"{count} {reason}" for reason, count in site["rejected"].items())
        click.echo(
            f"{site['site'] or '(no site)'}: {site['captures']} captures, {site['articles']} articles, "
            f"{site['duplicates']} duplicates, rejected: {rejected or 'none'}; newest {site['newest']}"
        )
        if told := site["frontier"]:
            crawling = f", crawled by process {site['process']}" if site["process"] else ""
            click.echo(
                f"  {told['known']} pages known, {told['waiting']} waiting, {told['due']} due within a day, "
                f"{told['failing']} failing, {told['gone']} gone{crawling}"
            )
        if row := rows.get(site["site"]):
            click.echo(f"  {row.line()}")
    return 0


def frontier(path: Path) -> tuple[dict[str, dict[str, Any]], dict[str, int]]:
    """Return each site's counts in the frontier and which process crawls it; nothing of one that cannot be opened."""
    from contextlib import closing

    from crawler.frontier import Frontier

    if not path.exists() or not os.access(path.parent, os.W_OK):
        return {}, {}
    with closing(Frontier(path)) as opened:
        return opened.counts(dt.datetime.now(dt.UTC)), opened.owners()


def scheduled(session: Session) -> dict[str, Row]:
    """Return each enabled site's last crawl and when it is due again."""
    from crawler.schedule import look
    from crawler.sites import load

    config = session.config
    rows = look(config.frontier, load(*config.registry).enabled(), config.schedule, dt.datetime.now(dt.UTC))
    return {row.site.slug: row for row in rows}


def by_site(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Add up the catalogue's counts to one row a site."""
    sites: dict[str | None, dict[str, Any]] = {}
    for row in rows:
        fresh = {"site": row["site"], "captures": 0, "articles": 0, "duplicates": 0, "rejected": {}, "newest": ""}
        site = sites.setdefault(row["site"], fresh)
        site["captures"] += row["captures"]
        newest = dt.datetime.fromtimestamp(row["newest_us"] / 1e6, dt.UTC).isoformat(timespec="seconds")
        site["newest"] = max(site["newest"], newest.replace("+00:00", "Z"))
        if row["reason"] == UNCHANGED:
            site["duplicates"] += row["captures"]
        elif row["outcome"] == "rejected":
            site["rejected"][row["reason"]] = site["rejected"].get(row["reason"], 0) + row["captures"]
        else:
            site["duplicates" if row["verdict"] in COPIES else "articles"] += row["captures"]
    return list(sites.values())
