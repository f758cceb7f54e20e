"""CMSs whose lists are rows of links: fingerprints, URLs of lists and articles, and pagers."""

from __future__ import annotations

import pytest

from crawler.families import FAMILIES, list_requests, recognise
from tests.crawler.families.pages import page

ARTICLES = {
    "vsb": "/info/1021/8812.htm",
    "webplus": "/2024/0305/c312a8812/page.htm",
    "founder": "/2024-03/05/content_8812.htm",
    "phpcms": "/index.php?m=content&c=index&a=show&catid=6&id=8812",
    "dedecms": "/a/xinwen/2024/0305/8812.html",
    "empirecms": "/yaowen/2024-03-05/8812.html",
    "lonsun": "/public/161054643/8812.html",
    "jeecms": "/zwyw/8812.jhtml",
}

LISTS = {
    "vsb": ["/xwzx/xyxw/72.htm", "/tzgg/1.htm"],
    "webplus": ["/yyxw/list.htm", "/yyxw/list12.htm", "/yyxw/list2.psp"],
    "founder": ["/node_4151.htm", "/node_4151_2.htm"],
    "phpcms": ["/index.php?m=content&c=index&a=lists&catid=6&page=2", "/html/news/"],
    "dedecms": ["/xinwen/list_3_2.html", "/plus/list.php?tid=3&TotalResult=90&PageNo=2"],
    "empirecms": ["/yaowen/index_2.html", "/e/action/ListInfo/index.php?page=1&classid=2"],
    "lonsun": [
        "/content/column/6795231?pageIndex=2",
        "/public/column/16?type=4&catId=17&action=list",
        "/site/tpl/4780",
    ],
    "jeecms": ["/zwyw/index.jhtml", "/zwyw/index_2.jhtml", "/c/www/gfxwj.jhtml"],
}

MARKS = [
    ("vsb", '<div id="vsb_content_2"><div class="v_news_content">正文</div></div>'),
    ("vsb", '<a href="info/1021/8812.htm">a</a>'.replace("info", "/info")),
    ("vsb", '<script src="/_sitegray/_sitegray.js"></script>'),
    ("vsb", '<a href="content.jsp?urltype=news.NewsContentUrl&wbtreeid=1021&wbnewsid=8812">a</a>'),
    ("webplus", '<div class="wp_articlecontent">正文</div>'),
    ("webplus", '<script src="/_js/_portletPlugs/datepicker/js/jquery.js"></script>'),
    ("webplus", '<a href="/2024/0305/c312a8812/page.htm">a</a>'),
    ("founder", "<!--enpcontent-->正文<!--/enpcontent-->"),
    ("founder", '<!-- enpproperty date="2024-03-05" /enpproperty-->'),
    ("founder", '<ul><a href="node_4151.htm">要闻</a></ul>'),
    ("founder-paper", '<a id=pageLink href="node_2.htm">第02版</a>'),
    ("founder-paper", '<!--enpproperty --><map name="PagePicMap"></map>'),
    ("founder-paper", '<a href="/pc/layout/202403/05/node_01.html">数字报</a>'),
    ("phpcms", '<script src="/index.php?m=content&amp;c=hits&amp;a=hits&amp;id=8812"></script>'),
    ("dedecms", '<script src="/plus/count.php?view=yes&aid=8812&mid=1"></script>'),
    ("dedecms", "<a href='list_3_2.html'>2</a>".replace("list", "/xinwen/list")),
    ("empirecms", "<title>要闻 - Powered by EmpireCMS</title>"),
    ("empirecms", '<script src="/e/public/ViewClick/?classid=2&id=8812"></script>'),
    ("lonsun", "<script>Ls.pagination('#page', function(pageIndex){}, {currPage: 1, pageCount: 2});</script>"),
    ("lonsun", '<a href="/public/column/16?type=4&amp;catId=17">法定主动公开内容</a>'),
    ("jeecms", '<a href="/zwyw/index.jhtml">政务要闻</a>'),
    ("trs", '<a href="/info/1021/8812.htm">a</a><div class="TRS_Editor">正文</div>'),
]


@pytest.mark.parametrize(("family", "markup"), MARKS)
def test_each_family_is_recognised_by_its_fingerprints(family: str, markup: str) -> None:
    assert recognise(page(markup), "http://www.example.cn/").name == family


@pytest.mark.parametrize("family", ARTICLES)
def test_urls_distinguish_articles_from_lists(family: str) -> None:
    known = FAMILIES[family]
    article = f"http://www.example.cn{ARTICLES[family]}"
    assert known.is_article(article)
    assert not known.is_list(article)
    for path in LISTS[family]:
        assert known.is_list(f"http://www.example.cn{path}"), path
        assert not known.is_article(f"http://www.example.cn{path}"), path


@pytest.mark.parametrize("family", ARTICLES)
def test_a_list_gives_its_articles_and_no_navigation(family: str) -> None:
    rows = (
        f'<li><a href="{ARTICLES[family].replace("&", "&amp;")}">市图书馆新馆下月开放</a><span>2024-03-05</span></li>'
    )
    (link,) = FAMILIES[family].listing(page(f"<ul>{rows}</ul>"), "http://www.example.cn/xwzx/").articles
    assert link.url == f"http://www.example.cn{ARTICLES[family]}"
    assert (link.title, str(link.listed_on)) == ("市图书馆新馆下月开放", "2024-03-05")


@pytest.mark.parametrize(
    ("family", "pager", "here", "pages"),
    [
        (
            "vsb",
            '<a href="xyxw/3.htm">2</a><a href="xyxw/2.htm">3</a>…<a href="xyxw/1.htm">4</a>'
            '<a href="xyxw/3.htm">下页</a><a href="xyxw/1.htm">尾页</a>',
            "/xwzx/xyxw.htm",
            ["/xwzx/xyxw/3.htm", "/xwzx/xyxw/2.htm", "/xwzx/xyxw/1.htm"],
        ),
        ("vsb", '<a href="../xyxw.htm">1</a><a href="1.htm">下页</a>', "/xwzx/xyxw/2.htm", ["/xwzx/xyxw/1.htm"]),
        ("vsb", '<a href="../xyxw.htm">首页</a><a href="2.htm">上页</a>', "/xwzx/xyxw/1.htm", []),
        ("vsb", '<a href="../tzgg/7.htm">2</a>', "/xwzx/xyxw.htm", []),
        (
            "vsb",
            '<a href="list.jsp?totalpage=9&amp;PAGENUM=2&amp;wbtreeid=1021">下页</a>',
            "/list.jsp?wbtreeid=1021",
            ["/list.jsp?totalpage=9&PAGENUM=2&wbtreeid=1021"],
        ),
        (
            "webplus",
            '<em class="all_pages">9</em><a class="next" href="/yyxw/list2.htm"><span>下一页&gt;&gt;</span></a>'
            '<a class="last" href="/yyxw/list9.htm"><span>尾页</span></a>',
            "/yyxw/list.htm",
            ["/yyxw/list2.htm"],
        ),
        (
            "founder",
            '<div id="autopage"><span>1</span> <a href="node_4151_2.htm">2</a>&nbsp;<a href="node_4151_3.htm">3</a>'
            '&nbsp;<a href="node_4151_2.htm">下一页</a></div>',
            "/node_4151.htm",
            ["/node_4151_2.htm", "/node_4151_3.htm"],
        ),
        (
            "dedecms",
            '<li class="thisclass">2</li><li><a href="list_3_1.html">1</a></li><li><a href="list_3_3.html">3</a></li>'
            '<li><a href="list_3_3.html">下一页</a></li><li><a href="list_3_9.html">末页</a></li>',
            "/xinwen/list_3_2.html",
            ["/xinwen/list_3_3.html"],
        ),
        (
            "empirecms",
            '<a title="总数">&nbsp;<b>90</b> </a><b>1</b>&nbsp;<a href="/yaowen/index_2.html">2</a>'
            '<a href="/yaowen/index_2.html">下一页</a>&nbsp;<a href="/yaowen/index_9.html">尾页</a>',
            "/yaowen/",
            ["/yaowen/index_2.html"],
        ),
        (
            "lonsun",
            "<script>Ls.pagination('#page', function(n){ load(n); }, {currPage: 2, pageCount: 3});</script>",
            "/content/column/7?pageIndex=2",
            ["/content/column/7?pageIndex=3"],
        ),
        (
            "jeecms",
            """1/9页 <input type="button" value="下一页" onclick="location.href='index_2.jhtml';">""",
            "/zwyw/index.jhtml",
            ["/zwyw/index_2.jhtml"],
        ),
        (
            "phpcms",
            '<a class="a1">90条</a><a href="/index.php?m=content&amp;c=index&amp;a=lists&amp;catid=6&amp;page=2">'
            "下一页</a>",
            "/index.php?m=content&c=index&a=lists&catid=6",
            ["/index.php?m=content&c=index&a=lists&catid=6&page=2"],
        ),
    ],
)
def test_each_pager_leads_on(family: str, pager: str, here: str, pages: list[str]) -> None:
    listing = FAMILIES[family].listing(page(f'<div id="pages">{pager}</div>'), f"http://www.example.cn{here}")
    assert listing.pages == list_requests(f"http://www.example.cn{each}" for each in pages)
