"""The reading room with 50 readers at once: how long search, article and list take, and the CPU time of a page.

`python -m tests.benchmarks.room` fills a catalogue with 100,000 made entries, which takes some minutes; with
`--archive FOLDER` it is kept, and used again.

One reader and many are compared for pages that are made for them. A room gives an answer again for a minute, which
takes a ms; so every address is asked for once in a room, and the share of answers that were kept is printed. Both sides
get the addresses of `room_addresses` from the first one on, each side in a room that was just started.

Readers are people: between a page and the next one they read for some seconds, `--pause` on average. The pauses have a
negative exponential distribution with a mean of 7 s and at most ten times as long, as those of the emulated browsers of
TPC-W, the benchmark of the Transaction Processing Performance Council for shops on the web. The one reader that they
are compared with asks without a pause, so that each of its pages is measured while the room does nothing else.

Without pauses, fifty readers ask again at once. Their times then say only how many of them there are: with two
processors a page takes 25 times as long as with one reader, whatever it costs. What such a load measures is the number
of pages a second that the room can answer, which is printed, too.
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

import psutil
from attrs import evolve, frozen

from pipelines.catalogue.catalogue import Catalogue
from pipelines.catalogue.filters import Filter
from tests.benchmarks import index
from tests.benchmarks.page_cpu import page_cpu
from tests.benchmarks.room_addresses import KINDS, drawn
from tests.crawler.web.rooms import config_of
from tests.room import page_answer, running_room

PAUSE_S, LONGEST_PAUSES = 7.0, 10
"""Mean of the pauses between two pages in seconds, and how many times as long a pause is at most."""


@frozen(kw_only=True)
class Measured:
    """What some readers found: the seconds of each page by kind, the answers that had been kept, and those of no page.

    `cpu_s` is the CPU time of the room's processes. On a machine that does nothing else, the room can answer as many
    pages a second as this time allows; where other programs compete for the processors, the times of pages are theirs.
    """

    seconds: Mapping[str, Sequence[float]]
    kept: int
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
    """Who reads: so many readers, for some seconds, with a pause on average, in a room of so many processes."""

    seconds: float
    workers: int
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
        load = Load(seconds=options.seconds, workers=options.workers)
        one = measure(folder, addresses, load)
        many = measure(folder, addresses, evolve(load, readers=options.readers, pause=options.pause))
        most = measure(folder, addresses, evolve(load, readers=options.readers, seconds=options.seconds / 3))
        _print({"1 reader": one, f"{options.readers} readers": many, "without pauses": most})


def _print(found: Mapping[str, Measured]) -> None:
    heads = ("pages", "pages a s", "kept", "errors", "CPU ms a page", "processors")
    print("".join([f"    {'':<16}", *(f"{head:>15}" for head in heads)]))
    for name, each in found.items():
        numbers = (f"{each.pages:,}", f"{each.pages / each.took:,.1f}", f"{each.kept / each.pages:.1%}", each.errors)
        cpu = (f"{each.cpu_s / each.pages * 1000:,.0f}", f"{each.cpu_s / each.took:.2f}")
        print("".join([f"    {name:<16}", *(f"{number:>15}" for number in (*numbers, *cpu))]))
    (one_name, one), (many_name, many), _most = found.items()
    print(f"    {'ms':<10}{f'{one_name}: p50':>16}{'p95':>9}{f'{many_name}: p50':>18}{'p95':>9}{'p95 is':>9}")
    for kind in KINDS:
        numbers = [each.percentile(kind, part) for each in (one, many) for part in (0.5, 0.95)]
        shown = "".join(f"{number:>{width},.0f}" for number, width in zip(numbers, (16, 9, 18, 9), strict=True))
        print(f"    {kind:<10}{shown}{numbers[3] / numbers[1]:>8.1f} ×")


def fill(folder: Path, count: int) -> None:
    """Fill the catalogue of an archive with made entries, unless it has as many."""
    folder.mkdir(parents=True, exist_ok=True)
    with closing(Catalogue(config_of(folder).catalogue)) as catalogue:
        if catalogue.count(Filter()) < count:
            index.fill(catalogue, count)


def measure(folder: Path, addresses: Mapping[str, Sequence[str]], load: Load) -> Measured:
    """Start a room, and let readers read for some seconds, each page once."""
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
    kept = 0
    left = {kind: iter(of_kind) for kind, of_kind in addresses.items()}
    end = time.monotonic() + load.seconds

    async def rest(chance: random.Random) -> None:
        await asyncio.sleep(min(pause(chance, load.pause), max(0.0, end - time.monotonic())))

    async def read(number: int) -> None:
        nonlocal kept
        chance = random.Random(number)
        await rest(chance)
        while time.monotonic() < end:
            kind = chance.choice(KINDS)
            path = next(left[kind], None)
            if path is None:
                raise LookupError(f"{len(addresses[kind])} addresses ({kind}) are too few for {load.seconds:g} seconds")
            begin = time.perf_counter()
            answer = await page_answer(port, path)
            times[kind].append(time.perf_counter() - begin)
            statuses[answer.status] += 1
            kept += answer.is_kept
            await rest(chance)

    began = time.monotonic()
    await asyncio.gather(*(read(number) for number in range(load.readers)))
    errors = statuses.total() - statuses[200]
    return Measured(seconds=times, kept=kept, errors=errors, took=time.monotonic() - began, cpu_s=0)


def pause(chance: random.Random, mean: float) -> float:
    """Return the seconds that a reader reads before the next page."""
    return min(chance.expovariate(1 / mean), LONGEST_PAUSES * mean) if mean else 0.0


if __name__ == "__main__":
    main(sys.argv[1:])
