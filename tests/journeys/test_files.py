"""Attachments and images: separate captures, which the article that links them refers to."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from crawler.demo.assets import jpeg, pdf
from tests.crawler.wire import Wire, wired
from tests.fangzhi import documents, fangzhi, warcio_check
from tests.journeys.small import answer, asked

PDF, PICTURE = pdf("table.pdf"), jpeg("bridge.jpg")
SENTENCES = "<p>今天，市政府召开会议，部署全市防汛工作。会议要求各区压实责任，落实值班制度。</p>" * 4
ARTICLE = "/2026/0305/1.html"


def served(body: bytes, kind: str, *headers: str) -> bytes:
    head = "\r\n".join(("HTTP/1.1 200 OK", f"Content-Type: {kind}", f"Content-Length: {len(body)}", *headers))
    return head.encode() + b"\r\n\r\n" + body


def article(*more: str) -> bytes:
    linked = '<p>附件：<a href="files/附件 1.pdf#page=1">情况汇总表</a></p><img src="/pic/bridge.jpg" width="600">'
    return answer(f"<div class='content'>{SENTENCES}{linked}{''.join(more)}</div>")


@pytest.fixture
def wire() -> Iterator[Wire]:
    with wired() as server:
        row = f'<li><a href="{ARTICLE}">市政府召开全市防汛工作会议部署</a> 2026-03-05</li>'
        server.answers = {
            "/list/": answer(f"<ul>{row}</ul>"),
            ARTICLE: article(),
            "/2026/0305/files/%E9%99%84%E4%BB%B6%201.pdf": served(PDF, "application/octet-stream"),
            "/pic/bridge.jpg": served(PICTURE, "image/jpeg"),
        }
        yield server


class Crawled:
    """A site of a `Wire`, and the archive into which it is crawled."""

    def __init__(self, wire: Wire, folder: Path, *lines: str) -> None:
        (folder / "sites").mkdir(exist_ok=True)
        toml = [
            'name = "府"',
            'family = "generic"',
            f'hosts = ["{wire.base[7:]}"]',
            'page = "text"',
            "delay = 0.01",
            *lines,
        ]
        toml.append(f'sections = [{{ name = "要闻", url = "{wire.base}/list/" }}]')
        (folder / "sites" / "fu.toml").write_text("\n".join(toml), "utf-8")
        self.options = ("--archive", str(folder / "archive"), "--registry", str(folder / "sites"))

    def run(self, *arguments: str) -> list[dict]:
        done = fangzhi(*arguments, *self.options)
        assert done.returncode == 0, done.stderr
        return documents(done)

    def article(self) -> dict:
        (entry,) = self.run("list", "--outcome", "article", "--json")
        return entry["articles"][0]


def test_an_attachment_is_a_separate_capture_and_the_article_refers_to_it(wire: Wire, tmp_path: Path) -> None:
    site = Crawled(wire, tmp_path)
    (report,) = site.run("crawl", "fu", "--json")
    assert (report["fetched"], report["articles"], report["rejected"]) == (3, 1, {"file": 1, "not-an-article": 1})
    assert "/pic/bridge.jpg" not in asked(wire), "images are fetched only if the site is set so"
    (attachment,) = site.article()["attachments"]
    (file,) = [entry for entry in site.run("list", "--json") if entry["reason"] == "file"]
    assert file["file"] == {"media_type": "application/pdf", "size": len(PDF)}
    assert file["site"] == "fu"
    assert attachment["digest"] == file["digests"]["payload"] == f"sha256:{hashlib.sha256(PDF).hexdigest()}"
    assert (attachment["size"], attachment["media_type"], attachment["location"]) == (
        len(PDF),
        "application/pdf",
        file["location"],
    )
    request = next(head for head in wire.requests if b".pdf" in head)
    assert f"Referer: {wire.base}{ARTICLE}\r\n".encode() in request
    assert warcio_check(tmp_path / "archive").returncode == 0


def test_data_of_attachments_survive_a_rebuild_and_a_replay_changes_nothing(wire: Wire, tmp_path: Path) -> None:
    site = Crawled(wire, tmp_path)
    site.run("crawl", "fu", "--json")
    before = site.run("list", "--json")
    shown = site.run("show", f"{wire.base}{ARTICLE}", "--json")
    site.run("rebuild", "--json")
    assert site.run("list", "--json") == before
    assert shown == [entry for entry in before if entry["outcome"] == "article"]
    (exported,) = [entry for entry in site.run("export", "-", "--format", "jsonl") if entry["outcome"] == "article"]
    assert [exported] == shown
    (changed,) = site.run("replay", "--dry-run", "--json")[-1:]
    assert "changed" not in changed or not changed["changed"], changed


def test_a_second_crawl_requests_no_file_again_and_list_can_omit_files(wire: Wire, tmp_path: Path) -> None:
    site = Crawled(wire, tmp_path)
    site.run("crawl", "fu", "--json")
    site.run("crawl", "fu", "--json")
    assert len([target for target in asked(wire) if target.endswith(".pdf")]) == 1
    assert {entry["reason"] for entry in site.run("list", "--no-files", "--json")} == {None, "not-an-article"}


def test_a_site_can_be_set_to_images_or_to_no_files(wire: Wire, tmp_path: Path) -> None:
    site = Crawled(wire, tmp_path, 'files = "none"')
    assert site.run("crawl", "fu", "--json")[0]["fetched"] == 2
    (tmp_path / "all").mkdir()
    site = Crawled(wire, tmp_path / "all", 'files = "all"')
    assert site.run("crawl", "fu", "--json")[0]["rejected"]["file"] == 2
    files = [entry["file"] for entry in site.run("list", "--json") if entry["file"]]
    assert {"media_type": "image/jpeg", "size": len(PICTURE)} in files


def test_a_file_over_the_limit_is_not_downloaded_and_this_is_noted(wire: Wire, tmp_path: Path) -> None:
    site = Crawled(wire, tmp_path, "max_file = 100")
    (report,) = site.run("crawl", "fu", "--json")
    assert report["rejected"]["too-large"] == 1
    (attachment,) = site.article()["attachments"]
    assert (attachment["size"], attachment["digest"], attachment["location"]) == (None, None, None)


def test_a_file_linked_under_two_names_is_archived_once(wire: Wire, tmp_path: Path) -> None:
    wire.answers["/copy.pdf"] = served(PDF, "application/pdf")
    wire.answers[ARTICLE] = article('<p><a href="/copy.pdf">情况汇总表（副本）</a></p>')
    site = Crawled(wire, tmp_path)
    (report,) = site.run("crawl", "fu", "--json")
    assert (report["rejected"]["file"], report["revisits"]) == (2, 1)
    first, second = site.article()["attachments"]
    assert first["digest"] == second["digest"]


def test_the_files_of_an_edited_article_are_requested_again(wire: Wire, tmp_path: Path) -> None:
    site = Crawled(wire, tmp_path)
    site.run("crawl", "fu", "--json")
    wire.answers[ARTICLE] = article("<p>会议还研究了其他事项，并对下一步工作作出安排。</p>")
    with closing(sqlite3.connect(tmp_path / "archive" / "frontier.sqlite")) as db, db:
        db.execute("UPDATE pages SET due = 0 WHERE role = 'article'")
        db.execute("UPDATE pages SET asked = 0")
    site.run("crawl", "fu", "--json")
    assert len([target for target in asked(wire) if target.endswith(".pdf")]) == 2


def test_a_crawl_killed_before_it_enqueued_its_files_requests_them(wire: Wire, tmp_path: Path) -> None:
    site = Crawled(wire, tmp_path)
    site.run("crawl", "fu", "--json")
    with closing(sqlite3.connect(tmp_path / "archive" / "frontier.sqlite")) as db, db:
        db.execute("DELETE FROM pages WHERE role = 'file'")
        (fence,) = db.execute("INSERT INTO crawlers (owner, expires) VALUES ('', 0) RETURNING fence").fetchone()
        db.execute("UPDATE pages SET waiting = 1, fence = ?, asked = NULL WHERE role = 'article'", (fence,))
        db.execute("UPDATE sites SET ended = NULL")
    site.run("crawl", "fu", "--json")
    assert len([target for target in asked(wire) if target.endswith(".pdf")]) == 2
    assert asked(wire).count(ARTICLE) == 1


def test_fetch_downloads_files_if_asked(wire: Wire, tmp_path: Path) -> None:
    url = f"{wire.base}{ARTICLE}"
    (alone,) = documents(fangzhi("fetch", url, "--archive", str(tmp_path)))
    assert alone["articles"][0]["attachments"][0]["digest"] is None
    (entry,) = documents(fangzhi("fetch", url, "--files", "--no-archive", "--archive", str(tmp_path / "none")))
    (attachment,) = entry["articles"][0]["attachments"]
    assert (attachment["size"], attachment["location"]) == (len(PDF), None)
    (entry,) = documents(fangzhi("fetch", url, "--files", "--archive", str(tmp_path)))
    assert entry["articles"][0]["attachments"][0]["location"]["file"].startswith("warc/")
