"""What `fangzhi demo` prints besides the reports of its crawls: the list of its sites, and commands to try next."""

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

from crawler.cli.session import Session

if TYPE_CHECKING:
    from crawler.demo import Portal
    from pipelines.catalogue.catalogue import Catalogue
    from pipelines.model import Entry

SEARCH_WORD = "图书馆"
"""A word of the city's texts that is in some dozens of them."""


@frozen(kw_only=True)
class Step:
    """A command to try, without the program and the archive, and what it shows."""

    shows: str
    command: str
    output: str = ""

    def lines(self, program: str, archive: str) -> tuple[str, str]:
        """Return the step as two lines that a shell accepts."""
        into = f" > {self.output}" if self.output else ""
        return f"  # {self.shows}", f"  {program} {self.command} --archive {archive}{into}"


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
    session.say(f"\nThe archive is {place}. Things to try:")
    for heading, steps in _groups(found, city_runs=city_runs):
        session.say(f"\n{heading}")
        for step in steps:
            for line in step.lines(program, place):
                session.say(line)


def examples(catalogue: Catalogue) -> Examples:
    """Return captures to show: an edited page, one that is gone, the text with most repairs and that of most prints."""
    from crawler.monitoring.health import gone_pages
    from pipelines.catalogue.queries import Filter
    from pipelines.catalogue.search import spellings

    articles = {entry.id: entry for entry in catalogue.entries(Filter(outcome="article"))}
    prints = Counter(_original(entry, articles) for entry in articles.values())
    original, number = next(iter(prints.most_common(1)), (None, 0))
    repaired = max(articles.values(), key=_repairs, default=None)
    with_word = catalogue.entries(Filter(words=(spellings(SEARCH_WORD),), outcome="article"))
    return Examples(
        edited=next((entry for entry in articles.values() if entry.verdict.kind == "new-version"), None),
        gone=next((page.last for page in gone_pages(catalogue)), None),
        repaired=repaired if repaired and _repairs(repaired) else None,
        reprinted=articles[original] if original and number > 1 else None,
        reprints=number,
        found=sum(1 for _ in with_word),
    )


def _original(entry: Entry, articles: dict[str, Entry]) -> str:
    """Return the id of the first print of a text, by following the verdicts of its copies."""
    while entry.verdict.kind in ("same-text", "near-copy") and entry.verdict.of in articles:
        entry = articles[entry.verdict.of]
    return entry.id


def _repairs(entry: Entry) -> int:
    return sum(len(article.repairs) for article in entry.articles)


def _groups(found: Examples, *, city_runs: bool) -> Iterator[tuple[str, Iterable[Step]]]:
    """Yield the steps under headings; steps whose example is missing are left out."""
    search = f"search {SEARCH_WORD} --limit 5"
    reading = [
        Step(shows="the newest captures", command="list --limit 10"),
        Step(shows=f"{found.found} captures contain this word, the newest 5 are shown", command=search),
    ]
    if found.repaired:
        shows = "an article with a damaged passage: where each field was found, and the repairs"
        reading.append(Step(shows=shows, command=f"show {found.repaired.id} --evidence"))
    if found.reprinted:
        shows = f"{found.reprints} captures of one text: who printed it first, and who changed what"
        reading.append(Step(shows=shows, command=f"show {found.reprinted.id} --reprints"))
    yield "Read", reading
    changes = []
    if found.edited:
        command = f"show {found.edited.id} --diff"
        changes.append(Step(shows="the edit of an article", command=command))
        changes.append(Step(shows="the same as a page", command=f"{command} --format html", output="edit.html"))
    if found.gone:
        changes.append(Step(shows="articles that were deleted", command="list --gone"))
        changes.append(Step(shows="a deleted article: its text and history", command=f"show {found.gone.id}"))
    yield "What changed on day 2", changes
    yield (
        "Check and export",
        [
            Step(shows="every archived page against its digest", command="verify --deep"),
            Step(shows="pages for ReplayWeb.page and other players", command="export demo.wacz"),
            Step(shows="articles for a spreadsheet", command="export demo.csv"),
            Step(shows="health of one site and of its sections", command="status yunzhou"),
        ],
    )
    again = [
        Step(shows="one site: only what is due", command="crawl yunzhou --allow-private"),
        Step(shows="whether the registry of a site still fits the site", command="sites check yunzhou --allow-private"),
        Step(shows="when each site is due", command="schedule --dry-run"),
    ]
    if not city_runs:
        again.insert(
            0, Step(shows="the city, until Ctrl-C: leave it running in another terminal", command="demo --serve-only")
        )
    yield "Crawl again", again


def _program() -> str:
    """Return the command that starts this program from the current folder."""
    if Path(sys.argv[0]).name == "__main__.py":
        return f"{shlex.quote(os.path.relpath(sys.executable))} -m crawler.cli"
    return "fangzhi" if shutil.which("fangzhi") else shlex.quote(os.path.relpath(sys.argv[0]))
