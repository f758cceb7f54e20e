"""Archives for the tests of `fangzhi verify`: with manifests and a catalogue, and functions that change one thing."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from attrs import evolve
from isal import isal_zlib

from pipelines.archive import Archive
from pipelines.archive.manifest import Fixity, manifest_key, write_manifest
from pipelines.archive.records import GZIP_LEVEL, GZIP_WINDOW_BITS
from pipelines.archive.verify import Finding
from pipelines.catalogue.catalogue import Catalogue
from pipelines.storage import open_storage
from pipelines.verify import Verification
from tests.pipelines.archive.made import digests, made, reference
from tests.pipelines.made import entry


def build(folder: Path) -> None:
    """Create an archive of two sites: three responses, a revisit of one in the other's file, and a 304 response."""
    archive = Archive(open_storage(str(folder)))
    first, other, third = (evolve(made(number), headers=(), truncated=None) for number in (1, 2, 3))
    revisit = evolve(first, fetched_at=made(8).fetched_at)
    not_modified = evolve(other, fetched_at=made(9).fetched_at, status=304, body=b"")
    with closing(Catalogue(catalogue_url(folder))) as catalogue:
        for capture, site, original in (
            (first, "one", None),
            (other, "one", None),
            (revisit, "two", first),
            (third, "two", None),
            (not_modified, "two", other),
        ):
            location = archive.put(capture, digests(capture), site, reference(original) if original else None)
            catalogue.put(evolve(entry(capture), location=location))
    archive.close()
    seal(folder)


def catalogue_url(folder: Path) -> str:
    return f"sqlite:///{folder}.sqlite"


def seal(folder: Path) -> None:
    """Write a manifest for every object without one."""
    for path in [*folder.glob("warc/**/*.gz"), *folder.glob("cdx/**/*.cdxj")]:
        key = path.relative_to(folder).as_posix()
        manifest = folder / manifest_key(key)
        if not manifest.exists():
            content = path.read_bytes()
            manifest.parent.mkdir(parents=True, exist_ok=True)
            digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
            manifest.write_bytes(write_manifest(Fixity(key=key, size=len(content), digest=digest)))


def reseal(folder: Path, path: Path, content: bytes) -> None:
    """Replace the content of an object, and its manifest too, as an attacker would."""
    path.write_bytes(content)
    (folder / manifest_key(path.relative_to(folder).as_posix())).unlink()
    seal(folder)


def findings(folder: Path, sample: int | None = None) -> list[Finding]:
    with closing(Catalogue(catalogue_url(folder))) as catalogue:
        return list(Verification(Archive(open_storage(str(folder))), catalogue, sample=sample).findings())


def repacked(content: bytes, number: int, change: Callable[[bytes], bytes]) -> bytes:
    """Return a WARC file in which one record, counted from 0, is changed and compressed again."""
    members = split(content)
    members[number] = isal_zlib.compress(change(gzip.decompress(members[number])), GZIP_LEVEL, GZIP_WINDOW_BITS)
    return b"".join(members)


def split(content: bytes) -> list[bytes]:
    """Return the gzip members of a file."""
    starts = [at for at in range(len(content)) if content.startswith(b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff", at)]
    return [content[start:end] for start, end in zip(starts, [*starts[1:], len(content)], strict=True)]
