"""A WACZ package: a ZIP file with a description of its files (WACZ 1.1.1, specs.webrecorder.net/wacz/1.1.1/)."""

from __future__ import annotations

import hashlib
import json
import re
import struct
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import TracebackType
from typing import IO, BinaryIO, Self

WACZ_VERSION = "1.1.1"

UNSAFE_NAME_CHARS = re.compile(r"[^a-z0-9._-]+")
"""Characters that names of resources must not have (Frictionless Data Package v1)."""

FILE_MODE = 0o644 << 16
UNIX_SYSTEM = 3
"""The system for which file modes are given; zipfile's default depends on the machine."""

TIME_FIELD = struct.pack("<HHBL", 0x5455, 5, 1, 315_532_800)
"""The extra field for times (`UT`) with 1980-01-01.

It is for wabac.js, the player in ReplayWeb.page. zipfile writes ZIP64 fields before each file, but in the central
directory only for files above 4 GB; wabac.js looks for the former only if the central directory has any extra field.
"""

Sign = Callable[[str, str], Mapping[str, str]]
"""Returns the signature of the digest of `datapackage.json` (`sha256:…`) with its time, as a JSON object."""


class PackageFile:
    """A file of the package that is being written; it computes size and digest."""

    def __init__(self, file: IO[bytes]) -> None:
        self.size = 0
        self.digest = hashlib.sha256()
        self._file = file

    def write(self, data: bytes) -> None:
        """Append bytes."""
        self._file.write(data)
        self.digest.update(data)
        self.size += len(data)


class Package:
    """Writes a package from its start to its end into a seekable file.

    Equal content gives equal bytes: all files have the earliest date of ZIP, 1980-01-01.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._zip = zipfile.ZipFile(file, "w")
        self._resources: list[dict[str, object]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Release the ZIP file, also after an error: else it would be finished later, when its file is closed."""
        self._zip.close()

    @contextmanager
    def add(self, path: str, *, deflate: bool = False) -> Iterator[PackageFile]:
        """Open the next file of the package; it is stored uncompressed, for range requests, unless `deflate`."""
        with self._zip.open(_info(path, deflate=deflate), "w", force_zip64=True) as file:
            added = PackageFile(file)
            yield added
        name = UNSAFE_NAME_CHARS.sub("-", path.rpartition("/")[2].lower())
        digest = f"sha256:{added.digest.hexdigest()}"
        self._resources.append({"name": name, "path": path, "hash": digest, "bytes": added.size})

    def describe(self, described: Mapping[str, str], sign: Sign | None = None) -> Mapping[str, str] | None:
        """Write the list of files, with `described` as further keys, and the digest of the list, which may be signed.

        A signed package needs the key `created`. Returns the signature.
        """
        package = {
            "profile": "data-package",
            **described,
            "wacz_version": WACZ_VERSION,
            "resources": self._resources,
        }
        content = _json(package)
        digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
        signature = sign(digest, described["created"]) if sign else None
        signed = {"signedData": signature} if signature else {}
        self._zip.writestr(_info("datapackage.json", deflate=True), content)
        self._zip.writestr(
            _info("datapackage-digest.json", deflate=True),
            _json({"path": "datapackage.json", "hash": digest, **signed}),
        )
        return signature


def _info(path: str, *, deflate: bool) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(path)
    info.compress_type = zipfile.ZIP_DEFLATED if deflate else zipfile.ZIP_STORED
    info.create_system, info.external_attr, info.extra = UNIX_SYSTEM, FILE_MODE, TIME_FIELD
    return info


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=2).encode() + b"\n"
