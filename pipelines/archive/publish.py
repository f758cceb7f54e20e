"""A segment goes from the spool to the store: checked, its index before it, its manifest after it."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from pipelines.archive.index import put_index
from pipelines.archive.locks import claimed, held
from pipelines.archive.manifest import FOLDER, SUFFIX, Fixity, manifest_key, write_manifest
from pipelines.archive.record_reader import LONGEST, Record, records
from pipelines.archive.record_stream import RecordStream
from pipelines.errors import StoreCorrupt
from pipelines.storage import OPEN_SUFFIX, Storage, spooled
from pipelines.storage.local import unavailable


def publish(storage: Storage, key: str, written: Fixity | None = None) -> None:
    """Put a whole segment, which the caller holds under its lock, to the store; `written` is what it must be, if known.

    Its manifest is durable in the spool before the segment goes from there, and put after it: a crash in between leaves
    it for `publish_manifests`. Raises StoreUnavailable, or StoreCorrupt if the segment or what the store has under its
    key is not what was written; then the segment stays in the spool.
    """
    path, manifest = spooled(storage, key), manifest_key(key)
    found = checked(path, key)
    if found != (written or found):
        raise _changed(path)
    put_index(storage, key, path)
    with held(spooled(storage, manifest), write_manifest(found)) as told:
        storage.put(key, path)
        storage.put(manifest, told)


def publish_manifests(storage: Storage) -> None:
    """Put the manifests of segments that reached the store when nobody lived to put theirs."""
    for path in sorted(storage.spool.glob(f"{FOLDER}**/*{OPEN_SUFFIX}")):
        key = path.relative_to(storage.spool).as_posix().removesuffix(OPEN_SUFFIX)
        if spooled(storage, key.removeprefix(FOLDER).removesuffix(SUFFIX)).exists():
            continue
        with claimed(path) as file:
            if file:
                storage.put(key, path)


def checked(path: Path, key: str) -> Fixity:
    """Return the fixity of a segment once all of its records were read back from the disk and found as they were made.

    Raises StoreCorrupt naming the first record that was not.
    """
    with unavailable("read", path), path.open("rb") as file:
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)  # or memory would answer for the disk
        source = RecordStream(file)
        wrong = next((record for record in records(source) if not _intact(record)), None)
        at = source.damage if wrong is None else wrong.span and wrong.span[0]
        if at is not None:
            raise _changed(path, f", from byte {at} on")
        file.seek(0)
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return Fixity(key=key, size=file.tell(), digest=f"sha256:{digest}")


def _changed(path: Path, where: str = "") -> StoreCorrupt:
    return StoreCorrupt(
        f"{path} is not what was written to it{where}; it was not put to the archive",
        hint="move it away and repair it by hand; the disk or the memory may be failing",
    )


def _intact(record: Record) -> bool:
    """Tell whether a block has the digest that its record gives; longer ones than are read at all count as intact."""
    if int(record.fields["content-length"]) > LONGEST:
        return True
    return record.fields.get("warc-block-digest") == f"sha256:{hashlib.sha256(record.block).hexdigest()}"
