"""The reading room with 50 readers at once: how long search, article and list take, and the CPU time of a page.

`python -m tests.benchmarks.room` fills a catalogue with 100,000 made entries, which takes three minutes; with
`--archive FOLDER` it is kept, and used again. What readers ask for is drawn from `ADDRESSES` addresses of each kind,
some more often than others, as people read what is new or known.

Readers are people: between a page and the next one they read for some seconds, `--pause` on average. The pauses have a
negative exponential distribution with a mean of 7 s and at most ten times as long, as those of the emulated browsers of
TPC-W, the benchmark of the Transaction Processing Performance Council for shops on the web. The one reader that they
are compared with asks without a pause, so that each of its pages is measured while the room does nothing else.

With `--pause 0`, readers ask again at once. Their times then say only how many of them there are: with 50 readers and
two processors a page takes 25 times as long as with one reader, whatever it costs. What such a load measures is the
number of pages a second that the room can answer, which is printed for each case, too.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import psutil
from attrs import evolve, frozen

from pipelines.catalogue.catalogue import Catalogue
from pipelines.catalogue.filters import Filter
from tests.benchmarks import index
from tests.benchmarks.index_entries import REGIONS, SITES, queries
from tests.benchmarks.page_cpu import page_cpu
from tests.crawler.web.rooms import config_of
from tests.room import page_status, running_room

ADDRESSES = 200
"""Addresses of each kind."""

SKEW = 2.0
"""How uneven their popularity is: an address is number `ADDRESSES * x ** SKEW`, x being uniform between 0 and 1."""

PAUSE_S, LONGEST_PAUSES = 7.0, 10
"""Mean of the pauses between two pages in seconds, and how many times as long a pause is at most."""

KINDS = ("search", "article", "list")
SEARCHES = ("2 characters", "4 characters", "two words", "site and word", "phrase", "rare")


@frozen(kw_only=True)
class Measured:
    """What some readers found: the seconds of each page by kind, and the answers that were none of a page.

    `cpu_s` is the CPU time of the room's processes. On a machine that does nothing else, the room can answer as many
    pages a second as this time allows; where other programs compete for the processors, the times of pages are theirs.
    """

    seconds: Mapping[str, Sequence[float]]
    errors: int
    took: float
    cpu_s: float

    @property
    def pages(self) -> int:
        """The number of pages."""
        return sum(map(len, self.seconds.values()))

    def percentile(self, kind: str, part: float) -> float:
        """Return the time of a kind that a part of the pages did not exceed, in ms."""
        times = sorted(self.seconds[kind])
        return times[min(len(times) - 1, int(part * len(times)))] * 1000


@frozen(kw_only=True)
class Load:
    """Who reads: so many readers, for some seconds, with a pause on average; `fresh`: nothing is asked for twice."""

    seconds: float
    workers: int
    fresh: bool
    readers: int = 1
    pause: float = 0.0


def main(arguments: Sequence[str] = ()) -> None:
    """Print the times of one reader and of many, and the CPU time of each page beyond its query."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--entries", type=int, default=100_000)
    parser.add_argument("--readers", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--pause", type=float, default=PAUSE_S, metavar="SECONDS")
    parser.add_argument("--workers", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--archive", type=Path, metavar="FOLDER")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as made:
        folder = options.archive or Path(made)
        fill(folder, options.entries)
        addresses = drawn(folder)
        print(f"    {'ms CPU a page, beyond its query, mean and most':<50}of the query, mean")
        for path, beyond, most, query in page_cpu(folder, addresses):
            print(f"    {path:<28}{beyond:>11.1f}{most:>8.1f}{query:>19.1f}")
        for name, fresh in (("the same addresses", False), ("each address once", True)):
            load = Load(seconds=options.seconds, workers=options.workers, fresh=fresh)
            one = measure(folder, addresses, load)
            many = measure(folder, addresses, evolve(load, readers=options.readers, pause=options.pause))
            most = measure(folder, addresses, evolve(load, readers=options.readers, seconds=options.seconds / 3))
            _print(name, options.readers, one, many, most)


def _print(name: str, readers: int, one: Measured, many: Measured, most: Measured) -> None:
    cpu = f"{many.cpu_s / many.pages * 1000:.0f} ms CPU a page, {many.cpu_s / many.took:.1f} processors in use"
    print(f"    {name}: {many.pages / many.took:,.0f} pages a second, {cpu}, {many.errors} errors")
    print(f"    without pauses: {most.pages / most.took:,.0f} pages a second, {most.errors} errors")
    print(f"    {'ms':<10}{'1: p50':>9}{'p95':>9}{f'{readers}: p50':>9}{'p95':>9}{'p95 is':>9}")
    for kind in KINDS:
        numbers = [each.percentile(kind, part) for each in (one, many) for part in (0.5, 0.95)]
        print(f"    {kind:<10}{''.join(f'{number:>9,.0f}' for number in numbers)}{numbers[3] / numbers[1]:>8.1f} ×")


def fill(folder: Path, count: int) -> None:
    """Fill the catalogue of an archive with made entries, unless it has as many."""
    folder.mkdir(parents=True, exist_ok=True)
    with closing(Catalogue(config_of(folder).catalogue)) as catalogue:
        if catalogue.count(Filter()) < count:
            index.fill(catalogue, count)


def drawn(folder: Path) -> dict[str, list[str]]:
    """Return addresses of each kind."""
    with closing(Catalogue(config_of(folder).catalogue, create=False)) as catalogue:
        ids = [each.id for each in catalogue.entries(limit=20 * ADDRESSES)]
    chance = random.Random(1)
    words = [query for kind in SEARCHES for query in queries(kind, ADDRESSES // len(SEARCHES) + 1)]
    lists = [f"/search?site=site{number}&sort=published" for number in range(SITES)]
    lists += [f"/search?region={10 + number % 80}&since=2024" for number in range(REGIONS)]
    found = {
        "search": [f"/search?q={quote(word)}" for word in words],
        "article": [f"/a/{each}" for each in ids],
        "list": lists,
    }
    return {kind: chance.sample(each, min(len(each), ADDRESSES)) for kind, each in found.items()}


def measure(folder: Path, addresses: Mapping[str, Sequence[str]], load: Load) -> Measured:
    """Start a room, and let readers read for some seconds."""
    with running_room(folder, load.workers) as (port, process):
        before = _cpu_s(process.pid)
        found = asyncio.run(_measured(port, addresses, load))
        return evolve(found, cpu_s=_cpu_s(process.pid) - before)


def _cpu_s(pid: int) -> float:
    """Return the CPU time of a process and of those that it started."""
    parent = psutil.Process(pid)
    times = [each.cpu_times() for each in (parent, *parent.children(recursive=True))]
    return sum(each.user + each.system for each in times)


async def _measured(port: int, addresses: Mapping[str, Sequence[str]], load: Load) -> Measured:
    times: dict[str, list[float]] = defaultdict(list)
    statuses: Counter[int] = Counter()
    end = time.monotonic() + load.seconds

    async def read(number: int) -> None:
        chance, turn = random.Random(number), 0
        await asyncio.sleep(pause(chance, load.pause))
        while time.monotonic() < end:
            kind, turn = chance.choice(KINDS), turn + 1
            of_kind = addresses[kind]
            path = of_kind[int(len(of_kind) * chance.random() ** SKEW)]
            if load.fresh:
                path = of_kind[(997 * number + turn) % len(of_kind)] if kind == "article" else _once(path, number, turn)
            begin = time.perf_counter()
            statuses[await page_status(port, path)] += 1
            times[kind].append(time.perf_counter() - begin)
            await asyncio.sleep(pause(chance, load.pause))

    began = time.monotonic()
    await asyncio.gather(*(read(number) for number in range(load.readers)))
    return Measured(seconds=times, errors=statuses.total() - statuses[200], took=time.monotonic() - began, cpu_s=0)


def pause(chance: random.Random, mean: float) -> float:
    """Return the seconds that a reader reads before the next page."""
    return min(chance.expovariate(1 / mean), LONGEST_PAUSES * mean) if mean else 0.0


def _once(path: str, number: int, turn: int) -> str:
    """Return an address of the same results that nobody asked for yet: spaces of two kinds after the query."""
    spaces = f"{number:06b}{turn:014b}".translate({ord("0"): " ", ord("1"): "\u3000"})
    return f"{path}{quote(spaces)}" if "q=" in path else f"{path}&q={quote(spaces)}"


if __name__ == "__main__":
    main(sys.argv[1:])
