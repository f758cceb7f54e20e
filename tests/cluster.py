"""A Dask scheduler and its workers as processes of their own, as an operator starts them."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from attrs import field, frozen

from tests.fangzhi import environment
from tests.pipelines.storage.server import free_ports
from tests.wait import PATIENCE_S

DASK = str(Path(sys.executable).with_name("dask"))


@frozen
class Scheduler:
    """A running `dask scheduler`, and the `dask worker` processes that were started for it."""

    address: str
    folder: Path
    stack: ExitStack
    workers: list[subprocess.Popen[bytes]] = field(factory=list)

    def add_worker(self) -> None:
        """Start a worker with one thread, without a nanny that would replace it after a kill."""
        arguments = ("worker", self.address, "--nthreads", "1", "--no-nanny", "--no-dashboard", "--host", "127.0.0.1")
        self.workers.append(self.stack.enter_context(_running(self.folder, *arguments)))


@contextmanager
def dask_scheduler(folder: Path, workers: int) -> Iterator[Scheduler]:
    """Run a scheduler with so many workers; their output goes to files in the folder."""
    (port,) = free_ports(1)
    arguments = ("scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard", "--no-show")
    with ExitStack() as stack:
        stack.enter_context(_running(folder, *arguments))
        scheduler = Scheduler(f"tcp://127.0.0.1:{port}", folder, stack)
        for _ in range(workers):
            scheduler.add_worker()
        wait_for_workers(scheduler, workers)
        yield scheduler


def wait_for_workers(scheduler: Scheduler, count: int) -> None:
    """Come back when so many workers are registered."""
    until = time.monotonic() + PATIENCE_S
    while len(workers_of(scheduler)) != count:
        assert time.monotonic() < until, "the workers did not register"
        time.sleep(0.1)


def workers_of(scheduler: Scheduler) -> set[str]:
    """Return the addresses of the workers that are registered."""
    from distributed import Client

    with Client(scheduler.address, timeout=PATIENCE_S, set_as_default=False) as client:
        return set(client.nthreads())


@contextmanager
def _running(folder: Path, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    with (folder / f"dask-{arguments[0]}.txt").open("ab") as output:
        process = subprocess.Popen([DASK, *arguments], stdout=output, stderr=output, env=environment(), cwd=folder)
    try:
        yield process
    finally:
        process.kill()
        process.wait()
