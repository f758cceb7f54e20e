"""A WACZ file: a ZIP that says what is in it (WACZ 1.1.1, https://specs.webrecorder.net/wacz/1.1.1/)."""

from __future__ import annotations

import hashlib
import json
import re
import struct
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import IO, BinaryIO

WACZ_VERSION = "1.1.1"

UNNAMEABLE = re.compile(r"[^a-z0-9._-]+")
"""What names of resources must not hold (Frictionless Data Package v1)."""

MODE = 0o644 << 16
UNIX = 3
"""Set, because zipfile's own choice is the machine's."""


DATED = struct.pack("<HHBL", 0x5455, 5, 1, 315_532_800)
"""The extra field for times (`UT`), with 1980-01-01 again.

It is there for wabac.js, the player in ReplayWeb.page: it looks for the fields that ZIP64 puts before a file's bytes
only where the list at the end has some as well, and zipfile puts them there for files above 4 GB alone.
"""


class Part:
    """A file of the package while it is written; nothing is kept of it but its size and digest."""

    def __init__(self, file: IO[bytes]) -> None:
        self.size = 0
        self.digest = hashlib.sha256()
        self._file = file

    def write(self, data: bytes) -> None:
        """Put bytes behind those before."""
        self._file.write(data)
        self.digest.update(data)
        self.size += len(data)


class Package:
    """A package that is written from front to back, into a file that can seek.

    The same parts make the same bytes: their dates are ZIP's earliest, 1980-01-01.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._zip = zipfile.ZipFile(file, "w")
        self._resources: list[dict[str, object]] = []

    @contextmanager
    def part(self, path: str, *, deflate: bool = False) -> Iterator[Part]:
        """Open the next file of the package; stored as it is unless `deflate`, so that readers can ask for ranges."""
        with self._zip.open(_info(path, deflate=deflate), "w", force_zip64=True) as file:
            part = Part(file)
            yield part
        name = UNNAMEABLE.sub("-", path.rpartition("/")[2].lower())
        told = {"name": name, "path": path, "hash": f"sha256:{part.digest.hexdigest()}", "bytes": part.size}
        self._resources.append(told)

    def close(self, described: Mapping[str, str]) -> None:
        """End the package with the list of its parts and that list's digest; `described` are further keys of it."""
        whole = {
            "profile": "data-package",
            **described,
            "wacz_version": WACZ_VERSION,
            "resources": self._resources,
        }
        told = _json(whole)
        digest = {"path": "datapackage.json", "hash": f"sha256:{hashlib.sha256(told).hexdigest()}"}
        self._zip.writestr(_info("datapackage.json", deflate=True), told)
        self._zip.writestr(_info("datapackage-digest.json", deflate=True), _json(digest))
        self._zip.close()


def _info(path: str, *, deflate: bool) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(path)
    info.compress_type = zipfile.ZIP_DEFLATED if deflate else zipfile.ZIP_STORED
    info.create_system, info.external_attr, info.extra = UNIX, MODE, DATED
    return info


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=2).encode() + b"\n"
