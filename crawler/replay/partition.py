"""Partitions of WARC files for the workers of a cluster: planned, and read up to the extracted pages.

A worker needs the same version of fangzhi and access to the files; it never opens the catalogue.
"""

from __future__ import annotations

import functools
import io
import pickle
from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from attrs import evolve, field, frozen

from crawler.replay.indexing import ExtractedPage, extracted_page
from crawler.replay.run import DateRange, jobs
from crawler.sites.registry import Registry
from crawler.sites.site import Site
from pipelines.archive import Archive, Source, source_at, source_in
from pipelines.archive.headers import belong_together
from pipelines.archive.reader import captures
from pipelines.archive.record_reader import ANSWER_TYPES, MAX_WARCINFO_BYTES, Record, WarcInfo, records
from pipelines.archive.record_stream import RecordStream
from pipelines.archive.revisit_index import PendingRevisit
from pipelines.errors import StoreCorrupt, StoreError, StoreUnavailable
from pipelines.line.order import version
from pipelines.line.workers import read_page_here
from pipelines.model import KEPT, Capture, Version
from pipelines.storage import open_storage
from pipelines.storage.options import Options

PARTITION_BYTES = 16_000_000
"""Bytes of a file, as stored, that are one partition: some 800 pages, half a minute of work for one core. Entries and
texts that a worker sends back have some 5 MB."""

CUTTABLE = (".warc", ".warc.gz")
"""Files that can be cut between two records. A zstd file can have a dictionary at its start, and packages and ARC files
are small or rare."""

Range = tuple[int, int]
"""Offset and length of bytes in a file."""


@frozen(kw_only=True)
class Partition:
    """A WARC file, or a `part` of it; `infos` are the places of the warcinfo records before that part.

    With a `site` only captures of this site are read. Captures up to the offset `done` are catalogued already.
    """

    file: str
    site: str | None = None
    part: Range | None = None
    infos: tuple[Range, ...] = ()
    done: int = -1

    def __str__(self) -> str:
        return f"{self.file} {self.part[0]}–{sum(self.part)}" if self.part else self.file


@frozen(kw_only=True)
class Setup:
    """What a worker needs for each partition: where the archive is, and how captures become jobs."""

    archive: str
    options: Options
    dates: DateRange
    sites: bytes = field(repr=False)
    partition_bytes: int = PARTITION_BYTES


@frozen(kw_only=True)
class PartitionResult:
    """What a partition holds, in its order; revisits whose body lies elsewhere are given as they are.

    `errors` are messages and remedies; `version` is that of the worker.
    """

    items: tuple[ExtractedPage | PendingRevisit, ...]
    skipped: Counter[str]
    errors: tuple[tuple[type[StoreError], str, str | None], ...]
    version: Version


def make_setup(archive: str, options: Options, dates: DateRange, registry: Registry) -> Setup:
    """Return the setup of a replay."""
    sites = pickle.dumps(tuple(registry.sites.values()))
    return Setup(archive=archive, options=options, dates=dates, sites=sites)


def partition_of(source: Source, done: int = -1) -> Partition:
    """Return a file as one partition."""
    return Partition(file=source.name, site=source.site, done=done)


def is_cuttable(source: Source, setup: Setup) -> bool:
    """Return whether a file is large enough for several partitions, and can have them."""
    return source.name.lower().endswith(CUTTABLE) and (source.size() or 0) > setup.partition_bytes


def cut(partition: Partition, setup: Setup) -> list[Partition]:
    """Return the parts of a file, cut between two exchanges; reads the whole file once.

    A file with damage, or one whose records cannot be read alone, stays as it is: so its errors are those of a replay
    without a cluster.
    """
    source = _source(partition, setup)
    try:
        with source.open() as file:
            stream = RecordStream(file)
            starts, infos = _cuts(stream, setup.partition_bytes)
    except (StoreError, OSError):
        return [partition]
    size = source.size() or 0
    if stream.gaps or len(starts) < 2 or sum(length for _, length in infos) > MAX_WARCINFO_BYTES:
        return [partition]
    ends = [*starts[1:], size]
    parts = [
        evolve(partition, part=(start, end - start), infos=tuple(each for each in infos if each[0] < start))
        for start, end in zip(starts, ends, strict=True)
    ]
    return [each for each in parts if each.part and sum(each.part) > partition.done]


def extract(partition: Partition, setup: Setup) -> PartitionResult:
    """Read a partition and extract its pages."""
    items: list[ExtractedPage | PendingRevisit] = []
    errors: list[StoreError] = []
    skipped: Counter[str] = Counter()
    captured = read(partition, setup, items.append, skipped, errors)
    for job in jobs(captured, _registry(setup.sites), setup.dates, errors.append):
        page = extracted_page(job, None if job.capture.requisite_of else read_page_here(job))
        items.append(evolve(page, job=evolve(job, capture=_without_body(job.capture))))
    return PartitionResult(
        items=tuple(items),
        skipped=skipped,
        errors=tuple((type(each), each.message, each.hint) for each in errors),
        version=version(),
    )


def read(
    partition: Partition,
    setup: Setup,
    on_revisit: Callable[[PendingRevisit], None],
    skipped: Counter[str],
    errors: list[StoreError],
) -> Iterator[tuple[WarcInfo, Capture]]:
    """Yield the captures of a partition that are not catalogued yet, in its order.

    A revisit whose body lies elsewhere goes to `on_revisit` at its place in this order.
    """
    source = _source(partition, setup)
    pending = _Pending(partition.done, on_revisit)
    try:
        if partition.part is None:
            found = source.captures(None, pending, skipped)
        else:
            start = b"".join(source.read(*each) for each in partition.infos)
            file = io.BytesIO(start + source.read(*partition.part))
            base = partition.part[0] - len(start)
            found = captures(
                file, partition.file, None, source.capture, pending, skipped=skipped, base=base, site=partition.site
            )
        yield from ((info, capture) for info, capture in found if not _is_done(capture, partition.done))
    except (StoreCorrupt, StoreUnavailable) as error:
        errors.append(error)


def _cuts(stream: RecordStream, least: int) -> tuple[list[int], list[Range]]:
    """Return the offsets at which parts of at least so many bytes begin, and the places of all warcinfo records.

    There is no offset if a record cannot be read without the bytes before it.
    """
    starts, infos = [0], []
    last: Record | None = None
    for record in records(stream):
        if record.span is None:
            return [], []
        is_of_exchange = record.kind in (*ANSWER_TYPES, "conversion", "request")
        begins_exchange = is_of_exchange and not (last and belong_together(last.fields, record.fields))
        if (begins_exchange or record.kind == "warcinfo") and record.span[0] - starts[-1] >= least:
            starts.append(record.span[0])
        if record.kind == "warcinfo":
            infos.append(record.span)
        last = record if is_of_exchange else last
    return starts, infos


class _Pending:
    """Passes revisits on that are not catalogued yet."""

    def __init__(self, done: int, on_revisit: Callable[[PendingRevisit], None]) -> None:
        self._done, self._on_revisit = done, on_revisit

    def add(self, revisit: PendingRevisit, _names: Iterable[str]) -> None:
        if not _is_done(revisit.capture, self._done):
            self._on_revisit(revisit)


def _is_done(capture: Capture, done: int) -> bool:
    return capture.stored is not None and capture.stored.offset <= done


def _without_body(capture: Capture) -> Capture:
    return evolve(capture, body=b"", request_body=b"", request_headers=())


def _source(partition: Partition, setup: Setup) -> Source:
    """Open the file of a partition."""
    if not partition.file.startswith(KEPT):
        return source_at(partition.file, setup.options)
    return evolve(source_in(_archive(setup.archive, setup.options), partition.file), site=partition.site)


@functools.lru_cache(4)
def _archive(address: str, options: Options) -> Archive:
    return Archive(open_storage(address, options), options=options)


@functools.lru_cache(4)
def _registry(pickled: bytes) -> Registry:
    """Return the registry of a replay, whose sites are sent with each partition and read once by each worker."""
    sites: tuple[Site, ...] = pickle.loads(pickled)  # noqa: S301 - a cluster runs what its clients send, see the guide
    return Registry(sites={site.slug: site for site in sites})
