"""What `fangzhi demo` prints around the reports of its crawls: the list of its sites, and commands to try."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import frozen
from rich.cells import cell_len, set_cell_size

from crawler.cli.columns import terminal_columns
from crawler.cli.session import Session
from crawler.cli.wrapping import wrapped
from pipelines.messages import Message, ngettext
from pipelines.messages import gettext as _

if TYPE_CHECKING:
    from crawler.demo import Portal
    from pipelines.catalogue.catalogue import Catalogue
    from pipelines.model import Entry

SEARCH_WORD = "图书馆"
"""A word of the city's texts that is in some dozens of them."""

ROOM_URL = "http://127.0.0.1:8940/"
"""Where `fangzhi serve` listens by default; a test compares them."""


@frozen(kw_only=True)
class DemoStep:
    """A command to try, without the program and the archive, and what it shows."""

    shows: Message
    command: str
    output: str = ""

    def line(self, program: str, archive: str) -> str:
        """Return the command line as it can be typed into a shell."""
        return f"{program} {self.command} --archive {archive}" + (f" > {self.output}" if self.output else "")


@frozen(kw_only=True)
class Examples:
    """Captures of an archive that have something to show; None where there is none."""

    edited: Entry | None
    gone: Entry | None
    repaired: Entry | None
    reprinted: Entry | None
    reprints: int
    found: int


def site_lines(portals: Sequence[Portal], width: int) -> list[str]:
    """Return slugs and names of sites in as many columns as the width has room for."""
    slug_width = max(len(portal.slug) for portal in portals) + 2
    cells = [f"{portal.slug:<{slug_width}}{portal.name}" for portal in portals]
    cell_width = max(map(cell_len, cells)) + 3
    rows = -(-len(cells) // max(1, (width - 2) // cell_width))
    return ["  " + "".join(set_cell_size(cell, cell_width) for cell in cells[at::rows]).rstrip() for at in range(rows)]


def print_steps(session: Session, *, city_runs: bool) -> None:
    """Print commands to try next, with ids of the archive of this session."""
    from pipelines.catalogue.catalogue import Catalogue

    with closing(Catalogue(session.config.catalogue, create=False)) as catalogue:
        found = examples(catalogue)
    archive = session.config.archive
    place = shlex.quote(archive if "://" in archive else os.path.relpath(archive))
    program = _program()
    columns = terminal_columns(sys.stderr)
    session.say("")
    session.say(_("Both days are archived in {place}. Commands to try:", place=place))
    for heading, steps in _groups(found, city_runs=city_runs):
        session.say("")
        session.say(heading)
        for step in steps:
            session.say(f"  # {session.text(step.shows)}")
            session.say(continued(f"  {step.line(program, place)}", columns), whole=True)


def continued(line: str, columns: int | None) -> str:
    """Return a command line that is wrapped for a terminal so that a shell still reads it as one line.

    >>> print(continued("  fangzhi show 2026 --diff", 20))
      fangzhi show \\
        2026 --diff
    """
    end = " \\"
    return f"{end}\n".join(wrapped(line, columns and columns - len(end)))


def examples(catalogue: Catalogue) -> Examples:
    """Return captures to show: an edited page, one that is gone, the text with most repairs and that of most prints."""
    from crawler.monitoring.health import gone_pages
    from pipelines.catalogue.filters import Filter
    from pipelines.catalogue.query import text_term

    articles = {entry.id: entry for entry in catalogue.entries(Filter(outcome="article"))}
    addresses = {(_original(entry, articles), entry.final_url) for entry in articles.values()}
    original, number = next(iter(Counter(first for first, address in addresses).most_common(1)), (None, 0))
    repaired = max(articles.values(), key=_repairs, default=None)
    with_word = catalogue.search(Filter(query=text_term("", SEARCH_WORD)), limit=1)
    return Examples(
        edited=next((entry for entry in articles.values() if entry.verdict.kind == "new-version"), None),
        gone=next((page.last for page in gone_pages(catalogue)), None),
        repaired=repaired if repaired and _repairs(repaired) else None,
        reprinted=articles[original] if original and number > 1 else None,
        reprints=number,
        found=with_word.captures,
    )


def _original(entry: Entry, articles: dict[str, Entry]) -> str:
    """Return the id of the first print of a text, by following the verdicts of its copies."""
    while entry.verdict.kind in ("same-text", "near-copy") and entry.verdict.of in articles:
        entry = articles[entry.verdict.of]
    return entry.id


def _repairs(entry: Entry) -> int:
    return sum(len(article.repairs) for article in entry.articles)


def _groups(found: Examples, *, city_runs: bool) -> Iterator[tuple[Message, Iterable[DemoStep]]]:
    """Yield the steps under headings; steps whose example is missing are left out."""
    yield _("Read"), _reading(found)
    yield _("What changed on day 2"), _changes(found)
    yield (
        _("Check and export"),
        [
            DemoStep(shows=_("compare every archived page with its digest"), command="verify --deep"),
            DemoStep(shows=_("the pages, for ReplayWeb.page and other players"), command="export demo.wacz"),
            DemoStep(shows=_("the articles, for a spreadsheet"), command="export demo.csv"),
            DemoStep(shows=_("the health of one site and of its sections"), command="status yunzhou"),
        ],
    )
    serve = DemoStep(shows=_("in another terminal: start the city, until Ctrl-C"), command="demo --serve-only")
    yield (
        _("Crawl again"),
        [
            *([] if city_runs else [serve]),
            DemoStep(shows=_("crawl one site: its lists and what is due"), command="crawl yunzhou --allow-private"),
            DemoStep(
                shows=_("check that a site is still as registered"), command="sites check yunzhou --allow-private"
            ),
            DemoStep(shows=_("when each site is due"), command="schedule --dry-run"),
        ],
    )
    room = DemoStep(shows=_("the reading room of this archive, at {url}", url=ROOM_URL), command="serve")
    yield _("Read in a browser"), [room]


def _reading(found: Examples) -> Iterator[DemoStep]:
    yield DemoStep(shows=_("the newest captures"), command="list --limit 10")
    shows = ngettext(
        "{count} capture has this word", "{count} captures have this word; the first five results", found.found
    )
    yield DemoStep(shows=shows, command=f"search {SEARCH_WORD} --limit 5")
    if found.repaired:
        shows = _("a damaged text: where each field was found, and each repair")
        yield DemoStep(shows=shows, command=f"show {found.repaired.id} --evidence")
    if found.reprinted:
        shows = _("{count} prints of a text: the likely source, and what others changed", count=found.reprints)
        yield DemoStep(shows=shows, command=f"show {found.reprinted.id} --reprints")


def _changes(found: Examples) -> Iterator[DemoStep]:
    if found.edited:
        command = f"show {found.edited.id} --diff"
        yield DemoStep(shows=_("the edit of an article"), command=command)
        yield DemoStep(shows=_("the same as an HTML page"), command=f"{command} --format html", output="edit.html")
    if found.gone:
        yield DemoStep(shows=_("deleted articles"), command="list --gone")
        yield DemoStep(shows=_("a deleted article: its text and its history"), command=f"show {found.gone.id}")


def _program() -> str:
    """Return the command that starts this program from the current folder."""
    if Path(sys.argv[0]).name == "__main__.py":
        return f"{shlex.quote(os.path.relpath(sys.executable))} -m fangzhi"
    return "fangzhi" if shutil.which("fangzhi") else shlex.quote(os.path.relpath(sys.argv[0]))
