"""Script-only pages: a browser renders them; the rendered page is archived, extracted, replayed and verified."""

from __future__ import annotations

import contextlib
import gzip
import json
import shutil
import sqlite3
import zipfile
from importlib.util import find_spec
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from crawler.download.browser import BROWSER_NAMES
from tests.crawler.wire import Wire
from tests.fangzhi import documents, fangzhi, one_line, warcio_check
from tests.journeys.small import PATHS, TEXT, answer, asked, crawl

pytestmark = [
    pytest.mark.skipif(find_spec("playwright") is None, reason="Playwright is not installed: the extra `render`"),
    pytest.mark.skipif(not any(map(shutil.which, BROWSER_NAMES)), reason="there is no Chromium on PATH"),
]

SHELL = """<html><head><meta charset="gbk"><title>要闻</title><script src="/app.js"></script></head>
<body><ul id="news"></ul><img src="/logo.png"></body></html>"""
LIST = """
addEventListener("load", async () => {
  const items = await (await fetch("/api/news.json", {headers: {"X-Column": "17"}})).json();
  document.querySelector("#news").innerHTML = items.map(each =>
    `<li><a href="${each.path}">市政府召开防汛工作会议 ${each.path}</a> 2026-03-05</li>`).join("");
});
"""
ARTICLE = """
addEventListener("load", async () => {
  document.body.innerHTML = `<h1>全市防汛工作会议召开</h1>${await (await fetch("/api/text.html")).text()}`;
});
"""
ASKING = """
(async () => {
  for (const address of ADDRESSES) {
    const text = await fetch(address).then(answer => answer.text(), () => "nothing");
    document.body.insertAdjacentHTML("beforeend", `<li>${text}</li>`);
  }
})();
"""


def scripted(wire: Wire, script: str) -> None:
    wire.answers["/app.js"] = answer(script, kind="text/javascript; charset=utf-8")
    wire.answers["/api/news.json"] = answer(json.dumps([{"path": path} for path in PATHS]), kind="application/json")
    wire.answers["/api/text.html"] = answer(TEXT)


@pytest.fixture
def page(wire: Wire) -> str:
    """The URL of an article that a script writes; the page without its script has no text."""
    scripted(wire, ARTICLE)
    wire.answers["/a.html"] = answer(SHELL)
    return f"{wire.base}/a.html"


def fetch(page: str, folder: Path) -> dict:
    (entry,) = documents(fangzhi("fetch", page, "--render", "--page", "text", "--archive", str(folder / "archive")))
    return entry


def entries(folder: Path) -> list[dict]:
    return documents(fangzhi("list", "--archive", str(folder / "archive"), "--json"))


def test_the_rendered_page_is_extracted_and_the_original_is_archived_too(wire: Wire, page: str, tmp_path: Path) -> None:
    entry = fetch(page, tmp_path)
    assert entry["articles"][0]["title"] == "全市防汛工作会议召开"
    assert "部署全市防汛工作" in entry["articles"][0]["text"]
    assert entry["rendered"].startswith("Chromium/")
    assert sorted(asked(wire)) == ["/a.html", "/api/text.html", "/app.js"]  # each once, and no image
    found = {each["rendered"] is not None: each["outcome"] for each in entries(tmp_path)}
    assert found == {False: "rejected", True: "article"}


def test_the_archive_distinguishes_a_rendered_page_from_a_response(page: str, tmp_path: Path) -> None:
    entry = fetch(page, tmp_path)
    (path,) = tmp_path.rglob("*.warc.gz")
    with path.open("rb") as file:
        headers = [record.rec_headers for record in ArchiveIterator(file)]
    by_type = {head["WARC-Type"]: head for head in headers}
    assert [head["WARC-Type"] for head in headers] == ["warcinfo", "response", "request", "conversion"]
    assert by_type["conversion"]["WARC-Refers-To"] == by_type["response"]["WARC-Record-ID"]
    assert by_type["conversion"]["WARC-Refers-To-Date"] == by_type["response"]["WARC-Date"]
    assert by_type["conversion"]["Fangzhi-Rendered-By"] == entry["rendered"]
    (index,) = tmp_path.rglob("*.cdxj")
    assert len(index.read_text().splitlines()) == 1  # pywb shows what the server sent
    assert warcio_check(tmp_path).returncode == 0


def test_it_is_replayed_rebuilt_and_verified_like_any_capture(page: str, tmp_path: Path) -> None:
    fetch(page, tmp_path)
    fetch(page, tmp_path)
    before, archive = entries(tmp_path), str(tmp_path / "archive")
    assert {each["verdict"]["kind"] for each in before if each["rendered"]} == {"new", "same-bytes"}
    (report,) = documents(fangzhi("replay", "--archive", archive, "--json"))[-1:]
    assert (report["unchanged"], report["changed"], report["added"]) == (4, 0, 0)
    assert fangzhi("rebuild", "--archive", archive).returncode == 0
    assert entries(tmp_path) == before
    for options in ((), ("--deep",)):
        done = fangzhi("verify", *options, "--archive", archive)
        assert done.returncode == 0, done.stdout + done.stderr


def test_an_export_of_articles_includes_the_resources_of_rendered_pages(page: str, tmp_path: Path) -> None:
    fetch(page, tmp_path)
    out, archive = tmp_path / "out.wacz", str(tmp_path / "archive")
    done = fangzhi("export", str(out), "--outcome", "article", "--archive", archive)
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(out) as package:
        (name,) = [name for name in package.namelist() if name.startswith("archive/")]
        with package.open(name) as file:
            kinds = [record.rec_type for record in ArchiveIterator(file)]
        assert kinds == ["warcinfo", "response", "request", "conversion"]
        assert gzip.decompress(package.read("indexes/index.cdx.gz")).count(b"\n") == 1


def test_a_rendered_page_that_is_missing_in_the_catalogue_or_changed_is_found(page: str, tmp_path: Path) -> None:
    fetch(page, tmp_path)
    (path,) = tmp_path.rglob("*.warc.gz")
    data = path.read_bytes()
    with contextlib.closing(sqlite3.connect(tmp_path / "archive/catalogue.sqlite")) as catalogue, catalogue:
        catalogue.execute("DELETE FROM entries WHERE outcome = 'article'")
    assert "not-catalogued" in fangzhi("verify", "--deep", "--archive", str(tmp_path / "archive"), "--json").stdout
    path.chmod(0o644)
    path.write_bytes(data[:-20] + bytes([data[-20] ^ 1]) + data[-19:])
    done = fangzhi("verify", "--deep", "--archive", str(tmp_path / "archive"), "--json")
    assert "broken-member" in done.stdout


def test_a_list_written_by_a_script_is_read_if_the_site_is_set_so(wire: Wire, tmp_path: Path) -> None:
    scripted(wire, LIST)
    wire.answers["/list/"] = answer(SHELL)
    assert crawl(wire, tmp_path, "delay = 0.01")["articles"] == 0
    (tmp_path / "rendered").mkdir()
    crawl(wire, tmp_path / "rendered", "delay = 0.01", 'render = "lists"')
    assert set(PATHS) < set(asked(wire))
    (data,) = [head for head in wire.requests if b" /api/news.json " in head]
    assert b"X-Column: 17" in data.replace(b"x-column", b"X-Column")
    assert b"User-Agent: fangzhi/" in data


def test_an_unchanged_list_page_is_rendered_again_for_its_data(wire: Wire, tmp_path: Path) -> None:
    scripted(wire, LIST)
    wire.answers["/list/"] = answer(SHELL, "200 OK", 'ETag: "1"')
    lines = ("delay = 0.01", 'render = "lists"')
    wire.answers["/api/news.json"] = answer("[]", kind="application/json")
    assert crawl(wire, tmp_path, *lines)["articles"] == 0
    scripted(wire, LIST)
    crawl(wire, tmp_path, *lines)
    assert set(PATHS) < set(asked(wire))
    assert not any(b"If-None-Match" in head for head in wire.requests if b" /list/ " in head)


def test_a_challenge_is_not_rendered(wire: Wire, tmp_path: Path) -> None:
    scripted(wire, ARTICLE)
    wall = '<script>document.cookie="C3VK=1";location.reload()</script><script src="/app.js"></script>'
    wire.answers["/a.html"] = answer(wall)
    entry = fetch(f"{wire.base}/a.html", tmp_path)
    assert (entry["reason"], entry["rendered"]) == ("challenge", None)
    assert asked(wire) == ["/a.html"]


def test_robots_txt_and_the_address_check_apply_to_requests_of_a_page(wire: Wire, tmp_path: Path) -> None:
    wire.answers["/robots.txt"] = answer("User-agent: *\nDisallow: /api/\n", kind="text/plain")
    addresses = [f"{wire.base}/api/text.html", "http://169.254.169.254/latest/", "http://[::ffff:169.254.169.254]/"]
    wire.answers["/a.html"] = answer(f"<script>{ASKING.replace('ADDRESSES', json.dumps(addresses))}</script>")
    fetch(f"{wire.base}/a.html", tmp_path)
    body = next(each for each in tmp_path.rglob("*.warc.gz"))
    with body.open("rb") as file:
        (made,) = [r.content_stream().read().decode() for r in ArchiveIterator(file) if r.rec_type == "conversion"]
    assert made.count("<li>nothing</li>") == len(addresses)
    assert asked(wire) == ["/a.html"]


def test_a_redirect_of_a_pages_request_is_followed_by_the_crawler(wire: Wire, tmp_path: Path) -> None:
    wire.answers["/data"] = b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n"
    wire.answers["/a.html"] = answer(f"<script>{ASKING.replace('ADDRESSES', '[`/data`]')}</script>")
    fetch(f"{wire.base}/a.html", tmp_path)
    assert asked(wire) == ["/a.html", "/data"]


def test_without_a_browser_there_is_a_hint(wire: Wire, tmp_path: Path) -> None:
    done = fangzhi("fetch", f"{wire.base}/a", "--render", "--archive", str(tmp_path), FANGZHI_BROWSER="no-such-browser")
    assert done.returncode == 2
    assert one_line(done.stderr).startswith("the browser no-such-browser was not found")
    assert asked(wire) == []


def test_a_crawl_that_needs_a_browser_does_not_start_without_one(wire: Wire, tmp_path: Path) -> None:
    host = wire.base.removeprefix("http://")
    lines = ('name = "府"', 'family = "generic"', f'hosts = ["{host}"]', 'render = "lists"')
    section = f'sections = [{{ name = "要闻", url = "{wire.base}/list/" }}]'
    (tmp_path / "fu.toml").write_text("\n".join((*lines, section)), "utf-8")
    options = ("--archive", str(tmp_path / "archive"), "--registry", str(tmp_path))
    done = fangzhi("crawl", "fu", *options, FANGZHI_BROWSER="no-such-browser")
    assert done.returncode == 2, done.stderr
    assert "the browser no-such-browser was not found" in done.stderr
    assert asked(wire) == []


def test_a_broken_browser_fails_the_page_and_the_original_is_archived(page: str, tmp_path: Path) -> None:
    archive = str(tmp_path / "archive")
    done = fangzhi("fetch", page, "--render", "--archive", archive, FANGZHI_BROWSER=shutil.which("false") or "")
    assert done.returncode == 3
    assert "a browser could not render it" in done.stderr
    assert [each["rendered"] for each in entries(tmp_path)] == [None]


def test_a_check_reads_the_same_list_as_a_crawl(wire: Wire, tmp_path: Path) -> None:
    scripted(wire, LIST)
    wire.answers["/list/"] = answer(SHELL)
    crawl(wire, tmp_path, "delay = 0.01", 'render = "lists"')
    (result,) = documents(fangzhi("sites", "check", "fu", "--registry", str(tmp_path / "sites"), "--json"))
    assert result["listed"] == len(PATHS)


def test_scripts_that_the_browser_requested_are_requisites_and_not_requested_twice(
    wire: Wire, page: str, tmp_path: Path
) -> None:
    archive = ("--archive", str(tmp_path / "archive"))
    (entry,) = documents(fangzhi("fetch", page, "--render", *archive))
    assert entry["articles"][0]["title"] == "全市防汛工作会议召开"
    targets = asked(wire)
    assert len(targets) == len(set(targets)), targets
    found = documents(fangzhi("show", entry["id"], "--requisites", "--json", *archive))
    states = {each["url"].removeprefix(wire.base): each["state"] for each in found}
    assert states["/app.js"] == "archived"
    assert fangzhi("verify", "--deep", *archive).returncode == 0
