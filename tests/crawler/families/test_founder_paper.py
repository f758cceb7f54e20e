"""Digital papers of both layouts: from the index to the day's issue, its pages and articles, and earlier issues."""

from __future__ import annotations

import pytest

from crawler.families import FAMILIES, Listing, list_requests

PAPER = FAMILIES["founder-paper"]
HOST = "http://dzb.example.cn"

OLD = """<a href="../../2024-03/04/node_22.htm">上一期</a>
<a class="preart" href="node_22.htm?div=-1">上一版</a> <a class="preart" href="node_24.htm?div=-1">下一版</a>
<map name="PagePicMap"><area href="content_70001.htm?div=-1" shape="polygon"><area href="content_70002.htm"></map>
<a id="pageLink" href="node_22.htm">第A01版：要闻</a><a id="pageLink" href="node_23.htm">第A02版：城事</a>
<a id="pageLink" href="./node_24.htm">第A03版：副刊</a><a href="../../../images/2024-03/05/A02/A02.pdf">PDF</a>
<table><tr><td><a href="content_70001.htm?div=-1"><div>老街换新颜 游客纷至来</div></a></td></tr>
<tr><td><a href="content_70002.htm"><div>三十二座水库迎汛全部体检</div></a></td></tr></table>"""

NEW = """<map id="PagePicMap"><area href="../../../con/202403/05/content_12.html"></map>
<ul id="list"><li><a href="/pc/layout/202403/05/node_01.html">01</a></li>
<li><a href="/pc/layout/202403/05/node_02.html">02</a></li></ul><a href="/pad/layout/202403/05/node_01.html">平板版</a>
<ul id="articlelist"><li><a href="../../../con/202403/05/content_12.html">老街换新颜 游客纷至来</a></li></ul>"""


def test_a_page_of_the_old_layout_leads_to_its_articles_its_issue_and_the_issue_before() -> None:
    folder = f"{HOST}/html/2024-03/05"
    listing = PAPER.listing(OLD, f"{folder}/node_23.htm?div=-1")
    assert [(link.url, link.title, str(link.listed_on)) for link in listing.articles] == [
        (f"{folder}/content_70001.htm", "老街换新颜 游客纷至来", "2024-03-05"),
        (f"{folder}/content_70002.htm", "三十二座水库迎汛全部体检", "2024-03-05"),
    ]
    assert listing.lists == list_requests([f"{folder}/node_22.htm", f"{folder}/node_24.htm"])
    assert (listing.pages, listing.pages_to_request) == (list_requests([f"{HOST}/html/2024-03/04/node_22.htm"]), 1)


def test_without_a_link_to_the_issue_before_the_days_before_are_tried() -> None:
    html = OLD.replace("上一期", "往期")
    listing = PAPER.listing(html, f"{HOST}/jmrb/html/2024-03/05/node_23.htm")
    assert listing.pages_to_request == len(listing.pages) == 8
    assert [ask.url for ask in listing.pages[:5]] == [
        f"{HOST}/jmrb/html/2024-{day}/node_22.htm" for day in ("03/04", "03/03", "03/02", "03/01", "02/29")
    ]


def test_a_page_of_the_new_layout_is_read_too_but_not_other_editions() -> None:
    folder = f"{HOST}/pc/layout/202403/05"
    listing = PAPER.listing(NEW, f"{folder}/node_01.html")
    assert [link.url for link in listing.articles] == [f"{HOST}/pc/con/202403/05/content_12.html"]
    assert listing.lists == list_requests([f"{folder}/node_02.html"])
    assert listing.pages[0].url == f"{HOST}/pc/layout/202403/04/node_01.html"


@pytest.mark.parametrize(
    "markup",
    [
        "<script>window.location.href='html/2024-03/05/node_201.htm';</script>",
        '<script>location = "html/2024-03/05/node_201.htm"</script>',
        "<body onload=go()>请稍候<script>function go(){location.replace('html/2024-03/05/node_201.htm')}</script>",
        "<script>setTimeout(\"javascript:location.href='html/2024-03/05/node_201.htm'\", 3000);</script>",
        '<META HTTP-EQUIV="REFRESH" CONTENT="0; URL=html/2024-03/05/node_201.htm">',
        "<script>if(/Android/.test(navigator.userAgent)){location.href='/wap/'}else{location.href="
        "'html/2024-03/05/node_201.htm?div=0'}</script>",
    ],
)
def test_an_index_redirects_to_the_first_page_of_the_day(markup: str) -> None:
    first_page = list_requests([f"{HOST}/html/2024-03/05/node_201.htm"])
    assert PAPER.listing(f"<html><head>{markup}</head></html>", f"{HOST}/") == Listing(lists=first_page)


@pytest.mark.parametrize(
    "markup",
    [
        '<frameset><frame src="html/2024-03/05/node_1.htm"><frame src="top.htm"></frameset>',
        '<a href="html/2024-03/05/node_12.htm">02</a><a href="html/2024-03/05/node_1.htm">01</a>'
        f'<a href="html/2024-03/04/node_1.htm">昨日</a><p>{"版权所有 " * 60}</p>',
    ],
)
def test_an_index_that_frames_or_links_the_issue_is_followed(markup: str) -> None:
    assert PAPER.listing(f"<html>{markup}</html>", f"{HOST}/").lists == list_requests(
        [f"{HOST}/html/2024-03/05/node_1.htm"]
    )


def test_an_index_may_show_articles_of_the_issue_too() -> None:
    html = (
        '<a href="html/2024-03/05/node_1.htm">01</a><a href="html/2024-03/05/content_1.htm">老街换新颜 游客纷至来</a>'
    )
    listing = PAPER.listing(html, f"{HOST}/")
    assert [link.url for link in listing.articles] == [f"{HOST}/html/2024-03/05/content_1.htm"]
    assert listing.lists == list_requests([f"{HOST}/html/2024-03/05/node_1.htm"])


def test_the_oldest_layouts_names_are_known() -> None:
    folder = f"{HOST}/html/2024-03/05"
    html = '<a href="nbs.D110000jmrb_02.htm">02</a><a href="nw.D110000jmrb_20240305_1-01.htm">老街换新颜 游客纷至来</a>'
    listing = PAPER.listing(html, f"{folder}/nbs.D110000jmrb_01.htm")
    assert [link.url for link in listing.articles] == [f"{folder}/nw.D110000jmrb_20240305_1-01.htm"]
    assert listing.lists == list_requests([f"{folder}/nbs.D110000jmrb_02.htm"])
    assert listing.pages[0].url == f"{HOST}/html/2024-03/04/nbs.D110000jmrb_01.htm"
    assert PAPER.is_list(f"{folder}/nbs.D110000jmrb_01.htm")


def test_a_day_without_an_issue_neither_ends_nor_starts_a_list() -> None:
    missing = PAPER.listing("<h1>404 Not Found</h1>", f"{HOST}/html/2024-03/03/node_1.htm")
    assert missing.articles == missing.pages == missing.lists == ()


@pytest.mark.parametrize("path", ["/html/2024-13/05/node_1.htm", "/html/2024-02/31/node_1.htm", "/node_1.htm"])
def test_an_invalid_date_has_no_days_before(path: str) -> None:
    html = '<a href="/html/2024-03/05/content_1.htm">老街换新颜 游客纷至来</a>'
    assert PAPER.listing(html, f"{HOST}{path}").pages == ()
