"""Replays of one archive of made articles into new catalogues, with or without workers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

from attrs import evolve

from crawler.replay.cluster import Cluster, ClusterReader
from crawler.replay.indexing import ExtractedPage
from crawler.replay.partition import make_setup
from crawler.replay.run import DateRange, body_finder, jobs, replay
from crawler.sites.registry import Registry
from pipelines.archive import Archive, MultiReader, sources_in
from pipelines.catalogue.catalogue import Catalogue
from pipelines.line.workers import ExtractionPool
from pipelines.model import Entry, Job, Requisite
from pipelines.storage import open_storage
from pipelines.storage.options import Options
from tests.benchmarks.replay import written
from tests.torture.report import Case

PAGES = 1_200
"""Articles in one file of 8 MB."""

PART_BYTES = 150_000
"""Bytes of a partition: some 20 pages, and 50 partitions."""

Entries = list[Entry | Requisite]


def archive_of(case: Case) -> Archive:
    """Return an archive with one file of articles."""
    written(case.folder / "archive", PAGES)
    return Archive(open_storage(str(case.folder / "archive")))


def entries(case: Case, archive: Archive, workers: Cluster | ExtractionPool | None, name: str) -> Entries:
    """Return the entries of a whole replay into the catalogue of that name, as the catalogue has them in the end."""
    for _entry in indexed(case, archive, workers, name):
        pass
    return catalogued(case, name)


def catalogued(case: Case, name: str) -> Entries:
    """Return what the catalogue of that name holds."""
    with closing(Catalogue(_url(case, name))) as catalogue:
        return list(catalogue.indexed())


def indexed(
    case: Case, archive: Archive, workers: Cluster | ExtractionPool | None, name: str
) -> Iterator[Entry | Requisite]:
    """Yield the entries of a replay into a new catalogue; without workers, this process extracts the pages."""
    with closing(Catalogue(_url(case, name))) as catalogue:
        find = body_finder(archive, catalogue)
        reader = MultiReader(sources_in(archive, "warc/"), find, lambda error: case.fail(str(error)))
        if isinstance(workers, Cluster):
            setup = make_setup(str(case.folder / "archive"), Options(), DateRange(), Registry())
            stored: Iterator[Job | ExtractedPage] = ClusterReader(
                cluster=workers,
                setup=evolve(setup, partition_bytes=PART_BYTES),
                reader=reader,
                registry=Registry(),
                find=find,
                on_error=lambda error: case.fail(str(error)),
            ).first_pass(reader.files)
        else:
            stored = jobs(reader.captures(), Registry())
        pool = workers if isinstance(workers, ExtractionPool) else None
        for result in replay(stored, catalogue, pool):
            yield result.after


def _url(case: Case, name: str) -> str:
    return f"sqlite:///{case.folder}/{name}.sqlite"
