"""Journey 3: what is archived goes through the line again; no Scrapy, no network."""

from __future__ import annotations

import datetime as dt
import logging
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from concurrent.futures import Future
from contextlib import AbstractContextManager, nullcontext
from itertools import groupby

from attrs import evolve, field, frozen

from crawler.sites.forms import site_from_json
from crawler.sites.registry import Registry
from pipelines.archive import Archive, Find, matches, source_at
from pipelines.catalogue.catalogue import Catalogue
from pipelines.errors import StoreAway, StoreError
from pipelines.line.order import NullArchive, Stores, process, read_page
from pipelines.line.workers import ExtractionPool
from pipelines.model import (
    Article,
    Capture,
    Digests,
    Entry,
    Job,
    Location,
    NearDuplicateCandidate,
    Outcome,
    PriorCaptures,
    Reference,
    Verdict,
)

log = logging.getLogger(__name__)

AHEAD = 8
"""Pages handed to each worker before the first is asked back: enough to hide the uneven length of pages."""

Captured = tuple[Mapping[str, str], Capture]
"""A capture with the warcinfo fields of its file."""


@frozen(kw_only=True)
class Span:
    """Which captures are wanted, by the day in UTC on which they were made; `until` includes its day."""

    since: dt.date | None = None
    until: dt.date | None = None

    def holds(self, capture: Capture) -> bool:
        """Return whether a capture was made in the span."""
        day = capture.fetched_at.astimezone(dt.UTC).date()
        return (self.since is None or day >= self.since) and (self.until is None or day <= self.until)


@frozen(kw_only=True)
class Change:
    """What a replay made of one capture, and what the catalogue held before: None if it was not there."""

    before: Entry | None
    after: Entry
    capture: Capture | None = field(default=None, eq=False, repr=False)

    @property
    def kind(self) -> str:
        """Return unchanged, changed or added."""
        if self.before is None:
            return "added"
        return "unchanged" if self.before == self.after else "changed"


def jobs(captured: Iterable[Captured], registry: Registry, span: Span | None = None) -> Iterator[Job]:
    """Yield the job of each capture, with the site as it is registered now, or else as its own file describes it."""
    return (job for job, _ in registered(captured, registry, span))


def registered(
    captured: Iterable[Captured], registry: Registry, span: Span | None = None
) -> Iterator[tuple[Job, Registry]]:
    """Yield the job of each capture, and the registry that knows its site."""
    wanted = span or Span()
    for told, group in groupby(captured, key=lambda each: each[0].get("fangzhi-site")):
        known = registry.with_site(site_from_json(told)) if told else registry
        yield from ((known.job(capture), known) for _, capture in group if wanted.holds(capture))


def replay(
    stored: Iterable[Job], catalogue: Catalogue, readers: ExtractionPool | None = None, *, dry_run: bool = False
) -> Iterator[Change]:
    """Take stored captures down the line, in their order, and yield what came of each.

    With `readers` pages are read in parallel, and still judged and remembered in order: the entries are the same.
    """
    noted = _Noted(catalogue, dry_run=dry_run)
    line = Stores(archive=NullArchive(), catalogue=noted)
    waiting: deque[tuple[Job, Future[Outcome] | None]] = deque()
    ahead = AHEAD * readers.workers if readers else 0

    def finish() -> Change:
        job, reading = waiting.popleft()
        entry = process(job, line, read=lambda _: reading.result() if reading else read_page(job))
        return Change(before=noted.before, after=settled(entry, noted.before), capture=job.capture)

    for job in stored:
        waiting.append((job, readers.submit(job) if readers else None))
        if len(waiting) > ahead:
            yield finish()
    while waiting:
        yield finish()


def bodies(archive: Archive, catalogue: Catalogue) -> Find:
    """Return how the body of a revisit is found: where the catalogue says that its bytes were first.

    Other programs' digests are not the catalogue's: then it is the body at the address and second that the revisit
    names, or else, of the last ones under its address, the one with its digest.
    """

    def find(digest: str, url: str, at: dt.datetime | None) -> bytes | None:
        location = catalogue.payload_location(digest)
        if location:
            return archive.get(location).body
        found = (_body(archive, place) for place in catalogue.url_locations(url, at))
        return next((body for body in found if body and (at or matches(body, digest))), None)

    return find


def settled(entry: Entry, before: Entry | None) -> Entry:
    """Return an entry with the location that it keeps, where several files hold the same capture.

    Our own record comes before one that was imported, and that before one that was read where it lies; among equals
    the first by its file's name, or outside of the archive the one just read. So it does not matter what is read when,
    and a copy of the archive's own files moves nothing.
    """
    old, new = before.location if before else None, entry.location
    if old is None or (new and old.file == new.file):
        return entry
    return evolve(entry, location=old) if new is None or _rank(old) < _rank(new) else entry


def _rank(place: Location) -> tuple[int, str]:
    return (0 if place.own else 1, place.file) if place.kept else (2, "")


def _body(archive: Archive, place: Location) -> bytes:
    """Return the body at a location, none if it cannot be had from a file of this machine or of the archive."""
    try:
        if place.kept:
            return archive.get(place).body
        return b"" if "://" in place.file else source_at(place.file).capture(place).body
    except StoreError:
        return b""


def recover(archive: Archive, catalogue: Catalogue, registry: Registry) -> Iterator[Change]:
    """Catalogue and publish what a run that was killed left behind; yields what was not in the catalogue.

    Most of it is in the catalogue, and to read 1 GB again takes an hour. A file is published only once all of it is
    catalogued: if this is killed too, the next start does it again. So does it with a file of which a revisit is not
    catalogued whose body is at a server that is away.
    """

    def known(key: str) -> bool:
        return catalogue.get(key) is not None

    for segment in archive.unfinished():
        left = jobs(segment.read(bodies(archive, catalogue), known), registry)
        try:
            yield from replay(left, catalogue)
        except StoreAway as error:
            log.warning("%s waits for the next start, which reads it: %s", segment.path, error)
        else:
            archive.finish(segment)


class _Noted:
    """A catalogue that notes what stood in the place of the entry it was last given; dry, it remembers nothing."""

    def __init__(self, catalogue: Catalogue, *, dry_run: bool) -> None:
        self.before: Entry | None = None
        self._catalogue = catalogue
        self._dry_run = dry_run

    def prior(self, digests: Digests, before: Reference) -> PriorCaptures:
        return self._catalogue.prior(digests, before)

    def confirmed_capture(self, before: Reference) -> Reference | None:
        return self._catalogue.confirmed_capture(before)

    def transaction(self) -> AbstractContextManager[None]:
        return nullcontext() if self._dry_run else self._catalogue.transaction()

    def later_captures(self, entry: Entry, prior: PriorCaptures, fingerprints: Set[int]) -> Iterable[Reference]:
        return () if self._dry_run else self._catalogue.later_captures(entry, prior, fingerprints)

    def near_candidates(self, articles: Iterable[Article], before: Reference) -> Sequence[NearDuplicateCandidate]:
        return self._catalogue.near_candidates(articles, before)

    def later_near_captures(self, fingerprints: Set[int], after: Reference) -> Iterable[Reference]:
        return self._catalogue.later_near_captures(fingerprints, after)

    def get(self, key: str) -> Entry | None:
        return self._catalogue.get(key)

    def replace_verdict(self, entry: Entry, verdict: Verdict) -> Set[int]:
        return self._catalogue.replace_verdict(entry, verdict)

    def put(self, entry: Entry) -> Set[int]:
        self.before = self._catalogue.get(entry.id)
        return frozenset() if self._dry_run else self._catalogue.put(settled(entry, self.before))
