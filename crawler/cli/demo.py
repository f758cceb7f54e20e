"""`fangzhi demo`: crawl a simulated city on this machine, on two of its days."""

from __future__ import annotations

import datetime as dt
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click
from attrs import evolve

from crawler.cli.main import DONE, INTERRUPTED, SOME_FAILED
from crawler.cli.session import Session, fangzhi_command
from crawler.config.load import REGISTRY_FOLDER, default_folder, environment
from pipelines.errors import ConfigError, FangzhiError
from pipelines.messages import gettext as _
from pipelines.times import CHINA

if TYPE_CHECKING:
    from crawler.demo import BaseUrls
    from crawler.demo.saved_city import SavedCity

FIRST_PORT = 8930
"""First port of the simulated city; always the same, so that a second run finds the pages of the first one."""

PAGES = 300
"""Number of articles and list pages of the city: it has every trap, and its crawl takes half a minute."""


@fangzhi_command("demo", archive="demo-archive")
@click.option(
    "--port",
    type=click.IntRange(1024, 65000),
    metavar="PORT",
    help=f"First port of the city.  [default: that of the archive's city, or {FIRST_PORT}]",
)
@click.option(
    "--pages",
    type=click.IntRange(min=150),
    metavar="N",
    help=f"Number of pages of the city.  [default: that of the archive's city, or {PAGES}]",
)
@click.option("--keep", is_flag=True, help="Keep the city running after the crawl, until Ctrl-C.")
@click.option("--serve-only", is_flag=True, help="Start the city of the archive and crawl nothing, until Ctrl-C.")
def command(session: Session, port: int | None, pages: int | None, keep: bool, serve_only: bool) -> int:
    """Crawl two days of a simulated city on this machine, then print what to try next.

    On day 1 all sites are crawled. On day 2 one of them has edited an article, deleted one and published two; it is
    crawled again. The sites are registered in the folder registry of the archive, so that other commands know them
    while the city runs. A second run continues with the city of the archive.
    """
    from crawler.cli.demo_steps import print_steps

    folder = default_folder(session.config.archive, os.environ)
    city = _city(folder, port, pages, must_exist=serve_only)
    if serve_only:
        _serve(session, city)
    config, registry = session.config, folder / REGISTRY_FOLDER
    registered = tuple(dict.fromkeys((registry, *config.registry)))
    session = evolve(session, config=evolve(config, allow_private=True, registry=registered))
    code = _crawl_days(session, city, folder)
    if code == INTERRUPTED:
        session.say("")
        session.say(_("The same command continues with this city and archive."))
    if code not in (DONE, SOME_FAILED):
        return code
    print_steps(session, city_runs=keep)
    if keep:
        _serve(session, evolve(city, day=2))
    return code


def _city(folder: Path, port: int | None, pages: int | None, *, must_exist: bool) -> SavedCity:
    """Return the city that is saved in a folder, or a new one whose newest articles on day 1 are of yesterday."""
    from crawler.demo.saved_city import SavedCity, saved_city

    saved = saved_city(folder)
    if saved and port in (None, saved.port) and pages in (None, saved.pages):
        return saved
    if must_exist:
        problem = _("{folder}: no city of this port and size was crawled into this archive", folder=folder)
        raise ConfigError(problem, hint=_("leave --serve-only out to crawl one"))
    yesterday = dt.datetime.now(CHINA).date() - dt.timedelta(days=1)
    return SavedCity(port=port or FIRST_PORT, pages=pages or PAGES, newest_day=yesterday)


def _crawl_days(session: Session, city: SavedCity, folder: Path) -> int:
    """Crawl the days that are not crawled yet, and return the exit code of the last crawl that had trouble."""
    from crawler.cli.demo_steps import site_lines
    from crawler.demo import registry
    from crawler.demo.portals import PORTALS, YUNZHOU

    code = DONE
    if city.day == 1:
        with _started(city) as base_urls:
            city.save(folder)
            Path(folder, REGISTRY_FOLDER).mkdir(exist_ok=True)
            for name, toml in registry(base_urls).items():
                Path(folder, REGISTRY_FOLDER, name).write_text(toml, "utf-8")
            session.say(
                _(
                    "{count} sites of a simulated city run on this machine, at {first} to :{last_port}:",
                    count=len(PORTALS),
                    first=base_urls[PORTALS[0].slug],
                    last_port=city.port + len(PORTALS) - 1,
                )
            )
            for line in site_lines(PORTALS, session.terminal(sys.stderr)[0]):
                session.say(line)
            session.say("")
            session.say(_("Day 1: all sites are crawled."))
            code = _crawl(session, *base_urls)
        if code not in (DONE, SOME_FAILED):
            return code
        city = evolve(city, day=2)
    with _started(city):
        city.save(folder)
        session.say("")
        session.say(_("Day 2: {site} has edited an article, deleted one and published two.", site=YUNZHOU.name))
        session.say(_("Its lists and each of its articles are requested again."))
        # Few pages have changed: reading them in the crawl itself takes less time than the start of the workers.
        few_pages = evolve(session, config=evolve(session.config, workers=0))
        second = _crawl(few_pages, YUNZHOU.slug, "--recheck")
    return code if second == DONE else second


def _crawl(session: Session, *arguments: str) -> int:
    """Run `fangzhi crawl` in a process of its own, because Twisted's reactor runs once in a process; return its code.

    Ctrl-C in the terminal reaches that process too: it ends the crawl, and this one waits for it.
    """
    options = [name for name, given in (("--json", session.as_json), ("--quiet", session.quiet)) if given]
    previous = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        return subprocess.run(
            [sys.executable, "-P", "-m", "crawler.cli", "crawl", *options, *arguments],
            env={**os.environ, **environment(session.config)},
            check=False,
        ).returncode
    finally:
        signal.signal(signal.SIGINT, previous)


@contextmanager
def _started(city: SavedCity) -> Iterator[BaseUrls]:
    """Serve the city on the day that it has reached; raises FangzhiError if one of its ports is in use."""
    from crawler.demo import running
    from crawler.demo.portals import PORTALS

    if not _ports_are_free(city.port, len(PORTALS)):
        raise FangzhiError(
            _("port {port} or one of the {count} ports after it is in use", port=city.port, count=len(PORTALS) - 1),
            _("choose another with --port"),
        )
    with running(port=city.port, pages=city.pages, visit=city.day, newest_day=city.newest_day) as base_urls:
        yield base_urls


def _ports_are_free(port: int, count: int) -> bool:
    with ExitStack() as stack:
        try:
            for number in range(port, port + count):
                stack.enter_context(socket.create_server(("127.0.0.1", number)))
        except OSError:
            return False
    return True


def _serve(session: Session, city: SavedCity) -> NoReturn:
    """Serve the city until Ctrl-C."""
    with _started(city) as base_urls:
        session.say("")
        session.say(_("The city runs at {first} until Ctrl-C.", first=next(iter(base_urls.values()))))
        while True:
            signal.pause()
