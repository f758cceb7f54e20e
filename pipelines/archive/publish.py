"""Publishing a WARC file from the spool to the store: check, index, put, record in the ledger, put the manifest."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from pipelines.archive.cdxj import cdxj_key
from pipelines.archive.index import put_index_content
from pipelines.archive.ledger import append
from pipelines.archive.ledger.recorded import recorded_in
from pipelines.archive.locks import lock_existing, write_locked
from pipelines.archive.manifest import MANIFEST_FOLDER, MANIFEST_SUFFIX, Fixity, manifest_key, write_manifest
from pipelines.archive.read_back import read_back
from pipelines.archive.rendition_index import RENDITION_FOLDER
from pipelines.archive.written import WrittenFile
from pipelines.storage import OPEN_SUFFIX, Storage, spool_path

WARC_FOLDER = "warc/"

OnUpload = Callable[[float], None]
"""Gets the seconds for which a WARC file was put into the store."""


def ignore_upload(_seconds: float) -> None:
    """Ignore how long an upload took."""


def publish(
    storage: Storage,
    key: str,
    written: Fixity | WrittenFile | None = None,
    on_upload: OnUpload = ignore_upload,
) -> None:
    """Put a finished WARC file, locked by the caller, into the store; `written` is what was written to it, if
    known.

    The manifest is durable in the spool before the file leaves it, and is put after the file and its ledger entry: a
    crash in between leaves the manifest for `publish_manifests`. So what has a manifest is in the ledger.
    Raises StoreUnavailable, or StoreCorrupt if the file or the object that the store has under its key differs from
    what was written; the file then stays in the spool.
    """
    path, manifest = spool_path(storage, key), manifest_key(key)
    found = read_back(path, key, written)
    objects = [found.recorded, *put_index_content(storage, key, found.index)]
    with write_locked(spool_path(storage, manifest), write_manifest(found.fixity)) as manifest_path:
        began = time.monotonic()
        storage.put(key, path)
        on_upload(time.monotonic() - began)
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
    return read_back(path, key).fixity
