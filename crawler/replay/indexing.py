"""Pages that were extracted from archived captures are classified and indexed in their order, a batch at a time."""

from __future__ import annotations

import functools
import time
from collections.abc import Iterable, Iterator, Sequence, Set
from contextlib import AbstractContextManager, nullcontext

from attrs import evolve, field, frozen

from crawler.replay.places import with_preferred_location
from pipelines.catalogue.catalogue import Catalogue
from pipelines.dedupe.verdict import fingerprint, payload_digest
from pipelines.errors import StoreError
from pipelines.line.order import archive_page, index_batch
from pipelines.line.patience import Patience
from pipelines.line.protocols import NullArchive, Stores
from pipelines.model import (
    Article,
    Capture,
    Digests,
    Entry,
    EntryChange,
    Job,
    NearDuplicateCandidate,
    Outcome,
    PriorCaptures,
    Reference,
    Requisite,
    Verdict,
    requisite_of_capture,
)

BATCH_PAGES, BATCH_AGE_S = 500, 2.0
"""Pages that share a transaction: so many, or those of so many seconds, after which a kill costs no more than their
extraction. With 20 pages, as in a crawl, a page of many sites costs twice the CPU time."""

MAX_BATCH_BYTES = 32 << 20
"""Bytes of the bodies of a batch: twice those of the largest pages that are extracted in workers."""


@frozen(kw_only=True)
class ReplayResult:
    """The new entry of one capture, and the entry that the catalogue had before: None if it had none.

    For a requisite both are its rows.
    """

    before: Entry | Requisite | None
    after: Entry | Requisite
    capture: Capture | None = field(default=None, eq=False, repr=False)

    @property
    def kind(self) -> str:
        """Return unchanged, changed or added."""
        if self.before is None:
            return "added"
        return "unchanged" if self.before == self.after else "changed"


@frozen(kw_only=True)
class ExtractedPage:
    """A capture with its digests and what was extracted from it; a requisite has no outcome.

    The body of the capture is not needed any more.
    """

    job: Job
    outcome: Outcome | None
    digests: Digests


def extracted_page(job: Job, outcome: Outcome | None) -> ExtractedPage:
    """Return a page with the digests of its capture and its texts."""
    capture = job.capture
    digests = fingerprint(capture, outcome) if outcome is not None else Digests(payload=payload_digest(capture))
    return ExtractedPage(job=job, outcome=outcome, digests=digests)


def index_pages(
    pages: Iterable[ExtractedPage], catalogue: Catalogue, *, dry_run: bool = False
) -> Iterator[ReplayResult]:
    """Classify and index pages in their order, and yield the result of each once its batch is committed.

    While the catalogue is away, this waits for it. With `dry_run` nothing is written.
    """
    patience = Patience()
    for batch in _batches(pages):
        yield from patience.run(functools.partial(_index, batch, catalogue, dry_run=dry_run))


def _batches(pages: Iterable[ExtractedPage]) -> Iterator[list[ExtractedPage]]:
    """Yield pages in batches; a batch that has few pages after a while ends, and an error ends the last one."""
    batch: list[ExtractedPage] = []
    size, since = 0, 0.0
    try:
        for page in pages:
            since = since if batch else time.monotonic()
            batch.append(page)
            size += len(page.job.capture.body)
            is_old = time.monotonic() - since >= BATCH_AGE_S
            if len(batch) >= BATCH_PAGES or size >= MAX_BATCH_BYTES or is_old:
                yield batch
                batch, size = [], 0
    except StoreError:
        if batch:  # the pages before the one that cannot be read
            yield batch
        raise
    if batch:
        yield batch


def _index(batch: Sequence[ExtractedPage], catalogue: Catalogue, *, dry_run: bool) -> list[ReplayResult]:
    """Index a batch in one transaction, the earliest capture first, and return the results in its order.

    It is safe to repeat. A capture that comes after later ones costs more than one in the order of time.
    """
    recorder = _CatalogueRecorder(catalogue, dry_run=dry_run)
    stores = Stores(archive=NullArchive(), catalogue=recorder)
    with recorder.transaction():
        places = sorted(range(len(batch)), key=lambda place: batch[place].job.capture.fetched_at)
        entries = [_entry(batch[place], stores) for place in places]
        recorder.read_before(entries)
        indexed = index_batch(entries, stores)
    found = dict(zip(places, zip(recorder.before, indexed, strict=True), strict=True))
    return [_result(page, *found[place]) for place, page in enumerate(batch)]


def _entry(page: ExtractedPage, stores: Stores) -> Entry | Requisite:
    """Return what the catalogue will have of a page; `index_batch` gives its verdict."""
    if page.outcome is None:
        capture = page.job.capture
        return requisite_of_capture(capture, page.digests.payload, page.job.site, capture.stored)
    return archive_page(page.job, page.outcome, page.digests, stores)


def _result(page: ExtractedPage, before: Entry | Requisite | None, entry: Entry | Requisite) -> ReplayResult:
    after: Entry | Requisite
    if isinstance(entry, Requisite):
        after = with_preferred_location(entry, before if isinstance(before, Requisite) else None)
    else:
        after = with_preferred_location(entry, before if isinstance(before, Entry) else None)
    return ReplayResult(before=before, after=after, capture=page.job.capture)


class _CatalogueRecorder:
    """A catalogue that records in `before` what each `put` replaced; with `dry_run` it writes nothing."""

    def __init__(self, catalogue: Catalogue, *, dry_run: bool) -> None:
        self.before: list[Entry | Requisite | None] = []
        self._entries: dict[str, Entry] = {}
        self._catalogue = catalogue
        self._dry_run = dry_run

    def read_before(self, entries: Iterable[Entry | Requisite]) -> None:
        """Read what the catalogue has of these captures."""
        self._entries = self._catalogue.by_id([entry.id for entry in entries if isinstance(entry, Entry)])

    def prior(self, digests: Digests, before: Reference) -> PriorCaptures:
        return self._catalogue.prior(digests, before)

    def first_own_capture(self, payload: str, before: Reference) -> Reference | None:
        return self._catalogue.first_own_capture(payload, before)

    def confirmed_capture(self, before: Reference) -> Reference | None:
        return self._catalogue.confirmed_capture(before)

    def transaction(self) -> AbstractContextManager[None]:
        return nullcontext() if self._dry_run else self._catalogue.transaction()

    def later_captures(self, entry: Entry, prior: PriorCaptures, change: EntryChange) -> Iterable[Reference]:
        return () if self._dry_run else self._catalogue.later_captures(entry, prior, change)

    def near_candidates(self, articles: Iterable[Article], before: Reference) -> Sequence[NearDuplicateCandidate]:
        return self._catalogue.near_candidates(articles, before)

    def later_near_captures(self, fingerprints: Set[int], after: Reference) -> Iterable[Reference]:
        return self._catalogue.later_near_captures(fingerprints, after)

    def by_id(self, ids: Sequence[str]) -> dict[str, Entry]:
        known = {key: self._entries[key] for key in ids if key in self._entries}
        left = [key for key in ids if key not in known]
        return known | self._catalogue.by_id(left)

    def replace_verdict(self, entry: Entry, verdict: Verdict) -> EntryChange:
        self._entries[entry.id] = evolve(entry, verdict=verdict)
        return self._catalogue.replace_verdict(entry, verdict)

    def requisite_original(self, before: Reference, payload: str, *, unmodified: bool) -> Reference | None:
        return self._catalogue.requisite_original(before, payload, unmodified=unmodified)

    def expect(self, entries: Sequence[Entry]) -> None:
        self._catalogue.expect(entries)

    def put_requisite(self, requisite: Requisite) -> None:
        before = self._catalogue.requisite(requisite.id)
        self.before.append(before)
        if not self._dry_run:
            self._catalogue.put_requisite(with_preferred_location(requisite, before))

    def put(self, entry: Entry) -> EntryChange:
        before = self._entries.get(entry.id)
        self.before.append(before)
        if self._dry_run:
            return EntryChange()
        preferred = self._entries[entry.id] = with_preferred_location(entry, before)
        return self._catalogue.put(preferred)
