"""Shell. `fangzhi status`: the health of the archive and of each site."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path
from typing import Any

import click

from crawler.cli.session import Session, fangzhi_command
from crawler.report import UNCHANGED
from pipelines.model import Verdict


@fangzhi_command("status")
def command(session: Session) -> int:
    """Show for each site how much is archived, what came of it, and how old the newest capture is."""
    from contextlib import closing

    from pipelines.catalogue import Catalogue
    from pipelines.storage import open_storage

    with closing(Catalogue(session.config.catalogue, create=False)) as catalogue:
        sites = by_site(catalogue.counts())
    known, running = frontier(session.config.frontier)
    for site in sites:
        site |= {"frontier": known.get(site["site"]), "process": running.get(site["site"])}
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
    return 0


def frontier(path: Path) -> tuple[dict[str, dict[str, Any]], dict[str, int]]:
    """Return each site's counts in the frontier and which process crawls it; nothing of one that cannot be opened."""
    from contextlib import closing

    from crawler.frontier import Frontier

    if not path.exists() or not os.access(path.parent, os.W_OK):
        return {}, {}
    with closing(Frontier(path)) as opened:
        return opened.counts(dt.datetime.now(dt.UTC)), opened.owners()


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
            repeats = Verdict(kind=row["verdict"], relation=row["relation"]).repeats
            site["duplicates" if repeats else "articles"] += row["captures"]
    return list(sites.values())
