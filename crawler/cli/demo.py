"""`fangzhi demo`: the made city, crawled on this machine."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import sys
import tempfile
from contextlib import ExitStack, closing
from pathlib import Path

import click
from attrs import evolve

from crawler.cli.crawl import crawl
from crawler.cli.main import INTERRUPTED
from crawler.cli.session import Session, fangzhi_command
from pipelines.errors import FangzhiError

PORT = 8930
"""First port of the made city; the same at every run, so that a second run finds the pages of the first."""


@fangzhi_command("demo", archive="demo-archive")
@click.option(
    "--port", type=click.IntRange(1024, 65000), default=PORT, show_default=True, help="First of the city's ports."
)
@click.option("--pages", type=click.IntRange(min=150), default=300, show_default=True, help="Size of the city.")
@click.option("--keep", is_flag=True, help="Leave the city running afterwards, to fetch from; Ctrl-C ends it.")
def command(session: Session, port: int, pages: int, keep: bool) -> int:
    """Start a made city on loopback, crawl it, show the report and what to try next."""
    from crawler.demo import registry, running
    from crawler.demo.portals import PORTALS
    from crawler.spiders.options import CrawlOptions

    if not _free(port, len(PORTALS)):
        raise FangzhiError(
            f"port {port} or one of the {len(PORTALS) - 1} after it is taken", "give another with --port"
        )
    with running(port=port, pages=pages) as base_urls, tempfile.TemporaryDirectory() as folder:
        for name, toml in registry(base_urls).items():
            Path(folder, name).write_text(toml, "utf-8")
        slugs = tuple(Path(name).stem for name in registry(base_urls))
        session.say(f"The made city is at {', '.join(base_urls.values())}; crawling {', '.join(slugs)}.")
        made = evolve(session.config, allow_private=True, registry=(*session.config.registry, Path(folder)))
        code = crawl(evolve(session, config=made), CrawlOptions(sites=slugs))
        for line in _next(session, keep=keep):
            session.say(line)
        if keep and code != INTERRUPTED:
            session.say("The city stays until Ctrl-C.")
            signal.pause()
    return code


def _free(port: int, count: int) -> bool:
    with ExitStack() as stack:
        try:
            for number in range(port, port + count):
                stack.enter_context(socket.create_server(("127.0.0.1", number)))
        except OSError:
            return False
    return True


def _next(session: Session, *, keep: bool) -> list[str]:
    """Return what a person may try now, with the addresses and ids of what the crawl just brought."""
    from pipelines.catalogue.catalogue import Catalogue
    from pipelines.catalogue.queries import Filter

    with closing(Catalogue(session.config.catalogue, create=False)) as catalogue:
        article = next(catalogue.entries(Filter(outcome="article"), limit=1), None)
    program, where = _program(), f"--archive {os.path.relpath(session.config.archive)}"
    lines = ["", "Try next:", f"  {program} list {where} --limit 20"]
    if article:
        lines.append(f"  {program} show {article.id} {where}")
    lines += [f"  {program} status {where}", f"  {program} replay {where}"]
    if article and keep:
        lines.append(f"  {program} fetch {article.final_url} --format md --allow-private {where}")
    else:
        lines.append(f"  {program} demo          again: what is there already becomes revisits")
        lines.append(f"  {program} demo --keep   leaves the city up, to fetch from")
    return lines


def _program() -> str:
    """Return how this program can be called from here."""
    return "fangzhi" if shutil.which("fangzhi") else os.path.relpath(sys.argv[0])
