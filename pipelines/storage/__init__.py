"""Stores of finished files: one interface, and a module for each scheme of addresses."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, Protocol
from urllib.parse import unquote, urlsplit

from attrs import frozen

from pipelines.errors import ConfigError
from pipelines.masking import mask
from pipelines.messages import gettext as _
from pipelines.storage.options import Options

OPEN_SUFFIX = ".open"
"""Ending of the name of a file that is still being written; `keys` never lists such files."""


MAX_NAME_BYTES = 255
"""Bytes of the longest name of a file in the file systems of Linux, macOS and Windows."""


@frozen(kw_only=True)
class StoredObject:
    """What a store says about a finished file without reading it.

    `md5` is the MD5 in hexadecimal digits, if the store states one: S3 does in the ETag of an object that was uploaded
    as one piece.
    """

    key: str
    size: int
    md5: str | None = None


class Storage(Protocol):
    """A store of files that are written once and never changed.

    Every method raises StoreUnavailable if the store cannot be used now, and StoreCorrupt if a key is missing or has
    other content.
    """

    separate_spool: bool
    """Whether the spool is not the store itself, so that `put` makes room in the spool."""

    @property
    def spool(self) -> Path:
        """Local folder for files that are being written, each under its later key plus `.open`."""

    def put(self, key: str, path: Path) -> None:
        """Move a finished local file into the store; the same content under the same key is no error."""

    def read(self, key: str, offset: int = 0, length: int | None = None) -> bytes:
        """Return a range of a file; less than `length` bytes if the file ends before."""

    def open(self, key: str) -> BinaryIO:
        """Return a file as a stream from its start."""

    def keys(self, prefix: str = "") -> Iterator[str]:
        """Yield the keys of finished files that begin with `prefix`, sorted by code point."""

    def objects(self, prefix: str = "") -> Iterator[StoredObject]:
        """Yield the finished files that begin with `prefix` as `keys` does, with what the store says about each."""

    def size(self, key: str) -> int:
        """Return a file's size in bytes."""

    def remove(self, key: str) -> None:
        """Delete a file that can be rebuilt: an index or its manifest; a missing file is no error."""

    def check(self) -> None:
        """Raise StoreUnavailable, with reason and remedy, if files cannot be put into this store."""


def spool_path(storage: Storage, key: str) -> Path:
    """Return the path of a file in the spool, until the store has it."""
    return storage.spool / (key + OPEN_SUFFIX)


@frozen(kw_only=True)
class Backend:
    """A kind of store, and the addresses that lead to it."""

    example: str
    """An address of this kind, for error messages."""

    normalise: Callable[[str], str]
    """Returns a valid address in one spelling, which `open` takes, and the empty string for an invalid address."""

    open: Callable[[str, Options], Storage]
    """Opens the store at a normalised address, and does not access it yet."""


def storage_address(address: str) -> str:
    """Return the address of a store in the spelling that settings keep: `scheme://…`, or the path of a folder.

    Raises ConfigError, which lists the valid kinds of addresses.
    """
    return _parsed(address)[1]


def open_storage(address: str, options: Options | None = None) -> Storage:
    """Return the store at an address (see `BACKENDS`), without accessing it yet; raises ConfigError."""
    backend, normalised = _parsed(address)
    return backend.open(normalised, options or Options())


def is_store_address(address: str) -> bool:
    """Tell whether an address names a file or folder in a store by the scheme of a backend: `s3://…`, `file://…`."""
    scheme = _scheme(address)
    return "://" in address and scheme != FOLDER_SCHEME and scheme in BACKENDS


def _parsed(address: str) -> tuple[Backend, str]:
    scheme = _scheme(address)
    if "://" not in address and scheme not in BACKENDS:
        scheme = FOLDER_SCHEME
    backend = BACKENDS.get(scheme)
    try:
        normalised = backend.normalise(address) if backend else ""
    except ValueError:  # brackets in place of a host
        normalised = ""
    if backend is None or not normalised:
        *others, last = (each.example for each in BACKENDS.values())
        raise ConfigError(
            _("the archive address {address!r} is not valid", address=address),
            hint=_("valid are {names} and {last}", names=others, last=last),
        )
    return backend, normalised


def _scheme(address: str) -> str:
    try:
        return urlsplit(address).scheme
    except ValueError:
        return address.partition(":")[0].lower()


def _normalised_path(address: str) -> str:
    return "" if "://" in address else address


def _normalised_file(address: str) -> str:
    parts = urlsplit(address)
    local = parts.netloc in ("", "localhost") and parts.path.startswith("/")
    return os.path.normpath(unquote(parts.path)) if local else ""


def _normalised_s3(address: str) -> str:
    has_password = mask(address) != address
    return address.rstrip("/") if urlsplit(address).netloc and not has_password else ""


def _open_folder(path: str, _options: Options) -> Storage:
    from pipelines.storage.local import LocalStorage

    return LocalStorage(Path(path).expanduser())


def _open_s3(address: str, options: Options) -> Storage:
    from pipelines.storage.s3 import S3Storage

    parts = urlsplit(address)
    return S3Storage(parts.netloc, parts.path.strip("/"), options)


FOLDER_SCHEME = ""
"""A path has no scheme."""

BACKENDS = {
    FOLDER_SCHEME: Backend(example=_("a folder"), normalise=_normalised_path, open=_open_folder),
    "file": Backend(example="file:///folder", normalise=_normalised_file, open=_open_folder),
    "s3": Backend(example="s3://bucket/prefix", normalise=_normalised_s3, open=_open_s3),
}
"""Every kind of store by the scheme of its addresses; settings, error messages and `open_storage` read this table.

Backends are imported when they are opened: boto3 takes longer to import than everything else together.
"""


def check_path(path: Path) -> None:
    """Raise ConfigError if a path has a name that is longer than file systems allow."""
    longest = max(path.parts, key=lambda part: len(os.fsencode(part)), default="")
    if len(os.fsencode(longest)) > MAX_NAME_BYTES:
        raise ConfigError(
            _("the path {start}… has a name of {count} bytes", start=str(path)[:50], count=len(os.fsencode(longest))),
            hint=_("file systems allow {limit}", limit=MAX_NAME_BYTES),
        )
