"""How each small portal's CMS numbers its list pages, leads on from one to the next, and marks its pages."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from crawler.demo import sitemaps_and_feeds
from crawler.demo.cms.linked import Linked
from crawler.demo.model import Section
from crawler.demo.request_context import RequestContext


def _numbered(before: str, behind: str, link: str, here: str, on: str) -> Callable[[RequestContext, Section, int], str]:
    """Return a pager of numbers between these marks; `link` and `here` show a number, `on` leads to the next page."""

    def pager(desk: RequestContext, section: Section, number: int) -> str:
        total = desk.pages(section)
        path = LAYOUTS[desk.portal.family].list_path
        shown = [
            here.format(n) if n == number else link.format(n, path(section, n, total)) for n in range(1, total + 1)
        ]
        further = on.format(path(section, number + 1, total)) if number < total else ""
        return before + "".join(shown) + further + behind

    return pager


def _vsb_path(section: Section, number: int, total: int) -> str:
    """The first page is xw.htm, the second xw/9.htm where there are ten, and the last xw/1.htm."""
    return section.path if number == 1 else f"{section.path.removesuffix('.htm')}/{total - number + 1}.htm"


def _inserted(section: Section, number: int, joint: str = "") -> str:
    stem, dot, ending = section.path.rpartition(".")
    return section.path if number == 1 else f"{stem}{joint}{number}{dot}{ending}"


def _webplus_pager(desk: RequestContext, section: Section, number: int) -> str:
    """A script writes the numbers from the counts; only the next page is a link."""
    total = desk.pages(section)
    on = _inserted(section, number + 1) if number < total else "javascript:void(0);"
    return (
        f'<div class="wp_paging"><em class="curr_page">{number}</em>/<em class="all_pages">{total}</em>'
        f'<a class="next" href="{on}"><span>下一页&gt;&gt;</span></a></div>\n'
    )


def _scripts(paths: Iterable[str]) -> str:
    return "".join(f'<script type="text/javascript" src="{path}"></script>\n' for path in paths)


LAYOUTS = {
    "vsb": Linked(
        template="vsb_article.html",
        list_path=_vsb_path,
        pager=_numbered(
            '<span class="p_pages">',
            "</span>\n",
            '<span class="p_no"><a href="{1}">{0}</a></span>',
            '<span class="p_no_d">{0}</span>',
            '<span class="p_next p_fun"><a href="{}">下页</a></span>',
        ),
        head=_scripts(["/_sitegray/_sitegray.js", "/system/resource/js/counter.js"]),
    ),
    "webplus": Linked(
        template="webplus_article.html",
        list_path=lambda section, number, _: _inserted(section, number),
        pager=_webplus_pager,
        css="news_list list2",
        row='<li class="news n1"><span class="news_title"><a href="{href}" target="_blank" title="{title}">{shown}</a>'
        '</span><span class="news_meta">{day}</span></li>\n',
        head=_scripts(["/_js/_portletPlugs/simpleNews/js/jquery.js"]),
    ),
    "founder": Linked(
        template="founder_article.html",
        list_path=lambda section, number, _: _inserted(section, number, "_"),
        pager=_numbered(
            '<div id="autopage"><center>',
            "</center></div>\n",
            '&nbsp;<a href="{1}">{0}</a>',
            "&nbsp;<span>{0}</span>",
            '&nbsp;<a href="{}">下一页</a>',
        ),
    ),
    "dedecms": Linked(
        template="dedecms_article.html",
        list_path=lambda section, number, _: (
            section.path if number == 1 else f"{section.path}list_{section.code}_{number}.html"
        ),
        pager=_numbered(
            '<div class="dede_pages"><ul class="pagelist">',
            "</ul></div>\n",
            "<li><a href='{1}'>{0}</a></li>\n",
            '<li class="thisclass">{0}</li>\n',
            "<li><a href='{}'>下一页</a></li>\n",
        ),
        head=_scripts(["/include/dedeajax2.js"]),
    ),
    "empirecms": Linked(
        template="empirecms_article.html",
        list_path=lambda section, number, _: section.path if number == 1 else f"{section.path}index_{number}.html",
        pager=_numbered(
            '<div class="epages"><a title="总数">&nbsp;<b>100</b> </a>',
            "</div>\n",
            '&nbsp;<a href="{1}">{0}</a>',
            "&nbsp;<b>{0}</b>",
            '&nbsp;<a href="{}">下一页</a>',
        ),
        head=_scripts(["/e/data/js/ajax.js"]),
    ),
    "generic": Linked(
        head='<link rel="alternate" type="application/rss+xml" title="订阅" href="/rss.xml">\n',
        template="generic_article.html",
        list_path=lambda section, number, _: section.path if number == 1 else f"{section.path}?page={number}",
        pager=lambda *_: '<div class="more" onclick="load()">加载更多</div>\n',
        other_page=sitemaps_and_feeds.page,
        other_lists=sitemaps_and_feeds.lists,
    ),
}
