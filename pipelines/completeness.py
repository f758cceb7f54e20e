"""Which of the requisites that a captured page refers to are archived: computed from the page and the catalogue."""

from __future__ import annotations

import datetime as dt
from collections import Counter, OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal
from urllib.parse import urlsplit

from attrs import evolve, frozen

from pipelines.archive import Archive, BodyFinder
from pipelines.catalogue.catalogue import Catalogue
from pipelines.dedupe.verdict import EMPTY
from pipelines.errors import StoreError
from pipelines.model import Capture, Entry, Location, Requisite
from pipelines.references import SVG_TYPE, FileReference, find

RequisiteState = Literal["archived", "missing", "refused"]

REFUSALS = frozenset({401, 403, 407, 451})
"""Statuses by which a server refuses a file that it has."""

MAX_DEPTH = 5
"""Style sheets that import others, and frames in frames, are followed so far; sites import two or three times."""

REMEMBERED = 1_000
"""Style sheets and frames whose references are remembered: all pages of a site have the same few."""


@frozen(kw_only=True)
class PageRequisite:
    """A requisite of a page, and the capture of it that is nearest in time to that of the page.

    `redirects` are the captures that lead to it from the URL of the reference. `reason` says why it is not archived:
    `status 404`, `empty`, or None if it was never requested as far as the catalogue knows.
    """

    reference: FileReference
    state: RequisiteState
    reason: str | None = None
    capture: Requisite | None = None
    redirects: tuple[Requisite, ...] = ()

    @property
    def captures(self) -> tuple[Requisite, ...]:
        """What a player needs: the redirects that lead to the capture, and the capture."""
        return (*self.redirects, *([self.capture] if self.capture else []))


class Completeness:
    """Finds the requisites of pages in an archive. Raises StoreError as the archive and the catalogue do."""

    def __init__(self, archive: Archive, catalogue: Catalogue, body: BodyFinder | None = None) -> None:
        """`body` finds the bodies of revisits."""
        self._archive, self._catalogue, self._body = archive, catalogue, body
        self._known: OrderedDict[tuple[str, str], tuple[FileReference, ...]] = OrderedDict()

    def requisites(self, entry: Entry) -> list[PageRequisite]:
        """Return the requisites of the page of an entry, and those of its style sheets and frames, each URL once.

        Frames on other hosts are left out, unless they are archived: they are pages of their own.
        """
        if entry.location is None or entry.status != 200 or entry.file:
            return []
        found: dict[str, PageRequisite] = {}
        wanted = find(self._archive.get(entry.location, self._body))
        for _ in range(MAX_DEPTH):
            new = {each.url: each for each in reversed(wanted) if each.url not in found}
            if not new:
                break
            captures = self._catalogue.captures_by_url(new)
            states = [page_requisite(each, captures.get(url, ()), entry) for url, each in reversed(new.items())]
            found |= {each.reference.url: each for each in states if not _is_frame_elsewhere(each, entry)}
            wanted = tuple(self._inner_references(states, captures))
        return list(found.values())

    def _inner_references(
        self, states: Iterable[PageRequisite], captures: Mapping[str, Sequence[Requisite]]
    ) -> Iterator[FileReference]:
        """Yield the references of style sheets, frames and SVG pictures."""
        for each in states:
            if each.capture and (each.reference.kind in ("stylesheet", "frame") or each.capture.media_type == SVG_TYPE):
                body = _with_body(each.capture, captures[each.reference.url])
                if body and body.location:
                    yield from self._references(body, body.location)

    def _references(self, requisite: Requisite, location: Location) -> tuple[FileReference, ...]:
        key = (requisite.payload, requisite.final_url)
        if key not in self._known:
            self._known[key] = self._read(location)
            if len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
        return self._known[key]

    def _read(self, location: Location) -> tuple[FileReference, ...]:
        capture: Capture = self._archive.get(location, self._body)
        return find(capture)


def body_in(archive: Archive, catalogue: Catalogue) -> BodyFinder:
    """Return a function that finds the bodies of the revisits that fangzhi itself wrote."""

    def find_body(digest: str, _url: str, _at: dt.datetime | None) -> Capture | None:
        location = catalogue.payload_location(digest)
        return archive.get(location) if location else None

    return find_body


def page_requisite(reference: FileReference, captures: Sequence[Requisite], page: Entry) -> PageRequisite:
    """Return what is known of a requisite of a page; `captures` are those of its URL, the oldest first."""
    archived = [each for each in captures if (each.is_archived and each.payload != EMPTY) or each.status == 304]
    if archived:
        nearest = min(archived, key=lambda each: _distance(each, page.fetched_at))
        redirects = _redirects_to(nearest, captures)
        return PageRequisite(reference=reference, state="archived", capture=nearest, redirects=redirects)
    if not captures:
        return PageRequisite(reference=reference, state="missing")
    last = captures[-1]
    reason = "empty" if last.is_archived else f"status {last.status}"
    state: RequisiteState = "refused" if last.status in REFUSALS else "missing"
    return PageRequisite(reference=reference, state=state, reason=reason, capture=last)


def with_reasons(found: Iterable[PageRequisite], reasons: Mapping[str, str]) -> list[PageRequisite]:
    """Return requisites with the reasons, by URL, that the crawler knows for those without a capture.

    >>> reference = FileReference(url="http://a.cn/b.css", kind="stylesheet", where="link href")
    >>> with_reasons([PageRequisite(reference=reference, state="missing")], {reference.url: "robots"})[0].state
    'refused'
    """
    return [
        evolve(each, reason=reason, state="refused" if reason in ("robots", "budget") else "missing")
        if each.capture is None and (reason := reasons.get(each.reference.url))
        else each
        for each in found
    ]


def states(found: Iterable[PageRequisite]) -> Counter[str]:
    """Return how many requisites are archived, missing and refused."""
    return Counter(each.state for each in found)


def count_states(completeness: Completeness, entries: Iterable[Entry]) -> Counter[str]:
    """Return how many requisites of some pages are archived, missing and refused.

    Pages that cannot be read are counted as `unread`, and those that can as `pages`.
    """
    counts: Counter[str] = Counter()
    for entry in entries:
        try:
            counts += states(completeness.requisites(entry))
            counts["pages"] += 1
        except StoreError:
            counts["unread"] += 1
    return counts


def _with_body(nearest: Requisite, captures: Sequence[Requisite]) -> Requisite | None:
    """Return the capture with the body that a 304 answer confirms, which is the last one before it."""
    earlier = [each for each in captures if each.fetched_at <= nearest.fetched_at and 200 <= each.status <= 299]
    return earlier[-1] if earlier else None


def _redirects_to(capture: Requisite, captures: Sequence[Requisite]) -> tuple[Requisite, ...]:
    """Return the redirects directly before a capture, which lead to it."""
    if capture.url == capture.final_url:
        return ()
    found: list[Requisite] = []
    for each in reversed([one for one in captures if one.fetched_at < capture.fetched_at]):
        if not 300 <= each.status <= 399 or each.status == 304:
            break
        found.append(each)
    return tuple(reversed(found))


def _distance(capture: Requisite, at: dt.datetime) -> tuple[dt.timedelta, bool]:
    """Return how far a capture is from a time; of two that are equally far the later one is nearer."""
    return abs(capture.fetched_at - at), capture.fetched_at < at


def _is_frame_elsewhere(each: PageRequisite, page: Entry) -> bool:
    is_elsewhere = urlsplit(each.reference.url).netloc != urlsplit(page.final_url).netloc
    return each.reference.kind == "frame" and each.state != "archived" and is_elsewhere
