"""`fetch --rendition`: what a browser shows of an archived page, without network, as a record of the archive."""

from __future__ import annotations

from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from crawler.demo.assets import png
from tests.crawler.player.served import needs_browser
from tests.crawler.wire import Wire
from tests.fangzhi import documents, fangzhi, warcio_check
from tests.journeys.small import answer, asked

STYLE = "body,p{margin:0}p{height:900px;background:url(/a.png)}"
PAGE = f"<title>防汛</title><style>{STYLE}</style><p><script>x()</script>"


@pytest.fixture
def page(wire: Wire) -> str:
    wire.answers["/a.html"] = answer(PAGE)
    picture = png("a.png")
    wire.answers["/a.png"] = b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: %d\r\n\r\n" % len(picture)
    wire.answers["/a.png"] += picture
    return f"{wire.base}/a.html"


@needs_browser[0]
@needs_browser[1]
@pytest.mark.parametrize(
    ("form", "prefix", "kind", "start"),
    [("png", "urn:view:", "image/png", b"\x89PNG"), ("pdf", "urn:pdf:", "application/pdf", b"%PDF")],
)
def test_what_a_browser_shows_is_a_record(
    form: str, prefix: str, kind: str, start: bytes, wire: Wire, page: str, tmp_path: Path
) -> None:
    done = fangzhi("fetch", page, "--rendition", form, "--archive", str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert "1 rendition written to views/" in done.stderr
    assert sorted(asked(wire)) == ["/a.html", "/a.png"], "the browser requested nothing from the site"
    (path,) = (tmp_path / "views").rglob("*.warc.gz")
    with path.open("rb") as file:
        info, record = ((each.rec_headers, each.content_stream().read()) for each in ArchiveIterator(file))
    head, body = record
    assert info[0]["WARC-Type"] == "warcinfo"
    assert (head["WARC-Type"], head["WARC-Target-URI"], head["Content-Type"]) == ("conversion", prefix + page, kind)
    assert head["WARC-Refers-To-Target-URI"] == page
    assert head["Fangzhi-Rendered-By"].startswith("Chromium/")
    assert body.startswith(start)
    if form == "png":
        assert int.from_bytes(body[20:24]) == 900, "the whole page, not only the window"
    (response,) = (tmp_path / "warc").rglob("*.warc.gz")
    with response.open("rb") as file:
        heads = [each.rec_headers for each in ArchiveIterator(file) if each.rec_type == "response"]
    ids = {each["WARC-Target-URI"]: each["WARC-Record-ID"] for each in heads}
    assert head["WARC-Refers-To"] == ids[page]
    assert warcio_check(tmp_path).returncode == 0
    verified = fangzhi("verify", "--deep", "--archive", str(tmp_path))
    assert verified.returncode == 0, verified.stdout + verified.stderr
    (report,) = documents(fangzhi("replay", "--archive", str(tmp_path), "--json"))[-1:]
    assert report["added"] == 0, "a replay takes no rendition for a capture"


def test_it_needs_the_archive_and_a_browser(wire: Wire, page: str, tmp_path: Path) -> None:
    assert fangzhi("fetch", page, "--rendition", "png", "--no-archive").returncode == 2
    done = fangzhi("fetch", page, "--rendition", "png", "--archive", str(tmp_path), FANGZHI_BROWSER="no-such-browser")
    assert done.returncode == 2
    assert "the browser no-such-browser was not found" in done.stderr
    assert asked(wire) == []
