"""A replay whose pages are extracted by the workers of a Dask cluster, and indexed here in order."""

from __future__ import annotations

import logging
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import CancelledError
from contextlib import ExitStack, contextmanager
from itertools import groupby
from typing import TYPE_CHECKING, Any

from attrs import define, field, frozen

from crawler.replay.indexing import ExtractedPage
from crawler.replay.partition import (
    Partition,
    PartitionResult,
    Setup,
    cut,
    extract,
    is_cuttable,
    partition_of,
    read,
)
from crawler.replay.run import jobs
from crawler.sites.registry import Registry
from pipelines.archive import BodyFinder, MultiReader, Source
from pipelines.archive.revisit_index import PendingRevisit
from pipelines.archive.revisits import RevisitResolver, referred_names
from pipelines.errors import ConfigError, StoreAway, StoreError
from pipelines.line.order import version
from pipelines.messages import gettext as _
from pipelines.model import Capture, Job

if TYPE_CHECKING:
    from distributed import Client, Future

logger = logging.getLogger(__name__)

PARTITIONS_PER_THREAD = 2
"""Partitions sent for each thread of the workers: one that it extracts, and one that it takes next without waiting for
this process. Results wait in the memory of the workers until they are indexed, so they are bounded too."""

FILES_CUT_AHEAD = 2
"""Files that are cut while the partitions of the file before them are extracted."""

WORKERS_TIMEOUT_S = 15
"""Seconds for the scheduler to answer, and for the first worker to register."""

SCHEDULER_EVENTS = "all"
"""The topic under which Dask's scheduler reports which workers join and leave."""

Stored = Job | ExtractedPage


@define
class Cluster:
    """A Dask cluster, the partitions that ran in it, and the workers and partitions that were lost.

    `lost_workers` are the addresses of workers that left during the replay, as the scheduler reports them. `unread` are
    the partitions that no worker could finish; this process extracted their pages.
    """

    client: Client
    address: str
    partitions: int = 0
    lost_workers: list[str] = field(factory=list)
    unread: list[str] = field(factory=list)

    def threads(self) -> int:
        """Return the number of threads of all workers."""
        present: dict[str, int] = self.client.nthreads()  # type: ignore[no-untyped-call]
        return sum(present.values())

    def note(self, event: tuple[float, Any]) -> None:
        """Receive an event of the scheduler: the time, and what happened.

        So a worker is named too that joined and left while nobody asked who is there.
        """
        what = event[1]
        if isinstance(what, Mapping) and what.get("action") == "remove-worker":
            left = str(what["worker"])
            logger.warning("the Dask worker %s is gone; its partitions are extracted again", left)
            self.lost_workers.append(left)

    def submit(self, function: Callable[..., Any], partition: Partition, setup: Setup) -> Future[Any]:
        """Send a partition to a worker; equal calls are different tasks."""
        return self.client.submit(function, partition, setup, pure=False)


@contextmanager
def open_cluster(address: str, workers: int) -> Iterator[Cluster]:
    """Connect to the scheduler at an address, or start so many workers on this machine with the address `local`.

    Raises ConfigError if Dask is not installed or the address is invalid, StoreAway if there is no scheduler or no
    worker.
    """
    try:
        from distributed import Client, LocalCluster
    except ModuleNotFoundError:
        raise ConfigError(
            _("--dask needs Dask, which is not installed"), _('install it: pip install "fangzhi[dask]"')
        ) from None
    with ExitStack() as stack:
        with _reported(address):
            where = address
            if address == "local":
                stack.callback(_set_environment, dict(os.environ))  # it leaves PYTHONHASHSEED in it
                kind: Any = LocalCluster
                local = kind(n_workers=max(workers, 1), threads_per_worker=1, dashboard_address="127.0.0.1:0")
                where = stack.enter_context(local).scheduler_address
            connect: Any = Client
            client = stack.enter_context(connect(where, timeout=WORKERS_TIMEOUT_S, set_as_default=False))
            client.wait_for_workers(1, timeout=WORKERS_TIMEOUT_S)
        cluster = Cluster(client, address)
        client.subscribe_topic(SCHEDULER_EVENTS, cluster.note)
        # Otherwise the scheduler reports workers that end while the connection is being closed, and logs errors.
        stack.callback(client.unsubscribe_topic, SCHEDULER_EVENTS)
        yield cluster


def _set_environment(environ: Mapping[str, str]) -> None:
    os.environ.clear()
    os.environ.update(environ)


@frozen(kw_only=True)
class ClusterReader:
    """Reads the files of a replay in a cluster; what the workers cannot decide is decided here, in order."""

    cluster: Cluster
    setup: Setup
    reader: MultiReader
    registry: Registry
    find: BodyFinder
    on_error: Callable[[StoreError], None]

    def first_pass(self, files: Iterable[Source], done: Callable[[str], int] = lambda _file: -1) -> Iterator[Stored]:
        """Yield the captures of some files in their order, extracted or to be extracted here.

        `done` gives the offset of the last capture of a file that is catalogued already. Revisits without a body are
        added to the pending ones of the reader.
        """
        queue: deque[tuple[Partition, Future[PartitionResult]]] = deque()
        for partition in self._partitions(files, done):
            limit = PARTITIONS_PER_THREAD * max(self.cluster.threads(), 1)
            while len(queue) >= limit:
                yield from self._results(*queue.popleft())
            queue.append((partition, self.cluster.submit(extract, partition, self.setup)))
        while queue:
            yield from self._results(*queue.popleft())

    def _partitions(self, files: Iterable[Source], done: Callable[[str], int]) -> Iterator[Partition]:
        """Yield the partitions of files in order; large files are cut by workers, a few files ahead."""
        ahead: deque[Partition | Future[list[Partition]]] = deque()
        for source in files:
            whole = partition_of(source, done(source.name))
            ahead.append(self.cluster.submit(cut, whole, self.setup) if self._is_cuttable(source) else whole)
            while len(ahead) > FILES_CUT_AHEAD:
                yield from self._parts(ahead.popleft())
        while ahead:
            yield from self._parts(ahead.popleft())

    def _parts(self, planned: Partition | Future[list[Partition]]) -> list[Partition]:
        if isinstance(planned, Partition):
            return [planned]
        with _reported(self.cluster.address):
            return planned.result()

    def _is_cuttable(self, source: Source) -> bool:
        try:
            return is_cuttable(source, self.setup)
        except StoreError:
            return False  # a worker reads it as a whole and reports the error

    def _results(self, partition: Partition, task: Future[PartitionResult]) -> Iterator[Stored]:
        """Yield what a worker found in a partition; if it killed its workers, read it here."""
        from distributed import KilledWorker

        with _reported(self.cluster.address):
            self.cluster.threads()
            try:
                result = task.result()
            except KilledWorker:
                result = None
        self.cluster.partitions += 1
        if result is None:
            logger.warning("%s ended each Dask worker that read it; its pages are extracted here", partition)
            self.cluster.unread.append(str(partition))
            yield from self._read_here(partition)
            return
        if result.version != version():
            raise ConfigError(
                _(
                    "a Dask worker has version {theirs} of fangzhi and trafilatura, this machine {ours}",
                    theirs=f"{result.version.fangzhi}/{result.version.trafilatura}",
                    ours=f"{version().fangzhi}/{version().trafilatura}",
                ),
                _("install the same versions on all machines: other versions would give other entries"),
            )
        self.reader.skipped.update(result.skipped)
        for kind, message, hint in result.errors:
            self.on_error(kind(message, hint))
        yield from self._stored(result.items)

    def _read_here(self, partition: Partition) -> Iterator[Stored]:
        """Yield the captures of a partition with their bodies."""
        errors: list[StoreError] = []
        revisits: list[PendingRevisit] = []
        captured = read(partition, self.setup, revisits.append, self.reader.skipped, errors)
        yield from jobs(captured, self.registry, self.setup.dates, self.on_error)
        for error in errors:
            self.on_error(error)
        yield from self._stored(revisits)

    def _stored(self, items: Iterable[ExtractedPage | PendingRevisit]) -> Iterator[Stored]:
        """Yield extracted pages, and revisits whose bodies the catalogue can find."""
        for is_revisit, group in groupby(items, key=lambda each: isinstance(each, PendingRevisit)):
            if is_revisit:
                yield from jobs(self._resolved(group), self.registry, self.setup.dates, self.on_error)  # type: ignore[arg-type]
            else:
                yield from group  # type: ignore[misc]

    def _resolved(self, revisits: Iterable[PendingRevisit]) -> Iterator[tuple[Any, Capture]]:
        resolver = RevisitResolver(self.find)
        for each in revisits:
            capture = resolver.resolve(each.record, each.capture)
            if capture is None:
                self.reader.pending.add(each, referred_names(each.record, each.capture))
            else:
                yield each.info, capture


@contextmanager
def _reported(address: str) -> Iterator[None]:
    """Report what ends the connection to a cluster as an error for people."""
    try:
        yield
    except (OSError, TimeoutError, CancelledError) as error:
        raise StoreAway(
            _("the Dask cluster {address} does not answer: {problem}", address=address, problem=error),
            _("start its scheduler and workers, then run the same command again: it resumes where it stopped"),
        ) from error
    except (ImportError, AttributeError) as error:
        raise ConfigError(
            _("a Dask worker cannot run fangzhi: {problem}", problem=error),
            _('install the same version on each worker: pip install "fangzhi[dask]"'),
        ) from error
    except ValueError as error:
        raise ConfigError(_("--dask {address}: {problem}", address=address, problem=error)) from error
