"""Sitemaps and feeds: their articles, newest first, and nothing else."""

from __future__ import annotations

import pytest

from crawler.families import FAMILIES, list_requests

GENERIC = FAMILIES["generic"]
SITE = "http://www.example.cn"
SPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"'


def articles(text: str, url: str = f"{SITE}/sitemap.xml") -> list[tuple[str, str, str | None]]:
    links = GENERIC.listing(text, url).articles
    return [(link.url.removeprefix(SITE), link.title, link.listed_on and str(link.listed_on)) for link in links]


def located(*entries: str) -> str:
    urls = "".join(f"<url>{entry}</url>" for entry in entries)
    return f'<?xml version="1.0" encoding="GBK"?>\n<urlset {SPACE}>{urls}</urlset>'


def test_a_sitemap_gives_articles_newest_first_and_no_columns() -> None:
    text = located(
        f"<loc>{SITE}/</loc>",
        f"<loc>{SITE}/news/</loc><lastmod>2024-03-09</lastmod>",
        f"<loc>{SITE}/about.html</loc>",
        f"<loc>{SITE}/logo1.png</loc>",
        f"<loc> {SITE}/news/202403/t20240304_1.html </loc>",
        *(
            f"<loc>{SITE}/show.php?id={number}</loc><lastmod>2024-03-0{number}T08:00:00+08:00</lastmod>"
            for number in range(1, 7)
        ),
    )
    shown = [f"/show.php?id={number}" for number in range(6, 0, -1)]
    assert [url for url, _, _ in articles(text)] == [*shown[:2], "/news/202403/t20240304_1.html", *shown[2:]]
    assert articles(text)[0] == ("/show.php?id=6", "", "2024-03-06")


def test_a_news_sitemap_has_titles_and_dates() -> None:
    text = located(
        f"<loc>{SITE}/a/spring</loc><lastmod>2024-03-07</lastmod><n:news><n:publication><n:name>例报</n:name></n:publication>"
        "<n:publication_date>2024-03-05T22:10:00+08:00</n:publication_date><n:title> 老街换新颜 </n:title></n:news>"
    )
    assert articles(text) == [("/a/spring", "老街换新颜", "2024-03-05")]


def test_a_sitemap_index_leads_to_its_sitemaps_latest_first() -> None:
    maps = "".join(
        f"<sitemap><loc>sitemap-{month}.xml.gz</loc></sitemap>" for month in ("2023-12", "2024-01", "2024-02")
    )
    fresh = f"<sitemap><loc>{SITE}/old.xml</loc><lastmod>2024-03-05</lastmod></sitemap>"
    listing = GENERIC.listing(f"<sitemapindex>{maps}{fresh}</sitemapindex>", f"{SITE}/sitemap.xml")
    names = ("old.xml", "sitemap-2024-02.xml.gz", "sitemap-2024-01.xml.gz", "sitemap-2023-12.xml.gz")
    assert (listing.articles, listing.pages, listing.pages_to_request) == (
        (),
        list_requests(f"{SITE}/{name}" for name in names),
        4,
    )
    assert all(GENERIC.is_list(ask.url) for ask in listing.pages)


RSS = """<?xml version="1.0" encoding="gb2312"?><rss version="2.0"><channel><title>例</title><link>http://www.example.cn/</link>
<item><title>老街换新颜&amp;游客来</title><link>/x/spring</link><pubDate>Mon, 04 Mar 2024 23:30:00 GMT</pubDate></item>
<item><title>水库体检</title><link>http://www.example.cn/x/water#top</link><pubDate>2024-03-06 08:00:00</pubDate></item>
<item><title>没有地址</title></item></channel></rss>"""

ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>老街换新颜&amp;游客来</title><link href="/x/spring"/>
<updated>2024-03-05T01:00:00+08:00</updated></entry><entry><title>水库体检</title>
<link href="http://www.example.cn/x/water"/><published>2024-03-06T01:00:00+08:00</published></entry></feed>"""


@pytest.mark.parametrize("text", [RSS, ATOM], ids=["rss", "atom"])
def test_a_feed_gives_its_entries_with_the_date_in_china(text: str) -> None:
    assert articles(text, f"{SITE}/feed/") == [
        ("/x/water", "水库体检", "2024-03-06"),
        ("/x/spring", "老街换新颜&游客来", "2024-03-05"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "<urlset>",
        "<urlset><url><loc>http://[</loc></url><url><loc>//[</loc></url><url/></urlset>",
        "<sitemapindex><sitemap><loc>ftp://a.cn/x.xml</loc></sitemap><sitemap><loc>//[</loc></sitemap></sitemapindex>",
        "<rss><channel><item><link>javascript:1</link><pubDate>morgen</pubDate></item>",
        '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]><urlset><url><loc>http://a.cn/&a;</loc></url></urlset>',
        "\ufeff<?xml?><feed",
        "<rss>\0\ud800</rss>",
    ],
)
def test_broken_feeds_and_sitemaps_give_nothing(text: str) -> None:
    listing = GENERIC.listing(text, f"{SITE}/sitemap.xml")
    assert [link.url for link in listing.articles] in ([], ["http://a.cn/"])
    assert listing.pages == ()


@pytest.mark.parametrize(
    "written",
    [
        "0000-00-00 00:00:00",
        "Mon, 01 Jan 0000 00:00:00 GMT",
        "Thu, 01 Jan 1970 00:00:00 GMT",
        "0001-01-01T00:00:00+08:00",
        "9999-12-31T23:59:59Z",
        "-1",
    ],
)
def test_an_invalid_date_is_left_out(written: str) -> None:
    assert articles(RSS.replace("Mon, 04 Mar 2024 23:30:00 GMT", written))[1] == (
        "/x/spring",
        "老街换新颜&游客来",
        None,
    )


def test_a_feed_of_unclosed_items_is_read_up_to_the_limit() -> None:
    items = "".join(f"<item><link>{SITE}/{number}.html</link>" for number in range(30_000))
    assert len(articles(f"<rss><channel>{items}", f"{SITE}/feed/")) <= 1_000


def test_a_sitemap_is_read_up_to_the_limit_of_the_protocol() -> None:
    entries = (f"<loc>{SITE}/2024/0305/{number}.html</loc>" for number in range(50_100))
    assert len(articles(located(*entries))) == 50_000
