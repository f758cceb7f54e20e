"""Answers that curl or Python reads are read and archived as they came, also if they are against the HTTP standard."""

from __future__ import annotations

import http.client
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastwarc.warc import ArchiveIterator as FastIterator
from fastwarc.warc import WarcRecordType
from warcio.archiveiterator import ArchiveIterator
from warcio.recordloader import ArcWarcRecord

from tests.crawler.download.test_handler import PAGE
from tests.crawler.wire import Wire, wired
from tests.fangzhi import documents, fangzhi

TYPE = b"Content-Type: text/html; charset=utf-8\r\n"
STATUS = b"HTTP/1.1 200 OK\r\n"
ENCODING = b"Transfer-Encoding: chunked\r\n"

LINES = {
    "curly-quotes": "‘access-control-allow-origin’: *".encode(),
    "blank-in-name": b"X Bad Header: a b",
    "blank-before-colon": b"X-A : b",
    "no-name": b": v",
    "no-colon": b"no colon line",
    "hanzi-name": "服务器: a".encode(),
    "hanzi-gbk": "服务器: 政府网".encode("gbk"),
    "control-in-value": b"Set-Cookie: a=\x01\x7f; path=/",
    "nul-in-value": b"X-T: a\x00b",
    "folded": b"X-Long: a\r\n  b\r\n\tc",
    "vertical-tab": b"X-T: a\x0bb",
    "no-value": b"X-Empty:",
    "very-long": b"X-Long: " + b"a" * 30_000,
}


def page_of(name: str) -> bytes:
    """The body of an answer: all differ, so that none is stored as a revisit."""
    return PAGE + b"<!-- %s -->" % name.encode()


def whole_answers(page: bytes) -> dict[str, bytes]:
    """Answers whose body is this page."""
    length = b"Content-Length: %d\r\n" % len(page)
    chunks = b"%x\r\n%s\r\n0\r\n\r\n" % (len(page), page)
    return {
        **{f"line-{name}": STATUS + TYPE + line + b"\r\n" + length + b"\r\n" + page for name, line in LINES.items()},
        "first-line-blank": STATUS + b" X-A: b\r\n" + TYPE + length + b"\r\n" + page,
        "status-two-blanks": b"HTTP/1.1  200 OK\r\n" + TYPE + length + b"\r\n" + page,
        "status-no-reason": b"HTTP/1.1 200\r\n" + TYPE + length + b"\r\n" + page,
        "status-lower-case": b"http/1.1 200 ok\r\n" + TYPE + length + b"\r\n" + page,
        "status-http-2": b"HTTP/2 200 OK\r\n" + TYPE + length + b"\r\n" + page,
        "status-http-1.0": b"HTTP/1.0 200 OK\r\n" + TYPE + length + b"\r\n" + page,
        "status-gbk": "HTTP/1.1 200 成功\r\n".encode("gbk") + TYPE + length + b"\r\n" + page,
        "blank-lines-first": b"\r\n\r\n" + STATUS + TYPE + length + b"\r\n" + page,
        "line-feeds-alone": (STATUS + TYPE + length + b"\r\n").replace(b"\r\n", b"\n") + page,
        "no-length": STATUS + TYPE + b"\r\n" + page,
        "length-twice": STATUS + TYPE + length + length + b"\r\n" + page,
        "length-list": STATUS + TYPE + b"Content-Length: %d, %d\r\n\r\n" % (len(page), len(page)) + page,
        "length-in-words": STATUS + TYPE + b"Content-Length: many\r\n\r\n" + page,
        "length-negative": STATUS + TYPE + b"Content-Length: -1\r\n\r\n" + page,
        "lengths-differ": STATUS + TYPE + b"Content-Length: 10\r\n" + length + b"\r\n" + page,
        "provisional": b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n" + STATUS + TYPE + length + b"\r\n" + page,
        "chunked": STATUS + TYPE + ENCODING + b"\r\n" + chunks,
        "chunked-in-capitals": STATUS + TYPE + b"TRANSFER-ENCODING: Chunked\r\n\r\n" + chunks,
        "chunked-http-1.0": b"HTTP/1.0 200 OK\r\n" + TYPE + ENCODING + b"\r\n" + chunks,
        "chunked-and-length": STATUS + TYPE + ENCODING + b"Content-Length: 9\r\n\r\n" + chunks,
        "chunked-twice": STATUS + TYPE + ENCODING + ENCODING + b"\r\n" + chunks,
        "chunked-trailer": STATUS + TYPE + ENCODING + b"\r\n" + chunks[:-2] + b"X-Sum: 1\r\n\r\n",
        "chunked-said-not-done": STATUS + TYPE + ENCODING + b"\r\n" + page,
        "chunked-said-not-done-length": STATUS + TYPE + ENCODING + length + b"\r\n" + page,
        "identity": STATUS + TYPE + b"Transfer-Encoding: identity\r\n" + length + b"\r\n" + page,
    }


def cut_answers(page: bytes) -> dict[str, bytes]:
    """Answers of whose body this page is the part that can be read."""
    chunks = b"%x\r\n%s\r\n0\r\n\r\n" % (len(page), page)
    return {
        "length-too-long": STATUS + TYPE + b"Content-Length: 99999\r\n\r\n" + page,
        "chunks-end": STATUS + TYPE + ENCODING + b"\r\n" + chunks[:-5],
        "chunks-break": STATUS + TYPE + ENCODING + b"\r\n" + chunks[:-5] + b"no size\r\nmore",
    }


WHOLE, CUT = sorted(whole_answers(b"")), sorted(cut_answers(b""))
SENT = {name: {**whole_answers(page_of(name)), **cut_answers(page_of(name))}[name] for name in (*WHOLE, *CUT)}


@pytest.fixture(scope="module")
def wire() -> Iterator[Wire]:
    with wired() as server:
        server.answers = {f"/{name}.html": answer for name, answer in SENT.items()}
        yield server


@pytest.fixture(scope="module")
def fetched(wire: Wire, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, dict]]:
    """An archive with all answers, fetched by one command, and its documents by name."""
    archive = tmp_path_factory.mktemp("odd")
    done = fangzhi("fetch", *(wire.base + path for path in wire.answers), "--archive", str(archive), FANGZHI_DELAY="0")
    assert done.returncode == 0, done.stderr
    return archive, {name_in(document["url"]): document for document in documents(done)}


@pytest.mark.parametrize("name", [*WHOLE, *CUT])
def test_the_page_is_read(fetched: tuple[Path, dict[str, dict]], name: str) -> None:
    document = fetched[1][name]
    assert document["status"] == 200
    assert document["articles"][0]["text"].startswith("今天，市政府召开会议")


@pytest.mark.parametrize("name", [*WHOLE, *CUT])
def test_head_and_body_are_archived_as_they_came(fetched: tuple[Path, dict[str, dict]], wire: Wire, name: str) -> None:
    sent = SENT[name].removeprefix(b"\r\n\r\n")
    sent = sent[sent.index(b"HTTP/1.1 200") :] if name == "provisional" else sent
    record, block = response_of(fetched[0], f"{wire.base}/{name}.html")
    head = block.removesuffix(page_of(name))
    assert len(head) < len(block)
    assert sent.startswith(head.replace(b"X-Crawler-", b""))
    assert record.rec_headers["WARC-Truncated"] == ("disconnect" if name in CUT else None)


def response_of(archive: Path, url: str) -> tuple[ArcWarcRecord, bytes]:
    """Return the response record of a URL and its block."""
    for path in archive.rglob("*.warc.gz"):
        with path.open("rb") as file:
            for record in ArchiveIterator(file, no_record_parse=True):
                if record.rec_type == "response" and record.rec_headers["WARC-Target-URI"] == url:
                    return record, record.raw_stream.read()
    raise AssertionError(url)


def test_other_programs_read_these_records(fetched: tuple[Path, dict[str, dict]]) -> None:
    """warcio finds the status and the body behind each head; fastwarc finds the body, and reads no odd status line."""
    by_warcio, by_fastwarc = {}, {}
    for path in fetched[0].rglob("*.warc.gz"):
        with path.open("rb") as file:
            for record in filter(lambda record: record.rec_type == "response", ArchiveIterator(file)):
                answer = (record.http_headers.get_statuscode(), record.content_stream().read())
                by_warcio[name_in(record.rec_headers["WARC-Target-URI"])] = answer
        with path.open("rb") as file:
            for each in FastIterator(file, record_types=WarcRecordType.response, parse_http=True):
                by_fastwarc[name_in(each.headers["WARC-Target-URI"])] = each.reader.read()
    assert by_warcio == {name: ("200", page_of(name)) for name in SENT}
    by_fastwarc.pop("line-feeds-alone")  # fastwarc takes a body behind such a head for a part of the head
    assert by_fastwarc == {name: page_of(name) for name in SENT if name != "line-feeds-alone"}


def name_in(url: str) -> str:
    return url.rpartition("/")[2].removesuffix(".html")


def test_a_replay_reads_the_same(fetched: tuple[Path, dict[str, dict]]) -> None:
    (report,) = documents(fangzhi("replay", "--dry-run", "--json", "--archive", str(fetched[0])))
    assert (report["unchanged"], report["changed"], report["added"]) == (len(fetched[1]), 0, 0)


def curl_reads(wire: Wire, name: str) -> bool:
    command = ["curl", "-s", "--noproxy", "*", "--max-time", "10", f"{wire.base}/{name}.html"]
    return subprocess.run(command, capture_output=True, check=False).stdout == page_of(name)


def python_reads(wire: Wire, name: str) -> bool:
    connection = http.client.HTTPConnection(wire.base.removeprefix("http://"), timeout=10)
    try:
        connection.request("GET", f"/{name}.html")
        return connection.getresponse().read() == page_of(name)
    except (http.client.HTTPException, ValueError):
        return False
    finally:
        connection.close()


@pytest.mark.skipif(not shutil.which("curl"), reason="there is no curl on PATH")
def test_curl_or_python_reads_these_answers_too(wire: Wire) -> None:
    alone = {name for name in WHOLE if not curl_reads(wire, name) and not python_reads(wire, name)}
    # curl skips no blank lines before a head, but RFC 9112 §2.2 does, and so do browsers.
    assert alone <= {"blank-lines-first", "chunked-said-not-done", "chunked-said-not-done-length"}


def test_an_answer_without_a_status_line_is_an_error(tmp_path: Path) -> None:
    bad = {"/nothing.html": b"", "/junk.html": b"\x00\x01junk", "/text.html": b"SSH-2.0-OpenSSH_9.6\r\n\r\n"}
    bad |= {"/status.html": b"HTTP/1.1 abc OK\r\n\r\n" + PAGE, "/endless.html": STATUS + b"X: y\r\n" * 60_000}
    with wired() as server:
        server.answers = bad
        done = fangzhi("fetch", *(server.base + path for path in bad), "--archive", str(tmp_path), FANGZHI_RETRIES="0")
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    for path in bad:
        assert path in done.stderr
