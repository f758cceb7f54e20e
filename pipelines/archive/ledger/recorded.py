"""Digests of objects for the ledger, all made in one pass over the bytes."""

from __future__ import annotations

import hashlib
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.archive.ledger.entries import RecordedObject
from pipelines.storage import Storage
from pipelines.storage.local import os_errors_as_unavailable

if TYPE_CHECKING:
    from _typeshed import SupportsRead

READ_BYTES = 1 << 20
"""Bytes read at a time."""


class ObjectDigests:
    """Size and digests of an object whose bytes come in pieces.

    SHA-256 is what everything is compared with. SM3 (GB/T 32905) is what Chinese rules for electronic records ask for.
    MD5 protects from nothing; it is what S3 states of an object without being asked to read it.
    """

    def __init__(self) -> None:
        """Start before the first byte."""
        self._size, self._sha256, self._sm3 = 0, hashlib.sha256(), hashlib.new("sm3")
        self._md5 = hashlib.md5(usedforsecurity=False)

    def update(self, piece: bytes) -> None:
        """Add the next bytes."""
        self._size += len(piece)
        for digest in (self._sha256, self._sm3, self._md5):
            digest.update(piece)

    def recorded(self, key: str) -> RecordedObject:
        """Return what there is of the object with a key so far."""
        sha256, sm3, md5 = (digest.hexdigest() for digest in (self._sha256, self._sm3, self._md5))
        return RecordedObject(key=key, size=self._size, sha256=sha256, sm3=sm3, md5=md5)


def recorded_object(file: SupportsRead[bytes], key: str) -> RecordedObject:
    """Return size and digests of the object with a key, whose bytes are read from a file."""
    digests = ObjectDigests()
    while piece := file.read(READ_BYTES):
        digests.update(piece)
    return digests.recorded(key)


def recorded_content(content: bytes, key: str) -> RecordedObject:
    """Return size and digests of an object with this content."""
    return recorded_object(BytesIO(content), key)


def recorded_file(path: Path, key: str) -> RecordedObject:
    """Return size and digests of the object that a local file will be."""
    with os_errors_as_unavailable("read", path), path.open("rb") as file:
        return recorded_object(file, key)


def recorded_in(storage: Storage, key: str) -> RecordedObject:
    """Return size and digests of an object of a store, which is read."""
    with storage.open(key) as file:
        return recorded_object(file, key)
