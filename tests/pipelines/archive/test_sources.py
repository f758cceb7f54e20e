"""WARC files are read from paths and from web servers."""

from __future__ import annotations

import functools
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from pipelines.archive import Archive, source_at
from pipelines.archive.record_reader import WarcInfo
from pipelines.errors import StoreCorrupt, StoreUnavailable
from pipelines.model import Capture, Digests, Reference, capture_id
from pipelines.storage import open_storage
from pipelines.storage.http import MAX_TRIES, open_url
from pipelines.storage.options import Options
from tests.crawler.wire import wired
from tests.pipelines.made import capture, sha256


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Log nothing."""


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A folder, and the URL at which a web server without range requests serves it."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(tmp_path)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield tmp_path, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


class Breaking(Quiet):
    """A server whose connections break after `after` bytes; `ranges` turns range requests on and off."""

    after = 300
    ranges = True
    served = 0

    def do_GET(self) -> None:
        type(self).served += 1
        data = (Path(self.directory) / self.path[1:]).read_bytes()
        asked = (self.headers.get("Range") or "bytes=0-").removeprefix("bytes=").partition("-")
        start = int(asked[0]) if self.ranges else 0
        data = data[start : int(asked[2]) + 1 if asked[2] and self.ranges else None]
        self.send_response(206 if self.ranges and "Range" in self.headers else 200)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("ETag", '"one"')
        self.end_headers()
        self.wfile.write(data[: self.after])
        self.close_connection = True


@pytest.fixture
def breaking(tmp_path: Path) -> Iterator[tuple[type[Breaking], str]]:
    handler = type("Handler", (Breaking,), {})
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(handler, directory=str(tmp_path)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield handler, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_after_a_broken_connection_the_rest_is_requested(breaking: tuple[type[Breaking], str], tmp_path: Path) -> None:
    handler, base = breaking
    key = archived(tmp_path)
    size = (tmp_path / key).stat().st_size
    with open_url(f"{base}/{key}", allow_private=True) as file:
        assert file.read() == (tmp_path / key).read_bytes()
    assert handler.served == -(-size // handler.after)


def test_without_range_requests_a_download_cannot_be_resumed(
    breaking: tuple[type[Breaking], str], tmp_path: Path
) -> None:
    handler, base = breaking
    handler.ranges = False
    key = archived(tmp_path)
    with pytest.raises(StoreUnavailable, match="broke off at byte 300 and cannot be resumed"):
        list(web_source(f"{base}/{key}"))


def test_a_server_that_sends_nothing_more_is_not_asked_forever(
    breaking: tuple[type[Breaking], str], tmp_path: Path
) -> None:
    handler, base = breaking
    handler.after = 0
    with pytest.raises(StoreUnavailable, match="breaks off at byte 0"):
        list(web_source(f"{base}/{archived(tmp_path)}"))
    assert handler.served == MAX_TRIES + 1


def web_source(url: str, *, allow_private: bool = True) -> Iterator[tuple[WarcInfo, Capture]]:
    return source_at(url, Options(allow_private=allow_private)).captures()


def test_a_private_address_is_refused(served: tuple[Path, str]) -> None:
    folder, base = served
    url = f"{base}/{archived(folder)}"
    assert len(list(web_source(url))) == 2
    for address in (url, url.replace("127.0.0.1", "localhost"), url.replace("127.0.0.1", "0x7f.1")):
        with pytest.raises(StoreUnavailable, match=r"127\.0\.0\.1, a loopback address"):
            list(web_source(address, allow_private=False))


@pytest.mark.parametrize("target", ["http://169.254.169.254/a.warc", "ftp://127.0.0.1/a", "file:///etc/passwd"])
def test_no_redirect_leads_to_another_scheme_or_a_metadata_address(target: str) -> None:
    with wired() as wire:
        wire.answers["/a.warc"] = f"HTTP/1.1 302 Found\r\nLocation: {target}\r\nContent-Length: 0\r\n\r\n".encode()
        with pytest.raises(StoreUnavailable):
            list(web_source(f"{wire.base}/a.warc"))


def test_no_proxy_of_the_environment_is_used(served: tuple[Path, str], monkeypatch: pytest.MonkeyPatch) -> None:
    folder, base = served
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert len(list(web_source(f"{base}/{archived(folder)}"))) == 2


def archived(folder: Path) -> str:
    """Write two captures with the same body, the second as a revisit, and return the key of the file."""
    archive = Archive(open_storage(str(folder)))
    first, second = capture(1, b"same"), capture(2, b"same")
    digests = Digests(payload=sha256(b"same"))
    archive.put(first, digests, "news")
    original = Reference(id=capture_id(first, digests.payload), url=first.final_url, fetched_at=first.fetched_at)
    archive.put(second, digests, "news", original)
    archive.close()
    (key,) = archive.files()
    return key


def test_a_warc_is_read_alike_from_a_path_and_from_a_web_server(served: tuple[Path, str]) -> None:
    folder, base = served
    key = archived(folder)
    for address in (str(folder / key), f"{base}/{key}"):
        found = [capture for _, capture in web_source(address)]
        assert [one.body for one in found] == [b"same", b"same"], (
            "the body of the revisit comes from an earlier record of the file"
        )
        assert {one.stored.file for one in found} == {address}


def test_a_missing_or_truncated_file_is_reported(served: tuple[Path, str]) -> None:
    folder, base = served
    with pytest.raises(StoreUnavailable, match=r"none\.warc\.gz cannot be read: 404"):
        list(web_source(f"{base}/none.warc.gz"))
    with pytest.raises(StoreUnavailable, match="cannot be read"):
        list(web_source("http://127.0.0.1:1/x.warc.gz"))
    key = archived(folder)
    torn = folder / "torn.warc.gz"
    torn.write_bytes((folder / key).read_bytes()[:-20])
    with pytest.raises(StoreCorrupt, match="truncated or damaged"):
        list(web_source(f"{base}/torn.warc.gz"))
