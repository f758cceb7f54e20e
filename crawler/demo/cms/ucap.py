"""Pages as 开普 UCAP makes them: one list from its search, one from getInfoCommon, one of static pages."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

from crawler.demo import markup
from crawler.demo.cms import scripted_lists
from crawler.demo.model import Article, Section
from crawler.demo.request_context import RequestContext

SEARCH, COMMON, STATIC = 41, 42, 43
COMMON_API = "/bgqinf/info/getInfoCommon/"


def article(desk: RequestContext, page: Article) -> str:
    """Return an article's page."""
    meta = (
        f'<meta name="firstpublishedtime" content="{page.published:%Y-%m-%d-%H:%M:%S}">\n'
        f'<meta name="manuscriptId" content="{_hex(str(page.serial))}">\n'
    )
    opening = '<ucapcontent><div id="UCAP-CONTENT"><div class="trs_editor_view TRS_UEDITOR">'
    return scripted_lists.article(desk, page, opening, "</div></div></ucapcontent>", meta)


def lists(desk: RequestContext) -> Iterator[str]:
    """Yield the address of every list page."""
    for section in desk.portal.sections:
        yield section.path
        for number in range(1, desk.pages(section) + 1):
            if section.code != STATIC:
                yield _api(desk, section, number)
            elif number > 1:
                yield f"{section.path}common_list_{number}.shtml"


def other(desk: RequestContext, target: str) -> tuple[str, str] | None:
    """Return media type and text of a page that is no article, or none if there is no such page."""
    if target == "/":
        return "text/html", scripted_lists.home(desk)
    for section in desk.portal.sections:
        for number in range(1, desk.pages(section) + 1):
            if section.code == STATIC and target == f"{section.path}common_list_{number}.shtml":
                return "text/html", scripted_lists.column(desk, section, _static(desk, section, number))
        if target == section.path:
            main = _static(desk, section, 1) if section.code == STATIC else _shell(desk, section)
            return "text/html", scripted_lists.column(desk, section, main)
        if section.code != STATIC and urlsplit(_api(desk, section, 1)).path == urlsplit(target).path:
            query = {name: values[-1] for name, values in parse_qs(urlsplit(target).query).items()}
            answer = _search(desk, section, query) if section.code == SEARCH else _common(desk, section, query)
            return "application/json", json.dumps(answer, ensure_ascii=False)
    return None


def _hex(told: str) -> str:
    return hashlib.sha256(told.encode()).hexdigest()[:32]


def _api(desk: RequestContext, section: Section, page: int) -> str:
    channel, rows = _hex(section.path), desk.portal.rows
    if section.code == COMMON:
        return f"{COMMON_API}?pagesize={rows}&currpage={page}&channelid={channel}"
    return f"/common/search/{channel}?_isAgg=true&_isJson=true&_pageSize={rows}&_template=index&page={page}"


def _shell(desk: RequestContext, section: Section) -> str:
    """Return an empty list and the script that fills it."""
    rows, channel = desk.portal.rows, _hex(section.path)
    if section.code == COMMON:
        call = (
            f"var channelId='{channel}';$.get('{COMMON_API}',{{pagesize:{rows},currpage:1,channelid:channelId}},fill);"
        )
    else:
        call = f"$.getJSON('{_api(desk, section, 1)}',fill);"
    return f'<ul class="list" id="list"></ul>\n<script>$(function(){{{call}}});</script>'


def _static(desk: RequestContext, section: Section, number: int) -> str:
    rows = "".join(
        f'<li><a href="{row.href}" title="{desk.title(row.article)}">{markup.headline(desk, row)}</a>'
        f'<span class="time">{row.article.published:%Y-%m-%d}</span></li>\n'
        for row in desk.page(section, number - 1)
    )
    total, count = desk.pages(section), len(desk.rows[section.path])
    pager = f"createPageHTML('page_div',{total},{number},'common_list','shtml',{count});"
    return f'<ul class="list infolist">\n{rows}</ul><div id="page_div"></div>\n<script>{pager}</script>'


def _search(desk: RequestContext, section: Section, query: dict[str, str]) -> dict[str, object]:
    page = int(query.get("page", "1"))
    results = [
        {
            "title": desk.title(row.article),
            "url": row.href,
            "publishedTimeStr": f"{row.article.published:%Y-%m-%d %H:%M:%S}",
            "channelName": section.name,
        }
        for row in desk.page(section, max(0, page - 1))
    ]
    total = len(desk.rows[section.path])
    return {"data": {"page": page, "rows": desk.portal.rows, "total": total, "results": results}}


def _common(desk: RequestContext, section: Section, query: dict[str, str]) -> dict[str, object]:
    """Answer with the page alone, as getInfoCommon does: it does not say how many there are."""
    told = desk.page(section, max(0, int(query.get("currpage", "1")) - 1))
    return {
        "infolist": [
            {
                "title": desk.title(row.article),
                "link": row.href,
                "pubtime": f"{row.article.published:%Y-%m-%d %H:%M:%S}",
            }
            for row in told
        ]
    }
