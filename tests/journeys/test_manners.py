"""Browser behaviour that some servers require: cookies within a site, a Referer, undeclared content encoding."""

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
    """Crawl one site for each server, named as its keyword, and return the report."""
    (folder / "sites").mkdir()
    for slug, wire in wires.items():
        host = wire.base.removeprefix("http://")
        toml = f'name = "府"\nfamily = "generic"\nhosts = ["{host}"]\ndelay = 0.01\n'
        toml += f'[[sections]]\nname = "要闻"\nurl = "{wire.base}/list/"\n'
        (folder / "sites" / f"{slug}.toml").write_text(toml, "utf-8")
    done = fangzhi("crawl", *wires, "--archive", str(folder / "archive"), "--registry", str(folder / "sites"), "--json")
    (report,) = documents(done)
    return report


def test_a_cookie_check_gets_its_cookie_back_and_no_other_site_does(tmp_path: Path) -> None:
    with wired() as guarded, wired() as other:
        redirect_headers = "Location: {}\r\nSet-Cookie: CT6T=8f31; path=/\r\nContent-Length: 0"
        for path, body in (("/list/", f"<ul>{ROW}</ul>"), (ARTICLE, TEXT)):
            guarded.answers[path] = f"HTTP/1.1 302 Moved\r\n{redirect_headers.format(path)}\r\n\r\n".encode()
            guarded.with_cookie[path] = answer(body)
            other.answers[path] = answer(body)
        report = crawl(tmp_path, guarded=guarded, other=other)
    assert (report["rejected"]["redirect"], report["failed"]) == (1, {}), "the second page has the cookie already"
    assert len(asked(guarded)) == 3
    assert all(b"Cookie" not in request for request in other.requests)


def test_an_endless_redirect_to_itself_is_given_up(tmp_path: Path) -> None:
    with wired() as wire:
        head = "HTTP/1.1 302 Moved\r\nLocation: /list/\r\nSet-Cookie: a=1\r\nContent-Length: 0\r\n\r\n"
        wire.answers["/list/"] = head.encode()
        report = crawl(tmp_path, fu=wire)
    assert len(asked(wire)) == 6
    assert report["rejected"] == {"redirect": 6}


def test_an_article_is_requested_with_its_list_page_as_referer(tmp_path: Path) -> None:
    with wired() as wire:
        wire.answers = {"/list/": answer(f"<ul>{ROW}</ul>"), ARTICLE: answer(TEXT)}
        crawl(tmp_path, fu=wire)
    headers = {request.split(b" ")[1]: request for request in wire.requests}
    assert f"\r\nReferer: {wire.base}/list/\r\n".encode() in headers[ARTICLE.encode()]
    assert b"Referer" not in headers[b"/list/"]


def test_a_gzip_body_without_content_encoding_is_decoded_and_archived_unchanged(tmp_path: Path) -> None:
    packed = gzip.compress(f"<html><body>{TEXT}</body></html>".encode())
    with wired() as wire:
        head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {len(packed)}\r\n\r\n"
        wire.answers["/a.html"] = head.encode() + packed
        (entry,) = documents(fangzhi("fetch", f"{wire.base}/a.html", "--archive", str(tmp_path)))
    assert entry["articles"][0]["text"].startswith("今天，市政府召开会议")
    ((_, _, body),) = records(tmp_path)["response"]
    assert body == packed
