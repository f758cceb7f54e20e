"""Captures as one WACZ file: WARC files, their index and a list of pages, for players such as ReplayWeb.page."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Set
from itertools import islice
from typing import BinaryIO

from attrs import define
from isal import isal_zlib

from pipelines import __version__
from pipelines.archive.cdxj import cdxj_key
from pipelines.archive.record_stream import WARC_NAME
from pipelines.archive.records import GZIP_LEVEL, GZIP_WINDOW_BITS
from pipelines.archive.writer import safe_name
from pipelines.export.cdxj import SortedLines
from pipelines.export.offsets import CdxjLine, OffsetMap, index_lines
from pipelines.export.package import Package, Sign
from pipelines.export.record_copy import copy_records
from pipelines.export.selection import RecordSelection
from pipelines.model import IMPORTED, Entry
from pipelines.storage import Storage

PAGES_HEADER = '{"format": "json-pages-1.0", "id": "pages", "title": "All Pages", "hasText": true}\n'
"""The first line of the list of pages; `hasText` tells players that the text of the pages can be searched."""

LINES_PER_BLOCK = 1024
"""Index lines that are compressed together, as py-wacz does: about 40 kB, which a player fetches to find a URL."""


@define
class ExportCounts:
    """The number of exported pages, captures and renditions, the time of the newest capture, and the signature if there
    is one."""

    pages: int = 0
    captures: int = 0
    renditions: int = 0
    missing: int = 0
    """Entries that are not exported: their captures are outside the archive, in a file still being written, or in one
    compressed member together with other records."""
    newest: dt.datetime | None = None
    signature: Mapping[str, str] | None = None


def write_wacz(
    storage: Storage, selection: RecordSelection, entries: Iterable[Entry], file: BinaryIO, sign: Sign | None = None
) -> ExportCounts:
    """Write the selected captures of an archive as a WACZ 1.1.1 package; the articles among `entries` are its pages.

    Without a signature, equal captures and entries give equal bytes: the package has the date of its newest capture.
    With one it has the time of the signature, because a verifier compares this time with that of the time stamp.
    """
    counts = ExportCounts()
    with Package(file) as package:
        with package.add("pages/pages.jsonl", deflate=True) as pages:
            pages.write(PAGES_HEADER.encode())
            for line in _pages(selection, entries, counts):
                pages.write(line.encode())
        with SortedLines() as lines:
            for key, wanted in sorted({**selection.files, **selection.renditions}.items()):
                lines.add(line.text() for line in _add_warc(package, storage, key, wanted))
            counts.renditions = sum(map(len, selection.renditions.values()))
            counts.captures = _add_index(package, lines) - counts.renditions
        counts.signature = package.describe(_description(dt.datetime.now(dt.UTC) if sign else counts.newest), sign)
    return counts


def page_line(entry: Entry) -> str:
    """Return the line of a page in the list of pages: URL, second of its capture, titles and text of its articles.

    Title and text are the repaired ones in UTF-8, whatever the page's encoding was.
    """
    page = {
        "id": entry.id,
        "url": entry.final_url,
        "ts": f"{entry.fetched_at:%Y-%m-%dT%H:%M:%SZ}",
        "title": "；".join(article.title for article in entry.articles if article.title) or entry.final_url,
        "text": "\n\n".join(article.text for article in entry.articles),
    }
    return json.dumps(page, ensure_ascii=False) + "\n"


def archived_name(key: str) -> str:
    """Return the name of a WARC file in a package, which has no folders for them.

    >>> archived_name("warc/x/2026/03/fangzhi-x.warc.gz"), archived_name("warc/imported/0f3a/a.warc.zst")
    ('fangzhi-x.warc.gz', '0f3a-a.warc.gz')
    """
    if not key.startswith(IMPORTED):
        return key.rpartition("/")[2]
    return safe_name(WARC_NAME.sub("", key.removeprefix(IMPORTED).replace("/", "-"))) + ".warc.gz"


def _pages(selection: RecordSelection, entries: Iterable[Entry], counts: ExportCounts) -> Iterator[str]:
    for entry in entries:
        if not selection.holds(entry.location):
            counts.missing += 1
            continue
        counts.newest = max(filter(None, (counts.newest, entry.fetched_at)))
        if entry.outcome == "article":
            counts.pages += 1
            yield page_line(entry)


def _add_warc(package: Package, storage: Storage, key: str, wanted: Set[int] | None) -> Iterator[CdxjLine]:
    """Copy the wanted records of a file into the package, and return their index lines."""
    lines, offsets, name = index_lines(storage.read(cdxj_key(key))), OffsetMap(), archived_name(key)
    with package.add(f"archive/{name}") as file:
        for copied in copy_records(storage, key, lines, wanted):
            file.write(copied.data)
            offsets.add(copied)
    return filter(None, (offsets.moved(line, name) for line in lines))


def _add_index(package: Package, lines: Iterable[bytes]) -> int:
    """Write the index in compressed blocks, and the list of the blocks; return the number of lines."""
    blocks = ['!meta 0 {"format": "cdxj-gzip-1.0", "filename": "index.cdx.gz"}\n']
    found, count = iter(lines), 0
    with package.add("indexes/index.cdx.gz") as index:
        while block := list(islice(found, LINES_PER_BLOCK)):
            packed = isal_zlib.compress(b"".join(block), GZIP_LEVEL, GZIP_WINDOW_BITS)
            location = {"offset": index.size, "length": len(packed), "digest": f"sha256:{_sha256(packed)}"}
            blocks.append(f"{block[0].decode().split(' {', 1)[0]} {json.dumps(location)}\n")
            index.write(packed)
            count += len(block)
    with package.add("indexes/index.idx", deflate=True) as summary:
        summary.write("".join(blocks).encode())
    return count


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _description(at: dt.datetime | None) -> dict[str, str]:
    created = {"created": f"{at:%Y-%m-%dT%H:%M:%SZ}"} if at else {}
    return {**created, "software": f"fangzhi {__version__}"}
