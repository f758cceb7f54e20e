"""Captures lost to one changed bit, by fangzhi, warcio and fastwarc.

Run it with `python -m tests.benchmarks.damage`. A file has 170 pages, a gzip member per record; one bit is changed at
each of 200 random places in turn, and the whole file is read. A capture counts as read if its URL and body are right.
"""

from __future__ import annotations

import io
import random
from collections.abc import Callable

from fastwarc.warc import ArchiveIterator, WarcRecordType
from warcio.archiveiterator import ArchiveIterator as WarcioIterator
from warcio.exceptions import ArchiveLoadFailed

from pipelines.archive.reader import captures
from pipelines.archive.records import exchange_members
from pipelines.errors import StoreCorrupt
from tests.pipelines.archive.made import digests, made

PAGES = 170
PLACES = 200

Found = set[tuple[str, bytes]]


def main() -> None:
    """Print for each program the mean and the largest number of lost captures."""
    choice = random.Random(1)
    pages = [
        made(number, body=choice.randbytes(3_000) + b"<p>" * 500, final_url=url(number)) for number in range(PAGES)
    ]
    data = b"".join(member for page in pages for member in exchange_members(page, digests(page).payload))
    whole = {(page.final_url, page.body) for page in pages}
    places = [(choice.randrange(len(data)), 1 << choice.randrange(8)) for _ in range(PLACES)]
    print(f"{PAGES} pages, one bit changed at {PLACES} places: captures lost")
    for name, read in READERS.items():
        lost = [len(whole - read(changed(data, *place))) for place in places]
        print(f"  {name:9} {sum(lost) / PLACES:7.2f} on average, {max(lost):4} at most")


def url(number: int) -> str:
    """Return the URL of a page."""
    return f"http://news.example.cn/{number}.html"


def changed(data: bytes, offset: int, bit: int) -> bytes:
    """Return the bytes with one bit changed."""
    return data[:offset] + bytes([data[offset] ^ bit]) + data[offset + 1 :]


def read_ours(data: bytes) -> Found:
    """Read captures."""
    found: Found = set()
    try:
        for _, capture in captures(io.BytesIO(data), "a.warc.gz"):
            found.add((capture.final_url, capture.body))
    except StoreCorrupt:
        pass
    return found


def read_warcio(data: bytes) -> Found:
    """Read responses until warcio stops."""
    found: Found = set()
    try:
        for record in WarcioIterator(io.BytesIO(data)):
            if record.rec_type == "response":
                found.add((record.rec_headers.get_header("WARC-Target-URI"), record.raw_stream.read()))
    except (ArchiveLoadFailed, OSError, ValueError, EOFError, AttributeError):
        pass
    return found


def read_fastwarc(data: bytes) -> Found:
    """Read responses until fastwarc stops."""
    found: Found = set()
    try:
        for record in ArchiveIterator(io.BytesIO(data), record_types=WarcRecordType.response):
            found.add((record.headers["WARC-Target-URI"], record.reader.read()))
    except Exception:  # noqa: BLE001 - its exceptions have no common class
        return found
    return found


READERS: dict[str, Callable[[bytes], Found]] = {
    "warcio": read_warcio,
    "fastwarc": read_fastwarc,
    "fangzhi": read_ours,
}


if __name__ == "__main__":
    main()
