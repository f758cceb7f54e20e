"""A replay in a Dask cluster: one and two workers are timed, and workers are killed in the middle."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path
from unittest.mock import patch

import psutil
from attrs import evolve

from crawler.replay import indexing
from crawler.replay.cluster import Cluster, ClusterReader, open_cluster
from crawler.replay.indexing import ExtractedPage
from crawler.replay.partition import make_setup
from crawler.replay.run import DateRange, body_finder, jobs, replay
from crawler.sites.registry import Registry
from pipelines.archive import Archive, MultiReader, sources_in
from pipelines.catalogue.catalogue import Catalogue
from pipelines.model import Entry, Job, Requisite
from pipelines.storage import open_storage
from pipelines.storage.options import Options
from tests.benchmarks.replay import written
from tests.cluster import Scheduler, dask_scheduler, wait_for_workers
from tests.torture.report import Case, Row, run_case

PAGES = 1_200
"""Articles in one file of 8 MB."""

PART_BYTES = 150_000
"""Bytes of a partition: some 20 pages, and 50 partitions."""

WARM_PAGES = 80
"""Pages that the workers extract before the time is taken: they import the parsers for the first ones."""

KILLED_BATCH_PAGES = 10
"""Pages of a batch while workers are killed: their results come between those of the next partitions."""

WORKERS = (1, 2)


def rows(folder: Path, seed: int) -> list[Row]:
    """Time the scaling in both kinds of cluster, then kill workers of a replay."""
    chance = random.Random(f"{seed} cluster")
    acts = {
        "scaling, workers of this machine": lambda case: scaling(case, "local"),
        "scaling, dask worker": lambda case: scaling(case, "processes"),
        "kill -9 of workers": lambda case: kills(case, chance),
    }
    return [run_case("cluster", name, folder, act) for name, act in acts.items()]


def scaling(case: Case, kind: str) -> None:
    """The same archive with one and with two workers; workers start and warm up before the time is taken."""
    archive = _archive(case.folder)
    without = _entries(case, archive, None, "without")
    seconds: dict[int, float] = {}
    here_ms: dict[int, float] = {}
    workers_ms: dict[int, float] = {}
    for workers in WORKERS:
        with dask_scheduler(case.folder, workers if kind == "processes" else 0) as scheduler:
            address = scheduler.address if kind == "processes" else "local"
            with open_cluster(address, workers) as cluster:
                list(islice(_indexed(case, archive, cluster, f"warm-{workers}"), WARM_PAGES))
                own = [psutil.Process(each.pid) for each in scheduler.workers] or psutil.Process().children(
                    recursive=True
                )
                began, before = time.monotonic(), (time.process_time(), cpu_seconds(own))
                found = _entries(case, archive, cluster, f"{workers}")
                seconds[workers] = time.monotonic() - began
                here_ms[workers] = 1000 * (time.process_time() - before[0]) / PAGES
                workers_ms[workers] = 1000 * (cpu_seconds(own) - before[1]) / PAGES
        case.tries += 1
        case.require(found == without, f"{workers} workers give other entries")
    rates = ", ".join(f"{each} worker(s) {PAGES / seconds[each]:.1f} pages/s" for each in WORKERS)
    load = os.getloadavg()[0]
    here, extracted = min(here_ms.values()), min(workers_ms.values())
    case.note = (
        f"{rates}: {seconds[1] / seconds[2]:.2f} × on {os.cpu_count()} cores at load {load:.1f}; CPU a page: here "
        f"{here:.1f} ms, workers {extracted:.1f} ms, so {speed_up(here, extracted):.2f} × at most on three cores or "
        f"more, {speed_up(here, extracted, cores=2):.2f} × on two"
    )


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


def kills(case: Case, chance: random.Random) -> None:
    """Workers are killed and replaced while they extract; the entries are those of a replay without a cluster."""
    archive = _archive(case.folder)
    without = _entries(case, archive, None, "without")
    with (
        patch.object(indexing, "BATCH_PAGES", KILLED_BATCH_PAGES),
        dask_scheduler(case.folder, 2) as scheduler,
        open_cluster(scheduler.address, 0) as cluster,
    ):
        at = sorted(chance.sample(range(20, PAGES - 100), 3))
        found = []
        for number, entry in enumerate(_indexed(case, archive, cluster, "killed")):
            found.append(entry)
            if at and number >= at[0]:
                at.pop(0)
                kill_one(scheduler, chance)
                case.tries += 1
        cluster.threads()
    expected = {each.id for each in without}
    case.lost += len(expected - {each.id for each in found})
    case.doubled += len(found) - len({each.id for each in found})
    with closing(Catalogue(_url(case, "killed"))) as catalogue:
        case.require(list(catalogue.indexed()) == without, "other entries than without a cluster")
    case.require(len(cluster.lost_workers) == case.tries, f"named: {cluster.lost_workers} of {case.tries}")
    case.note = f"{len(found)} pages, {cluster.partitions} partitions, {len(cluster.unread)} of them extracted here"


def kill_one(scheduler: Scheduler, chance: random.Random) -> None:
    """Kill a worker and start another one in its place."""
    worker = scheduler.workers.pop(chance.randrange(len(scheduler.workers)))
    worker.kill()
    worker.wait()
    scheduler.add_worker()
    wait_for_workers(scheduler, len(scheduler.workers))


def _archive(folder: Path) -> Archive:
    """Return an archive with one file of articles."""
    written(folder / "archive", PAGES)
    return Archive(open_storage(str(folder / "archive")))


def _entries(case: Case, archive: Archive, cluster: Cluster | None, name: str) -> list[Entry | Requisite]:
    """Return the entries of a whole replay, as the catalogue has them in the end."""
    for _entry in _indexed(case, archive, cluster, name):
        pass
    with closing(Catalogue(_url(case, name))) as catalogue:
        return list(catalogue.indexed())


def _indexed(case: Case, archive: Archive, cluster: Cluster | None, name: str) -> Iterator[Entry | Requisite]:
    """Yield the entries of a replay into a new catalogue, with or without a cluster."""
    with closing(Catalogue(_url(case, name))) as catalogue:
        find = body_finder(archive, catalogue)
        reader = MultiReader(sources_in(archive, "warc/"), find, lambda error: case.fail(str(error)))
        if cluster is None:
            stored: Iterator[Job | ExtractedPage] = jobs(reader.captures(), Registry())
        else:
            setup = make_setup(str(case.folder / "archive"), Options(), DateRange(), Registry())
            stored = ClusterReader(
                cluster=cluster,
                setup=evolve(setup, partition_bytes=PART_BYTES),
                reader=reader,
                registry=Registry(),
                find=find,
                on_error=lambda error: case.fail(str(error)),
            ).first_pass(reader.files)
        for result in replay(stored, catalogue):
            yield result.after


def _url(case: Case, name: str) -> str:
    return f"sqlite:///{case.folder}/{name}.sqlite"
