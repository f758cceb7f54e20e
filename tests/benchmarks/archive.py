"""Pages per second written to and read from WARC files by fangzhi, warcio and fastwarc.

Run it with `python -m tests.benchmarks.archive`. It uses one process and one core; compare ratios, because absolute
figures vary from run to run. `published` is fangzhi with the work that a crawl does in the background: read the file
back, index it, and put it into the archive with its manifest. Every reader reads all bodies of the file that fangzhi
wrote; fangzhi also builds captures with headers and requests.
"""

from __future__ import annotations

import hashlib
import io
import tempfile
from functools import partial
from pathlib import Path

from fastwarc.stream_io import GzipWriter
from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType
from warcio.archiveiterator import ArchiveIterator as WarcioIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from pipelines.archive import Archive, read_file
from pipelines.model import Capture, Digests
from pipelines.storage import open_storage
from tests.benchmarks import spool
from tests.benchmarks.pages import best, made_pages

PAGES = 1_500


def main() -> None:
    """Print the figures and their ratios to those of warcio."""
    pages = made_pages(PAGES)
    size = sum(len(page.body) for page in pages)
    print(f"{PAGES} pages of {size / PAGES / 1000:.0f} kB, request and response, one gzip member per record")
    with tempfile.TemporaryDirectory() as folder:
        writers = {"warcio": write_warcio, "fastwarc": write_fastwarc, "fangzhi": write_ours, "published": publish_ours}
        paths = {name: Path(folder, name) for name in writers}
        report("written", {name: best(partial(write, pages, paths[name])) for name, write in writers.items()})
        for name, path in list(paths.items())[:3]:
            print(f"  {name:9} {100 * path.stat().st_size / size:8.1f} % of the size of the bodies")
        readers = {"warcio": read_warcio, "fastwarc": read_fastwarc, "fangzhi": read_ours}
        report("read", {name: best(partial(read, paths["fangzhi"])) for name, read in readers.items()})
    spool.main()


def report(what: str, seconds: dict[str, float]) -> None:
    """Print pages per second, and the ratio to warcio."""
    for name, taken in seconds.items():
        print(f"{what:8} {name:9} {PAGES / taken:8,.0f} pages/s {seconds['warcio'] / taken:6.1f} ×")


def write_ours(pages: list[Capture], path: Path) -> None:
    """Write through the archive with digests, sync, and leave the file at `path`."""
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        archive = filled(pages, folder)
        archive.sync()
        archive.abandon()
        [file] = Path(folder).rglob("*.open")
        file.replace(path)


def publish_ours(pages: list[Capture], path: Path) -> None:
    """Also do what a crawl does in the background: read the file back, index it, and publish it with its manifest."""
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        filled(pages, folder).close()


def filled(pages: list[Capture], folder: str) -> Archive:
    """Return an archive with these pages."""
    archive = Archive(open_storage(folder))
    for page in pages:
        archive.put(page, Digests(payload=f"sha256:{hashlib.sha256(page.body).hexdigest()}"), "site")
    return archive


def write_warcio(pages: list[Capture], path: Path) -> None:
    """Write as in the manual of warcio."""
    with path.open("wb") as file:
        out = WARCWriter(file, gzip=True)
        for page in pages:
            request = StatusAndHeaders("GET / HTTP/1.1", list(page.request_headers), is_http_request=True)
            response = StatusAndHeaders("200 OK", list(page.headers), protocol="HTTP/1.1")
            body = io.BytesIO(page.body)
            out.write_record(out.create_warc_record(page.final_url, "response", payload=body, http_headers=response))
            out.write_record(out.create_warc_record(page.final_url, "request", http_headers=request))


def write_fastwarc(pages: list[Capture], path: Path) -> None:
    """Write records of fastwarc, at the compression level of warcio; `finish` ends a gzip member."""
    with path.open("wb") as file:
        out = GzipWriter(file, compression_level=6)
        for page in pages:
            for kind, start, headers, body in (
                (WarcRecordType.response, "HTTP/1.1 200 OK", page.headers, page.body),
                (WarcRecordType.request, "GET / HTTP/1.1", page.request_headers, b""),
            ):
                record = WarcRecord()
                record.init_headers(kind)
                record.headers["WARC-Target-URI"] = page.final_url
                head = "".join(f"{name}: {value}\r\n" for name, value in headers)
                record.set_bytes_content(f"{start}\r\n{head}\r\n".encode() + body)
                record.write(out, checksum_data=True)
                out.finish()


def read_ours(path: Path) -> None:
    """Read captures."""
    assert sum(bool(capture.body) for _, capture in read_file(path)) == PAGES


def read_warcio(path: Path) -> None:
    """Read responses with their parsed headers."""
    with path.open("rb") as file:
        records = (record for record in WarcioIterator(file) if record.rec_type == "response")
        assert sum(bool(record.content_stream().read()) for record in records) == PAGES


def read_fastwarc(path: Path) -> None:
    """Read responses with their parsed headers."""
    with path.open("rb") as file:
        records = ArchiveIterator(file, record_types=WarcRecordType.response)
        assert sum(bool(record.reader.read()) for record in records) == PAGES


if __name__ == "__main__":
    main()
