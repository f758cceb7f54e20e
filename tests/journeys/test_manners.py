"""What a browser would do and some servers insist on: cookies within a site, a Referer, bytes that nobody asked for."""

from __future__ import annotations

import gzip
from pathlib import Path

from tests.crawler.download.test_handler import records
from tests.crawler.wire import Wire, wired
from tests.fangzhi import documents, fangzhi
from tests.journeys.small import TEXT, answer, asked

ARTICLE = "/2026/0305/1.html"
ROW = f'<li><a href="{ARTICLE}">市政府召开全市防汛工作会议部署</a> 2026-03-05</li>'


def crawl(folder: Path, **wires: Wire) -> dict:
    """Crawl the sites of wires, one after the other in a name's order, and return the report."""
    (folder / "sites").mkdir()
    for slug, wire in wires.items():
        host = wire.base.removeprefix("http://")
        toml = f'name = "府"\nfamily = "generic"\nhosts = ["{host}"]\ndelay = 0.01\n'
        toml += f'[[sections]]\nname = "要闻"\nurl = "{wire.base}/list/"\n'
        (folder / "sites" / f"{slug}.toml").write_text(toml, "utf-8")
    done = fangzhi("crawl", *wires, "--archive", str(folder / "archive"), "--registry", str(folder / "sites"), "--json")
    (report,) = documents(done)
    return report


def test_a_guard_that_wants_its_cookie_back_gets_it_and_no_other_site_does(tmp_path: Path) -> None:
    with wired() as guarded, wired() as other:
        to_itself = "Location: {}\r\nSet-Cookie: CT6T=8f31; path=/\r\nContent-Length: 0"
        for path, body in (("/list/", f"<ul>{ROW}</ul>"), (ARTICLE, TEXT)):
            guarded.answers[path] = f"HTTP/1.1 302 Moved\r\n{to_itself.format(path)}\r\n\r\n".encode()
            guarded.with_cookie[path] = answer(body)
            other.answers[path] = answer(body)
        report = crawl(tmp_path, guarded=guarded, other=other)
    assert (report["rejected"]["redirect"], report["failed"]) == (1, {}), "the second page has the cookie already"
    assert len(asked(guarded)) == 3
    assert all(b"Cookie" not in head for head in other.requests)


def test_a_page_that_leads_to_itself_for_ever_is_left(tmp_path: Path) -> None:
    with wired() as wire:
        head = "HTTP/1.1 302 Moved\r\nLocation: /list/\r\nSet-Cookie: a=1\r\nContent-Length: 0\r\n\r\n"
        wire.answers["/list/"] = head.encode()
        report = crawl(tmp_path, fu=wire)
    assert len(asked(wire)) == 6
    assert report["rejected"] == {"redirect": 6}


def test_an_article_is_asked_for_from_the_list_that_led_to_it(tmp_path: Path) -> None:
    with wired() as wire:
        wire.answers = {"/list/": answer(f"<ul>{ROW}</ul>"), ARTICLE: answer(TEXT)}
        crawl(tmp_path, fu=wire)
    heads = {head.split(b" ")[1]: head for head in wire.requests}
    assert f"\r\nReferer: {wire.base}/list/\r\n".encode() in heads[ARTICLE.encode()]
    assert b"Referer" not in heads[b"/list/"]


def test_a_body_that_is_packed_though_no_header_says_so_is_read_and_kept_as_it_came(tmp_path: Path) -> None:
    packed = gzip.compress(f"<html><body>{TEXT}</body></html>".encode())
    with wired() as wire:
        head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {len(packed)}\r\n\r\n"
        wire.answers["/a.html"] = head.encode() + packed
        (entry,) = documents(fangzhi("fetch", f"{wire.base}/a.html", "--archive", str(tmp_path)))
    assert entry["articles"][0]["text"].startswith("今天，市政府召开会议")
    ((_, _, body),) = records(tmp_path)["response"]
    assert body == packed
