"""开普 UCAP: one list from its search API, one from getInfoCommon, and one of static pages."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

from crawler.demo import markup
from crawler.demo.cms import scripted_lists
from crawler.demo.model import DemoArticle, DemoSection
from crawler.demo.request_context import RequestContext

SEARCH, COMMON, STATIC = 41, 42, 43
"""Codes of the sections whose lists come from the search API, from getInfoCommon, and from static pages."""

COMMON_API = "/bgqinf/info/getInfoCommon/"


def article_page(context: RequestContext, article: DemoArticle) -> str:
    """Return the page of an article."""
    meta = (
        f'<meta name="firstpublishedtime" content="{article.published:%Y-%m-%d-%H:%M:%S}">\n'
        f'<meta name="manuscriptId" content="{_hex(str(article.serial))}">\n'
    )
    opening = '<ucapcontent><div id="UCAP-CONTENT"><div class="trs_editor_view TRS_UEDITOR">'
    return scripted_lists.article_page(context, article, opening, "</div></div></ucapcontent>", meta)


def list_addresses(context: RequestContext) -> Iterator[str]:
    """Yield the addresses of all list pages."""
    for section in context.portal.sections:
        yield section.path
        for number in range(1, context.page_count(section) + 1):
            if section.code != STATIC:
                yield _api(context, section, number)
            elif number > 1:
                yield f"{section.path}common_list_{number}.shtml"


def other_page(context: RequestContext, target: str) -> tuple[str, str] | None:
    """Return media type and text of a page other than an article page, or None if there is no such page."""
    if target == "/":
        return "text/html", scripted_lists.home_page(context)
    for section in context.portal.sections:
        for number in range(1, context.page_count(section) + 1):
            if section.code == STATIC and target == f"{section.path}common_list_{number}.shtml":
                return "text/html", scripted_lists.section_page(context, section, _static(context, section, number))
        if target == section.path:
            main = _static(context, section, 1) if section.code == STATIC else _shell(context, section)
            return "text/html", scripted_lists.section_page(context, section, main)
        if section.code != STATIC and urlsplit(_api(context, section, 1)).path == urlsplit(target).path:
            query = {name: values[-1] for name, values in parse_qs(urlsplit(target).query).items()}
            answer = _search(context, section, query) if section.code == SEARCH else _common(context, section, query)
            return "application/json", json.dumps(answer, ensure_ascii=False)
    return None


def _hex(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _api(context: RequestContext, section: DemoSection, page: int) -> str:
    channel, rows = _hex(section.path), context.portal.rows_per_page
    if section.code == COMMON:
        return f"{COMMON_API}?pagesize={rows}&currpage={page}&channelid={channel}"
    return f"/common/search/{channel}?_isAgg=true&_isJson=true&_pageSize={rows}&_template=index&page={page}"


def _shell(context: RequestContext, section: DemoSection) -> str:
    """Return an empty list and the script that fills it from an API."""
    rows, channel = context.portal.rows_per_page, _hex(section.path)
    if section.code == COMMON:
        call = (
            f"var channelId='{channel}';$.get('{COMMON_API}',{{pagesize:{rows},currpage:1,channelid:channelId}},fill);"
        )
    else:
        call = f"$.getJSON('{_api(context, section, 1)}',fill);"
    return f'<ul class="list" id="list"></ul>\n<script>$(function(){{{call}}});</script>'


def _static(context: RequestContext, section: DemoSection, number: int) -> str:
    rows = "".join(
        f'<li><a href="{row.href}" title="{context.title(row.article)}">{markup.row_title(context, row)}</a>'
        f'<span class="time">{row.article.published:%Y-%m-%d}</span></li>\n'
        for row in context.page_rows(section, number - 1)
    )
    total, count = context.page_count(section), len(context.rows[section.path])
    pager = f"createPageHTML('page_div',{total},{number},'common_list','shtml',{count});"
    return f'<ul class="list infolist">\n{rows}</ul><div id="page_div"></div>\n<script>{pager}</script>'


def _search(context: RequestContext, section: DemoSection, query: dict[str, str]) -> dict[str, object]:
    page = int(query.get("page", "1"))
    results = [
        {
            "title": context.title(row.article),
            "url": row.href,
            "publishedTimeStr": f"{row.article.published:%Y-%m-%d %H:%M:%S}",
            "channelName": section.name,
        }
        for row in context.page_rows(section, max(0, page - 1))
    ]
    total = len(context.rows[section.path])
    return {"data": {"page": page, "rows": context.portal.rows_per_page, "total": total, "results": results}}


def _common(context: RequestContext, section: DemoSection, query: dict[str, str]) -> dict[str, object]:
    """Return the rows of one page. getInfoCommon does not return the number of pages or rows."""
    rows = context.page_rows(section, max(0, int(query.get("currpage", "1")) - 1))
    return {
        "infolist": [
            {
                "title": context.title(row.article),
                "link": row.href,
                "pubtime": f"{row.article.published:%Y-%m-%d %H:%M:%S}",
            }
            for row in rows
        ]
    }
