"""Import of WARC files of other programs into the archive, byte for byte."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

from pipelines.archive.compression import GZIP_MAGIC, ZSTD_DICTIONARY, ZSTD_MAGIC
from pipelines.archive.incoming import COPY_BYTES, incoming_path, new_file
from pipelines.archive.index import put_index
from pipelines.archive.ledger import RecordedObject, append, recorded_file
from pipelines.archive.locks import write_locked
from pipelines.archive.manifest import Fixity, manifest_key, write_manifest
from pipelines.archive.record_reader import records
from pipelines.archive.record_stream import RecordStream, is_warc
from pipelines.archive.sources import Source
from pipelines.archive.writer import safe_name
from pipelines.errors import StoreCorrupt
from pipelines.messages import gettext as _
from pipelines.model import IMPORTED
from pipelines.storage import Storage, spool_path
from pipelines.storage.local import os_errors_as_unavailable


def import_file(storage: Storage, source: Source) -> str:
    """Copy a WARC file byte for byte into the archive, and return its key, which has its digest and its own name.

    If the archive has the same file under any name, that key is returned. Raises StoreCorrupt if the file holds no
    WARC or ARC record; a damaged file is imported as it is.
    """
    path = incoming_path(storage, source.name)
    with new_file(path) as copy:
        digest = _copy(source, copy)
        copy.seek(0)
        if next(records(RecordStream(copy)), None) is None:
            raise StoreCorrupt(
                _("{name} is not a WARC, it was not imported", name=source.name), hint=_("check what the file is")
            )
        copy.seek(0)
        name = imported_name(source.name, copy.read(4))
    folder = f"{IMPORTED}{digest[:16]}/"
    existing = next(storage.keys(folder), None)
    fixity = Fixity(key=existing or folder + name, size=path.stat().st_size, digest=f"sha256:{digest}")
    index = put_index(storage, fixity.key, path)
    if existing and _has_manifest(storage, existing):
        path.unlink()
    else:  # the file is there already if a kill happened before its manifest was put
        put_file(storage, fixity, path, index, source=source.name)
    return fixity.key


def put_file(
    storage: Storage, fixity: Fixity, path: Path, index: Iterable[RecordedObject] = (), source: str | None = None
) -> None:
    """Put a finished file of the spool into the store, record it in the ledger with its index, and put its manifest.

    All are durable on return. With a `source`, from which the file was copied, the entry is that of an import.
    """
    objects = [recorded_file(path, fixity.key), *index]
    storage.put(fixity.key, path)
    append(storage, "import" if source else "put", objects, source=source)
    key = manifest_key(fixity.key)
    with write_locked(spool_path(storage, key), write_manifest(fixity)) as manifest:
        storage.put(key, manifest)


def imported_name(address: str, magic: bytes) -> str:
    """Return the name of a file in the archive: its own, with the ending for its compression if that is missing.

    >>> imported_name("https://example.org/crawl/IA-01.warc.gz?x=1", b""), imported_name("/data/00012", b"\\x1f\\x8b")
    ('IA-01.warc.gz', '00012.warc.gz')
    """
    path = address.partition("?")[0] if "://" in address else address
    name = safe_name(path.rstrip("/").rpartition("/")[2])
    if is_warc(name):
        return name
    ending = (
        ".gz" if magic.startswith(GZIP_MAGIC) else ".zst" if magic.startswith((ZSTD_MAGIC, ZSTD_DICTIONARY)) else ""
    )
    return f"{name}.warc{ending}"


def _has_manifest(storage: Storage, key: str) -> bool:
    return next(storage.keys(manifest_key(key)), None) is not None


def _copy(source: Source, copy: BinaryIO) -> str:
    """Copy a file and return its SHA-256 in hex."""
    digest = hashlib.sha256()
    with os_errors_as_unavailable("read", Path(source.name)), source.open() as file:
        while piece := file.read(COPY_BYTES):
            digest.update(piece)
            copy.write(piece)
    return digest.hexdigest()
