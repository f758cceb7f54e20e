"""Guangdong's disclosure platform: a tree of categories in the page, and posts from an API."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from crawler.families import FAMILIES, list_requests, recognise

GKMLPT = FAMILIES["gkmlpt"]
SITE = "http://www.linjiang.gov.cn/ljnyj"
TREE = [
    {"id": 20, "name": "政策", "post_count": 0, "children": [
        {"id": 21, "name": "文件", "post_count": 3, "children": []},
        {"id": 22, "name": "解读", "post_count": 0, "children": []},
        {"id": 23, "name": "规划", "post_count": 4, "jump_url": "http://www.gd.gov.cn/", "children": []},
    ]},
    {"id": 30, "name": "动态", "post_count": 500, "children": []},
]  # fmt: skip
INDEX = f"<script>window._CONFIG = {{\n SID: '750101',\n DETAIL: {{}},\n TREE: {json.dumps(TREE)},\n A: 1}};</script>"


def posts(count: int, total: int, **more: object) -> str:
    one = {
        "title": "关于公布名单的通知",
        "url": f"{SITE}/gkmlpt/content/1/9/post_9.html",
        "display_publish_time": 1709600000,
    }
    return json.dumps({"articles": [{**one, **more}] * count, "classify": {"id": 21, "post_count": total}})


def api(category: int, page: int = 1) -> str:
    return f"{SITE}/gkmlpt/api/all/{category}?page={page}&sid=750101"


def test_the_index_leads_to_the_lists_of_its_categories_or_to_the_one_that_is_named() -> None:
    assert GKMLPT.listing(INDEX, f"{SITE}/gkmlpt/index").lists == list_requests([api(21), api(30)])
    assert GKMLPT.listing(INDEX, f"{SITE}/gkmlpt/policy#22").lists == list_requests([api(22)])
    assert GKMLPT.listing(INDEX.replace("[{", "[,"), f"{SITE}/gkmlpt/index").lists == ()


def test_posts_are_read_until_the_last_page() -> None:
    listing = GKMLPT.listing(posts(1, 250), f"{api(21)}#21")
    (article,) = listing.articles
    assert (article.title, article.listed_on) == ("关于公布名单的通知", dt.date(2024, 3, 5))
    assert listing.pages == list_requests([api(21, 2)])
    assert GKMLPT.listing(posts(1, 250), api(21, 0)).pages == list_requests([api(21, 2)]), (
        "page 0 is the same as page 1"
    )
    assert GKMLPT.listing(posts(1, 250), api(21, 3)).pages == ()
    assert GKMLPT.listing(posts(1, 99), api(21)).pages == (), "sites with one page answer 404 for a second one"
    assert GKMLPT.listing("<html>404</html>", api(21, 2)).pages == ()


def test_lists_of_its_portal_are_rows_of_links() -> None:
    rows = "".join(f'<li><a href="content/post_{n}.html">市政府召开第{n}次会议</a> 2024-03-0{n}</li>' for n in (1, 2))
    pager = '<a href="index_2.html">2</a><a href="index_3.html">3</a><a href="index_2.html">下一页</a>'
    listing = GKMLPT.listing(f"<ul>{rows}</ul>{pager}", "http://www.linjiang.gov.cn/zw/index.html")
    assert [article.url[-11:] for article in listing.articles] == ["post_1.html", "post_2.html"]
    assert listing.pages == list_requests(f"http://www.linjiang.gov.cn/zw/index_{n}.html" for n in (2, 3))


@pytest.mark.parametrize(
    ("html", "url"),
    [
        (INDEX, f"{SITE}/"),
        ("", f"{SITE}/gkmlpt/content/1/9/post_9.html"),
        ("<script>var NFCMS_SITE_ID = '755001'</script>", "http://www.linjiang.gov.cn/zw/index.html"),
    ],
)
def test_it_is_recognised(html: str, url: str) -> None:
    assert recognise(html, url) == GKMLPT


def test_urls_distinguish_lists_from_articles() -> None:
    assert all(map(GKMLPT.is_list, (api(21), f"{SITE}/gkmlpt/index", f"{SITE}/gkmlpt/policy", f"{SITE}/zw/index.html")))
    assert all(map(GKMLPT.is_article, (f"{SITE}/gkmlpt/content/1/9/post_9.html", f"{SITE}/zw/content/mpost_9.html")))
    assert not GKMLPT.is_list(f"{SITE}/gkmlpt/content/1/9/post_9.html")
    assert not GKMLPT.is_article(api(21))
