"""The index that lies beside each WARC of a store."""

from __future__ import annotations

import hashlib
import logging
from pathlib import Path

from pipelines.archive.cdxj import cdxj_key, cdxj_line, write_cdxj
from pipelines.archive.locks import held
from pipelines.archive.manifest import Fixity, manifest_key, write_manifest
from pipelines.archive.record_reader import records
from pipelines.archive.record_stream import RecordStream
from pipelines.errors import StoreCorrupt, StoreError
from pipelines.storage import Storage, spooled
from pipelines.storage.local import unavailable

log = logging.getLogger(__name__)


def put_index(storage: Storage, key: str, warc: Path) -> None:
    """Put the index of a finished WARC to the store, before the WARC itself: then no WARC is ever without one.

    An index that is there already is left: it can be made again, and must not keep a capture from being kept.
    """
    with unavailable("read", warc), warc.open("rb") as file:
        content = write_cdxj(cdxj_line(record, key) for record in records(RecordStream(file)))
    try:
        put_object(storage, cdxj_key(key), content)
    except StoreCorrupt as error:
        log.warning("%s", error)


def renew_index(storage: Storage, key: str, content: bytes) -> bool:
    """Put the right index beside a WARC in place of one that is missing or another; return whether it was so."""
    name = cdxj_key(key)
    wanted = {name: content, manifest_key(name): _manifest(name, content)}
    if all(_holds(storage, each, data) for each, data in wanted.items()):
        return False
    for each in reversed(wanted):
        storage.remove(each)
    put_object(storage, name, content)
    return True


def put_object(storage: Storage, key: str, content: bytes) -> None:
    """Put a small object to the store and its manifest beside it; the same content under the same key is fine."""
    for name, data in ((key, content), (manifest_key(key), _manifest(key, content))):
        with held(spooled(storage, name), data) as path:
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
