"""Pages are archived with what shows them: once an address and interval, within budgets, at the pace of each host."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from crawler.demo import registry
from crawler.demo.city import build
from crawler.demo.server import serve
from tests.crawler.wire import Wire, wired
from tests.fangzhi import documents, fangzhi
from tests.journeys.small import ARTICLES, PATHS, answer, asked, crawl, listing, site_options
from tests.town import SITES, Town

CONTENT_LENGTH = re.compile(rb"Content-Length: \d+\r\n")

PICTURE = "\x89PNG"


@pytest.fixture
def cdn() -> Iterator[Wire]:
    with wired() as server:
        server.answers = {"/lib/jquery.js": answer("/* jquery */", kind="text/javascript")}
        yield server


@pytest.fixture
def site(wire: Wire, cdn: Wire) -> Wire:
    """A site whose pages have a style sheet in GBK, pictures, a frame, and a script on another host."""
    head = (
        '<link rel="stylesheet" href="/css/a.css"><link rel="icon" href="/favicon.ico">'
        f'<script src="{cdn.base}/lib/jquery.js"></script><iframe src="/frame.html"></iframe>'
        f'<iframe src="{cdn.base}/map.html"></iframe>'
    )
    wire.answers = {"/list/": listing(PATHS)} | {
        path: answer(f'{head}{text}<p><img data-original="/pic{path[-6]}.png"></p>') for path, text in ARTICLES.items()
    }
    css = '@charset "gbk"; @import "b.css"; body { background: url(/images/背景.png) }'.encode("gbk")
    wire.answers |= {
        "/css/a.css": b"HTTP/1.1 200 OK\r\nContent-Type: text/css\r\nETag: x\r\nContent-Length: %d\r\n\r\n" % len(css)
        + css,
        "/css/b.css": answer("@import 'a.css'; p { background: url(../images/p.png) }", kind="text/css"),
        "/images/%E8%83%8C%E6%99%AF.png": answer(PICTURE, kind="image/png"),
        "/images/p.png": answer(PICTURE + "p", kind="image/png"),
        "/frame.html": answer('<p>评论</p><img src="/images/frame.png">'),
        "/images/frame.png": answer(PICTURE + "f", kind="image/png"),
        **{f"/pic{number}.png": answer(f"{PICTURE} {number}", kind="image/png") for number in range(1, 6)},
    }
    return wire


SHARED = {
    *("/css/a.css", "/css/b.css", "/images/%E8%83%8C%E6%99%AF.png", "/images/p.png", "/frame.html"),
    *("/images/frame.png", "/favicon.ico"),
}
OWN = {f"/pic{number}.png" for number in range(1, 6)}


def test_a_crawl_archives_what_pages_are_shown_with(site: Wire, cdn: Wire, tmp_path: Path) -> None:
    report = crawl(site, tmp_path, "delay = 0", "concurrency = 4")
    counts = Counter(asked(site))
    assert set(counts) == {"/list/", *PATHS, *SHARED, *OWN}
    assert set(counts.values()) == {1}
    assert asked(cdn) == ["/lib/jquery.js"], "a frame on another host is a page of its own"
    assert report["fetched"] == 6
    assert report["requisites"] == {"archived": 12, "unchanged": 0, "redirects": 0, "missing": 1, "failed": {}}
    css = next(head for head in site.requests if b"GET /css/a.css" in head)
    assert b"/2026/0305/" in css.split(b"Referer: ")[1].split(b"\r\n")[0]


def test_nothing_is_requested_again_until_the_interval_is_over_and_then_conditionally(
    site: Wire, tmp_path: Path
) -> None:
    crawl(site, tmp_path, "delay = 0", "concurrency = 4")
    first = len(asked(site))
    crawl(site, tmp_path, "delay = 0", options=("--recheck",))
    again = asked(site)[first:]
    assert set(again) == {"/list/", *PATHS}
    Town(None, tmp_path, tmp_path / "archive").pass_time(days=8)  # type: ignore[arg-type]
    site.answers["/css/a.css"] = b"HTTP/1.1 304 Not Modified\r\nETag: x\r\n\r\n"
    seen = len(site.requests)
    crawl(site, tmp_path, "delay = 0", options=("--recheck",))
    again = [head.split(b" ")[1].decode() for head in site.requests[seen:]]
    assert set(again) <= {"/robots.txt", "/list/", *PATHS}, "no page has changed"
    seen = len(site.requests)
    site.answers |= {path: answer + b"<!-- changed -->" for path, answer in site.answers.items() if path in PATHS}
    site.answers |= {path: CONTENT_LENGTH.sub(b"", site.answers[path]) for path in PATHS}
    report = crawl(site, tmp_path, "delay = 0", options=("--recheck",))
    css = next(head for head in site.requests[seen:] if b"GET /css/a.css" in head)
    assert b"if-none-match: x" in css.lower()
    assert report["requisites"]["archived"] == 0
    assert report["requisites"]["unchanged"] >= 6


def test_requisites_are_no_entries_and_their_state_is_known(site: Wire, tmp_path: Path) -> None:
    crawl(site, tmp_path, "delay = 0", "concurrency = 4")
    options = site_options(site, tmp_path, "delay = 0")
    entries = documents(fangzhi("list", "--json", *options))
    assert len(entries) == 6
    article = next(each for each in entries if each["url"].endswith(PATHS[0]))
    found = documents(fangzhi("show", article["id"], "--requisites", "--json", *options))
    states = Counter((each["state"], each["reason"]) for each in found)
    assert states == {("archived", None): 8, ("missing", "status 404"): 1}
    assert fangzhi("verify", "--deep", *options).returncode == 0
    status = documents(fangzhi("status", "--json", *options))[0]
    assert status["requisites"] == 13
    assert status["requisites_share"] == pytest.approx(8 / 9, abs=1e-3)


def test_a_rebuild_and_a_replay_make_the_same_rows(site: Wire, tmp_path: Path) -> None:
    from pipelines.catalogue.catalogue import Catalogue

    crawl(site, tmp_path, "delay = 0", "concurrency = 4")
    options = site_options(site, tmp_path, "delay = 0")
    place = f"sqlite:///{tmp_path}/archive/catalogue.sqlite"
    catalogue = Catalogue(place)
    before = list(catalogue.requisites())
    catalogue.close()
    assert fangzhi("rebuild", *options).returncode == 0
    catalogue = Catalogue(place)
    assert list(catalogue.requisites()) == before
    catalogue.close()
    (report,) = documents(fangzhi("replay", "--json", *options))
    assert report["unchanged"] == 6
    assert report["requisites"]["archived"] == 12
    catalogue = Catalogue(place)
    assert list(catalogue.requisites()) == before
    catalogue.close()


def test_a_site_can_do_without_and_a_page_has_a_budget(site: Wire, tmp_path: Path) -> None:
    crawl(site, tmp_path, "delay = 0", 'page = "text"')
    assert set(asked(site)) == {"/list/", *PATHS}
    seen = len(asked(site))
    report = crawl(
        site, tmp_path, "delay = 0", 'page = "text"', "page_files = 2", options=("--recheck", "--page", "whole")
    )
    others = [each for each in asked(site)[seen:] if each not in {"/list/", *PATHS}]
    assert 2 <= len(others) <= 2 * 5
    assert report["failed"] == {}
    options = site_options(site, tmp_path)
    (entry,) = documents(fangzhi("list", "--json", "--limit", "1", "--outcome", "article", *options))
    found = documents(fangzhi("show", entry["id"], "--requisites", "--json", *options))
    assert ("refused", "budget") in {(each["state"], each["reason"]) for each in found}


def test_a_day_has_a_budget_and_what_it_does_not_allow_waits(site: Wire, cdn: Wire, tmp_path: Path) -> None:
    crawl(site, tmp_path, "delay = 0", "day_files = 3", "concurrency = 4")
    assert len([each for each in asked(site) if each in SHARED | OWN] + asked(cdn)) == 3
    crawl(site, tmp_path, "delay = 0")
    assert set(asked(site)) == {"/list/", *PATHS, *SHARED, *OWN}
    assert set(Counter(each for each in asked(site) if each in SHARED | OWN).values()) == {1}


def test_robots_txt_counts_for_requisites(site: Wire, tmp_path: Path) -> None:
    site.answers["/robots.txt"] = answer("User-agent: *\nDisallow: /images/\n", kind="text/plain")
    report = crawl(site, tmp_path, "delay = 0")
    assert not [each for each in asked(site) if each.startswith("/images/")]
    assert report["requisites"]["failed"] == {"robots": 3}
    assert report["failed"] == {}
    options = site_options(site, tmp_path)
    (entry,) = documents(fangzhi("list", "--json", "--limit", "1", "--outcome", "article", *options))
    found = documents(fangzhi("show", entry["id"], "--requisites", "--json", *options))
    assert ("refused", "robots") in {(each["state"], each["reason"]) for each in found}


def test_a_dead_host_of_requisites_does_not_stop_the_site(site: Wire, cdn: Wire, tmp_path: Path) -> None:
    cdn.close()
    report = crawl(site, tmp_path, "delay = 0")
    assert report["articles"] == 5
    assert report["failed"] == {}
    assert report["requisites"]["failed"] in ({"unreachable": 1}, {"robots-unreachable": 1})


def test_fetch_takes_the_requisites_of_a_page_once(site: Wire, cdn: Wire, tmp_path: Path) -> None:
    options = site_options(site, tmp_path, "delay = 0")
    page = site.base + PATHS[0]
    done = fangzhi("fetch", page, *options)
    assert done.returncode == 0
    assert len(documents(done)) == 1
    assert "8 archived" in done.stderr
    assert set(asked(site)) == {PATHS[0], *SHARED, "/pic1.png"}
    assert asked(cdn) == ["/lib/jquery.js"]
    seen = len(asked(site))
    fangzhi("fetch", page, *options)
    assert set(asked(site)[seen:]) == {PATHS[0], "/favicon.ico"}, "what is missing is asked for again"
    seen = len(asked(site))
    fangzhi("fetch", page, "--page", "text", *options)
    assert asked(site)[seen:] == [PATHS[0]]


def test_a_package_of_some_pages_has_their_requisites(site: Wire, tmp_path: Path) -> None:
    crawl(site, tmp_path, "delay = 0", "concurrency = 4")
    options = site_options(site, tmp_path, "delay = 0")
    entries = documents(fangzhi("list", "--json", "--outcome", "article", "--limit", "1", *options))
    done = fangzhi("export", str(tmp_path / "a.wacz"), "--limit", "1", "--outcome", "article", "--json", *options)
    assert len(entries) == 1
    assert done.returncode == 0, done.stderr
    (counts,) = documents(done)
    assert counts["requisites"] >= 9


def archived_requisites(town: Town, key: str) -> set[str]:
    found = town.run("show", key, "--requisites", "--json")
    return {each["url"] for each in found if each["state"] == "archived"}


def test_all_requisites_of_the_city_are_archived(tmp_path: Path) -> None:
    """Every requisite of the pages of a portal in UTF-8 and of one in GBK is archived and found again."""
    with serve(build(seed=1, pages=300)) as server:
        sites = tmp_path / "sites"
        sites.mkdir()
        for name, toml in registry(server.base_urls).items():
            (sites / name).write_text(toml, "utf-8")
        town = Town(server, sites, tmp_path / "archive")
        town.run("crawl", "yunzhou", "huawu", "--limit", "8", "--json")
        status = town.run("status", "--json")[0]
        pages = [each for each in town.run("list", "--json") if each["site"] in SITES and each["status"] == 200]
        shown = [each for each in pages if each["outcome"] == "article" and not each["file"]]
        expected = {
            each["url"]: server.city.requisites(each["site"], each["url"], server.base_urls)
            for each in shown
            if each["url"] == each["final_url"]
        }
        found = {each["url"]: archived_requisites(town, each["id"]) for each in shown}
    assert len(expected) >= 10
    assert min(map(len, expected.values())) >= 10
    assert {url: files - found[url] for url, files in expected.items() if not files <= found[url]} == {}
    assert status["requisites_share"] == 1.0
    assert dt.datetime.now(dt.UTC) > dt.datetime.fromisoformat(status["sites"][0]["newest"])
