"""Lists of WACZ packages (multi-WACZ): a JSON file that names packages, which need not lie in the same place."""

from __future__ import annotations

import json
from pathlib import PurePosixPath
from typing import BinaryIO
from urllib.parse import urljoin, urlsplit

from pipelines.errors import StoreCorrupt
from pipelines.messages import gettext as _

LIST_SUFFIX = ".json"
PROFILE = "multi-wacz-package"
"""The profile of such a list, which is a Frictionless data package (WACZ, Multi-WACZ)."""

MAX_LIST_BYTES = 8 << 20
"""Maximum size of a list: a package takes some 200 bytes in it."""


def is_package_list(address: str) -> bool:
    """Tell whether an address has the ending of a list."""
    path = urlsplit(address).path if "://" in address else address
    return path.lower().endswith(LIST_SUFFIX)


def listed_packages(address: str, file: BinaryIO) -> list[str]:
    """Return the addresses of the packages in the list at an address; raises StoreCorrupt if it is none.

    A path in it is relative to the list. It may be a web address, but no other file of this machine: only what lies
    beside or below the list is read.
    """
    data = file.read(MAX_LIST_BYTES + 1)
    try:
        if len(data) > MAX_LIST_BYTES:
            raise ValueError(_("it has more than {size} bytes", size=MAX_LIST_BYTES))
        document = json.loads(data)
        if document["profile"] != PROFILE:
            raise ValueError(_("its profile is {profile!r}", profile=document["profile"]))
        return [_joined(address, resource["path"]) for resource in document["resources"]]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise StoreCorrupt(
            _("{address} is no list of WACZ packages: {error}", address=address, error=error),
            hint=_("name WARC, ARC or WACZ files, or a JSON list with the profile multi-wacz-package"),
        ) from error


def _joined(address: str, path: str) -> str:
    if path.startswith(("http://", "https://")):
        return path
    if "://" in path or "\\" in path or PurePosixPath(path).is_absolute() or ".." in PurePosixPath(path).parts:
        raise ValueError(_("the path {path!r} is not beside or below the list", path=path))
    if address.startswith(("http://", "https://")):
        return urljoin(address, path)
    folder, slash, _name = address.rpartition("/")
    return f"{folder}{slash}{path}"
