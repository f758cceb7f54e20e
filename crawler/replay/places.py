"""Where the record of a capture is, if several files hold it, or one file several times."""

from __future__ import annotations

from typing import TypeVar

from attrs import evolve

from pipelines.archive import Archive, BodyFinder, source_at
from pipelines.errors import StoreError
from pipelines.model import Capture, Entry, Location, Requisite

Indexed = TypeVar("Indexed", Entry, Requisite)


def with_preferred_location(entry: Indexed, before: Indexed | None) -> Indexed:
    """Return an entry with its preferred location, if several records hold the same capture.

    A record of this archive comes before an imported one, and an imported one before one read from outside the archive.
    Among files of the archive the first name wins, outside of it the file read last, and in a file the first record.
    Therefore the order of replays does not matter, and reading a copy of the archive's own files moves no entry.
    """
    old, new = before.location if before else None, entry.location
    if before is None or old is None:
        return entry
    if new and old.file == new.file:
        return evolve(entry, location=old) if old.offset < new.offset and _is_there(before, old) else entry
    return evolve(entry, location=old) if new is None or _rank(old) < _rank(new) else entry


def read_capture(archive: Archive | None, place: Location) -> Capture | None:
    """Return the capture at a location in the archive or in a local file; None if it cannot be read."""
    is_at_hand = archive is not None if place.kept else "://" not in place.file
    try:
        return capture_at_place(archive, place) if is_at_hand else None
    except StoreError:
        return None


def capture_at_place(archive: Archive | None, place: Location, find: BodyFinder | None = None) -> Capture:
    """Return the capture at a location, in the archive or outside of it; `find` finds the bodies of revisits.

    Without an archive the location must be outside of it. Raises StoreError if it cannot be read.
    """
    if archive is not None and place.kept:
        return archive.get(place, find)
    return source_at(place.file).capture(place, find)


def _rank(place: Location) -> tuple[int, str]:
    return (0 if place.own else 1, place.file) if place.kept else (2, "")


def _is_there(entry: Entry | Requisite, place: Location) -> bool:
    """Tell whether an entry's record is still at its place: a file outside the archive can have been written anew."""
    if place.kept:
        return True
    found = read_capture(None, place)
    return found is not None and (found.url, found.fetched_at) == (entry.url, entry.fetched_at)
