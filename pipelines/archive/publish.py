"""Publishing a WARC file from the spool to the store: check, index, put, record in the ledger, put the manifest."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from pipelines.archive.cdxj import cdxj_key
from pipelines.archive.index import put_index
from pipelines.archive.ledger import append, recorded_file
from pipelines.archive.ledger.recorded import recorded_in
from pipelines.archive.locks import lock_existing, write_locked
from pipelines.archive.manifest import MANIFEST_FOLDER, MANIFEST_SUFFIX, Fixity, manifest_key, write_manifest
from pipelines.archive.record_reader import MAX_BLOCK_BYTES, Record, records
from pipelines.archive.record_stream import RecordStream
from pipelines.archive.rendition_index import RENDITION_FOLDER
from pipelines.archive.written import WrittenFile, is_as_written
from pipelines.errors import StoreCorrupt
from pipelines.messages import gettext as _
from pipelines.storage import OPEN_SUFFIX, Storage, spool_path
from pipelines.storage.local import os_errors_as_unavailable

WARC_FOLDER = "warc/"


def publish(storage: Storage, key: str, written: Fixity | WrittenFile | None = None) -> None:
    """Put a finished WARC file, locked by the caller, into the store; `written` is what was written to it, if
    known.

    The manifest is durable in the spool before the file leaves it, and is put after the file and its ledger entry: a
    crash in between leaves the manifest for `publish_manifests`. So what has a manifest is in the ledger.
    Raises StoreUnavailable, or StoreCorrupt if the file or the object that the store has under its key differs from
    what was written; the file then stays in the spool.
    """
    path, manifest = spool_path(storage, key), manifest_key(key)
    found = check_file(path, key)
    recorded = recorded_file(path, key)
    as_written = is_as_written(path, written) if isinstance(written, WrittenFile) else found == (written or found)
    if not as_written or found.digest != f"sha256:{recorded.sha256}":
        raise _changed_error(path)
    objects = [recorded, *put_index(storage, key, path)]
    with write_locked(spool_path(storage, manifest), write_manifest(found)) as manifest_path:
        storage.put(key, path)
        append(storage, "put", objects)
        storage.put(manifest, manifest_path)


def publish_manifests(storage: Storage) -> None:
    """Put the manifests of WARC files whose process ended after it put the file and before it put the manifest."""
    for path in sorted(storage.spool.glob(f"{MANIFEST_FOLDER}**/*{OPEN_SUFFIX}")):
        key = path.relative_to(storage.spool).as_posix().removesuffix(OPEN_SUFFIX)
        if spool_path(storage, key.removeprefix(MANIFEST_FOLDER).removesuffix(MANIFEST_SUFFIX)).exists():
            continue
        with lock_existing(path) as file:
            if file:
                _record(storage, key.removeprefix(MANIFEST_FOLDER).removesuffix(MANIFEST_SUFFIX))
                storage.put(key, path)


def _record(storage: Storage, key: str) -> None:
    """Append the ledger entry of a WARC file that was put, and of its index; of an index alone there is none yet."""
    if key.startswith((WARC_FOLDER, RENDITION_FOLDER)):
        append(storage, "put", [recorded_in(storage, each) for each in (key, cdxj_key(key))])


def check_file(path: Path, key: str) -> Fixity:
    """Read all records of a WARC file back from the disk, compare their digests, and return the file's fixity.

    Raises StoreCorrupt, which names the first record that differs.
    """
    with os_errors_as_unavailable("read", path), path.open("rb") as file:
        os.posix_fadvise(
            file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED
        )  # so that the bytes come from the disk, not from the page cache
        stream = RecordStream(file, strict=True)
        wrong = next((record for record in records(stream) if not _intact(record)), None)
        at = stream.damage if wrong is None else wrong.span and wrong.span[0]
        if at is not None:
            raise _changed_error(path, at)
        file.seek(0)
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return Fixity(key=key, size=file.tell(), digest=f"sha256:{digest}")


def _changed_error(path: Path, at: int | None = None) -> StoreCorrupt:
    where = _(", from byte {offset} on", offset=at) if at is not None else ""
    return StoreCorrupt(
        _("{path} is not what was written to it{where}; it was not put into the archive", path=path, where=where),
        hint=_("move the file away and repair it by hand; check the disk and the memory"),
    )


def _intact(record: Record) -> bool:
    """Tell whether a block has the digest in its header; blocks too long to be read count as intact."""
    if int(record.fields["content-length"]) > MAX_BLOCK_BYTES:
        return True
    return record.fields.get("warc-block-digest") == f"sha256:{hashlib.sha256(record.block).hexdigest()}"
