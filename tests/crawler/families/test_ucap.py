"""开普 UCAP: static lists, and lists from its two APIs."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from crawler.families import FAMILIES, list_requests, recognise

UCAP = FAMILIES["ucap"]
SITE = "http://www.beigang.gov.cn"
HEX = "5057aeffb1a84a7e8aeded87728da48c"
SEARCH = f"{SITE}/common/search/{HEX}?_isAgg=true&_isJson=true&_pageSize=10&_template=index&page=1"
COMMON = f"{SITE}/inf/info/getInfoCommon/?pagesize=15&currpage=1&channelid={HEX}"
ARTICLE = f"//www.beigang.gov.cn/bgq/yw/202403/{HEX}.shtml"


def found(count: int, **fields: object) -> str:
    one = {
        "title": "区政府<em>召开</em>会议",
        "url": ARTICLE,
        "publishedTimeStr": "2024-03-05 09:00:00",
        "contentHtml": "<p>",
    }
    return json.dumps({"data": {"results": [one] * count, **fields}})


def common(count: int) -> str:
    one = {
        "title": "区政府召开会议",
        "link": ARTICLE.removeprefix("//www.beigang.gov.cn/"),
        "pubtime": "2024-03-05 09:00:00",
    }
    return json.dumps({"infolist": [one] * count})


@pytest.mark.parametrize(
    ("script", "api"),
    [
        (f"$.getJSON('/common/search/{HEX}?_isAgg=true&_isJson=true&_pageSize=10&page=1')", SEARCH),
        (f"var channelId='{HEX}',_pageSize=10; load('/common/search/'+channelId)", SEARCH),
        (f"var channelid = \"{HEX}\"; $.get('/inf/info/getInfoCommon/',{{pagesize:15}})", COMMON),
        (f'$.get("{SITE}/inf/info/getInfoCommon/?pagesize=15&currpage=1&channelid={HEX}")', COMMON),
    ],
)
def test_a_script_only_page_leads_to_the_api_that_its_script_calls(script: str, api: str) -> None:
    html = f'<a href="{ARTICLE}">去年最受关注的一条新闻在这里</a><script>{script}</script>'
    listing = UCAP.listing(html, f"{SITE}/bgq/yw/nav_list.shtml")
    assert (listing.articles, listing.lists) == ((), list_requests([api]))


@pytest.mark.parametrize(
    ("text", "url", "following"),
    [
        (found(10, total=11, rows=10), SEARCH, SEARCH.replace("page=1", "page=2")),
        (found(10, total=10, rows=10), SEARCH, None),
        (found(10, total=30, rows=10), SEARCH.replace("page=1", "page=3"), None),
        (found(10), SEARCH, SEARCH.replace("page=1", "page=2")),
        (found(9), SEARCH, None),
        (found(20, total=20, rows=20), SEARCH, None),
        (common(15), COMMON, COMMON.replace("currpage=1", "currpage=2")),
        (common(3), COMMON, None),
    ],
)  # fmt: skip
def test_answers_are_read_until_the_last_page(text: str, url: str, following: str | None) -> None:
    listing = UCAP.listing(text, url)
    (article,) = set(listing.articles)
    assert (article.url, article.title, article.listed_on) == (
        f"http:{ARTICLE}",
        "区政府召开会议",
        dt.date(2024, 3, 5),
    )
    assert listing.pages == list_requests([following] if following else [])


def test_a_static_list_names_its_pages_by_their_number() -> None:
    rows = f'<li><a href="{ARTICLE}" title="区政府召开会议">区政府…</a><span>2024-03-05</span></li>'
    html = f"<ul>{rows}</ul><script>createPageHTML('page_div',3, 1,'common_list','shtml',45);</script>"
    listing = UCAP.listing(html, f"{SITE}/bgq/gs/common_list.shtml")
    assert [article.url for article in listing.articles] == [f"http:{ARTICLE}"]
    assert listing.pages == list_requests(f"{SITE}/bgq/gs/common_list_{number}.shtml" for number in (2, 3))
    assert UCAP.listing(html, f"{SITE}/bgq/gs/common_list_3.shtml").pages == ()


@pytest.mark.parametrize(
    "html",
    [
        '<ucapcontent><div class="trs_editor_view">正文</div></ucapcontent>',
        '<div class="pages_content" id="UCAP-CONTENT">正文</div>',
        '<meta name="manuscriptId" content="1">',
        "<script>createPageHTML('page_div',3, 1,'list','shtml',45);</script>",
    ],
)
def test_it_is_recognised_although_its_editor_is_that_of_trs(html: str) -> None:
    assert recognise(html, f"{SITE}/a.html") == UCAP


def test_urls_distinguish_lists_from_articles() -> None:
    lists = (
        SEARCH,
        COMMON,
        f"{SITE}/bgq/yw/nav_list.shtml",
        f"{SITE}/bgq/gs/common_list_2.shtml",
        f"{SITE}/a/xlist.shtml",
    )
    assert all(map(UCAP.is_list, lists))
    assert not any(map(UCAP.is_article, lists))
    assert UCAP.is_article(f"http:{ARTICLE}")
