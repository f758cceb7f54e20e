"""WARC files that are not finished yet, or that were finished while an archive is verified."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress

from pipelines.archive.record_index import RecordIndex
from pipelines.archive.verify import checked_members
from pipelines.errors import StoreCorrupt
from pipelines.storage import OPEN_SUFFIX, Storage, spool_path

WARC_FOLDER = "warc/"


def open_files(storage: Storage) -> set[str]:
    """Return the keys of the WARC files in the spool: those being written, and those that a killed process left."""
    paths = storage.spool.glob(f"{WARC_FOLDER}**/*{OPEN_SUFFIX}")
    return {path.relative_to(storage.spool).as_posix().removesuffix(OPEN_SUFFIX) for path in paths}


def open_sizes(storage: Storage) -> dict[str, int]:
    """Return the size in bytes of each WARC file in the spool, by key; one that is published meanwhile is left out."""
    sizes = {}
    for key in sorted(open_files(storage)):
        with suppress(FileNotFoundError):
            sizes[key] = spool_path(storage, key).stat().st_size
    return sizes


def index_records(storage: Storage, keys: Iterable[str], record_index: RecordIndex) -> None:
    """Add the whole records of such files to an index, so that a revisit of one of them has its original.

    An incomplete end is left out: the writer has not finished it, or the next start truncates it.
    """
    for key in keys:
        path = spool_path(storage, key)
        try:
            with path.open("rb") if path.exists() else storage.open(key) as file:
                for member in checked_members(file, key):
                    if member.fields:
                        record_index.add(member.fields, member.location)
        except (FileNotFoundError, StoreCorrupt):
            continue  # published meanwhile, and listed then
