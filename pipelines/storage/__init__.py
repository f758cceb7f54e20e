"""Where finished files are kept: one interface, one module for each scheme of address."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Protocol
from urllib.parse import unquote, urlsplit

from pipelines.errors import ConfigError
from pipelines.storage.options import Options

OPEN_SUFFIX = ".open"
"""Ending of a file that is still being written; `keys` never lists one."""


class Storage(Protocol):
    """A store of files that are written once and never changed.

    Every method raises StoreUnavailable when the store cannot be used now, and StoreCorrupt when it lacks a key that
    was asked for or holds something else under it.
    """

    apart: bool
    """Whether the spool lies elsewhere than the store, so that what is put makes room in it."""

    @property
    def spool(self) -> Path:
        """Local folder for files that are being written; they lie under their later key plus `.open`."""

    def put(self, key: str, path: Path) -> None:
        """Take in a finished local file, which is gone afterwards; the same content under the same key is fine."""

    def read(self, key: str, offset: int = 0, length: int | None = None) -> bytes:
        """Return a range of a file; less than `length` where the file ends before."""

    def open(self, key: str) -> BinaryIO:
        """Return a file as a stream from its start."""

    def keys(self, prefix: str = "") -> Iterator[str]:
        """Yield the keys of finished files that begin with `prefix`, sorted by code point."""

    def size(self, key: str) -> int:
        """Return a file's size in bytes."""

    def remove(self, key: str) -> None:
        """Take away what can be made again, an index or its manifest; nothing happens where there is none."""

    def check(self) -> None:
        """Raise StoreUnavailable, saying why and what to do, if files cannot be put here."""


def spooled(storage: Storage, key: str) -> Path:
    """Return where a file lies until the store has it."""
    return storage.spool / (key + OPEN_SUFFIX)


def open_storage(url: str, options: Options | None = None) -> Storage:
    """Return the store at an address: a folder, `file:///folder` or `s3://bucket/prefix`; nothing is touched yet."""
    scheme, separator, rest = url.partition("://")
    match scheme if separator else "":
        case "s3" if urlsplit(url).netloc:
            from pipelines.storage.s3 import S3Storage

            return S3Storage(urlsplit(url).netloc, urlsplit(url).path.strip("/"), options)
        case "file" if rest.startswith("/"):
            return _local(Path(unquote(rest)))
        case "" if url:
            return _local(Path(url).expanduser())
    raise ConfigError(
        f"the archive address {url!r} is not understood",
        hint="allowed are a folder, file:///folder and s3://bucket/prefix",
    )


def _local(folder: Path) -> Storage:
    from pipelines.storage.local import LocalStorage

    return LocalStorage(folder)
