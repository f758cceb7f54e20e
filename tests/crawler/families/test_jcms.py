"""Hanweb JCMS: records in a page's data store, in answers of dataproxy.jsp, and in the HTML of search.jsp."""

from __future__ import annotations

import datetime as dt
from urllib.parse import parse_qs

import pytest

from crawler.families import FAMILIES, ListRequest, list_requests, recognise

JCMS = FAMILIES["jcms"]
SITE = "http://www.qinghe.gov.cn"
COLUMN = f"{SITE}/col/col1234/index.html"
PROXY = "/module/web/jpage/dataproxy.jsp"


def records(*numbers: int) -> str:
    return "".join(
        f"<record><![CDATA[\n<li><a href='/art/2024/3/{n}/art_1234_{n}.html' title='区政府召开第{n}次常务会议'>区…</a>"
        f"<span>2024-03-\n{n:02}</span></li>]]></record>\n"
        for n in numbers
    )


def column(stored: str, group: str, script: str) -> str:
    return (
        f'<div id="5234"><script type="text/xml"><datastore><nextgroup><![CDATA[{group}]]></nextgroup>'
        f"<recordset>{stored}</recordset></datastore></script></div><script>jQuery('#5234').jpage({{{script}}});</script>"
        '<div class="hot"><a href="/art/2023/1/1/art_9_1.html">去年最受关注的一条新闻在这里</a></div>'
    )


GROUP = f'<a href="{PROXY}?page=1&amp;appid=1&amp;webid=3&amp;path=/&amp;columnid=1234&amp;unitid=5234"></a>'
SCRIPT = f"totalRecord:7,perPage:2,proxyUrl:'{PROXY}'"


def page(number: int, rows: int = 2) -> str:
    return f"{SITE}{PROXY}?page={number}&webid=3&columnid=1234&unitid=5234&perpage={rows}"


def test_only_the_first_records_in_a_columns_page_belong_to_its_list() -> None:
    listing = JCMS.listing(column(records(9, 8), GROUP, SCRIPT), COLUMN)
    assert [(article.title, article.listed_on) for article in listing.articles] == [
        ("区政府召开第9次常务会议", dt.date(2024, 3, 9)),
        ("区政府召开第8次常务会议", dt.date(2024, 3, 8)),
    ]
    assert listing.pages == list_requests(page(number) for number in (2, 3, 4))


@pytest.mark.parametrize(
    ("stored", "group", "script", "pages"),
    [
        (records(9, 8, 7, 6), GROUP, SCRIPT, [3, 4]),
        (records(9, 8), GROUP, "totalRecord:2,perPage:2", []),
        (records(9, 8), '<a href="/module/web/jpage/dataproxy.jsp?id=MTIzNDU2Nzg5"></a>', SCRIPT, []),
        (records(9, 8), GROUP, "perPage:2", [2]),
        (records(9, 8), "", f"dataUrl:'{PROXY}?columnid=1234&unitid=5234&webid=3',{SCRIPT}", [2, 3, 4]),
        (records(9, 8), "", f"{SCRIPT},ajaxParam:{{webid:3,path:'/',columnid:1234,unitid:'5234'}}", None),
    ],
    ids=["a group of pages", "all there", "encrypted", "total unknown", "in the script", "in its parameters"],
)
def test_ids_and_the_next_page_are_read_from_the_page(
    stored: str, group: str, script: str, pages: list[int] | None
) -> None:
    html = column(stored, group, script)
    html = html if group else html.replace("<nextgroup><![CDATA[]]></nextgroup>", "")
    assert JCMS.listing(html, COLUMN).pages == list_requests(
        page(number) for number in (pages or ([2, 3, 4] if pages is None else []))
    )


def test_a_column_without_records_leads_to_the_first_page_of_the_proxy() -> None:
    listing = JCMS.listing(column("", GROUP, SCRIPT), COLUMN)
    assert (listing.articles, listing.lists) == ((), list_requests([page(1)]))


def test_a_request_asks_for_no_more_records_than_servers_give() -> None:
    html = column(records(9), GROUP, "totalRecord:900,perPage:500")
    assert JCMS.listing(html, COLUMN).pages == list_requests(page(number, 300) for number in (1, 2, 3))


def test_the_proxy_answers_with_records_and_says_how_many_pages_there_are() -> None:
    counts = "<totalrecord>7</totalrecord><totalpage>4</totalpage>"
    xml = f"<datastore>{counts}<recordset>{records(7, 6)}</recordset></datastore>"
    listing = JCMS.listing(xml, page(2))
    assert [article.url for article in listing.articles] == [f"{SITE}/art/2024/3/{n}/art_1234_{n}.html" for n in (7, 6)]
    assert listing.pages == list_requests([page(3)])
    assert JCMS.listing(xml, page(4)).pages == ()
    relative = xml.replace("'/art/", "'../../art/")
    assert JCMS.listing(relative, page(2)).articles == listing.articles, "their URLs are relative to the column's page"


def test_a_position_in_the_tree_is_searched_by_post_page_by_page() -> None:
    html = (
        '<iframe src="/module/xxgk/tree.jsp?standardXxgk=1&amp;area=330100&amp;divid=div77"></iframe>'
        "<script>$.post('/module/xxgk/search.jsp', 'infotypeId=A02&jdid=3&area=330100&divid=div77')</script>"
    )
    (first,) = JCMS.listing(html, COLUMN).lists
    assert first.url == f"{SITE}/module/xxgk/search.jsp"
    fields = parse_qs(first.body or "", keep_blank_values=True)
    assert [fields[name] for name in ("infotypeId", "jdid", "area", "divid", "currpage", "vc_title")] == [
        ["A02"], ["3"], ["330100"], ["div77"], ["1"], [""],
    ]  # fmt: skip
    row = "<a href='/art/2024/3/5/art_77_1.html' title='关于公布名单的通知'>关于…</a></td><td>2024-03\n-05"
    answer = f"<table><tr><td>{row}</td></tr></table>第1页&nbsp;&nbsp;共2页&nbsp;"
    listing = JCMS.listing(answer, f"{first.url}#{first.body}")
    assert [(article.title, article.listed_on) for article in listing.articles] == [
        ("关于公布名单的通知", dt.date(2024, 3, 5))
    ]
    (second,) = listing.pages
    assert second == ListRequest(url=first.url, body=(first.body or "").replace("currpage=1", "currpage=2"))
    assert JCMS.listing(answer, f"{second.url}#{second.body}").pages == ()


@pytest.mark.parametrize(
    ("html", "url", "is_jcms"),
    [
        (column(records(9), GROUP, SCRIPT), f"{SITE}/xw/", True),
        ("", COLUMN, True),
        ("<!--<$[信息内容]>begin-->正文", f"{SITE}/a.html", True),
        ('<a href="http://www.other.gov.cn/art/2024/3/5/art_8_9.html">省里的新闻</a>', f"{SITE}/xw/", False),
    ],
)
def test_it_is_recognised_by_fingerprints_not_by_links_to_other_hosts(html: str, url: str, is_jcms: bool) -> None:
    assert (recognise(html, url) == JCMS) is is_jcms


def test_urls_distinguish_lists_from_articles() -> None:
    assert all(map(JCMS.is_list, (COLUMN, page(2), f"{SITE}/module/xxgk/search.jsp", f"{SITE}/col/col9/")))
    assert JCMS.is_article(f"{SITE}/art/2024/3/5/art_1_2.html")
    assert not JCMS.is_article(page(2))
