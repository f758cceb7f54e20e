"""The CDXJ index of each WARC file in a store."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable
from pathlib import Path

from pipelines.archive.cdxj import cdxj_content, cdxj_key, cdxj_lines
from pipelines.archive.ledger import RecordedObject, append, recorded_content
from pipelines.archive.locks import write_locked
from pipelines.archive.manifest import Fixity, manifest_key, write_manifest
from pipelines.archive.record_reader import Record, records
from pipelines.archive.record_stream import RecordStream
from pipelines.archive.rendition_index import RENDITION_FOLDER, rendition_lines
from pipelines.errors import StoreCorrupt, StoreError
from pipelines.storage import Storage, spool_path
from pipelines.storage.local import os_errors_as_unavailable

logger = logging.getLogger(__name__)


def put_index(storage: Storage, key: str, warc: Path) -> list[RecordedObject]:
    """Put the index of a finished WARC file into the store; see `put_index_content`."""
    with os_errors_as_unavailable("read", warc), warc.open("rb") as file:
        return put_index_content(storage, key, index_content(records(RecordStream(file)), key))


def put_index_content(storage: Storage, key: str, content: bytes) -> list[RecordedObject]:
    """Put the index of a WARC file into the store, before the file itself, so that no file is without one.

    Returns size and digests of the index, for the ledger entry of the file. A different index that is already there
    stays, with a warning, and nothing is returned: an index can be rebuilt, and must not prevent that captures are
    stored.
    """
    try:
        put_object(storage, cdxj_key(key), content)
    except StoreCorrupt as error:
        logger.warning("%s", error)
        return []
    return [recorded_content(content, cdxj_key(key))]


def index_content(found: Iterable[Record], key: str) -> bytes:
    """Return the index of a file with these records: of its renditions or, in all other folders, of its captures."""
    lines = rendition_lines if key.startswith(RENDITION_FOLDER) else cdxj_lines
    return cdxj_content(lines(found, key))


def repair_index(storage: Storage, key: str, content: bytes) -> bool:
    """Replace the index of a WARC file if it is missing or different; return whether that was the case."""
    name = cdxj_key(key)
    wanted = {name: content, manifest_key(name): _manifest(name, content)}
    if all(_holds(storage, each, data) for each, data in wanted.items()):
        return False
    for each in reversed(wanted):
        storage.remove(each)
    put_object(storage, name, content)
    append(storage, "index", [recorded_content(content, name)])
    return True


def put_object(storage: Storage, key: str, content: bytes) -> None:
    """Put a small object and its manifest into the store; the same content under the same key is no error."""
    for name, data in ((key, content), (manifest_key(key), _manifest(key, content))):
        with write_locked(spool_path(storage, name), data) as path:
            try:
                storage.put(name, path)
            except StoreError:
                path.unlink(missing_ok=True)
                raise


def _manifest(key: str, content: bytes) -> bytes:
    digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
    return write_manifest(Fixity(key=key, size=len(content), digest=digest))


def _holds(storage: Storage, key: str, content: bytes) -> bool:
    try:
        return storage.read(key) == content
    except StoreCorrupt:
        return False
