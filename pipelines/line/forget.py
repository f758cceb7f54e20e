"""Removal of captures from archive and catalogue, on the order of a person and on record."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from attrs import evolve, field, frozen

from pipelines.archive import Archive
from pipelines.archive.checks import RecordFields
from pipelines.archive.open_files import open_files
from pipelines.archive.removal import fields_at, remove_file, write_without
from pipelines.archive.rendition_index import RENDITION_FOLDER, Rendition, renditions
from pipelines.catalogue.catalogue import Catalogue
from pipelines.errors import FangzhiError
from pipelines.line.order import remove_entry
from pipelines.messages import gettext as _
from pipelines.messages import ngettext
from pipelines.model import IMPORTED, Entry, Location, Requisite
from pipelines.storage import Storage

MAX_NAMED_CAPTURES = 10
"""Captures that an error message names: they fit on a screen."""


Indexed = Entry | Requisite
"""What the catalogue has of a capture."""


@frozen(kw_only=True)
class Removal:
    """What is removed from a file: the file itself, or only some of its captures or renditions."""

    file: str
    whole: bool
    removed: tuple[Indexed, ...] = ()
    renditions: tuple[Rendition, ...] = ()
    kept: tuple[Indexed, ...] = field(default=(), repr=False)


def plan_removals(
    archive: Archive, catalogue: Catalogue, files: Collection[str], ids: Collection[str], urls: Collection[str]
) -> list[Removal]:
    """Return what must be removed from which file, so that whole files, captures and pages are gone.

    The renditions of what is removed are removed, too.

    Reads the whole catalogue. Raises FangzhiError if that is not possible now, and says why.
    """
    entries: list[Indexed] = [each for each in catalogue.indexed() if each.location]
    chosen = {
        entry.id
        for entry in entries
        if entry.id in ids or {entry.url, entry.final_url} & set(urls) or _file(entry) in files
    }
    by_file: dict[str, list[Indexed]] = defaultdict(list)
    for entry in entries:
        by_file[_file(entry)].append(entry)
    shown = _renditions(archive.storage, [entry for entry in entries if entry.id in chosen], files)
    affected = dict.fromkeys([*files, *(_file(entry) for entry in entries if entry.id in chosen), *shown])
    removals = [
        evolve(_removal(file, by_file[file], chosen, whole=file in files), renditions=tuple(shown.get(file, ())))
        for file in affected
    ]
    _check_files(archive, removals)
    _check_references(archive, removals, [entry for entry in entries if entry.id not in chosen])
    return removals


def forget(archive: Archive, catalogue: Catalogue, removal: Removal, reason: str) -> None:
    """Remove what was planned for one file: first write what stays, then record the removal, then remove."""
    if not removal.whole:
        offsets = {entry.location.offset for entry in removal.removed if entry.location}
        offsets |= {each.location.offset for each in removal.renditions}
        moved = write_without(archive.storage, removal.file, offsets)
        for entry in removal.kept:
            if entry.location:
                _put(catalogue, entry, moved[entry.location.offset])
    for entry in removal.removed:
        if isinstance(entry, Requisite):
            catalogue.remove_requisite(entry.id)
        else:
            remove_entry(entry, catalogue)
    remove_file(archive.storage, removal.file, [entry.id for entry in removal.removed], reason)


def _put(catalogue: Catalogue, entry: Indexed, location: Location) -> None:
    """Store the new location of a capture."""
    if isinstance(entry, Requisite):
        catalogue.put_requisite(evolve(entry, location=location))
    else:
        catalogue.put(evolve(entry, location=location))


def _payload(entry: Indexed) -> str:
    return entry.payload if isinstance(entry, Requisite) else entry.digests.payload


def _file(entry: Indexed) -> str:
    return entry.location.file if entry.location else ""


def _renditions(storage: Storage, removed: Iterable[Indexed], files: Collection[str]) -> Mapping[str, list[Rendition]]:
    """Return the renditions of captures, and those in the files that are removed as a whole, by file."""
    pages = {(entry.final_url, entry.fetched_at) for entry in removed}
    found: dict[str, list[Rendition]] = defaultdict(list)
    if pages or any(file.startswith(RENDITION_FOLDER) for file in files):
        for each in renditions(storage):
            if each.location.file in files or (each.page, each.captured_at) in pages:
                found[each.location.file].append(each)
    return found


def _removal(file: str, entries: Iterable[Indexed], chosen: Collection[str], *, whole: bool) -> Removal:
    parts: Mapping[bool, list[Indexed]] = defaultdict(list)
    for entry in entries:
        parts[entry.id in chosen].append(entry)
    return Removal(file=file, whole=whole, removed=tuple(parts[True]), kept=tuple(parts[False]))


def _check_files(archive: Archive, removals: Iterable[Removal]) -> None:
    waiting = open_files(archive.storage)
    for each in removals:
        if each.file in waiting:
            raise FangzhiError(
                _("{file} is still open", file=each.file), _("wait until the crawl that writes it has ended")
            )
        if not each.file.startswith(("warc/", "text/", "views/")):
            raise FangzhiError(
                _("{file} is outside the archive", file=each.file),
                _("remove it where it is, then run `fangzhi rebuild`"),
            )
        if not each.whole and each.file.startswith(IMPORTED):
            raise FangzhiError(
                _("{file} was imported, and can only be removed as a whole", file=each.file),
                _("name the file instead of the capture"),
            )


def _check_references(archive: Archive, removals: Iterable[Removal], others: Iterable[Indexed]) -> None:
    """Raise FangzhiError if a capture that stays is stored as a reference to the body of one that is removed."""
    storage = archive.storage
    removed = [entry for each in removals for entry in each.removed]
    payloads = {_payload(entry) for entry in removed}
    pages = {entry.final_url for entry in removed}
    candidates = [
        entry for entry in others if _payload(entry) in payloads or (entry.status == 304 and entry.final_url in pages)
    ]
    if not candidates:
        return
    originals = {fields.id for entry in removed if (fields := _fields(storage, entry))} - {None}
    found = [entry.id for entry in candidates if (fields := _fields(storage, entry)) and fields.refers_to in originals]
    if found:
        raise FangzhiError(
            ngettext(
                "{count} other capture has its body in what you remove: {ids}",
                "{count} other captures have their body in what you remove: {ids}",
                len(found),
                ids=found[:MAX_NAMED_CAPTURES],
            ),
            _("remove these captures too, in the same command"),
        )


def _fields(storage: Storage, entry: Indexed) -> RecordFields | None:
    return fields_at(storage, entry.location) if entry.location else None
