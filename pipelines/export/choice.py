"""Which captures of an archive an export takes with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from io import BytesIO

from attrs import frozen

from pipelines.archive import Archive
from pipelines.archive.cdxj import cdxj_key
from pipelines.archive.headers import moment, target
from pipelines.archive.reader import records
from pipelines.archive.record_stream import RecordStream
from pipelines.catalogue.catalogue import Catalogue
from pipelines.catalogue.queries import Filter
from pipelines.export.excerpt import index_lines
from pipelines.model import Location

ARC_NAMES = (".arc", ".arc.gz")


@frozen(kw_only=True)
class Choice:
    """By the key of each WARC that is needed the offsets of the captures wanted of it; None: the whole file."""

    files: Mapping[str, Set[int] | None]
    originals: int = 0
    """How many captures are there only because revisits or renderings that are wanted refer to them."""

    def holds(self, place: Location | None) -> bool:
        """Return whether the capture at a location is chosen."""
        if place is None or place.file not in self.files:
            return False
        offsets = self.files[place.file]
        return offsets is None or place.offset in offsets


def choose(archive: Archive, catalogue: Catalogue, wanted: Filter | None) -> Choice:
    """Return the captures that a filter lets through and the originals of the revisits and renderings among them.

    Without a filter all finished files of the archive are chosen. ARC files are never, nor is what is still being
    written.
    """
    finished = {key for key in archive.files() if not key.lower().endswith(ARC_NAMES)}
    if wanted is None:
        return Choice(files=dict.fromkeys(sorted(finished)))
    found: dict[str, set[int]] = {}
    rendered: list[Location] = []
    for entry in catalogue.entries(wanted):
        if entry.location and entry.location.file in finished:
            found.setdefault(entry.location.file, set()).add(entry.location.offset)
            rendered += [entry.location] if entry.rendered else []
    originals = 0
    referring = [*_revisits(archive, found), *rendered]
    for place in [each for one in referring for each in _referred(archive, catalogue, one)]:
        if place.file in finished and place.offset not in found.get(place.file, ()):
            found.setdefault(place.file, set()).add(place.offset)
            originals += 1
    return Choice(files=found, originals=originals)


def _revisits(archive: Archive, found: Mapping[str, Set[int]]) -> Iterator[Location]:
    """Yield which of the captures at some offsets are revisits."""
    for key, offsets in found.items():
        lines = index_lines(archive.storage.read(cdxj_key(key)))
        for line in (each for each in lines if each.revisit and each.offset in offsets):
            yield Location(file=key, offset=line.offset, length=line.length)


def _referred(archive: Archive, catalogue: Catalogue, place: Location) -> list[Location]:
    """Return where what a record refers to may lie."""
    data = archive.storage.read(place.file, place.offset, place.length)
    record = next(records(RecordStream(BytesIO(data))), None)
    fields = record.fields if record else {}
    at = moment(fields.get("warc-refers-to-date", ""))
    url = target(fields, "warc-refers-to-target-uri")
    return catalogue.url_locations(url, at) if url and at else []
