"""What the line needs of an archive and of a catalogue."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from contextlib import AbstractContextManager, nullcontext
from typing import Protocol

from attrs import frozen

from pipelines.errors import StoreUnavailable
from pipelines.model import (
    Article,
    Capture,
    Digests,
    Entry,
    EntryChange,
    Location,
    NearDuplicateCandidate,
    PriorCaptures,
    Reference,
    Requisite,
    Verdict,
)


class CatalogueReader(Protocol):
    """What the line asks the catalogue. `before` is the capture in question: only earlier captures count."""

    def prior(self, digests: Digests, before: Reference) -> PriorCaptures:
        """Return the earlier captures with the same bytes, with the same text, and of the same URL."""

    def first_own_capture(self, payload: str, before: Reference) -> Reference | None:
        """Return the first capture with these bytes to which a revisit record can refer."""

    def confirmed_capture(self, before: Reference) -> Reference | None:
        """Return the capture that a 304 answer confirms: the last one of its URL that had a body."""

    def near_candidates(self, articles: Iterable[Article], before: Reference) -> Sequence[NearDuplicateCandidate]:
        """Return earlier texts that may be near copies of these articles, earliest first."""

    def later_captures(self, entry: Entry, prior: PriorCaptures, change: EntryChange) -> Iterable[Reference]:
        """Return the later captures whose prior captures changed because `entry` was just put or removed."""

    def later_near_captures(self, fingerprints: Set[int], after: Reference) -> Iterable[Reference]:
        """Return the later captures that share one of these winnowing fingerprints with a capture."""

    def by_id(self, ids: Sequence[str]) -> Mapping[str, Entry]:
        """Return the entries with these ids, as many as there are, by id."""

    def requisite_original(self, before: Reference, payload: str, *, unmodified: bool) -> Reference | None:
        """Return the earlier capture of a requisite to which a revisit record can refer; see the catalogue."""


class CatalogueWriter(CatalogueReader, Protocol):
    """What the line needs of a catalogue to index entries."""

    def transaction(self) -> AbstractContextManager[None]:
        """Make all reads and writes in the block one transaction."""

    def expect(self, entries: Sequence[Entry]) -> None:
        """Take note of the entries that the transaction is going to ask for and put, in their order."""

    def put(self, entry: Entry) -> EntryChange:
        """Insert or replace an entry."""

    def replace_verdict(self, entry: Entry, verdict: Verdict) -> EntryChange:
        """Replace the verdict of an entry."""

    def put_requisite(self, requisite: Requisite) -> None:
        """Insert or replace the compact row of a requisite."""


class CatalogueRemover(CatalogueWriter, Protocol):
    """What a removal needs of a catalogue."""

    def remove(self, key: str) -> EntryChange:
        """Remove the entry with an id."""


class ArchiveWriter(Protocol):
    """What the line needs of an archive."""

    def put(self, capture: Capture, digests: Digests, site: str | None, original: Reference | None) -> Location | None:
        """Write a capture and return its place; as a revisit record if its body is already archived in `original`."""

    def sync(self) -> None:
        """Return once everything that was put would survive a power cut."""

    def roll(self, at: dt.datetime, *, everything: bool = False) -> None:
        """Close and publish the WARC files that are complete; all that was put must have been indexed before."""

    def full(self) -> StoreUnavailable | None:
        """Return why the archive accepts no more captures at present; None if it accepts them."""

    def has_unsent(self) -> bool:
        """Return whether `roll` will free space."""


Holding = Callable[[], AbstractContextManager[object]]
"""Begins a block in which no other crawler can take over the sites; raises LeaseLost if one has."""


@frozen(kw_only=True)
class Stores:
    """The archive and the catalogue of the line.

    Pages are indexed within `holding`: in a crawl it raises LeaseLost once another crawler has taken over the sites.
    """

    archive: ArchiveWriter
    catalogue: CatalogueWriter
    holding: Holding = nullcontext


class NullArchive:
    """An archive that discards everything, for `fetch --no-archive`."""

    def put(self, *_: object) -> None:
        """Discard a capture."""

    def sync(self) -> None:
        """Return at once."""

    def roll(self, at: dt.datetime, *, everything: bool = False) -> None:
        """Publish nothing."""

    def full(self) -> None:
        """Always accept captures."""

    def has_unsent(self) -> bool:
        """Return False: there is no space to free."""
        return False
