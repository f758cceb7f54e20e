"""The description of a package: `datapackage.json` and `datapackage-digest.json`."""

from __future__ import annotations

import hashlib
import json
import struct
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from typing import IO, Any

from attrs import field, frozen

from pipelines.archive.checks import Problem
from pipelines.messages import gettext as _

DESCRIPTION, DIGEST = "datapackage.json", "datapackage-digest.json"

MAX_JSON_BYTES = 64 << 20
"""Largest description that is read: it has about 200 bytes for each file in the package, and packages have dozens."""

ZIP_ERRORS = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, RuntimeError, ValueError)
"""What zipfile raises for a member that is damaged, encrypted, or in a compression that it does not know."""


@frozen(kw_only=True)
class Resource:
    """A file that a package must have; `digest` is the algorithm and hexadecimal digits, separated by a colon."""

    path: str
    digest: str | None
    size: int | None


@frozen(kw_only=True)
class Description:
    """What a package says of itself.

    `digest` is that of `datapackage.json`, `stated` the one in `datapackage-digest.json`, and `signature` the value of
    `signedData` there, None without one. `created` is the time of the package.
    """

    resources: Sequence[Resource]
    digest: str
    created: str | None
    stated: str | None
    signature: object = field(default=None, repr=False)


def read_description(package: zipfile.ZipFile) -> Description | Problem:
    """Return the description of a package, or what is wrong with it."""
    try:
        content = member_content(package, DESCRIPTION)
        values = json.loads(content)
        resources = [_resource(each) for each in values["resources"]]
    except KeyError as error:
        return Problem(kind="wrong-description", what=_("it cannot be read: {error}", error=f"KeyError {error}"))
    except (*ZIP_ERRORS, TypeError, AttributeError, RecursionError) as error:
        return Problem(kind="wrong-description", what=_("it cannot be read: {error}", error=error))
    digest = _read_digest(package)
    if isinstance(digest, Problem):
        return digest
    created = values.get("created")
    return Description(
        resources=resources,
        digest=f"sha256:{hashlib.sha256(content).hexdigest()}",
        created=created if isinstance(created, str) else None,
        stated=_text(digest.get("hash")),
        signature=digest.get("signedData"),
    )


def member_content(package: zipfile.ZipFile, name: str) -> bytes:
    """Return the content of a small member; raises one of ZIP_ERRORS."""
    info = package.getinfo(name)
    if info.file_size > MAX_JSON_BYTES:
        raise ValueError(f"{info.file_size} bytes")
    return package.read(info)


def read_range(file: IO[bytes], offset: int, length: int) -> bytes:
    """Return bytes of an open file."""
    file.seek(offset)
    return file.read(length)


def _read_digest(package: zipfile.ZipFile) -> Mapping[str, Any] | Problem:
    """Return the content of `datapackage-digest.json`; empty without this file, which is optional."""
    if DIGEST not in package.namelist():
        return {}
    try:
        found = json.loads(member_content(package, DIGEST))
    except (*ZIP_ERRORS, RecursionError) as error:
        return Problem(kind="wrong-description", what=_("{file} cannot be read: {error}", file=DIGEST, error=error))
    if isinstance(found, dict):
        return found
    return Problem(kind="wrong-description", what=_("{file} is no JSON object", file=DIGEST))


def _resource(values: Mapping[str, Any]) -> Resource:
    """Return a resource; packages before WACZ 1.1 have digest and size in an object `stats`."""
    stats = values.get("stats") or values
    digest, size = stats.get("hash"), stats.get("bytes")
    return Resource(path=str(values["path"]), digest=_text(digest), size=size if isinstance(size, int) else None)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
