"""pywb plays what the catalogue lists, for every kind of record, from the index and from a WACZ of fangzhi."""

from __future__ import annotations

import bz2
import gzip
import urllib.error
import urllib.request
import zipfile
from contextlib import closing
from pathlib import Path

import pytest

from pipelines.archive import Archive
from pipelines.catalogue.catalogue import Catalogue
from pipelines.model import Capture
from pipelines.storage import open_storage
from tests.fangzhi import documents, fangzhi
from tests.journeys.test_pywb import ONE_INDEX, WAYBACK, playing
from tests.pipelines.archive.foreign import HEAD, IDENTICAL, URL, arc, http, record, record_id, sha1

pytestmark = pytest.mark.skipif(not WAYBACK.exists(), reason="pywb is not installed: make players, or FANGZHI_PYWB")

FORM, JSON = "application/x-www-form-urlencoded", "application/json"


def page(name: str, body: str, **more: str) -> bytes:
    return record("response", HEAD + f"<html>{body}".encode(), url=f"{URL}{name}", **more)


def posted(body: bytes, kind: str, answer: str, second: int) -> list[bytes]:
    url, date = f"{URL}list", f"2020-01-02T03:04:{second:02}Z"
    request = http("POST /list HTTP/1.1", f"Content-Type: {kind}", f"Content-Length: {len(body)}", body=body)
    response = record("response", HEAD + answer.encode(), url=url, date=date)
    return [response, record("request", request, url=url, date=date, Concurrent_To=record_id("response", url, date))]


RECORDS = [
    page("a", "first", Payload_Digest=sha1(b"<html>first")),
    record(
        "revisit", b"", f"{URL}a", date="2021-02-03T04:05:06Z", Profile=IDENTICAL, Payload_Digest=sha1(b"<html>first")
    ),
    page("no-digest", "second"),
    record("resource", b"%PDF-1.4", url=f"{URL}a.pdf", Content_Type="application/pdf"),
    record("resource", b"<html>file", url=f"{URL}b.html", Content_Type="text/html"),
    *posted(b"page=1", FORM, "one", 11),
    *posted(b"page=2", FORM, "two", 12),
    *posted(b'{"page": 1, "all": true}', JSON, "three", 13),
]
ARC = arc((f"{URL}old", HEAD + b"<html>arc"))
FILES = {
    "a.warc.gz": b"".join(map(gzip.compress, RECORDS)),
    "b.warc": page("plain", "plain"),
    "c.arc": b"".join(ARC),
    "d.arc.gz": b"".join(map(gzip.compress, [ARC[0], arc((f"{URL}older", HEAD + b"<html>arc.gz"))[1]])),
}
ONLY_PACKAGED = {"e.warc.bz2": bz2.compress(page("bzip2", "bzip2"))}
"""pywb cannot read these files; a WACZ has their records in gzip."""


def imported(folder: Path, files: dict[str, bytes]) -> list[Capture]:
    """Import files into the archive `mine`, and return the captures that the catalogue lists."""
    (folder / "theirs").mkdir()
    for name, data in files.items():
        (folder / "theirs" / name).write_bytes(data)
    (report,) = documents(fangzhi("replay", "theirs", "--into", "mine", "--json", cwd=folder))
    assert report["skipped"] == {}
    archive = Archive(open_storage(str(folder / "mine")))
    with closing(Catalogue(f"sqlite:///{folder}/mine/catalogue.sqlite")) as catalogue:
        places = [entry.location for entry in catalogue.entries()]
    return [archive.get(place) for place in places if place]


def check(collection: str, captures: list[Capture]) -> None:
    for capture in captures:
        url = f"{collection}/{capture.fetched_at:%Y%m%d%H%M%S}id_/{capture.final_url}"
        kind = {name.lower(): value for name, value in capture.request_headers}.get("content-type", "")
        request = urllib.request.Request(url, headers={"Content-Type": kind} if kind else {})
        request.data = capture.request_body if capture.method == "POST" else None
        with urllib.request.urlopen(request, timeout=20) as answer:
            assert (answer.status, answer.read()) == (capture.status, capture.body or b"<html>first"), url


def test_from_an_index_of_the_archive(tmp_path: Path) -> None:
    captures = imported(tmp_path, FILES)
    assert len(captures) == 11
    fangzhi("export", "index.cdxj", "--archive", "mine", cwd=tmp_path)
    with playing(tmp_path, ONE_INDEX.format(folder=tmp_path, archive=tmp_path / "mine")) as collection:
        check(collection, captures)


@pytest.mark.parametrize("filters", [(), ("--captured-since", "1990-01-01")], ids=["files", "records"])
def test_from_a_package(tmp_path: Path, filters: tuple[str, ...]) -> None:
    captures = imported(tmp_path, FILES | ONLY_PACKAGED)
    assert len(captures) == 12
    done = fangzhi("export", "x.wacz", "--archive", "mine", *filters, "--json", cwd=tmp_path)
    assert documents(done)[0]["missing"] == 0
    with zipfile.ZipFile(tmp_path / "x.wacz") as package:
        package.extractall(tmp_path / "x")
        (tmp_path / "index.cdxj").write_bytes(gzip.decompress(package.read("indexes/index.cdx.gz")))
    with playing(tmp_path, ONE_INDEX.format(folder=tmp_path, archive=tmp_path / "x" / "archive")) as collection:
        check(collection, captures)
