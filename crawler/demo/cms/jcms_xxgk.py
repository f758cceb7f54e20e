"""Disclosure sections of Hanweb JCMS (大汉): search.jsp returns the list of a node of the section tree."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qsl

from crawler.demo import markup
from crawler.demo.cms import jcms, scripted_lists
from crawler.demo.model import DemoArticle, DemoSection
from crawler.demo.request_context import RequestContext

SEARCH = "/module/xxgk/search.jsp"
AREA = "990102000"


def article_page(context: RequestContext, article: DemoArticle) -> str:
    """Return the page of an article."""
    return jcms.article_page(context, article)


def list_addresses(context: RequestContext) -> Iterator[str]:
    """Yield the addresses of all list pages: the sections, and the search, whose address is the same for all."""
    yield from (section.path for section in context.portal.sections)
    yield SEARCH


def other_page(context: RequestContext, target: str) -> tuple[str, str] | None:
    """Return media type and text of a page other than an article page, or None if there is no such page."""
    if target == "/":
        return "text/html", scripted_lists.home_page(context)
    section = next((s for s in context.portal.sections if s.path == target), None)
    if section:
        return "text/html", scripted_lists.section_page(context, section, _tree(section))
    path, _, form = target.partition("?")
    return ("text/html", _result(context, dict(parse_qsl(form)))) if path == SEARCH else None


def _tree(section: DemoSection) -> str:
    """Return the frame with the section tree, and the script that requests the list of a node."""
    return (
        f'<iframe src="/module/xxgk/tree.jsp?standardXxgk=1&area={AREA}&divid=div{section.code}"></iframe>\n'
        f'<div id="div{section.code}"></div>\n'
        "<script>$.ajax({type:'post',url:'/module/xxgk/search.jsp?standardXxgk=1',"
        f"data:'infotypeId=A{section.code}&jdid=3&area={AREA}&divid=div{section.code}&sortfield=,createdatetime:0'"
        "});</script>"
    )


def _result(context: RequestContext, form: dict[str, str]) -> str:
    """Return the list of a node of the tree, or of the whole tree if the form names no node."""
    sections = [s for s in context.portal.sections if form.get("infotypeId", f"A{s.code}") == f"A{s.code}"]
    listed = [row for section in sections if form.get("area", AREA) == AREA for row in context.rows[section.path]]
    page, per = int(form.get("currpage", "1")), context.portal.rows_per_page
    rows = "".join(
        f"<tr class='tr_main_value_odd'><td><a href='{row.href}' title='{context.title(row.article)}' target='_blank'>"
        f"{markup.row_title(context, row)}</a></td><td>{row.article.published:%Y-%m\n-%d}</td></tr>\n"
        for row in listed[max(0, page - 1) * per : max(1, page) * per]
    )
    pager = f"第{page}页&nbsp;&nbsp;共{-(-len(listed) // per)}页&nbsp;"
    return f"<table class='main_table'>\n{rows}</table>\n<table><tr><td>{pager}</td></tr></table>"
