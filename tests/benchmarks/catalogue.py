"""Speed and size of the catalogue as it fills: lookups and inserts per second, bytes per text, and memory.

`--texts 1000000` fills it with a million texts and ten million digests; that takes 4 GB, and 8 GB with PostgreSQL.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress

import psutil
from attrs import evolve

from crawler.replay.indexing import BATCH_PAGES
from pipelines.catalogue.catalogue import Catalogue
from pipelines.line.order import index_batch
from pipelines.line.protocols import NullArchive, Stores
from pipelines.model import Entry, Reference
from pipelines.storage.options import Options
from tests.benchmarks.filling import DIGESTS_PER_TEXT, FINGERPRINTS_PER_TEXT, fill, random_fingerprints
from tests.pipelines.catalogue.server import installed, postgresql
from tests.pipelines.made import capture, entry

STEPS = 4
TIMED = 400
"""Captures that are timed after each step."""

BATCH = Options().sync_pages
"""Captures that are indexed in one transaction, as in a crawl."""

BULK = BATCH_PAGES
"""Captures that are indexed in one transaction, as in a replay."""

BODY = "市住房和城乡建设局昨日召开会议，部署老旧小区改造工作。" * 25
"""A text of 675 characters, about the average of the demo city."""


def main(arguments: Sequence[str] = ()) -> None:
    """Print a table for each kind of database; `--texts` is the number of texts, `--only` selects one database."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--texts", type=int, default=40_000)
    parser.add_argument("--only", choices=("sqlite", "postgresql"))
    options = parser.parse_args(arguments)
    print(
        f"{FINGERPRINTS_PER_TEXT} fingerprints, {DIGESTS_PER_TEXT} digests per text; captures per transaction: "
        f"{BATCH} as in a crawl, {BULK} in bulk as in a replay"
    )
    for name, where in DATABASES:
        if options.only in (None, name):
            with where() as url:
                _table(name, url, options.texts)


def _table(name: str, url: str | None, texts: int) -> None:
    """Print a row for each step."""
    columns = "".join(
        f"{each:>14}" for each in ("exact lookup", "near lookup", "crawled", "per CPU s", "in bulk", "per CPU s")
    )
    sizes = "".join(f"{each:>14}" for each in ("fingerprints", "digests", "memory"))
    print(f"  {name:<11}{columns}{sizes}" if url else f"  {name:<11}  not installed")
    if url is None:
        return
    bytes_by_table = dict.fromkeys(("anchors", "digests"), 0)
    with closing(Catalogue(url)) as catalogue:
        for step in range(1, STEPS + 1):
            numbers = range(texts * (step - 1) // STEPS, texts * step // STEPS)
            grown = fill(url, numbers)
            bytes_by_table = {table: size + grown[table] for table, size in bytes_by_table.items()}
            rates = "".join(f"{rate:>12,.0f}/s" for rate in _rates(catalogue, step))
            per_text = "".join(f"{size / numbers.stop:>12,.0f} B" for size in bytes_by_table.values())
            memory = psutil.Process().memory_info().rss / 1e6
            print(f"  {numbers.stop:>11,}{rates}{per_text}{memory:>11,.0f} MB")


def _rates(catalogue: Catalogue, step: int) -> Iterator[float]:
    """Yield captures per second: looked up by digest, by fingerprint, and indexed as in a crawl and as in a replay.

    The last two also per second of CPU of this process and the server.
    """
    first = step * (TIMED + BULK)
    every = [_made(number, random.Random(number)) for number in range(first, first + TIMED + BULK)]
    made, bulk = every[:TIMED], every[TIMED:]
    stores = Stores(archive=NullArchive(), catalogue=catalogue)
    index_batch(made[:BATCH], stores)  # the connection is opened, statements are compiled
    yield _rate(lambda page: catalogue.prior(page.digests, _reference(page)), made[BATCH:])
    yield _rate(lambda page: catalogue.near_candidates(page.articles, _reference(page)), made[BATCH:])
    yield from _indexed(made[BATCH:], BATCH, stores)
    yield from _indexed(bulk, BULK, stores)


def _indexed(made: Sequence[Entry], size: int, stores: Stores) -> Iterator[float]:
    """Index captures in transactions of a size; yield how many a second, and a second of CPU."""
    start, cpu = time.perf_counter(), cpu_seconds()
    for at in range(0, len(made), size):
        index_batch(made[at : at + size], stores)
    yield len(made) / (time.perf_counter() - start)
    yield len(made) / (cpu_seconds() - cpu)


def cpu_seconds() -> float:
    """Return the seconds of CPU that this process and the server that it started have used."""
    seconds = time.process_time()
    for each in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            used = each.cpu_times()
            seconds += used.user + used.system
    return seconds


def _rate(look_up: Callable[[Entry], object], pages: Sequence[Entry]) -> float:
    start = time.perf_counter()
    for page in pages:
        look_up(page)
    return len(pages) / (time.perf_counter() - start)


def _made(number: int, chance: random.Random) -> Entry:
    """Return a capture with new bytes and a new text."""
    made = entry(capture(number, str(number).encode()), text=f"{number} {BODY}")
    articles = tuple(evolve(article, fingerprints=random_fingerprints(chance)) for article in made.articles)
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


DATABASES = (("sqlite", _sqlite), ("postgresql", _postgresql))
"""The kinds of databases, and what opens an empty one and yields the URL of a catalogue in it."""


if __name__ == "__main__":
    import sys

    main(sys.argv[1:])
