"""The manifest: beside each object of the archive a small one that says what its bytes must be.

The manifest of `warc/x/2026/03/a.warc.gz` is the object `manifest/warc/x/2026/03/a.warc.gz.sha256`::

    # 18273 bytes
    2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae  warc/x/2026/03/a.warc.gz

It is put after its object and, like every object, never changed. So an object without a manifest was added by somebody
else, a manifest without its object tells that one is missing, and any other size or digest that it was changed. The
form is that of sha256sum: `find manifest -type f -exec sha256sum -c {} +` in the archive's folder needs no fangzhi.
"""

from __future__ import annotations

import re

from attrs import frozen

from pipelines.errors import StoreCorrupt

FOLDER = "manifest/"
SUFFIX = ".sha256"

_FORM = re.compile(r"# (?P<size>0|[1-9][0-9]{0,18}) bytes\n(?P<digest>[0-9a-f]{64})  (?P<key>[^\n]+)\n")


@frozen(kw_only=True)
class Fixity:
    """What the object under a key must be: its size in bytes and its digest, `sha256:HEX`."""

    key: str
    size: int
    digest: str


def manifest_key(key: str) -> str:
    """Return the key of the manifest of an object.

    >>> manifest_key("warc/x/2026/03/a.warc.gz")
    'manifest/warc/x/2026/03/a.warc.gz.sha256'
    """
    return f"{FOLDER}{key}{SUFFIX}"


def is_manifest(key: str) -> bool:
    """Tell whether a key is that of a manifest; manifests have none of their own."""
    return key.startswith(FOLDER)


def write_manifest(fixity: Fixity) -> bytes:
    """Return the content of an object's manifest; the same object always has the same."""
    return f"# {fixity.size} bytes\n{fixity.digest.removeprefix('sha256:')}  {fixity.key}\n".encode()


def read_manifest(content: bytes, name: str) -> Fixity:
    """Return what a manifest says; `name` is its own key. Raises StoreCorrupt if it is not one, or that of another.

    >>> fixity = Fixity(key="warc/a", size=3, digest="sha256:" + "0f" * 32)
    >>> read_manifest(write_manifest(fixity), "manifest/warc/a.sha256") == fixity
    True
    """
    said = _FORM.fullmatch(content.decode("utf-8", "replace"))
    if said is None or manifest_key(said["key"]) != name:
        raise StoreCorrupt(f"{name} is not the manifest that fangzhi wrote", hint="fetch it from your copy")
    return Fixity(key=said["key"], size=int(said["size"]), digest=f"sha256:{said['digest']}")
