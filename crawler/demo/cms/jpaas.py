"""Hanweb JPaaS (大汉): section pages of units; a gateway returns each unit, with the page number in paramJson."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import parse_qs, urlencode, urlsplit

from crawler.demo import markup
from crawler.demo.cms import scripted_lists
from crawler.demo.model import DemoArticle, DemoSection
from crawler.demo.request_context import RequestContext

GATEWAY = "/api-gateway/jpaas-publish-server/front/page/build/unit"
IDS = {"parseType": "bulidstatic", "pageType": "column", "webId": "52", "tplSetId": "MsPkwMwl0shixi"}
ROWS_PER_PAGE = 15


def article_page(context: RequestContext, article: DemoArticle) -> str:
    """Return the page of an article."""
    opening = '<div id="con_con" class="ccontent"><!--ZJEG_RSS.content.begin-->'
    return scripted_lists.article_page(context, article, opening, "<!--ZJEG_RSS.content.end--></div>")


def list_addresses(context: RequestContext) -> Iterator[str]:
    """Yield the addresses of all list pages: each section page, then the pages from the gateway."""
    for section in context.portal.sections:
        yield section.path
        for number in range(1, context.page_count(section) + 1):
            page = json.dumps({"pageNo": number, "pageSize": ROWS_PER_PAGE}, separators=(",", ":"))
            yield f"{GATEWAY}?{urlencode({**_ids(section), 'paramJson': page})}"


def other_page(context: RequestContext, target: str) -> tuple[str, str] | None:
    """Return media type and text of a page other than an article page, or None if there is no such page."""
    if target == "/":
        return "text/html", scripted_lists.home_page(context)
    if target.startswith(f"{GATEWAY}?"):
        return _unit(context, target)
    section = next((s for s in context.portal.sections if s.path == target), None)
    return ("text/html", _section_page(context, section)) if section else None


def _ids(section: DemoSection) -> dict[str, str]:
    return {**IDS, "tagId": "当前栏目_list", "pageId": str(section.code)}


def _section_page(context: RequestContext, section: DemoSection) -> str:
    """Return the page of a section: the unit of its list, and a menu, which is also a unit."""
    menu = {**IDS, "tagId": "底部导航", "pageId": "3000"}
    scripts = (
        f'<script type="text/javascript" src="/jpaas-publish/AuthorizedRead/unitbuild.js" url="{GATEWAY}"'
        f' queryData="{str(ids).replace(" ", "")}"></script>'
        for ids in (menu, _ids(section))
    )
    return scripted_lists.section_page(
        context, section, '<div id="当前栏目_list" class="list"></div>\n' + "\n".join(scripts)
    )


def _unit(context: RequestContext, target: str) -> tuple[str, str] | None:
    query = {name: values[-1] for name, values in parse_qs(urlsplit(target).query).items()}
    section = next((s for s in context.portal.sections if str(s.code) == query.get("pageId")), None)
    if section is None or query.get("webId") != IDS["webId"] or query.get("tagId") != "当前栏目_list":
        return None
    # The gateway ignores a pageNo outside paramJson.
    page = int(json.loads(query.get("paramJson", "{}")).get("pageNo", 1))
    count = len(context.rows[section.path])
    rows = "".join(
        f'<li><span class="time">{row.article.published:%Y-%m-%d}</span><a class="news" href="{row.href}"'
        f' title="{context.title(row.article)}">{markup.row_title(context, row)}</a></li>'
        for row in context.page_rows(section, max(0, page - 1))
    )
    html = (
        f'<ul class="page-content">{rows}</ul>'
        f'<div class="pagination" pageno="{page}" pagesize="{ROWS_PER_PAGE}" count="{count}"></div>'
    )
    answer = {"success": True, "code": "200", "data": {"html": html}}
    return "application/json", json.dumps(answer, ensure_ascii=False)
