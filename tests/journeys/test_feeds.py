"""Pages without a list on sites of no known CMS: their feed or the site's sitemap is found automatically."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crawler.wire import Wire, wired
from tests.journeys.small import ARTICLES, PATHS, answer, asked, crawl

SHELL = '<html><head>{}</head><body><div id="app">正在加载</div></body></html>'
FEED = '<link rel="alternate" type="application/rss+xml" title="要闻" href="/rss.xml">'
RSS = "".join(f"<item><title>市政府召开防汛工作会议</title><link>{path}</link></item>" for path in PATHS)
MAP = "".join(f"<url><loc>{path}</loc></url>" for path in ("/", "/about/", *PATHS))


@pytest.fixture
def wire() -> Iterator[Wire]:
    with wired() as server:
        server.answers = {path: answer(text) for path, text in ARTICLES.items()}
        server.answers["/rss.xml"] = answer(f"<rss><channel>{RSS}</channel></rss>", kind="application/rss+xml")
        server.answers["/map.xml"] = answer(f"<urlset>{MAP}</urlset>", kind="text/xml")
        robots = f"User-agent: *\nDisallow:\nSitemap: {server.base}/map.xml\n"
        server.answers["/robots.txt"] = answer(robots, kind="text/plain")
        yield server


def test_a_page_without_a_list_leads_to_its_feed(wire: Wire, tmp_path: Path) -> None:
    wire.answers["/list/"] = answer(SHELL.format(FEED))
    assert crawl(wire, tmp_path, "delay = 0.01")["articles"] == len(PATHS)
    assert sorted(asked(wire)) == sorted(["/list/", "/rss.xml", *PATHS])


def test_without_a_feed_the_sitemap_in_robots_txt_is_read(wire: Wire, tmp_path: Path) -> None:
    wire.answers["/list/"] = answer(SHELL.format(""))
    assert crawl(wire, tmp_path, "delay = 0.01")["articles"] == len(PATHS)
    assert sorted(asked(wire)) == sorted(["/list/", "/map.xml", *PATHS])


def test_a_page_with_a_list_needs_neither_feed_nor_sitemap(wire: Wire, tmp_path: Path) -> None:
    rows = "".join(f'<li><a href="{path}">市政府召开防汛工作会议 {path}</a> 2026-03-05</li>' for path in PATHS)
    wire.answers["/list/"] = answer(SHELL.format(FEED).replace("正在加载", f"<ul>{rows}</ul>"))
    assert crawl(wire, tmp_path, "delay = 0.01")["articles"] == len(PATHS)
    assert sorted(asked(wire)) == sorted(["/list/", *PATHS])
