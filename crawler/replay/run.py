"""Send archived captures through the pipeline again, without Scrapy and without network access."""

from __future__ import annotations

import datetime as dt
import functools
import logging
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future
from itertools import chain, groupby

from attrs import frozen

from crawler.replay.indexing import ExtractedPage, ReplayResult, extracted_page, index_pages
from crawler.replay.places import read_capture
from crawler.sites.registry import Registry
from crawler.sites.serialize import site_from_json
from pipelines.archive import Archive, BodyFinder, matches_digest
from pipelines.catalogue.catalogue import Catalogue
from pipelines.errors import RegistryError, StoreAway, StoreCorrupt, StoreError
from pipelines.line.patience import Patience
from pipelines.line.workers import ExtractionPool, read_page_here
from pipelines.messages import gettext as _
from pipelines.model import Capture, Job, Outcome
from pipelines.times import CHINA

logger = logging.getLogger(__name__)

QUEUED_PAGES_PER_WORKER = 8
"""Pages queued for each worker ahead of the result that is awaited: enough to even out pages of different length."""

MAX_QUEUED_BYTES = 32 << 20
"""Bytes of the bodies of queued pages: more than all pages that the queue holds usually have."""

MAX_SENT_BYTES = 16 << 20
"""Bytes of the largest body that is sent to a worker. Larger ones are files or too large, which takes no time to tell,
and each would be in memory three times."""

EXTENDED_REGISTRIES = 64
"""Registries kept in memory, each with a site that only a WARC file describes: a shared file changes between sites."""

Captured = tuple[Mapping[str, str], Capture]
"""The warcinfo fields of a WARC file, and a capture of that file."""


@frozen(kw_only=True)
class DateRange:
    """A range of capture dates in China; both ends are included, None means no limit."""

    since: dt.date | None = None
    until: dt.date | None = None

    def contains(self, capture: Capture) -> bool:
        """Return whether a capture was made in this range."""
        day = capture.fetched_at.astimezone(CHINA).date()
        return (self.since is None or day >= self.since) and (self.until is None or day <= self.until)


def jobs(
    captured: Iterable[Captured],
    registry: Registry,
    dates: DateRange | None = None,
    on_error: Callable[[StoreError], None] | None = None,
) -> Iterator[Job]:
    """Yield the job of each capture, with its site from the registry, or else as its own WARC file describes it.

    If a description cannot be read, the registry alone counts, and `on_error` gets an error that names the file, once a
    file; without `on_error` it is logged.
    """
    return (job for job, _registry in jobs_with_registry(captured, registry, dates, on_error))


def jobs_with_registry(
    captured: Iterable[Captured],
    registry: Registry,
    dates: DateRange | None = None,
    on_error: Callable[[StoreError], None] | None = None,
) -> Iterator[tuple[Job, Registry]]:
    """Yield the job of each capture, and a registry that includes its site; see `jobs`."""
    selected = dates or DateRange()
    unreadable: set[str] = set()

    @functools.lru_cache(EXTENDED_REGISTRIES)
    def with_site(site_json: str) -> Registry:
        return registry.with_site(site_from_json(site_json))

    for site_json, group in groupby(captured, key=lambda each: each[0].get("fangzhi-site")):
        first = next(group)
        extended = registry
        try:
            extended = with_site(site_json) if site_json else registry
        except RegistryError as error:
            file = first[1].stored.file if first[1].stored else ""
            if file not in unreadable:
                unreadable.add(file)
                (on_error or _log)(_unreadable_site(file, error))
        yield from (
            (extended.job(capture), extended) for _info, capture in chain([first], group) if selected.contains(capture)
        )


def _unreadable_site(file: str, error: RegistryError) -> StoreCorrupt:
    return StoreCorrupt(
        _(
            "{file}: the site that its warcinfo describes cannot be read ({problem}); its pages were read with the "
            "sites of the registry",
            file=file or _("a WARC file"),
            problem=error,
        ),
        hint=_("if the pages belong to a site, put its TOML into a folder of `registry` and run replay again"),
    )


def _log(error: StoreError) -> None:
    logger.warning("%s", error)


def replay(
    stored: Iterable[Job | ExtractedPage],
    catalogue: Catalogue,
    pool: ExtractionPool | None = None,
    *,
    dry_run: bool = False,
) -> Iterator[ReplayResult]:
    """Send stored captures through the pipeline in their order, and yield the result of each.

    With a `pool` pages are extracted in parallel, but still classified and indexed in order: the entries are the same.
    Pages that are extracted already are only classified and indexed.
    While the catalogue is away, this waits for it.
    """
    return index_pages(_extracted(stored, pool), catalogue, dry_run=dry_run)


def _extracted(stored: Iterable[Job | ExtractedPage], pool: ExtractionPool | None) -> Iterator[ExtractedPage]:
    """Yield captures in their order, with what was extracted from them."""
    queue: deque[tuple[Job | ExtractedPage, Future[Outcome] | None]] = deque()
    max_queued = QUEUED_PAGES_PER_WORKER * pool.workers if pool else 0

    def queued_bytes() -> int:
        return sum(len(each.capture.body) for each, _future in queue if isinstance(each, Job))

    def finish() -> ExtractedPage:
        job, extraction = queue.popleft()
        if isinstance(job, ExtractedPage):
            return job
        if job.capture.requisite_of:
            return extracted_page(job, None)
        return extracted_page(job, extraction.result() if extraction else read_page_here(job))

    for job in stored:
        sent = None
        if pool and isinstance(job, Job) and job.capture.requisite_of is None:
            sent = pool.submit(job) if len(job.capture.body) <= MAX_SENT_BYTES else None
        queue.append((job, sent))
        while len(queue) > max_queued or (queue and queued_bytes() > MAX_QUEUED_BYTES):
            yield finish()
    while queue:
        yield finish()


def body_finder(archive: Archive, catalogue: Catalogue) -> BodyFinder:
    """Return a function that finds the original of a revisit: at the first location that the catalogue has by digest.

    Digests of other programs are not in the catalogue. For these it is the body captured at the URL and second that
    the revisit refers to or, without a time, the body with this digest among the latest captures of the URL. While the
    catalogue is away, this waits for it.
    """
    patience = Patience()

    def find(digest: str, url: str, at: dt.datetime | None) -> Capture | None:
        location = patience.run(lambda: catalogue.payload_location(digest))
        if location:
            return archive.get(location)
        found = (read_capture(archive, place) for place in patience.run(lambda: catalogue.url_locations(url, at)))
        with_body = (each for each in found if each and each.body)
        return next((each for each in with_body if at or matches_digest(each.body, digest)), None)

    return find


def recover(archive: Archive, catalogue: Catalogue, registry: Registry) -> Iterator[ReplayResult]:
    """Catalogue and publish the WARC files that a killed run left unfinished; yield the results of new entries.

    Captures that the catalogue already has are skipped: they are most of a file, and extracting 1 GB takes an hour. A
    file is published only after all of it is catalogued; if this process is killed too, the next start repeats it. A
    file also waits for the next start if an uncatalogued revisit in it needs a body from a server that is unreachable.
    """

    patience = Patience()

    def is_catalogued(key: str) -> bool:
        return patience.run(lambda: catalogue.get(key) or catalogue.requisite(key)) is not None

    for warc in archive.unfinished():
        remaining = jobs(warc.read(body_finder(archive, catalogue), is_catalogued), registry)
        try:
            yield from replay(remaining, catalogue)
        except StoreAway as error:
            logger.warning("%s cannot be recovered now, the next start tries again: %s", warc.path, error)
        else:
            archive.finish(warc)
