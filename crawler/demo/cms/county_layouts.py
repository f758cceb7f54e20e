"""The layouts of county portals: addresses and pagers as governments all over the country have them."""

from __future__ import annotations

from collections.abc import Callable

from crawler.demo.cms.linked import LinkedCms
from crawler.demo.model import CmsName, DemoSection
from crawler.demo.request_context import RequestContext

ListPath = Callable[[DemoSection, int, int], str]
PagerMaker = Callable[[RequestContext, DemoSection, int], str]


def _suffixed(section: DemoSection, number: int, _total: int) -> str:
    """Return zwyw.shtml for the first page and zwyw_2.shtml for the second."""
    stem, dot, extension = section.path.rpartition(".")
    return section.path if number == 1 else f"{stem}_{number}{dot}{extension}"


def _with_parameter(name: str) -> ListPath:
    """Return the function that adds the page's number to the query, except on the first page."""

    def path(section: DemoSection, number: int, _total: int) -> str:
        mark = "&" if "?" in section.path else "?"
        return section.path if number == 1 else f"{section.path}{mark}{name}={number}"

    return path


def _numbered(section: DemoSection, number: int, _total: int) -> str:
    """Return 1.html for the first page and 2.html for the second."""
    return f"{section.path.rpartition('/')[0]}/{number}.html"


def _links(path: ListPath) -> PagerMaker:
    """Return a pager of links: the numbers of all pages, and the next page."""

    def pager(context: RequestContext, section: DemoSection, number: int) -> str:
        total = context.page_count(section)
        numbers = "".join(f'<a href="{path(section, n, total)}">{n}</a>\n' for n in range(1, total + 1) if n != number)
        following = f'<a href="{path(section, number + 1, total)}">下一页</a>' if number < total else ""
        return f'<div class="fenye">{numbers}{following}</div>\n'

    return pager


def _ucap_script(context: RequestContext, section: DemoSection, number: int) -> str:
    name, total = section.path.rpartition("/")[2].removesuffix(".shtml"), context.page_count(section)
    call = f"createPageHTML('page_div',{total},{number},'{name}','shtml',{len(context.rows[section.path])});"
    return f'<div id="page_div"></div><script>{call}</script>\n'


def _lonsun_script(context: RequestContext, section: DemoSection, number: int) -> str:
    """Return the call of the pager, which does not say where its links lead."""
    total = context.page_count(section)
    return (
        '<div id="page_info"></div><script>Ls.pagination("#page_info", function(pageIndex){ loadList(pageIndex); }, '
        f"{{currPage: {number}, pageCount: {total}}});</script>\n"
    )


def _layui_script(context: RequestContext, section: DemoSection, number: int) -> str:
    rows, size = len(context.rows[section.path]), context.portal.rows_per_page
    jump = "function(obj, first){ if(!first){ location.href = '?page=' + obj.curr; } }"
    call = f"laypage.render({{elem: 'page', count: {rows}, limit: {size}, curr: {number}, jump: {jump}}});"
    return f'<div id="page"></div><script>{call}</script>\n'


def _jeecms_buttons(context: RequestContext, section: DemoSection, number: int) -> str:
    total = context.page_count(section)
    targets = (("首页", 1), ("上一页", number - 1), ("下一页", number + 1), ("尾页", total))
    buttons = "".join(
        f"""<input type="button" value="{label}" onclick="location.href='{_suffixed(section, to, total)}';">"""
        if 1 <= to <= total and to != number
        else f'<input type="button" value="{label}" disabled="disabled">'
        for label, to in targets
    )
    return f'<div class="pagesite">共{len(context.rows[section.path])}条 {number}/{total}页 {buttons}</div>\n'


def _layout(path: ListPath, pager: PagerMaker | None = None, *, template: str = "generic_article.html") -> LinkedCms:
    return LinkedCms(template=template, list_path=path, pager=pager or _links(path))


COUNTY_LAYOUTS: dict[CmsName, LinkedCms] = {
    "ucap-named": _layout(_suffixed, _ucap_script, template="ucap_named_article.html"),
    "lonsun": _layout(_with_parameter("pageIndex"), _lonsun_script),
    "jeecms": _layout(_suffixed, _jeecms_buttons),
    "no-extension": _layout(_with_parameter("page"), _layui_script),
    "channels": _layout(_suffixed, template="channels_article.html"),
    "thtml": _layout(_with_parameter("pageNo")),
    "uuid-columns": _layout(_suffixed),
    "page-numbers": _layout(_numbered),
}
