"""The captures of an archive that an export contains."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Set
from io import BytesIO

from attrs import field, frozen

from pipelines.archive import Archive
from pipelines.archive.cdxj import cdxj_key
from pipelines.archive.compression import read_dictionary
from pipelines.archive.headers import parse_warc_date, target_uri
from pipelines.archive.record_reader import records
from pipelines.archive.record_stream import RecordStream
from pipelines.archive.rendition_index import renditions
from pipelines.catalogue.catalogue import Catalogue
from pipelines.catalogue.filters import Filter
from pipelines.completeness import Completeness, body_in
from pipelines.errors import StoreError
from pipelines.export.offsets import index_lines
from pipelines.model import Entry, Location


@frozen(kw_only=True)
class RecordSelection:
    """Selected captures: for the key of each WARC file their offsets, or None for the whole file."""

    files: Mapping[str, Set[int] | None]
    originals: int = 0
    """Number of captures that are selected only because selected revisits or renderings refer to them."""
    requisites: int = 0
    """Number of captures that are selected only because selected pages are shown with them."""
    renditions: Mapping[str, Set[int]] = field(factory=dict)
    """The pictures and PDFs of selected captures: offsets by the key of their WARC file."""

    def holds(self, location: Location | None) -> bool:
        """Tell whether the capture at a location is selected."""
        if location is None or location.file not in self.files:
            return False
        offsets = self.files[location.file]
        return offsets is None or location.offset in offsets


def select_captures(archive: Archive, catalogue: Catalogue, wanted: Filter | None) -> RecordSelection:
    """Return the captures that match a filter, what their pages are shown with, and the originals of revisits.

    Renderings have originals, too. The renditions of the captures are selected with them.

    Without a filter, all finished files of the archive. Files that are still being written are never selected.
    """
    finished = set(archive.files())
    if wanted is None:
        return RecordSelection(files=dict.fromkeys(sorted(finished)), renditions=_renditions(archive, None))
    offsets: dict[str, set[int]] = {}
    rendered: list[Location] = []
    shown: dict[Location, None] = {}
    pages: set[tuple[str, dt.datetime]] = set()
    completeness = Completeness(archive, catalogue, body_in(archive, catalogue))
    for entry in catalogue.entries(wanted):
        if entry.location and entry.location.file in finished:
            offsets.setdefault(entry.location.file, set()).add(entry.location.offset)
            pages.add((entry.final_url, entry.fetched_at))
            rendered += [entry.location] if entry.rendered else []
            shown |= dict.fromkeys(_requisites(completeness, entry))
    requisites = _add(offsets, (place for place in shown if place.file in finished))
    referring = [*_revisits(archive, offsets), *rendered]
    found = [each for one in referring for each in _originals(archive, catalogue, one)]
    originals = _add(offsets, (place for place in found if place.file in finished))
    return RecordSelection(
        files=offsets, originals=originals, requisites=requisites, renditions=_renditions(archive, pages)
    )


def _renditions(archive: Archive, pages: Set[tuple[str, dt.datetime]] | None) -> dict[str, set[int]]:
    """Return the offsets of the renditions of captures of pages, or of all renditions, by file."""
    found: dict[str, set[int]] = {}
    for each in renditions(archive.storage) if pages is None or pages else ():
        if pages is None or (each.page, each.captured_at) in pages:
            found.setdefault(each.location.file, set()).add(each.location.offset)
    return found


def _add(offsets: dict[str, set[int]], places: Iterable[Location]) -> int:
    """Add places to the offsets by file; return how many of them are new."""
    count = 0
    for place in places:
        if place.offset not in offsets.get(place.file, ()):
            offsets.setdefault(place.file, set()).add(place.offset)
            count += 1
    return count


def _requisites(completeness: Completeness, entry: Entry) -> list[Location]:
    """Return where the requisites of a page are; also what answered for those that are not archived, such as a 404."""
    try:
        found = completeness.requisites(entry)
    except StoreError:  # the export of the page itself reports that it cannot be read
        return []
    return [place for each in found for one in each.captures if (place := one.location)]


def _revisits(archive: Archive, captures: Mapping[str, Set[int]]) -> Iterator[Location]:
    """Yield the locations of the revisits among captures, which are given by file and offsets."""
    for key, offsets in captures.items():
        lines = index_lines(archive.storage.read(cdxj_key(key)))
        for line in (each for each in lines if each.revisit and each.offset in offsets):
            yield Location(file=key, offset=line.offset, length=line.length)


def _originals(archive: Archive, catalogue: Catalogue, location: Location) -> list[Location]:
    """Return the possible locations of the record that a revisit or rendering refers to."""
    data = archive.storage.read(location.file, location.offset, location.length)
    dictionary = read_dictionary(lambda offset, length: archive.storage.read(location.file, offset, length))
    record = next(records(RecordStream(BytesIO(data), dictionary)), None)
    fields = record.fields if record else {}
    at = parse_warc_date(fields.get("warc-refers-to-date", ""))
    url = target_uri(fields, "warc-refers-to-target-uri")
    return catalogue.url_locations(url, at) if url and at else []
