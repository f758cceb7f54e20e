"""Shell. `fangzhi demo`: the made city, crawled on this machine."""

from __future__ import annotations

import signal
import tempfile
from contextlib import closing
from pathlib import Path

import click
from attrs import evolve

from crawler.cli.crawl import crawl
from crawler.cli.session import Session, fangzhi_command

PORT = 8930
"""First port of the made city; the same at every run, so that a second run finds the pages of the first."""


@fangzhi_command("demo")
@click.option(
    "--port", type=click.IntRange(1024, 65000), default=PORT, show_default=True, help="First of the city's five ports."
)
@click.option("--pages", type=click.IntRange(min=50), default=300, show_default=True, help="Size of the city.")
@click.option("--keep", is_flag=True, help="Leave the city running afterwards, to fetch from; Ctrl-C ends it.")
def command(session: Session, port: int, pages: int, keep: bool) -> int:
    """Start a made city on loopback, crawl it, show the report and what to try next."""
    from crawler.city import registry, running

    with running(port=port, pages=pages) as base_urls, tempfile.TemporaryDirectory() as folder:
        for name, toml in registry(base_urls).items():
            Path(folder, name).write_text(toml, "utf-8")
        slugs = tuple(Path(name).stem for name in registry(base_urls))
        session.say(f"The made city is at {', '.join(base_urls.values())}; crawling {' and '.join(slugs)}.")
        made = evolve(session.config, allow_private=True, registry=(*session.config.registry, Path(folder)))
        code = crawl(evolve(session, config=made), slugs)
        for line in _next(session, keep=keep):
            session.say(line)
        if keep:
            session.say("The city stays until Ctrl-C.")
            signal.pause()
    return code


def _next(session: Session, *, keep: bool) -> list[str]:
    """Return what a person may try now, with the addresses and ids of what the crawl just brought."""
    from pipelines.catalogue import Catalogue, Filter

    with closing(Catalogue(session.config.catalogue, create=False)) as catalogue:
        article = next(catalogue.entries(Filter(outcome="article"), limit=1), None)
    where = f"--archive {session.config.archive}"
    lines = ["", "Try next:", f"  fangzhi list {where} --limit 20"]
    if article:
        lines.append(f"  fangzhi show {article.id} {where}")
    lines += [f"  fangzhi status {where}", f"  fangzhi replay {where}"]
    if article and keep:
        lines.append(f"  fangzhi fetch {article.final_url} --format md --allow-private {where}")
    else:
        lines.append("  fangzhi demo          again: what is there already becomes revisits")
        lines.append("  fangzhi demo --keep   leaves the city up, to fetch from")
    return lines
