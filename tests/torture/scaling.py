"""How much faster two workers of a replay are than one: as the cores allow, and with a share of a core for each."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from itertools import islice
from pathlib import Path

import psutil
from attrs import frozen

from crawler.replay.cluster import Cluster, open_cluster
from pipelines.archive import Archive
from pipelines.line.workers import ExtractionPool, open_pool
from tests.cluster import dask_scheduler
from tests.torture.cpu_share import can_share, share_of_core
from tests.torture.replays import PAGES, Entries, archive_of, entries, indexed
from tests.torture.report import Case

WARM_PAGES = 80
"""Pages that the workers extract before the time is taken: they import the parsers for the first ones."""

WORKERS = (1, 2)

SHARE = 0.3
"""Of a core, for each worker: so this process, which writes the catalogue, always has a core, as on a machine with more
cores than workers. It needs about half of the time that a worker needs for a page."""

Workers = Cluster | ExtractionPool
Opener = Callable[[Path, int], AbstractContextManager[Workers]]


@frozen
class Timing:
    """A replay of all pages: its time, and the CPU time of a page in this process and in the workers."""

    seconds: float
    here_ms: float
    workers_ms: float


def scaling(case: Case, opened: Opener) -> None:
    """Replay the same archive with one and with two workers, which start and warm up before the time is taken."""
    archive = archive_of(case)
    expected = entries(case, archive, None, "without")
    whole = {count: timing(case, archive, opened, count, None, expected) for count in WORKERS}
    here, workers = (min(getattr(each, name) for each in whole.values()) for name in ("here_ms", "workers_ms"))
    case.note = (
        f"{rates(whole)} on {os.cpu_count()} cores at load {os.getloadavg()[0]:.1f}; CPU a page: here {here:.1f} ms, "
        f"workers {workers:.1f} ms, so {speed_up(here, workers):.2f} × at most on three cores or more, "
        f"{speed_up(here, workers, cores=2):.2f} × on two"
    )
    if not can_share():
        case.note += "; workers cannot be given a share of a core here: that needs root and control groups"
        return
    shared = {count: timing(case, archive, opened, count, SHARE, expected) for count in WORKERS}
    case.note += f"; with {SHARE} of a core for each worker: {rates(shared)}"


def rates(timings: dict[int, Timing]) -> str:
    """Return the pages per second of each number of workers, and how much faster two are than one."""
    rows = ", ".join(f"{count} worker(s) {PAGES / each.seconds:.1f} pages/s" for count, each in timings.items())
    return f"{rows}: {timings[1].seconds / timings[2].seconds:.2f} ×"


def timing(case: Case, archive: Archive, opened: Opener, count: int, share: float | None, expected: Entries) -> Timing:
    """Time a replay with so many workers; its entries must be those expected."""
    name = f"{count}-{share or 'whole'}"
    with opened(case.folder, count) as workers:
        list(islice(indexed(case, archive, workers, f"warm-{name}"), WARM_PAGES))
        own = psutil.Process().children(recursive=True)
        with share_of_core([each.pid for each in own], share) if share else nullcontext():
            began, before = time.monotonic(), (time.process_time(), cpu_seconds(own))
            found = entries(case, archive, workers, name)
            seconds = time.monotonic() - began
            here, others = time.process_time() - before[0], cpu_seconds(own) - before[1]
    case.tries += 1
    case.require(found == expected, f"{count} workers give other entries")
    return Timing(seconds, 1000 * here / PAGES, 1000 * others / PAGES)


def speed_up(here: float, extracted: float, cores: int = len(WORKERS) + 1) -> float:
    """Return how much faster two workers can be than one, at most.

    `here` and `extracted` are the CPU times of a page in this process and in a worker. Both work at the same time; on
    two cores this process shares a core with the workers.

    >>> speed_up(2, 8), speed_up(5, 8), speed_up(2, 8, cores=2)
    (2.0, 1.6, 1.6)
    """
    one, two = (max(here, extracted / workers, (here + extracted) / min(cores, workers + 1)) for workers in WORKERS)
    return one / two


def cpu_seconds(processes: list[psutil.Process]) -> float:
    """Return the seconds of CPU that processes have used."""
    return sum(each.cpu_times().user + each.cpu_times().system for each in processes)


@contextmanager
def own_workers(_folder: Path, count: int) -> Iterator[ExtractionPool]:
    """The worker processes that `fangzhi replay` starts."""
    with open_pool(count) as pool:
        assert pool
        yield pool


@contextmanager
def local_cluster(_folder: Path, count: int) -> Iterator[Cluster]:
    """A Dask cluster that `fangzhi replay --dask local` starts."""
    with open_cluster("local", count) as cluster:
        yield cluster


@contextmanager
def worker_processes(folder: Path, count: int) -> Iterator[Cluster]:
    """A scheduler and workers of Dask that an operator has started."""
    with dask_scheduler(folder, count) as scheduler, open_cluster(scheduler.address, count) as cluster:
        yield cluster
