"""The archive has the exact bytes of each exchange: compared with a server that records every byte."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator
from warcio.recordloader import ArcWarcRecord

from tests.crawler.wire import Wire, wired
from tests.fangzhi import documents, fangzhi

PAGE = (
    "<html><body><p>今天，市政府召开会议，部署全市防汛工作。会议要求各区压实责任，落实值班制度。</p></body></html>".encode()
    * 4
)


@pytest.fixture
def wire() -> Iterator[Wire]:
    with wired() as server:
        yield server


def records(archive: Path) -> dict[str, list[tuple[ArcWarcRecord, bytes, bytes]]]:
    """Return the archive's records by type: the record, its raw HTTP headers and its body."""
    found: dict[str, list[tuple[ArcWarcRecord, bytes, bytes]]] = {}
    for path in sorted(archive.rglob("*.warc.gz")):
        with path.open("rb") as file:
            for record in ArchiveIterator(file, no_record_parse=True):
                head, _, body = record.raw_stream.read().partition(b"\r\n\r\n")
                found.setdefault(record.rec_type, []).append((record, head, body))
    return found


def test_status_line_headers_and_encoded_body_are_archived_unchanged(wire: Wire, tmp_path: Path) -> None:
    body = gzip.compress(PAGE)
    head = (
        b"HTTP/1.1 200 Hao De\r\nserver: Nginx-Gov\r\nX-Powered-BY: \xe6\x94\xbf\xe5\xba\x9c\r\n"
        b"Set-Cookie: a=1\r\nset-cookie: b=2\r\n"
        b"Content-type: text/html; charset=utf-8\r\ncontent-ENCODING: gzip\r\nContent-Length: %d" % len(body)
    )
    wire.answers["/a.html"] = head + b"\r\n\r\n" + body
    done = fangzhi("fetch", f"{wire.base}/a.html", "--archive", str(tmp_path))
    assert done.returncode == 0, done.stderr
    ((response, kept_head, kept_body),) = records(tmp_path)["response"]
    assert kept_head == head
    assert kept_body == body
    assert response.rec_headers["WARC-IP-Address"] == "127.0.0.1"
    assert response.rec_headers["WARC-Target-URI"] == f"{wire.base}/a.html"


def test_the_request_is_archived_unchanged(wire: Wire, tmp_path: Path) -> None:
    wire.answers["/b/%E5%B8%82.html?x=1&y"] = b"HTTP/1.0 200 OK\r\n\r\n" + PAGE
    fangzhi("fetch", f"{wire.base}/b/市.html?x=1&y", "--archive", str(tmp_path))
    ((_, head, body),) = records(tmp_path)["request"]
    assert head + b"\r\n\r\n" + body == wire.requests[-1]
    assert b"User-Agent: fangzhi/" in head


def test_the_warc_file_names_its_operator_also_for_unregistered_sites(wire: Wire, tmp_path: Path) -> None:
    wire.answers["/a.html"] = b"HTTP/1.1 200 OK\r\n\r\n" + PAGE
    settings = {"FANGZHI_OPERATOR": "Example Library", "FANGZHI_CONTACT": "mailto:a@example.org"}
    fangzhi("fetch", f"{wire.base}/a.html", "--archive", str(tmp_path), **settings)
    (path,) = tmp_path.rglob("*.warc.gz")
    with path.open("rb") as file:
        info = next(iter(ArchiveIterator(file))).content_stream().read().decode()
    assert "operator: Example Library\r\n" in info
    assert "contact: mailto:a@example.org\r\n" in info
    assert "http-header-user-agent: fangzhi/" in info


def test_a_chunked_body_is_joined_and_this_is_noted(wire: Wire, tmp_path: Path) -> None:
    chunks = b"%x\r\n%s\r\n" % (len(PAGE), PAGE)
    wire.answers["/c.html"] = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks * 2 + b"0\r\n\r\n"
    fangzhi("fetch", f"{wire.base}/c.html", "--archive", str(tmp_path))
    ((_, head, body),) = records(tmp_path)["response"]
    assert body == PAGE * 2
    assert b"X-Crawler-Transfer-Encoding: chunked" in head


def test_a_body_over_the_limit_or_incomplete_is_archived_as_truncated(wire: Wire, tmp_path: Path) -> None:
    wire.answers["/long.html"] = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + PAGE * 100
    wire.answers["/torn.html"] = b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n" + PAGE
    fangzhi("fetch", f"{wire.base}/long.html", "--archive", str(tmp_path), FANGZHI_MAX_BODY="2048")
    fangzhi("fetch", f"{wire.base}/torn.html", "--archive", str(tmp_path))
    found = {r.rec_headers["WARC-Truncated"]: body for r, _, body in records(tmp_path)["response"]}
    assert found == {"length": (PAGE * 100)[:2048], "disconnect": PAGE}


def test_a_redirect_is_a_separate_capture_and_is_followed(wire: Wire, tmp_path: Path) -> None:
    wire.answers["/old.html"] = b"HTTP/1.1 301 Moved\r\nLocation: /new.html\r\nContent-Length: 0\r\n\r\n"
    wire.answers["/new.html"] = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + PAGE
    done = fangzhi("fetch", f"{wire.base}/old.html", "--archive", str(tmp_path))
    (entry,) = documents(done)
    assert (entry["url"], entry["final_url"]) == (f"{wire.base}/old.html", f"{wire.base}/new.html")
    assert [r.rec_headers["WARC-Target-URI"] for r, _, _ in records(tmp_path)["response"]] == [
        f"{wire.base}/old.html",
        f"{wire.base}/new.html",
    ]
    listed = documents(fangzhi("list", "--json", "--archive", str(tmp_path)))
    assert [(one["status"], one["reason"]) for one in listed] == [(200, None), (301, "redirect")]


@pytest.mark.parametrize("target", ["http://169.254.169.254/latest/", "http://[fe80::1]/", "http://0.0.0.0/"])
def test_no_redirect_leads_to_a_private_address(wire: Wire, tmp_path: Path, target: str) -> None:
    wire.answers["/out.html"] = b"HTTP/1.1 302 Found\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n" % target.encode()
    done = fangzhi("fetch", f"{wire.base}/out.html", "--archive", str(tmp_path))
    assert "address" in done.stderr
    assert "Traceback" not in done.stderr
    assert len(records(tmp_path)["response"]) == 1


def test_loopback_is_refused_in_every_notation_unless_it_is_allowed(wire: Wire, tmp_path: Path) -> None:
    port = wire.base.rpartition(":")[2]
    for host in ("127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]"):
        done = fangzhi("fetch", f"http://{host}:{port}/a.html", "--archive", str(tmp_path), FANGZHI_ALLOW_PRIVATE="0")
        assert done.returncode == 2, done.stderr
        assert "loopback" in done.stderr
    assert wire.requests == []
