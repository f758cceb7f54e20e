"""A replay by one and by two workers, which are timed, and by workers of a Dask cluster, which are killed."""

from __future__ import annotations

import random
from pathlib import Path
from unittest.mock import patch

from crawler.replay import indexing
from crawler.replay.cluster import open_cluster
from tests.cluster import Scheduler, dask_scheduler, wait_for_workers
from tests.torture.replays import PAGES, archive_of, catalogued, entries, indexed
from tests.torture.report import Case, Row, run_case
from tests.torture.scaling import local_cluster, own_workers, scaling, worker_processes
from tests.wait import wait_until

KILLED_BATCH_PAGES = 10
"""Pages of a batch while workers are killed: their results come between those of the next partitions."""


def rows(folder: Path, seed: int) -> list[Row]:
    """Time the scaling with each kind of workers, then kill workers of a replay."""
    chance = random.Random(f"{seed} cluster")
    acts = {
        "scaling, own workers": lambda case: scaling(case, own_workers),
        "scaling, dask of this machine": lambda case: scaling(case, local_cluster),
        "scaling, dask worker": lambda case: scaling(case, worker_processes),
        "kill -9 of workers": lambda case: kills(case, chance),
    }
    return [run_case("cluster", name, folder, act) for name, act in acts.items()]


def kills(case: Case, chance: random.Random) -> None:
    """Workers are killed and replaced while they extract; the entries are those of a replay without a cluster."""
    archive = archive_of(case)
    without = entries(case, archive, None, "without")
    with (
        patch.object(indexing, "BATCH_PAGES", KILLED_BATCH_PAGES),
        dask_scheduler(case.folder, 2) as scheduler,
        open_cluster(scheduler.address, 0) as cluster,
    ):
        at = sorted(chance.sample(range(20, PAGES - 100), 3))
        found = []
        for number, entry in enumerate(indexed(case, archive, cluster, "killed")):
            found.append(entry)
            if at and number >= at[0]:
                at.pop(0)
                kill_one(scheduler, chance)
                case.tries += 1
        wait_until(lambda: len(cluster.lost_workers) == case.tries)
    expected = {each.id for each in without}
    case.lost += len(expected - {each.id for each in found})
    case.doubled += len(found) - len({each.id for each in found})
    case.require(catalogued(case, "killed") == without, "other entries than without a cluster")
    case.require(len(cluster.lost_workers) == case.tries, f"named: {cluster.lost_workers} of {case.tries}")
    case.note = f"{len(found)} pages, {cluster.partitions} partitions, {len(cluster.unread)} of them extracted here"


def kill_one(scheduler: Scheduler, chance: random.Random) -> None:
    """Kill a worker and start another one in its place."""
    worker = scheduler.workers.pop(chance.randrange(len(scheduler.workers)))
    worker.kill()
    worker.wait()
    scheduler.add_worker()
    wait_for_workers(scheduler, len(scheduler.workers))
