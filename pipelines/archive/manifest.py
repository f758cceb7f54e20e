"""Manifests: for each object of the archive a small object with its size and its SHA-256.

The manifest of `warc/x/2026/03/a.warc.gz` is the object `manifest/warc/x/2026/03/a.warc.gz.sha256`::

    # 18273 bytes
    2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae  warc/x/2026/03/a.warc.gz

It is written after its object and, like every object, never changed. So an object without a manifest was not written by
fangzhi, a manifest without its object means that the object is missing, and another size or digest that it was changed.
The format is that of sha256sum: `find manifest -type f -exec sha256sum -c {} +` in the archive's folder checks all
objects without fangzhi.
"""

from __future__ import annotations

import re

from attrs import frozen

from pipelines.errors import StoreCorrupt
from pipelines.messages import gettext as _

MANIFEST_FOLDER = "manifest/"
MANIFEST_SUFFIX = ".sha256"

_MANIFEST = re.compile(r"# (?P<size>0|[1-9][0-9]{0,18}) bytes\n(?P<digest>[0-9a-f]{64})  (?P<key>[^\n]+)\n")


@frozen(kw_only=True)
class Fixity:
    """The expected size in bytes and digest (`sha256:HEX`) of the object with a key."""

    key: str
    size: int
    digest: str


def manifest_key(key: str) -> str:
    """Return the key of the manifest of an object.

    >>> manifest_key("warc/x/2026/03/a.warc.gz")
    'manifest/warc/x/2026/03/a.warc.gz.sha256'
    """
    return f"{MANIFEST_FOLDER}{key}{MANIFEST_SUFFIX}"


def write_manifest(fixity: Fixity) -> bytes:
    """Return the content of an object's manifest; equal objects have equal manifests."""
    return f"# {fixity.size} bytes\n{fixity.digest.removeprefix('sha256:')}  {fixity.key}\n".encode()


def read_manifest(content: bytes, name: str) -> Fixity:
    """Return the content of the manifest with the key `name`; raises StoreCorrupt if it is not the manifest of its key.

    >>> fixity = Fixity(key="warc/a", size=3, digest="sha256:" + "0f" * 32)
    >>> read_manifest(write_manifest(fixity), "manifest/warc/a.sha256") == fixity
    True
    """
    match = _MANIFEST.fullmatch(content.decode("utf-8", "replace"))
    if match is None or manifest_key(match["key"]) != name:
        raise StoreCorrupt(
            _("{name} is not the manifest that fangzhi wrote", name=name), hint=_("restore it from your copy")
        )
    return Fixity(key=match["key"], size=int(match["size"]), digest=f"sha256:{match['digest']}")
