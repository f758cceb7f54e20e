"""List pages of the families: their articles and nothing else, and the following pages."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.families import FAMILIES, Family, Link, list_requests, recognise
from crawler.families.paging import MAX_PAGES, script_pages
from tests.crawler.families.pages import HOME_MADE_LIST, PHPCMS_LIST, TRS_LIST, page

TRS, GENERIC = FAMILIES["trs"], FAMILIES["generic"]
YW = "http://www.yunzhou.gov.cn/xwzx/yw/"


def test_a_trs_list_gives_its_articles_in_order_each_once() -> None:
    assert TRS.listing(TRS_LIST, YW).articles == (
        Link(
            url=f"{YW}202403/t20240305_8812.html",
            title="我市召开春季防汛工作会议部署重点任务",
            listed_on=dt.date(2024, 3, 5),
        ),
        Link(
            url=f"{YW}202403/t20240304_8810.html",
            title="市图书馆新馆下月开放",
            listed_on=dt.date(2024, 3, 4),
        ),
        Link(url=f"{YW}202403/t20240303_8807.html", title="讣告", listed_on=dt.date(2024, 3, 3)),
        Link(
            url="http://www.yunzhou.gov.cn/zwgk/202402/t20240229_8790.shtml",
            title="关于春季招聘会的公告",
            listed_on=dt.date(2024, 2, 29),
        ),
        Link(
            url="http://www.example.gov.cn/ztzl/202402/t20240220_1.html",
            title="省政府部署春耕工作",
            listed_on=dt.date(2024, 2, 20),
        ),
    )


def test_generic_reads_the_same_list_too() -> None:
    assert GENERIC.listing(TRS_LIST, YW) == TRS.listing(TRS_LIST, YW)


@pytest.mark.parametrize(
    ("script", "url", "pages"),
    [
        ('createPageHTML(4, 0, "index", "html");', YW, ["index_1.html", "index_2.html", "index_3.html"]),
        ('createPageHTML(4, 2, "index", "html");', f"{YW}index_2.html", ["index_3.html"]),
        ('createPageHTML(4, 3, "index", "html");', f"{YW}index_3.html", []),
        ('createPageHTML(1, 0, "index", "html");', YW, []),
        ("createPageHTML(3,0,'list','shtml',60);", YW, ["list_1.shtml", "list_2.shtml"]),
        ("createPageHTML('page_div',3, 1,'index','htm',45);", YW, ["index_2.htm", "index_3.htm"]),
        ('createPage(3, 0, "index", "html")', YW, ["index_1.html", "index_2.html"]),
        ("var countPage = 3;//共多少页\nvar currentPage = 0;", f"{YW}index.shtml", ["index_1.shtml", "index_2.shtml"]),
        ('var countPage = 3; createPageHTML(countPage,0,"index","html");', YW, ["index_1.html", "index_2.html"]),
        ("var pages = 3;", YW, []),
    ],
)
def test_trs_paging_scripts_are_followed_without_running_them(script: str, url: str, pages: list[str]) -> None:
    html = page(f"<script>{script}</script>")
    assert TRS.listing(html, url).pages == list_requests(YW + each for each in pages)


def test_the_page_count_of_a_paging_script_is_limited() -> None:
    assert len(script_pages('createPageHTML(999999, 0, "index", "html")', YW)) < MAX_PAGES


def test_a_stub_of_a_deep_page_gives_an_empty_listing() -> None:
    stub = "<html><head><title></title></head><body><div id='list'></div></body></html>"
    assert TRS.listing(stub, f"{YW}index_90.html") == GENERIC.listing("", f"{YW}index_91.html")
    assert TRS.listing(stub, YW).articles == TRS.listing(stub, YW).pages == ()


def test_a_phpcms_list_is_read_and_its_pager_filled_in() -> None:
    listing = GENERIC.listing(PHPCMS_LIST, "http://wl.example.cn/news/")
    assert listing.articles == (
        Link(
            url="http://wl.example.cn/2024/0305/12345.html",
            title="三月快递业务量同比增长",
            listed_on=dt.date(2024, 3, 5),
        ),
        Link(
            url="http://wl.example.cn/news/index.php?m=content&c=index&a=show&catid=7&id=12344",
            title="港口新航线开通",
            listed_on=dt.date(2024, 3, 4),
        ),
    )
    assert listing.pages == list_requests(f"http://wl.example.cn/news/{number}.html" for number in range(2, 17))


def test_articles_with_unknown_urls_are_recognised_by_date_or_similar_rows() -> None:
    listing = GENERIC.listing(HOME_MADE_LIST, "http://www.example.cn/news/")
    shapes = [link.url.removeprefix("http://www.example.cn") for link in listing.articles]
    assert shapes == ["/news/show/a8.html", "/news/show/a7.html", *(f"/redian/view.php?id={n}" for n in range(31, 36))]
    assert listing.articles[1].listed_on == dt.date(2024, 3, 4)
    assert listing.pages == list_requests(["http://www.example.cn/news/?page=2"])


@pytest.mark.parametrize(
    ("pager", "url", "pages"),
    [
        (
            '<a href="?catid=7&page=1">1</a><a href="?catid=7&page=2">2</a><a href="?catid=7&page=3">3</a>'
            '<a href="?catid=7&page=3">下一页</a>',
            "?catid=7&page=2",
            ["?catid=7&page=3"],
        ),
        ('<a href="/news/">1</a><a href="page/2/">2</a><a rel="next" href="page/2/">更旧</a>', "", ["page/2/"]),
        ('<a href="2.html">[2]</a> <a href="2.html">下一页</a>', "", ["2.html"]),
        (
            '<a href="index_1.html">2</a><a href="index_2.html">3</a><a href="index_5.html">6</a>',
            "",
            [f"index_{n}.html" for n in range(1, 6)],
        ),
        ('<a href="2.html">2</a> <b>3</b> <a href="3.html">下一页</a>', "3.html", []),
        ('<a href="2.html">2</a> <b>3</b> <a href="4.html">4</a>', "3.html", ["4.html"]),
        ('<a href="/2024/0305/5.html">5</a> <a href="http://other.cn/news/2.html">2</a>', "", []),
        (
            '<a href="/news/23.htm">2</a><a href="/news/22.htm">3</a><a href="/news/1.htm">24</a>',
            "",
            ["23.htm", "22.htm", "1.htm"],
        ),
    ],
)
def test_pagers_of_every_kind(pager: str, url: str, pages: list[str]) -> None:
    base = "http://www.example.cn/news/"
    listing = GENERIC.listing(page(f'<div id="pages">{pager}</div>'), base + url)
    assert listing.pages == list_requests(base + each for each in pages)


@pytest.mark.parametrize(
    ("row", "title", "day"),
    [
        (
            '<li><a href="/t20240305_1.html">标题还没有写完就被截断了...</a></li>',
            "标题还没有写完就被截断了...",
            "2024-03-05",
        ),
        (
            '<li><a href="/t20240305_1.html" title="查看">全市经济工作会议召开</a></li>',
            "全市经济工作会议召开",
            "2024-03-05",
        ),
        (
            '<li><a href="/c1/content.html"><p>全市经济工作会议召开</p><i>2024.03.05</i></a></li>',
            "全市经济工作会议召开",
            "2024-03-05",
        ),
        (
            '<li><b>05</b><i>2024-03</i><a href="/c1/content.html">全市经济工作会议召开</a></li>',
            "全市经济工作会议召开",
            "2024-03-05",
        ),
        (
            '<li>[<a href="/yw/">要闻</a>]<a href="/c1/content.html">全市经济工作会议召开</a>2024-\n03-05</li>',
            "全市经济工作会议召开",
            "2024-03-05",
        ),
        (
            '<tr><td><a href="/c1/content.html">全市经济工作会议召开</a></td><td>2024年3月5日</td></tr>',
            "全市经济工作会议召开",
            "2024-03-05",
        ),
        (
            '<div><a href="/c1/content.html"><img alt="全市经济工作会议召开"></a><span>2024/03/05</span></div>',
            "全市经济工作会议召开",
            "2024-03-05",
        ),
        ('<li><a href="/c1/content.html">全市经济工作会议召开</a>编号2024-13-45</li>', "全市经济工作会议召开", None),
    ],
)
def test_rows_give_the_full_title_and_the_date(row: str, title: str, day: str | None) -> None:
    body = (
        row
        if not row.startswith("<tr>")
        else f"<table>{row}<tr><td><a href='/c2/content.html'>又一条新闻标题</a></td></tr></table>"
    )
    first = GENERIC.listing(page(f"<ul>{body}</ul>"), "http://www.example.cn/yw/").articles[0]
    assert (first.title, first.listed_on and first.listed_on.isoformat()) == (title, day)


def test_each_row_keeps_its_own_date() -> None:
    body = "".join(
        f'<div><span>2024-03-{day:02}</span><a href="/c{day}/content.html">今天是三月{day}日的新闻</a></div>'
        for day in range(1, 21)
    )
    links = GENERIC.listing(page(body), "http://www.example.cn/yw/").articles
    assert [link.listed_on for link in links] == [dt.date(2024, 3, day) for day in range(1, 21)]


def test_a_base_element_moves_relative_links() -> None:
    html = '<head><base href="http://www.example.cn/zw/"></head><a href="t20240305_1.html">会议召开</a>'
    assert TRS.listing(html, "http://www.example.cn/yw/").articles[0].url == "http://www.example.cn/zw/t20240305_1.html"


@pytest.mark.parametrize(
    ("html", "url", "family"),
    [
        (TRS_LIST, YW, "trs"),
        ('<div class="view TRS_UEDITOR trs_paper_default">正文</div>', "http://www.example.cn/a.html", "trs"),
        ("<p>正文</p>", "http://www.example.cn/202403/t20240305_1.html", "trs"),
        (PHPCMS_LIST, "http://wl.example.cn/news/", "phpcms"),
        (HOME_MADE_LIST, "http://www.example.cn/news/", "generic"),
        ("", "http://www.example.cn/", "generic"),
    ],
)
def test_families_are_recognised(html: str, url: str, family: str) -> None:
    assert recognise(html, url).name == family


@pytest.mark.parametrize(
    ("path", "is_list"),
    [
        ("", True),
        ("/xwzx/yw/", True),
        ("/xwzx/yw/index_12.shtml", True),
        ("/news/list_2_3.html", True),
        ("/html/2024-03/05/node_1.htm", True),
        ("/index.php?m=content&c=index&a=lists&catid=7&page=2", True),
        ("/2024/03/05/spring/", False),
        ("/tzgg/998812345678/index.shtml", False),
        ("/xwzx/202403/t20240305_1.html", False),
        ("/news/2.html", False),
        ("/about.html", False),
    ],
)
def test_lists_are_recognised_by_their_url(path: str, is_list: bool) -> None:
    assert GENERIC.is_list(f"http://www.example.cn{path}") is is_list


@pytest.mark.parametrize("family", FAMILIES.values(), ids=lambda family: family.name)
def test_a_base_that_is_no_url_is_ignored(family: Family) -> None:
    link = "<a href='/xwzx/202403/t20240305_1.html'>我市召开春季防汛工作会议</a>"
    with_base = f"<html><head><base href='//['></head><body>{link}<input onclick=\"location.href='/b/'\"></body></html>"
    assert family.listing(with_base, YW) == family.listing(with_base.replace("<base href='//['>", ""), YW)


@given(st.text(alphabet=st.sampled_from("<>/a href='\"li?&=2024-03.\0\udc80\n下一页#"), max_size=200))
def test_no_page_raises_an_error(html: str) -> None:
    for family in FAMILIES.values():
        for link in family.listing(html, YW).articles:
            assert link.url.startswith("http")


@pytest.mark.parametrize(
    "links",
    [
        "".join(f"<a href=/x{number}.html>标签</a>" for number in range(10_000)),
        f"<a href=/x1.html>{'-' * 100_000}a</a>",
        f"<a href=/x1.html title=a>{'...' * 100_000}a</a>",
        "".join(f"<a href=/{'listindex' * 200}{number}!.html>标签</a>" for number in range(300)),
        "".join(f"<a href=/20240305/{'20240305_' * 200}{number}!.html>标签</a>" for number in range(300)),
    ],
    ids=["one row of many links", "dashes", "dots", "long names", "long numbers"],
)
def test_pages_that_once_took_minutes_are_read_quickly(links: str) -> None:
    row = "<li><a href=/xw/t20240305_1.html>市图书馆新馆下月开放</a> 2024-03-05</li>"
    (found, *_) = GENERIC.listing(f"<ul>{row}<li>{links}</li></ul>", YW).articles
    assert (found.title, found.listed_on) == ("市图书馆新馆下月开放", dt.date(2024, 3, 5))
