"""Redirects in a crawl: every exchange is archived, no page is requested twice."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crawler.wire import Wire, wired
from tests.fangzhi import documents, fangzhi

SITE = """
name = "府"
family = "generic"
hosts = ["{host}"]
delay = 0.01
sections = [{{ name = "要闻", url = "http://{host}/list/" }}]
"""
TEXT = "<p>今天，市政府召开会议，部署全市防汛工作。会议要求各区压实责任，落实值班制度。</p>" * 4


def page(body: str, *headers: str) -> bytes:
    head = "\r\n".join(("HTTP/1.1 200 OK", "Content-Type: text/html; charset=utf-8", *headers))
    return f"{head}\r\n\r\n<html><body>{body}</body></html>".encode()


def moved(to: str, *headers: str) -> bytes:
    return "\r\n".join(("HTTP/1.1 302 Found", f"Location: {to}", "Content-Length: 0", *headers, "", "")).encode()


def listing(*paths: str) -> bytes:
    rows = (f'<li><a href="{path}">市政府召开防汛工作会议 {path}</a> 2024-03-05</li>' for path in paths)
    return page(f"<ul>{''.join(rows)}</ul>")


@pytest.fixture
def wire() -> Iterator[Wire]:
    with wired() as server:
        yield server


def crawl(wire: Wire, tmp_path: Path, **environment: str) -> list[tuple[int, str, str]]:
    """Crawl a site with one list; return status, requested URL and final URL of each capture, oldest first."""
    (tmp_path / "sites").mkdir()
    (tmp_path / "sites" / "fu.toml").write_text(SITE.format(host=wire.base.removeprefix("http://")), "utf-8")
    options = ("--archive", str(tmp_path / "archive"), "--registry", str(tmp_path / "sites"))
    done = fangzhi("crawl", "fu", *options, **environment)
    assert done.returncode == 0, done.stderr
    entries = documents(fangzhi("list", "--json", *options))[::-1]
    return [tuple(str(e[k]).removeprefix(wire.base) for k in ("status", "url", "final_url")) for e in entries]


def requested(wire: Wire) -> list[str]:
    return sorted(head.split(b" ")[1].decode() for head in wire.requests)


def test_a_redirect_to_a_known_page_is_archived_and_the_page_is_not_requested_again(wire: Wire, tmp_path: Path) -> None:
    wire.answers = {
        "/list/": listing("/2024/0305/1.html", "/2024/0305/2.html"),
        "/2024/0305/1.html": page(TEXT),
        "/2024/0305/2.html": moved("/2024/0305/1.html"),
    }
    entries = crawl(wire, tmp_path)
    assert sorted(entries) == [
        ("200", "/2024/0305/1.html", "/2024/0305/1.html"),
        ("200", "/list/", "/list/"),
        ("302", "/2024/0305/2.html", "/2024/0305/2.html"),
    ]
    assert requested(wire) == ["/2024/0305/1.html", "/2024/0305/2.html", "/list/", "/robots.txt"]


def test_a_page_that_sets_a_cookie_and_redirects_to_itself_is_fetched(wire: Wire, tmp_path: Path) -> None:
    wire.with_cookie = {"/2024/0305/1.html": page(TEXT)}
    wire.answers["/list/"] = listing("/2024/0305/1.html")
    wire.answers["/2024/0305/1.html"] = moved("/2024/0305/1.html", "Set-Cookie: seen=1")
    assert [status for status, *_ in crawl(wire, tmp_path)] == ["200", "302", "200"]


def test_every_exchange_of_a_redirect_loop_is_archived_up_to_the_limit(wire: Wire, tmp_path: Path) -> None:
    wire.answers = {
        "/list/": listing("/2024/0305/1.html"),
        "/2024/0305/1.html": moved("/2024/0305/2.html"),
        "/2024/0305/2.html": moved("/2024/0305/1.html"),
    }
    entries = crawl(wire, tmp_path, FANGZHI_MAX_REDIRECTS="3")
    assert len(entries) == len(wire.requests) - 1 == 5  # robots.txt is not archived


def test_bytes_of_any_charset_in_a_location_are_followed_unchanged(wire: Wire, tmp_path: Path) -> None:
    wire.answers = {
        "/list/": listing("/2024/0305/1.html"),
        "/2024/0305/1.html": moved("/公告/1.html").decode().encode("gbk"),
        "/%B9%AB%B8%E6/1.html": page(TEXT),
    }
    assert ("200", "/2024/0305/1.html", "/%B9%AB%B8%E6/1.html") in crawl(wire, tmp_path)


def test_a_proxy_in_the_environment_is_not_used(wire: Wire, tmp_path: Path) -> None:
    wire.answers = {"/list/": listing("/2024/0305/1.html"), "/2024/0305/1.html": page(TEXT)}
    with wired() as proxy:
        crawl(wire, tmp_path, http_proxy=proxy.base, HTTP_PROXY=proxy.base, no_proxy="", NO_PROXY="")
        assert proxy.requests == []
