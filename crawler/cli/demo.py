"""`fangzhi demo`: crawl a simulated city on this machine."""

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

FIRST_PORT = 8930
"""First port of the simulated city; always the same, so that a second run finds the pages of the first one."""


@fangzhi_command("demo", archive="demo-archive")
@click.option(
    "--port",
    type=click.IntRange(1024, 65000),
    metavar="PORT",
    default=FIRST_PORT,
    show_default=True,
    help="First port of the city.",
)
@click.option(
    "--pages",
    type=click.IntRange(min=150),
    metavar="N",
    default=300,
    show_default=True,
    help="Number of pages of the city.",
)
@click.option("--keep", is_flag=True, help="Keep the city running after the crawl, until Ctrl-C.")
def command(session: Session, port: int, pages: int, keep: bool) -> int:
    """Crawl a simulated city on this machine, then print what to try next."""
    from crawler.demo import registry, running
    from crawler.demo.portals import PORTALS
    from crawler.spiders.options import CrawlOptions

    if not _ports_are_free(port, len(PORTALS)):
        raise FangzhiError(
            f"port {port} or one of the {len(PORTALS) - 1} ports after it is in use", "choose another with --port"
        )
    with running(port=port, pages=pages) as base_urls, tempfile.TemporaryDirectory() as folder:
        for name, toml in registry(base_urls).items():
            Path(folder, name).write_text(toml, "utf-8")
        slugs = tuple(Path(name).stem for name in registry(base_urls))
        session.say(f"The simulated city is at {', '.join(base_urls.values())}; crawling {', '.join(slugs)}.")
        config = evolve(session.config, allow_private=True, registry=(*session.config.registry, Path(folder)))
        code = crawl(evolve(session, config=config), CrawlOptions(sites=slugs))
        for line in _next_steps(session, keep=keep):
            session.say(line)
        if keep and code != INTERRUPTED:
            session.say("The city runs until Ctrl-C.")
            signal.pause()
    return code


def _ports_are_free(port: int, count: int) -> bool:
    with ExitStack() as stack:
        try:
            for number in range(port, port + count):
                stack.enter_context(socket.create_server(("127.0.0.1", number)))
        except OSError:
            return False
    return True


def _next_steps(session: Session, *, keep: bool) -> list[str]:
    """Return commands to try next, with a URL and an id from this crawl."""
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
        lines.append(f"  {program} demo          crawls again: unchanged pages become revisit records")
        lines.append(f"  {program} demo --keep   keeps the city running, to fetch from")
    return lines


def _program() -> str:
    """Return the command that starts this program from the current folder."""
    return "fangzhi" if shutil.which("fangzhi") else os.path.relpath(sys.argv[0])
