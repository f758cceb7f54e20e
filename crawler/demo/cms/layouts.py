"""The CMSs that list by links: addresses of their list pages, pagers, rows and the scripts in their pages."""

from __future__ import annotations

from collections.abc import Callable

from crawler.demo import sitemaps_and_feeds
from crawler.demo.cms.linked import LinkedCms
from crawler.demo.model import CmsName, DemoSection
from crawler.demo.request_context import RequestContext


def _numbered(
    start: str, end: str, link: str, current: str, following: str
) -> Callable[[RequestContext, DemoSection, int], str]:
    """Return a pager of page numbers between `start` and `end`.

    `link` is the format for the number and the address of another page, `current` for the number of this page,
    `following` for the address of the next page.
    """

    def pager(context: RequestContext, section: DemoSection, number: int) -> str:
        total = context.page_count(section)
        path = LAYOUTS[context.portal.cms].list_path
        numbers = [
            current.format(n) if n == number else link.format(n, path(section, n, total)) for n in range(1, total + 1)
        ]
        next_link = following.format(path(section, number + 1, total)) if number < total else ""
        return start + "".join(numbers) + next_link + end

    return pager


def _vsb_path(section: DemoSection, number: int, total: int) -> str:
    """Return xw.htm for the first of ten pages, xw/9.htm for the second and xw/1.htm for the last."""
    return section.path if number == 1 else f"{section.path.removesuffix('.htm')}/{total - number + 1}.htm"


def _suffixed_path(section: DemoSection, number: int, separator: str = "") -> str:
    """Return list.htm for the first page and list2.htm for the second, with the separator before the number."""
    stem, dot, extension = section.path.rpartition(".")
    return section.path if number == 1 else f"{stem}{separator}{number}{dot}{extension}"


def _webplus_pager(context: RequestContext, section: DemoSection, number: int) -> str:
    """Return a pager with the page count and a link to the next page. A script adds the page numbers."""
    total = context.page_count(section)
    href = _suffixed_path(section, number + 1) if number < total else "javascript:void(0);"
    return (
        f'<div class="wp_paging"><em class="curr_page">{number}</em>/<em class="all_pages">{total}</em>'
        f'<a class="next" href="{href}"><span>下一页&gt;&gt;</span></a></div>\n'
    )


def _scripts(*paths: str) -> str:
    return "".join(f'<script type="text/javascript" src="{path}"></script>\n' for path in paths)


LAYOUTS: dict[CmsName, LinkedCms] = {
    "vsb": LinkedCms(
        template="vsb_article.html",
        list_path=_vsb_path,
        pager=_numbered(
            '<span class="p_pages">',
            "</span>\n",
            '<span class="p_no"><a href="{1}">{0}</a></span>',
            '<span class="p_no_d">{0}</span>',
            '<span class="p_next p_fun"><a href="{}">下页</a></span>',
        ),
        head=_scripts("/_sitegray/_sitegray.js", "/system/resource/js/counter.js"),
    ),
    "webplus": LinkedCms(
        template="webplus_article.html",
        list_path=lambda section, number, _: _suffixed_path(section, number),
        pager=_webplus_pager,
        css="news_list list2",
        row='<li class="news n1"><span class="news_title"><a href="{href}" target="_blank" title="{title}">{shown}</a>'
        '</span><span class="news_meta">{day}</span></li>\n',
        head=_scripts("/_js/_portletPlugs/simpleNews/js/jquery.js"),
    ),
    "founder": LinkedCms(
        template="founder_article.html",
        list_path=lambda section, number, _: _suffixed_path(section, number, "_"),
        pager=_numbered(
            '<div id="autopage"><center>',
            "</center></div>\n",
            '&nbsp;<a href="{1}">{0}</a>',
            "&nbsp;<span>{0}</span>",
            '&nbsp;<a href="{}">下一页</a>',
        ),
    ),
    "dedecms": LinkedCms(
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
        head=_scripts("/include/dedeajax2.js"),
    ),
    "empirecms": LinkedCms(
        template="empirecms_article.html",
        list_path=lambda section, number, _: section.path if number == 1 else f"{section.path}index_{number}.html",
        pager=_numbered(
            '<div class="epages"><a title="总数">&nbsp;<b>100</b> </a>',
            "</div>\n",
            '&nbsp;<a href="{1}">{0}</a>',
            "&nbsp;<b>{0}</b>",
            '&nbsp;<a href="{}">下一页</a>',
        ),
        head=_scripts("/e/data/js/ajax.js"),
    ),
    "generic": LinkedCms(
        head='<link rel="alternate" type="application/rss+xml" title="订阅" href="/rss.xml">\n',
        template="generic_article.html",
        list_path=lambda section, number, _: section.path if number == 1 else f"{section.path}?page={number}",
        pager=lambda *_: '<div class="more" onclick="load()">加载更多</div>\n',
        extra_page=sitemaps_and_feeds.page,
        extra_lists=sitemaps_and_feeds.list_addresses,
    ),
}
