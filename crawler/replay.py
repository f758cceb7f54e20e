"""Shell. Journey 3: what is archived goes through the line again; no Scrapy, no network."""

from __future__ import annotations

import datetime as dt
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future
from itertools import groupby

from attrs import frozen

from crawler.sites import Registry, site_from_json
from pipelines.archive import Archive, Find
from pipelines.catalogue import Catalogue
from pipelines.dedupe import payload_digest
from pipelines.line import Nowhere, Stores, process, read_page
from pipelines.model import Capture, Entry, Job, Outcome, Prints, Reference, Seen, Verdict, capture_id
from pipelines.readers import Readers

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

    @property
    def kind(self) -> str:
        """Return unchanged, changed or added."""
        if self.before is None:
            return "added"
        return "unchanged" if self.before == self.after else "changed"


def jobs(captured: Iterable[Captured], registry: Registry, span: Span | None = None) -> Iterator[Job]:
    """Yield the job of each capture, with the site as it is registered now, or else as its own file describes it."""
    wanted = span or Span()
    for told, group in groupby(captured, key=lambda each: each[0].get("fangzhi-site")):
        known = registry.with_site(site_from_json(told)) if told else registry
        yield from (known.job(capture) for _, capture in group if wanted.holds(capture))


def replay(
    stored: Iterable[Job], catalogue: Catalogue, readers: Readers | None = None, *, dry_run: bool = False
) -> Iterator[Change]:
    """Take stored captures down the line, in their order, and yield what came of each.

    With `readers` pages are read in parallel, and still judged and remembered in order: the entries are the same.
    """
    noted = _Noted(catalogue, dry_run=dry_run)
    line = Stores(archive=Nowhere(), catalogue=noted)
    waiting: deque[tuple[Job, Future[Outcome] | None]] = deque()
    ahead = AHEAD * readers.workers if readers else 0

    def finish() -> Change:
        job, reading = waiting.popleft()
        entry = process(job, line, read=lambda _: reading.result() if reading else read_page(job))
        return Change(before=noted.before, after=entry)

    for job in stored:
        waiting.append((job, readers.submit(job) if readers else None))
        if len(waiting) > ahead:
            yield finish()
    while waiting:
        yield finish()


def bodies(archive: Archive, catalogue: Catalogue) -> Find:
    """Return how the body of a revisit is found: where the catalogue says that its bytes were first."""

    def find(digest: str, _url: str, _at: dt.datetime | None) -> bytes | None:
        location = catalogue.location(digest)
        return archive.get(location).body if location else None

    return find


def recover(archive: Archive, catalogue: Catalogue, registry: Registry) -> Iterator[Change]:
    """Catalogue and publish what a run that was killed left behind; yields what was not in the catalogue.

    A file is published only once all of it is catalogued: if this is killed too, the next start does it again.
    """
    for segment in archive.unfinished():
        found = jobs(segment.read(bodies(archive, catalogue)), registry)
        yield from replay((job for job in found if not _known(job, catalogue)), catalogue)
        segment.publish()


def _known(job: Job, catalogue: Catalogue) -> bool:
    """Tell whether a capture is catalogued: most of what is left behind is, and to read 1 GB takes an hour."""
    return catalogue.get(capture_id(job.capture, payload_digest(job.capture))) is not None


class _Noted:
    """A catalogue that notes what stood in the place of the entry it was last given; dry, it remembers nothing."""

    def __init__(self, catalogue: Catalogue, *, dry_run: bool) -> None:
        self.before: Entry | None = None
        self._catalogue = catalogue
        self._dry_run = dry_run

    def seen(self, prints: Prints, before: Reference) -> Seen:
        return self._catalogue.seen(prints, before)

    def confirmed(self, before: Reference) -> Reference | None:
        return self._catalogue.confirmed(before)

    def later(self, entry: Entry, seen: Seen) -> Iterable[Entry]:
        return () if self._dry_run else self._catalogue.later(entry, seen)

    def revise(self, entry: Entry, verdict: Verdict) -> None:
        self._catalogue.revise(entry, verdict)

    def put(self, entry: Entry) -> None:
        self.before = self._catalogue.get(entry.id)
        if not self._dry_run:
            self._catalogue.put(entry)
