"""One made list for each shape of URLs: the addresses of its pages and articles, its pager, and its page as HTML."""

from __future__ import annotations

from collections.abc import Callable

from attrs import frozen

from pipelines.text.traditional import traditional
from tests.crawler.families.pages import page

HOST = "http://www.example.gov.cn"
UUID = "01234567-89ab-cdef-0123-456789abcd{:02}"
HEX = "0123456789abcdef0123456789abcd{:02}"

Pager = Callable[[str, str], str]
"""Takes the addresses of the next page and of the last one, and returns markup."""


def linked(following: str, last: str) -> str:
    return f'<a href="{following}">2</a><a href="{following}">下一页</a><a href="{last}">尾页</a>'


def lonsun(following: str, last: str) -> str:
    return (
        '<div id="page_info"></div><script>Ls.pagination("#page_info", function(pageIndex){ loadPage(pageIndex); }, '
        "{currPage: 1, pageCount: 2, pageSize: 15});</script>"
    )


def layui(following: str, last: str) -> str:
    return (
        "<script>laypage.render({elem: 'page', count: 30, limit: 15, curr: 1, jump: function(obj, first){"
        "if(!first){ location.href = '?page=' + obj.curr; }}});</script>"
    )


def jeecms(following: str, last: str) -> str:
    return (
        '共30条 1/2页 <input type="button" value="上一页" disabled="disabled">'
        f"""<input type="button" value="下一页" onclick="location.href='{following}';">"""
        f"""<input type="button" value="尾页" onclick="location.href='{last}';">"""
    )


@frozen
class ListExample:
    """A list of some shape. `first` and `second` are the addresses of its first two pages.

    `article` is the format of its articles' addresses, `pager` the pager's markup. A list whose address is `loose` is
    told from other pages by what it shows.
    """

    first: str
    second: str
    article: str
    pager: Pager = linked
    loose: bool = False

    def article_url(self, number: int) -> str:
        """Return the address of an article."""
        return HOST + self.article.format(number)

    def html(self, script: str = "hans", rows: int = 15) -> str:
        """Return the first page, in simplified or traditional characters."""
        items = "".join(
            f'<li><a href="{self.article.format(n).replace("&", "&amp;")}">我市召开第{n}次经济工作会议部署全年任务</a>'
            f"<span>2024-03-{n - 10:02}</span></li>\n"
            for n in range(11, 11 + rows)
        )
        second = self.second.replace("&", "&amp;")
        text = page(f'<ul class="list">\n{items}</ul><div class="page">{self.pager(second, second)}</div>')
        return traditional(text) if script == "hant" else text


EXAMPLES = {
    "name-shtml": ListExample(
        "/hg/c107855/zwyw.shtml", "/hg/c107855/zwyw_2.shtml", "/hg/c107855/202403/c00_88{:02}.shtml", loose=True
    ),
    "name-html": ListExample(
        "/hnszf/hnyw.html", "/hnszf/hnyw_2.html", "/hnszf/hnyw/202403/t20240305_88{:02}.html", loose=True
    ),
    "name-htm": ListExample("/xw/zwyw.htm", "/xw/zwyw/2.htm", "/info/1021/88{:02}.htm", loose=True),
    "no-extension": ListExample(
        "/xwdt/zwyw", "/xwdt/zwyw?page=2", "/xwdt/zwyw/content_173{:02}", pager=layui, loose=True
    ),
    "no-extension, folder": ListExample("/ywdt/zwyw", "/ywdt/zwyw/2", "/ywdt/zwyw/content_173{:02}", loose=True),
    "pc-list": ListExample(
        "/gasrmzf/zwyw/pc/list.html", "/gasrmzf/zwyw/pc/list_2.html", "/gasrmzf/zwyw/pc/content/content_88{:02}.html"
    ),
    "lonsun": ListExample(
        "/public/column/161054643?type=4&catId=170001861&action=list",
        "/public/column/161054643?type=4&catId=170001861&action=list&pageIndex=2",
        "/public/161054643/5034{:02}.html",
        pager=lonsun,
    ),
    "lonsun, news": ListExample(
        "/content/column/6795231", "/content/column/6795231?pageIndex=2", "/content/article/70123{:02}", pager=lonsun
    ),
    "showlist": ListExample(
        "/News/showList/17/page_1.html", "/News/showList/17/page_2.html", "/News/show/14257{:02}.html"
    ),
    "page-number": ListExample("/xw/xayw/1.html", "/xw/xayw/2.html", "/xw/xayw/17648152300123456{:02}.html"),
    "cms-html": ListExample(
        "/cms/html/scxrmzf/scyw/index.html",
        "/cms/html/scxrmzf/scyw/index_2.html",
        "/cms/html/scxrmzf/2024-03-05/88{:02}.html",
    ),
    "channels": ListExample("/channels/5569.html", "/channels/5569_2.html", "/contents/5569/3259{:02}.html"),
    "thtml": ListExample(
        "/news-list.thtml?id=12258", "/news-list.thtml?id=12258&pageNo=2", "/news-detail.thtml?cid=88{:02}"
    ),
    "columns-uuid": ListExample(
        f"/columns/{UUID.format(0)}/index.html",
        f"/columns/{UUID.format(0)}/index_2.html",
        f"/columns/{UUID.format(0)}/202403/05/{UUID}.html",
    ),
    "channel-list": ListExample("/channel/list/86.html", "/channel/list/86_2.html", "/single/86/123{:02}.html"),
    "jeecms": ListExample("/zwyw/index.jhtml", "/zwyw/index_2.jhtml", "/zwyw/88{:02}.jhtml", pager=jeecms),
    "col-folder": ListExample(
        "/col7367/col7378/", "/col7367/col7378/index_2.html", "/col7367/col7378/202403/t20240305_88{:02}.html"
    ),
    "t-id": ListExample("/zwdt/zwyw/", "/zwdt/zwyw/index_1.shtml", "/zwdt/zwyw/t274915{:02}.shtml"),
    "article-hash": ListExample("/xwzx/zkyw/", "/xwzx/zkyw/index_2.html", f"/xwzx/zkyw/article{HEX}.html"),
    "channel-number": ListExample(
        "/channel/12965/index.html", "/channel/12965/index_2.html", "/content/2024/1117{:02}.html"
    ),
    "n-index": ListExample(
        "/n1403/n38391604/index.html", "/n1403/n38391604/index_2.html", "/n1403/n38391604/c88{:02}/content.html"
    ),
    "c-index": ListExample("/c15608/index.html", "/c15608/index_2.html", "/c15608/20240305/i123{:02}.html"),
    "channel-x": ListExample(
        "/channel_x_0.0_11971/", "/channel_x_0.0_11971/?pageNo=2", f"/channel_x_0.0_11971/doc_{HEX}.html"
    ),
    "node-number": ListExample("/Node-1466.html", "/Node-1466_2.html", "/Content-88{:02}.html"),
    "glist": ListExample("/asszf/jras/glist.html", "/asszf/jras/glist_2.html", f"/asszf/jras/202403/{HEX}.html"),
    "ilist": ListExample(
        "/info/iList.jsp?cat_id=10003", "/info/iList.jsp?cat_id=10003&cur_page=2", "/gk/zwyw/88{:02}.htm"
    ),
    "public-a": ListExample("/?a=info", "/?a=info&page=2", "/D0104X/88{:02}.jhtml"),
    "class-letters": ListExample(
        "/class/QNMBPPHJ", "/class/QNMBPPHJ?page=2", "/html/cztn/2024/QNMBPPHJ_0305/88{:02}.html"
    ),
    "number-0000": ListExample(
        "/4033/0000/newlist-1.html", "/4033/0000/newlist-2.html", "/4033/616929450/12345{:02}.html"
    ),
    "quick-query": ListExample(
        "/cms/html/npszf/documentquickquery/822088335.html",
        "/cms/html/npszf/documentquickquery/822088335_2.html",
        "/cms/html/npszf/2024-03-05/88{:02}.html",
    ),
    "list-uuid": ListExample(
        f"/xinwen/list/{UUID.format(0)}.html", f"/xinwen/list/{UUID.format(0)}_2.html", f"/xinwen/show/{UUID}.html"
    ),
    "thtml, policy": ListExample(
        "/public-policy.thtml?id=12296", "/public-policy.thtml?id=12296&pageNo=2", "/news-detail.thtml?cid=88{:02}"
    ),
    "more": ListExample("/ejxwzx-71-more.html", "/ejxwzx-71-more_2.html", "/content-1111-4615{:02}.html"),
    "wcm-id": ListExample(
        "/zwdt/_M2_4QWS4P79EFEA963EFD114CAE85_1.htm", "/zwdt/_M2_4QWS4P79EFEA963EFD114CAE85_2.htm", "/zwdt/88{:02}.htm"
    ),
    "jeecms, name": ListExample("/c/www/gfxwj.jhtml", "/c/www/gfxwj_2.jhtml", "/gfxwj/88{:02}.jhtml", pager=jeecms),
    "column-number": ListExample("/xxgk/c18442", "/xxgk/c18442?page=2", "/xxgk/202403/t20240305_88{:02}.html"),
    "news-list": ListExample("/news-list-jinrijian.html", "/news-list-jinrijian-2.html", "/news-show-101791{:02}.html"),
}
"""A list of each shape that is in the addresses of governments' and departments' lists."""
