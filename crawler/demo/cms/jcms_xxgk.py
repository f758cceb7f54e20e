"""The disclosure columns of Hanweb JCMS (大汉): lists that search.jsp draws for a place in the tree."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qsl

from crawler.demo import markup
from crawler.demo.cms import jcms, scripted_lists
from crawler.demo.model import Article, Section
from crawler.demo.request_context import RequestContext

SEARCH = "/module/xxgk/search.jsp"
AREA = "990102000"


def article(desk: RequestContext, page: Article) -> str:
    """Return an article's page."""
    return jcms.article(desk, page)


def lists(desk: RequestContext) -> Iterator[str]:
    """Yield the address of every list page: columns, and the search, which is one for all."""
    yield from (section.path for section in desk.portal.sections)
    yield SEARCH


def other(desk: RequestContext, target: str) -> tuple[str, str] | None:
    """Return media type and text of a page that is no article, or none if there is no such page."""
    if target == "/":
        return "text/html", scripted_lists.home(desk)
    section = next((s for s in desk.portal.sections if s.path == target), None)
    if section:
        return "text/html", scripted_lists.column(desk, section, _tree(section))
    path, _, form = target.partition("?")
    return ("text/html", _found(desk, dict(parse_qsl(form)))) if path == SEARCH else None


def _tree(section: Section) -> str:
    """Return the frame of the tree, and the script that asks for the list of its place."""
    return (
        f'<iframe src="/module/xxgk/tree.jsp?standardXxgk=1&area={AREA}&divid=div{section.code}"></iframe>\n'
        f'<div id="div{section.code}"></div>\n'
        "<script>$.ajax({type:'post',url:'/module/xxgk/search.jsp?standardXxgk=1',"
        f"data:'infotypeId=A{section.code}&jdid=3&area={AREA}&divid=div{section.code}&sortfield=,createdatetime:0'"
        "});</script>"
    )


def _found(desk: RequestContext, form: dict[str, str]) -> str:
    """Return the list of a place in the tree, of the whole tree where the form names none."""
    there = [s for s in desk.portal.sections if form.get("infotypeId", f"A{s.code}") == f"A{s.code}"]
    listed = [row for section in there if form.get("area", AREA) == AREA for row in desk.rows[section.path]]
    page, per = int(form.get("currpage", "1")), desk.portal.rows
    rows = "".join(
        f"<tr class='tr_main_value_odd'><td><a href='{row.href}' title='{desk.title(row.article)}' target='_blank'>"
        f"{markup.headline(desk, row)}</a></td><td>{row.article.published:%Y-%m\n-%d}</td></tr>\n"
        for row in listed[max(0, page - 1) * per : max(1, page) * per]
    )
    pager = f"第{page}页&nbsp;&nbsp;共{-(-len(listed) // per)}页&nbsp;"
    return f"<table class='main_table'>\n{rows}</table>\n<table><tr><td>{pager}</td></tr></table>"
