"""Whole files that are put into a store as they are: copies of other programs' WARCs, extracted text."""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from pipelines.archive.compression import GZIP_MAGIC, ZSTD_DICTIONARY, ZSTD_MAGIC
from pipelines.archive.index import put_index
from pipelines.archive.locks import held
from pipelines.archive.manifest import Fixity, manifest_key, write_manifest
from pipelines.archive.record_reader import records
from pipelines.archive.record_stream import RecordStream, is_warc
from pipelines.archive.sources import Source
from pipelines.archive.writer import safe
from pipelines.errors import StoreCorrupt, StoreUnavailable
from pipelines.model import IMPORTED
from pipelines.storage import OPEN_SUFFIX, Storage, spooled
from pipelines.storage.local import unavailable

COPY_SIZE = 1 << 20
"""Bytes copied at a time."""

INCOMING = "incoming/"
"""Where in the spool copies lie while they are made: not where segments do, which the next start would cut back."""


def take_in(storage: Storage, source: Source) -> str:
    """Copy a WARC of another program, byte for byte, into the archive and return its key.

    The key holds its digest and its own name. A file that is there already, under whatever name, is not copied again.
    Raises StoreCorrupt if it does not begin as a WARC or ARC; one that is cut off later is taken as it is.
    """
    place = storage.spool / INCOMING / f"{hashlib.sha256(source.name.encode()).hexdigest()}{OPEN_SUFFIX}"
    with _new(place) as copy:
        digest = _copied(source, copy)
        copy.seek(0)
        if next(records(RecordStream(copy)), None) is None:
            raise StoreCorrupt(f"{source.name} is not a WARC, it was not imported", hint="see what it is")
        copy.seek(0)
        name = imported_name(source.name, copy.read(4))
    folder = f"{IMPORTED}{digest[:16]}/"
    there = next(storage.keys(folder), None)
    fixity = Fixity(key=there or folder + name, size=place.stat().st_size, digest=f"sha256:{digest}")
    put_index(storage, fixity.key, place)
    if there:
        place.unlink()
        _tell(storage, fixity)  # a kill may have come before
    else:
        deposit(storage, fixity, place)
    return fixity.key


def deposit(storage: Storage, fixity: Fixity, path: Path) -> None:
    """Put a finished file of the spool into the store, and its manifest after it; both are durable on return."""
    storage.put(fixity.key, path)
    _tell(storage, fixity)


def imported_name(address: str, magic: bytes) -> str:
    """Return the name that a file gets in the archive: its own, made to end as what packs it where it does not.

    >>> imported_name("https://example.org/crawl/IA-01.warc.gz?x=1", b""), imported_name("/data/00012", b"\\x1f\\x8b")
    ('IA-01.warc.gz', '00012.warc.gz')
    """
    path = address.partition("?")[0] if "://" in address else address
    name = safe(path.rstrip("/").rpartition("/")[2])
    if is_warc(name):
        return name
    packed = (
        ".gz" if magic.startswith(GZIP_MAGIC) else ".zst" if magic.startswith((ZSTD_MAGIC, ZSTD_DICTIONARY)) else ""
    )
    return f"{name}.warc{packed}"


def _tell(storage: Storage, fixity: Fixity) -> None:
    key = manifest_key(fixity.key)
    with held(spooled(storage, key), write_manifest(fixity)) as told:
        storage.put(key, told)


def _copied(source: Source, copy: BinaryIO) -> str:
    """Copy a file and return its SHA-256 in hex."""
    digest = hashlib.sha256()
    with unavailable("read", Path(source.name)), source.open() as file:
        while piece := file.read(COPY_SIZE):
            digest.update(piece)
            copy.write(piece)
    return digest.hexdigest()


@contextmanager
def _new(path: Path) -> Iterator[BinaryIO]:
    """Open a new file under its lock; what was written is on the disk at the end, and gone after an error."""
    with unavailable("write", path):
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644), "rb+") as file:
            _lock(file, path)
            try:
                file.truncate()
                yield file
                file.flush()
                os.fdatasync(file.fileno())
            except BaseException:
                path.unlink()
                raise


def _lock(file: BinaryIO, path: Path) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise StoreUnavailable(f"{path} is being written by another process", hint="wait until it is done") from None
