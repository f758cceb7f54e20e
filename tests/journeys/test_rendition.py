"""Renditions: what a browser shows of an archived page, without network, as a record of the archive."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from crawler.demo.assets import png
from pipelines.archive.rendition_index import renditions
from pipelines.storage import open_storage
from tests.crawler.player.served import needs_browser
from tests.crawler.wire import Wire
from tests.fangzhi import documents, fangzhi, warcio_check
from tests.journeys.small import ARTICLES, PATHS, answer, asked, crawl, listing, site_options

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


@pytest.fixture
def site(wire: Wire) -> Wire:
    wire.answers = {"/list/": listing(PATHS[:3])} | {
        path: answer(f"<title>{path}</title>{ARTICLES[path]}") for path in PATHS[:3]
    }
    return wire


PNG, PDF = ('rendition = "png"', "delay = 0"), ('rendition = "pdf"', "delay = 0")


def shown(entry: Mapping[str, str], options: list[str], form: str = "png") -> bytes:
    command = (sys.executable, "-m", "fangzhi", "show", entry["id"], "--rendition", form, *options)
    return subprocess.run(command, check=True, capture_output=True, timeout=60).stdout


def articles(options: list[str]) -> list[dict]:
    return documents(fangzhi("list", "--json", "--outcome", "article", *options))


@needs_browser[0]
@needs_browser[1]
def test_a_crawl_makes_one_for_each_new_or_changed_article(site: Wire, tmp_path: Path) -> None:
    report = crawl(site, tmp_path, *PNG)
    options = site_options(site, tmp_path, *PNG)
    assert report["renditions"] == {"made": 3, "failed": 0, "left": 0}
    assert asked(site).count(PATHS[0]) == 1, "the browser requested nothing from the site"
    for entry in articles(options):
        assert shown(entry, options).startswith(b"\x89PNG")
    entry = articles(options)[0]
    text = fangzhi("show", entry["id"], *options, FANGZHI_LANG="en").stdout
    assert "\nRenditions\n" in text
    assert "  png  Chromium/" in text
    (facts,) = documents(fangzhi("show", entry["id"], "--rendition", "png", "--json", *options))
    assert facts["url"] == f"urn:view:{entry['final_url']}"
    assert facts["captured_at"] == entry["fetched_at"]
    none = fangzhi("show", entry["id"], "--rendition", "pdf", *options, FANGZHI_LANG="en")
    assert none.returncode == 1
    assert "has no rendition as pdf" in none.stderr
    site.answers[PATHS[1]] = answer(f"<title>2</title>{ARTICLES[PATHS[4]]}")
    report = crawl(site, tmp_path, *PNG, options=("--recheck",))
    assert report["renditions"] == {"made": 1, "failed": 0, "left": 0}
    assert "renditions" not in crawl(site, tmp_path, "delay = 0", options=("--recheck",))
    assert crawl(site, tmp_path, *PDF, options=("--recheck",))["renditions"]["made"] == 4
    assert shown(entry, options, "pdf").startswith(b"%PDF")


@needs_browser[0]
@needs_browser[1]
def test_a_crawl_without_a_browser_loses_nothing_and_the_next_one_makes_up_for_it(site: Wire, tmp_path: Path) -> None:
    options = site_options(site, tmp_path, *PNG)
    done = fangzhi("crawl", "fu", "--json", *options, FANGZHI_BROWSER="no-such-browser", FANGZHI_LANG="en")
    (report,) = documents(done)
    assert done.returncode == 3
    assert "the browser no-such-browser was not found" in done.stderr
    assert (report["articles"], report["renditions"]) == (3, {"made": 0, "failed": 0, "left": 3})
    again = fangzhi("crawl", "fu", *options, FANGZHI_LANG="en")
    assert again.returncode == 0, again.stderr
    assert "renditions: 3 made, 0 failed, 0 left to the next crawl" in again.stderr


@needs_browser[0]
@needs_browser[1]
def test_what_an_archive_holds_goes_where_its_captures_go(site: Wire, tmp_path: Path) -> None:
    crawl(site, tmp_path, *PNG)
    options = site_options(site, tmp_path, *PNG)
    before = {entry["id"]: shown(entry, options) for entry in articles(options)}
    assert fangzhi("verify", "--deep", *options).returncode == 0
    copied = fangzhi("copy", str(tmp_path / "archive"), str(tmp_path / "copy"))
    assert copied.returncode == 0, copied.stdout + copied.stderr
    assert len(list(renditions(open_storage(str(tmp_path / "copy"))))) == 3
    package = tmp_path / "a.wacz"
    (counts,) = documents(fangzhi("export", str(package), "--json", *options))
    assert (counts["renditions"], counts["missing"]) == (3, 0)
    (counts,) = documents(fangzhi("export", str(package), "--limit", "1", "--outcome", "article", "--json", *options))
    assert (counts["pages"], counts["captures"] - counts["requisites"], counts["renditions"]) == (1, 1, 1)
    assert fangzhi("verify", str(package)).returncode == 0
    other = str(tmp_path / "other")
    taken = fangzhi("replay", str(package), "--into", other, "--json")
    assert documents(taken)[-1]["skipped"] == {"crawl-data": 1}
    for index in (tmp_path / "archive/cdx/views").rglob("*.cdxj"):
        index.unlink()
    assert "no-index" in fangzhi("verify", "--deep", "--json", *options).stdout
    assert fangzhi("rebuild", *options).returncode == 0
    assert {entry["id"]: shown(entry, options) for entry in articles(options)} == before
    assert fangzhi("verify", "--deep", *options).returncode == 0


@needs_browser[0]
@needs_browser[1]
def test_those_of_a_capture_are_forgotten_with_it(site: Wire, tmp_path: Path) -> None:
    crawl(site, tmp_path, *PNG)
    options = site_options(site, tmp_path, *PNG)
    first, *others = articles(options)
    before = {entry["id"]: shown(entry, options) for entry in others}
    done = fangzhi("forget", first["id"], "--reason", "court order 7", "--yes", "--json", *options, FANGZHI_LANG="en")
    assert done.returncode == 0, done.stderr
    assert "1 rendition will be removed" in done.stderr
    assert [each["renditions"] for each in documents(done)] == [[], [f"urn:view:{first['final_url']}"]]
    assert {entry["id"]: shown(entry, options) for entry in others} == before
    url = first["final_url"].encode()
    assert url not in b"".join(path.read_bytes() for path in (tmp_path / "archive/cdx").rglob("*.cdxj"))
    verified = fangzhi("verify", "--deep", "--json", *options)
    assert verified.returncode == 0, verified.stdout


@needs_browser[0]
@needs_browser[1]
def test_a_changed_picture_is_found(site: Wire, tmp_path: Path) -> None:
    crawl(site, tmp_path, *PNG)
    options = site_options(site, tmp_path, *PNG)
    (file,) = (tmp_path / "archive/views").rglob("*.warc.gz")
    content = bytearray(file.read_bytes())
    content[-40] ^= 1
    file.write_bytes(content)
    findings = documents(fangzhi("verify", "--deep", "--json", *options))
    assert {"broken-member", "wrong-digest"} <= {each["kind"] for each in findings}
