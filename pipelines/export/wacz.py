"""Captures as one WACZ file, or as one index for players that read the archive itself."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Iterator, Set
from itertools import islice
from typing import BinaryIO

from attrs import define
from isal import isal_zlib

from pipelines import __version__
from pipelines.archive.cdxj import cdxj_key
from pipelines.archive.record_stream import NAME
from pipelines.archive.records import GZIP, LEVEL
from pipelines.archive.writer import safe
from pipelines.export.choice import Choice
from pipelines.export.copy import pieces
from pipelines.export.excerpt import Line, Moves, index_lines
from pipelines.export.lines import SortedLines
from pipelines.export.package import Package
from pipelines.export.pages import HEADER, page_line
from pipelines.model import IMPORTED, Entry
from pipelines.storage import Storage

BLOCK = 1024
"""Index lines packed together, as py-wacz packs them: about 40 kB, which a player fetches to look an address up."""


@define
class Written:
    """What an export wrote."""

    pages: int = 0
    captures: int = 0
    missing: int = 0
    """Entries whose captures are not in it: they lie elsewhere, in an ARC file, or in one still being written."""
    newest: dt.datetime | None = None


def write_wacz(storage: Storage, choice: Choice, entries: Iterable[Entry], file: BinaryIO) -> Written:
    """Write the chosen captures of an archive as a WACZ 1.1.1 package, with the articles among `entries` as its pages.

    The same captures and entries make the same bytes: its date of creation is that of the newest capture.
    """
    written = Written()
    package = Package(file)
    with package.part("pages/pages.jsonl", deflate=True) as pages:
        pages.write(HEADER.encode())
        for line in _pages(choice, entries, written):
            pages.write(line.encode())
    with SortedLines() as lines:
        for key, wanted in sorted(choice.files.items()):
            lines.add(line.text() for line in _archived(package, storage, key, wanted))
        written.captures = _indexed(package, lines)
    package.close(_described(written))
    return written


def write_cdxj(storage: Storage, choice: Choice, file: BinaryIO) -> int:
    """Write the indexes of the chosen captures as one, sorted, and return how many there are.

    Its file names are keys of the archive: pywb plays from it what lies there.
    """
    count = 0
    with SortedLines() as lines:
        for key, wanted in choice.files.items():
            found = index_lines(storage.read(cdxj_key(key)))
            lines.add(line.text() for line in found if wanted is None or line.offset in wanted)
        for line in lines:
            file.write(line)
            count += 1
    return count


def archived_name(key: str) -> str:
    """Return the name of a WARC inside a package, where there are no folders.

    >>> archived_name("warc/x/2026/03/fangzhi-x.warc.gz"), archived_name("warc/imported/0f3a/a.warc.zst")
    ('fangzhi-x.warc.gz', '0f3a-a.warc.gz')
    """
    if not key.startswith(IMPORTED):
        return key.rpartition("/")[2]
    return safe(NAME.sub("", key.removeprefix(IMPORTED).replace("/", "-"))) + ".warc.gz"


def _pages(choice: Choice, entries: Iterable[Entry], written: Written) -> Iterator[str]:
    for entry in entries:
        if not choice.holds(entry.location):
            written.missing += 1
            continue
        written.newest = max(filter(None, (written.newest, entry.fetched_at)))
        if entry.outcome == "article":
            written.pages += 1
            yield page_line(entry)


def _archived(package: Package, storage: Storage, key: str, wanted: Set[int] | None) -> Iterator[Line]:
    """Copy what is wanted of a file into the package, and yield the index lines of what was copied."""
    lines, moves, name = index_lines(storage.read(cdxj_key(key))), Moves(), archived_name(key)
    with package.part(f"archive/{name}") as part:
        for piece in pieces(storage, key, lines, wanted):
            part.write(piece.data)
            moves.add(piece)
    return filter(None, (moves.moved(line, name) for line in lines))


def _indexed(package: Package, lines: Iterable[bytes]) -> int:
    """Put the index into the package, in packed blocks, and the list of these beside it; return how many lines."""
    told = ['!meta 0 {"format": "cdxj-gzip-1.0", "filename": "index.cdx.gz"}\n']
    found, count = iter(lines), 0
    with package.part("indexes/index.cdx.gz") as index:
        while block := list(islice(found, BLOCK)):
            packed = isal_zlib.compress(b"".join(block), LEVEL, GZIP)
            place = {"offset": index.size, "length": len(packed), "digest": f"sha256:{_sha256(packed)}"}
            told.append(f"{block[0].decode().split(' {', 1)[0]} {json.dumps(place)}\n")
            index.write(packed)
            count += len(block)
    with package.part("indexes/index.idx", deflate=True) as summary:
        summary.write("".join(told).encode())
    return count


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _described(written: Written) -> dict[str, str]:
    created = {"created": f"{written.newest:%Y-%m-%dT%H:%M:%SZ}"} if written.newest else {}
    return {**created, "software": f"fangzhi {__version__}"}
