"""Hanweb JPaaS: the units of a page, and the HTML that the gateway builds for them."""

from __future__ import annotations

import datetime as dt
import json
from urllib.parse import parse_qs, urlsplit

import pytest

from crawler.families import FAMILIES, recognise

JPAAS = FAMILIES["jpaas"]
COLUMN = "http://www.shixi.gov.cn/col/col3001/index.html"
API = "/api-gateway/jpaas-publish-server/front/page/build/unit"


def unit(tag: str, page: int = 3001) -> str:
    ids = f"{{'parseType':'bulidstatic','webId':'52','tplSetId':'Ms0','tagId':'{tag}','pageId':'{page}'}}"
    return f'<script type="text/javascript" src="/AuthorizedRead/unitbuild.js" url="{API}" queryData="{ids}"></script>'


def built(count: int, total: str = "") -> str:
    rows = "".join(
        f'<li><a href="/art/2024/art_{n:032x}.html" title="区政府召开第{n}次常务会议">区…</a><i>2024-03-05</i></li>'
        for n in range(count)
    )
    return json.dumps({"code": "200", "data": {"html": f"<ul>{rows}</ul>{total}"}})


def first_page() -> str:
    (ask,) = JPAAS.listing(unit("当前栏目_list"), COLUMN).lists
    return ask.url


def page_number(url: str) -> int:
    return int(json.loads(parse_qs(urlsplit(url).query)["paramJson"][0])["pageNo"])


def test_only_units_named_as_lists_are_lists() -> None:
    html = (
        unit("底部导航", 1) + unit("当前栏目_list") + '<a href="/art/2024/art_0.html">去年最受关注的一条新闻在这里</a>'
    )
    listing = JPAAS.listing(html, COLUMN)
    assert (listing.articles, [ask.url for ask in listing.lists]) == ((), [first_page()])
    query = {name: values[0] for name, values in parse_qs(urlsplit(first_page()).query).items()}
    assert query.pop("paramJson") == '{"pageNo":1,"pageSize":15}'
    assert query == {
        "parseType": "bulidstatic", "webId": "52", "tplSetId": "Ms0", "pageType": "column", "tagId": "当前栏目_list",
        "pageId": "3001",
    }  # fmt: skip


def test_without_a_unit_named_as_a_list_all_units_are_read() -> None:
    listing = JPAAS.listing(unit("zw") + unit("a1") + unit("zw"), COLUMN)
    assert [parse_qs(ask.url)["tagId"] for ask in listing.lists] == [["zw"], ["a1"]]


def test_the_gateway_s_markup_is_read() -> None:
    article, *_ = JPAAS.listing(built(3), first_page()).articles
    assert article.url == f"http://www.shixi.gov.cn/art/2024/art_{0:032x}.html"
    assert (article.title, article.listed_on) == ("区政府召开第0次常务会议", dt.date(2024, 3, 5))


@pytest.mark.parametrize(
    ("text", "goes_on"),
    [
        (built(15, '<div class="pagination" pageno="1" pagesize="15" count="16"></div>'), True),
        (built(15, "<script>$('#p').pagination({pageNo:1,pageSize:15,count:15})</script>"), False),
        (built(15), True),
        (built(14), False),
        (built(0, '<div count="99"></div>'), False),
        ('{"code": "500", "data": null}', False),
    ],
)
def test_pages_follow_until_the_last_one(text: str, goes_on: bool) -> None:
    assert [page_number(ask.url) for ask in JPAAS.listing(text, first_page()).pages] == [2] * goes_on


def test_it_is_recognised_before_jcms_whose_urls_it_keeps() -> None:
    assert recognise(unit("zw"), COLUMN) == JPAAS
    assert JPAAS.is_list(first_page())
    assert not JPAAS.is_article(first_page())
    assert JPAAS.is_article(f"http://www.shixi.gov.cn/art/2024/art_{7:032x}.html")
