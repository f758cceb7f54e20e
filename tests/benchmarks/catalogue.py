"""What the catalogue costs as it fills: captures asked about and remembered a second, room a text, and memory.

`--texts 1000000` fills it with a million texts and ten million digests; that takes 4 GB, and 8 GB with PostgreSQL.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager

import psutil
from attrs import evolve

from pipelines.catalogue.catalogue import Catalogue
from pipelines.line.order import NullArchive, Stores, index_batch
from pipelines.model import Entry, Reference
from pipelines.storage.options import Options
from tests.benchmarks.filling import A_TEXT, DIGESTS_A_TEXT, fill, sketch
from tests.pipelines.catalogue.server import installed, postgresql
from tests.pipelines.made import capture, entry

STEPS = 4
TIMED = 400
"""Captures that are timed after each step."""

GROUP = Options().sync_pages
"""Captures that share a transaction, as in a crawl."""

BODY = "市住房和城乡建设局昨日召开会议，部署老旧小区改造工作。" * 25
"""A text of 675 characters, about the city's average."""


def main(arguments: Sequence[str] = ()) -> None:
    """Print a table for each kind of database; `--texts` is what it is filled with, `--only` leaves the other out."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--texts", type=int, default=40_000)
    parser.add_argument("--only", choices=("sqlite", "postgresql"))
    asked = parser.parse_args(arguments)
    print(f"{A_TEXT} anchors and {DIGESTS_A_TEXT} digests a text; captures a second, {GROUP} in a transaction")
    for name, where in (("sqlite", _sqlite), ("postgresql", _postgresql)):
        if asked.only in (None, name):
            with where() as url:
                _table(name, url, asked.texts)


def _table(name: str, url: str | None, texts: int) -> None:
    """Print what each step finds."""
    columns = "".join(f"{each:>14}" for each in ("seen before?", "near to what?", "remembered"))
    rooms = "".join(f"{each:>10}" for each in ("anchors", "digests", "memory"))
    print(f"  {name:<11}{columns}{rooms}" if url else f"  {name:<11}  not installed")
    if url is None:
        return
    grown = dict.fromkeys(("anchors", "digests"), 0)
    with closing(Catalogue(url)) as catalogue:
        for step in range(1, STEPS + 1):
            done = range(texts * (step - 1) // STEPS, texts * step // STEPS)
            new = fill(url, done)
            grown = {table: grown[table] + new[table] for table in grown}
            rates = "".join(f"{rate:>12,.0f}/s" for rate in _rates(catalogue, step))
            room = "".join(f"{of / done.stop:>8,.0f} B" for of in grown.values())
            print(f"  {done.stop:>11,}{rates}{room}{psutil.Process().memory_info().rss / 1e6:>7,.0f} MB")


def _rates(catalogue: Catalogue, step: int) -> Iterator[float]:
    """Yield how many captures a second are asked about by digest, by anchor, and put down the line to its end."""
    made = [_made(step * TIMED + number, random.Random(step * TIMED + number)) for number in range(TIMED)]
    stores = Stores(archive=NullArchive(), catalogue=catalogue)
    index_batch(made[:GROUP], stores)  # what a connection does once
    yield _rate(lambda page: catalogue.prior(page.digests, _reference(page)), made[GROUP:])
    yield _rate(lambda page: catalogue.near_candidates(page.articles, _reference(page)), made[GROUP:])
    start = time.perf_counter()
    for at in range(GROUP, TIMED, GROUP):
        index_batch(made[at : at + GROUP], stores)
    yield (TIMED - GROUP) / (time.perf_counter() - start)


def _rate(ask: Callable[[Entry], object], pages: Sequence[Entry]) -> float:
    start = time.perf_counter()
    for page in pages:
        ask(page)
    return len(pages) / (time.perf_counter() - start)


def _made(number: int, chance: random.Random) -> Entry:
    """Return a capture with new bytes and a new text."""
    made = entry(capture(number, str(number).encode()), text=f"{number} {BODY}")
    articles = tuple(evolve(article, fingerprints=sketch(chance)) for article in made.articles)
    return evolve(made, articles=articles)


def _reference(made: Entry) -> Reference:
    return Reference(id=made.id, url=made.final_url, fetched_at=made.fetched_at)


@contextmanager
def _sqlite() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        yield f"sqlite:///{folder}/catalogue.sqlite"


@contextmanager
def _postgresql() -> Iterator[str | None]:
    if not installed():
        yield None
        return
    with postgresql() as url:
        yield url


if __name__ == "__main__":
    import sys

    main(sys.argv[1:])
