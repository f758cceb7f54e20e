"""The line that every page takes, whichever door it came in by: read, ask, decide, keep, remember."""

from __future__ import annotations

import datetime as dt
import functools
import importlib.metadata
import logging
import traceback
from collections.abc import Callable, Iterable, Sequence, Set
from contextlib import AbstractContextManager
from typing import Protocol

from attrs import evolve, frozen

from pipelines.dedupe.verdict import classify, classify_near, fingerprint
from pipelines.dedupe.winnowing import anchors
from pipelines.errors import StoreUnavailable
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
    Rejection,
    Verdict,
    Version,
    capture_id,
    capture_reference,
)
from pipelines.parse.decode import decode
from pipelines.parse.extract import extract
from pipelines.parse.region import region_of
from pipelines.parse.repair import language_model, repair
from pipelines.parse.segment import segment

logger = logging.getLogger(__name__)

NOT_MODIFIED = 304


class Asked(Protocol):
    """What the line asks of a catalogue."""

    def together(self) -> AbstractContextManager[None]:
        """Make one transaction of what is asked and remembered within."""

    def seen(self, prints: Digests, before: Reference) -> PriorCaptures:
        """Return what was there before a capture."""

    def confirmed(self, before: Reference) -> Reference | None:
        """Return what an answer 304 stands for: the capture whose body its URL gave last."""

    def near(self, articles: Iterable[Article], before: Reference) -> Sequence[NearDuplicateCandidate]:
        """Return earlier texts that articles may be near to."""

    def put(self, entry: Entry) -> Set[int]:
        """Remember an entry; returns the anchors of texts that are there now and were not, or the other way round."""

    def later(self, entry: Entry, seen: PriorCaptures, anchors: Set[int]) -> Iterable[Reference]:
        """Return the later captures for which an entry that was just put changes what was before them."""

    def followers(self, anchors: Set[int], after: Reference) -> Iterable[Reference]:
        """Return later captures that one with these anchors may be near to."""

    def get(self, key: str) -> Entry | None:
        """Return the entry with an id."""

    def revise(self, entry: Entry, verdict: Verdict) -> Set[int]:
        """Put another verdict on an entry; returns what `put` does."""


class ArchiveWriter(Protocol):
    """What the line asks of an archive."""

    def put(self, capture: Capture, prints: Digests, site: str | None, original: Reference | None) -> Location | None:
        """Keep a capture, as a revisit of `original` where its body is there already; say where it lies."""

    def sync(self) -> None:
        """Wait until everything that was put outlives a power cut."""

    def roll(self, at: dt.datetime, *, everything: bool = False) -> None:
        """Send files that are complete on their way; everything that was put must have been remembered."""

    def full(self) -> StoreUnavailable | None:
        """Tell why nothing more can be taken in now; None if it can."""

    def waits(self) -> bool:
        """Tell whether `roll` will make room."""


@frozen(kw_only=True)
class Stores:
    """Where the line keeps pages and remembers them."""

    archive: ArchiveWriter
    catalogue: Asked


class NullArchive:
    """The archive of those who keep nothing."""

    def put(self, *_: object) -> None:
        """Keep nothing."""

    def sync(self) -> None:
        """Wait for nothing."""

    def roll(self, at: dt.datetime, *, everything: bool = False) -> None:
        """Send nothing."""

    def full(self) -> None:
        """Have room for ever."""

    def waits(self) -> bool:
        """Need no room."""
        return False


def process(job: Job, stores: Stores, read: Callable[[Job], Outcome] | None = None) -> Entry:
    """Take one page down the line and return its entry: it is durable, and remembered.

    The bytes are kept whatever reading makes of them; a capture that is stored already is not stored again. `read`
    stands in where the page has been read elsewhere. Raises StoreError: then the page is not acknowledged.
    """
    outcome = (read or read_page)(job)
    prints = fingerprint(job.capture, outcome)
    entry = keep(job, outcome, prints, stores)
    stores.archive.sync()
    return remember(entry, stores.catalogue)


def keep(job: Job, outcome: Outcome, prints: Digests, stores: Stores) -> Entry:
    """Take a page that was read as far as the archive: ask, decide, keep. Its entry is yet to be remembered."""
    capture = job.capture
    if isinstance(outcome, Rejection) and outcome.reason == "parser-error":
        logger.error("%s cannot be read (recipe %s): %s", capture.final_url, job.recipe.name, outcome.detail)
    here = capture_reference(capture, prints.payload)
    seen = stores.catalogue.seen(prints, before=here)
    verdict = classify(prints, seen)
    location = capture.stored
    if location is None:
        unmodified = capture.status == NOT_MODIFIED
        kept = stores.catalogue.confirmed(before=here) if unmodified else seen.kept
        repeated = (unmodified or verdict.kind == "same-bytes") and not capture.rendered
        original = kept if repeated else None
        location = stores.archive.put(capture, prints, job.site, original)
    return make_entry(job, outcome, prints, verdict, location)


def remember(entry: Entry, catalogue: Asked) -> Entry:
    """Take a page that is durable to the end of the line; return its entry as it is remembered.

    In this order, because what the catalogue knows others refer to: a revisit must never point to bytes that a power
    cut can still take away. Only now it is judged for good, so that pages that wait for the disk together know of each
    other, and those that another process remembered meanwhile are known too.
    """
    with catalogue.together():
        seen = catalogue.seen(entry.digests, before=_reference(entry))
        entry = evolve(entry, verdict=_judged(entry, seen, catalogue))
        _set_right(catalogue, catalogue.later(entry, seen, catalogue.put(entry)))
    return entry


def _set_right(catalogue: Asked, changed: Iterable[Reference]) -> None:
    """Judge again what was judged too early: captures can arrive out of order, from several processes or old archives.

    So a verdict depends on what is in the catalogue alone, never on the order in which it came there. The earliest is
    judged first, because those that come after it may be judged by it.
    """
    waiting = set(map(_moment, changed))
    while waiting:
        first = min(waiting)
        waiting.remove(first)
        later = catalogue.get(first[1])
        if later is None:
            continue
        here = _reference(later)
        verdict = _judged(later, catalogue.seen(later.digests, before=here), catalogue)
        if verdict != later.verdict:
            waiting |= set(map(_moment, catalogue.followers(catalogue.revise(later, verdict), here)))


def _judged(entry: Entry, seen: PriorCaptures, catalogue: Asked) -> Verdict:
    """Return the verdict on an entry by what the catalogue holds now."""
    verdict = classify(entry.digests, seen)
    if verdict.kind == "new" and entry.articles:
        return classify_near(entry.articles, catalogue.near(entry.articles, _reference(entry)))
    return verdict


def _reference(entry: Entry) -> Reference:
    return Reference(id=entry.id, url=entry.final_url, fetched_at=entry.fetched_at)


def _moment(made: Reference) -> tuple[dt.datetime, str]:
    return made.fetched_at, made.id


def read_page(job: Job) -> Outcome:
    """Read a page: decode, extract, segment, repair. Never raises: a parser's bug is a rejection with its traceback."""
    try:
        html = decode(job.capture, job.recipe.charset)
        draft = html if isinstance(html, Rejection) else extract(html, job.capture, job.recipe)
        if isinstance(draft, Rejection):
            return draft
        articles = (repair(part) for part in segment(draft, language_model))
        return tuple(evolve(article, anchors=anchors(article.text_hans)) for article in articles)
    except Exception:  # noqa: BLE001 - a bug in a parser must not lose the page
        return Rejection(reason="parser-error", detail=traceback.format_exc())


def make_entry(job: Job, outcome: Outcome, prints: Digests, verdict: Verdict, location: Location | None) -> Entry:
    """Put together the catalogue's row of a capture."""
    rejected = isinstance(outcome, Rejection)
    first = None if isinstance(outcome, Rejection) else outcome[0]
    return Entry(
        id=capture_id(job.capture, prints.payload),
        site=job.site,
        region=region_of(first.site_code, job.region, first.site_name) if first else job.region,
        url=job.capture.url,
        final_url=job.capture.final_url,
        status=job.capture.status,
        redirect_to=job.capture.redirect_to,
        fetched_at=job.capture.fetched_at,
        rendered=job.capture.rendered.browser if job.capture.rendered else None,
        outcome="rejected" if rejected else "article",
        reason=outcome.reason if isinstance(outcome, Rejection) else None,
        articles=() if isinstance(outcome, Rejection) else outcome,
        file=outcome.file if isinstance(outcome, Rejection) else None,
        verdict=verdict,
        digests=prints,
        location=location,
        recipe=job.recipe.name,
        version=version(),
    )


@functools.cache
def version() -> Version:
    """Return the versions of the programs that decide what is read."""
    return Version(fangzhi=importlib.metadata.version("fangzhi"), trafilatura=importlib.metadata.version("trafilatura"))
