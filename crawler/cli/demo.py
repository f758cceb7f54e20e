"""`fangzhi demo`: crawl a fictional city that runs on this machine."""

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
"""First port of the demo city. It is the same in every run, so that a second run revisits the pages of the first."""


@fangzhi_command("demo", archive="demo-archive")
@click.option(
    "--port",
    type=click.IntRange(1024, 65000),
    default=PORT,
    show_default=True,
    help="Port of the first portal; the others use the ports after it.",
)
@click.option(
    "--pages",
    type=click.IntRange(min=150),
    default=300,
    show_default=True,
    help="Approximate number of articles and list pages.",
)
@click.option(
    "--keep",
    is_flag=True,
    help="Keep the city running after the crawl, so that you can fetch pages from it. Stop it with Ctrl-C.",
)
def command(session: Session, port: int, pages: int, keep: bool) -> int:
    """Start a fictional city on loopback, crawl it, and show the report and commands to try next."""
    from crawler.demo import registry, running
    from crawler.demo.portals import PORTALS
    from crawler.spiders.options import CrawlOptions

    if not _free(port, len(PORTALS)):
        raise FangzhiError(
            f"port {port} or one of the {len(PORTALS) - 1} ports after it is in use", "choose another port with --port"
        )
    with running(port=port, pages=pages) as base_urls, tempfile.TemporaryDirectory() as folder:
        for name, toml in registry(base_urls).items():
            Path(folder, name).write_text(toml, "utf-8")
        slugs = tuple(Path(name).stem for name in registry(base_urls))
        session.say(f"The demo city is at {', '.join(base_urls.values())}; crawling {', '.join(slugs)}.")
        config = evolve(session.config, allow_private=True, registry=(*session.config.registry, Path(folder)))
        code = crawl(evolve(session, config=config), CrawlOptions(sites=slugs))
        for line in _next_commands(session, keep=keep):
            session.say(line)
        if keep and code != INTERRUPTED:
            session.say("The city keeps running until you press Ctrl-C.")
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


def _next_commands(session: Session, *, keep: bool) -> list[str]:
    """Return commands to try next, with the id and the URL of an article that the crawl has archived."""
    from pipelines.catalogue.catalogue import Catalogue
    from pipelines.catalogue.queries import Filter

    with closing(Catalogue(session.config.catalogue, create=False)) as catalogue:
        article = next(catalogue.entries(Filter(outcome="article"), limit=1), None)
    program, archive = _program(), f"--archive {os.path.relpath(session.config.archive)}"
    lines = ["", "Try next:", f"  {program} list {archive} --limit 20"]
    if article:
        lines.append(f"  {program} show {article.id} {archive}")
    lines += [f"  {program} status {archive}", f"  {program} replay {archive}"]
    if article and keep:
        lines.append(f"  {program} fetch {article.final_url} --format md --allow-private {archive}")
    else:
        lines.append(f"  {program} demo          crawl again: pages already archived become revisits")
        lines.append(f"  {program} demo --keep   keep the city running, to fetch pages from it")
    return lines


def _program() -> str:
    """Return the command that runs this program from the current folder."""
    return "fangzhi" if shutil.which("fangzhi") else os.path.relpath(sys.argv[0])
