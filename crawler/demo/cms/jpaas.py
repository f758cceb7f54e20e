"""Pages as Hanweb JPaaS (大汉) makes them: columns of units, each built by a gateway that counts in paramJson."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import parse_qs, urlencode, urlsplit

from crawler.demo import markup
from crawler.demo.cms import scripted_lists
from crawler.demo.model import Article, Section
from crawler.demo.request_context import RequestContext

GATEWAY = "/api-gateway/jpaas-publish-server/front/page/build/unit"
IDS = {"parseType": "bulidstatic", "pageType": "column", "webId": "52", "tplSetId": "MsPkwMwl0shixi"}
PAGE = 15


def article(desk: RequestContext, page: Article) -> str:
    """Return an article's page."""
    opening = '<div id="con_con" class="ccontent"><!--ZJEG_RSS.content.begin-->'
    return scripted_lists.article(desk, page, opening, "<!--ZJEG_RSS.content.end--></div>")


def lists(desk: RequestContext) -> Iterator[str]:
    """Yield the address of every list page: the column's own, then what the gateway builds."""
    for section in desk.portal.sections:
        yield section.path
        for number in range(1, desk.pages(section) + 1):
            asked_for = json.dumps({"pageNo": number, "pageSize": PAGE}, separators=(",", ":"))
            yield f"{GATEWAY}?{urlencode({**_ids(section), 'paramJson': asked_for})}"


def other(desk: RequestContext, target: str) -> tuple[str, str] | None:
    """Return media type and text of a page that is no article, or none if there is no such page."""
    if target == "/":
        return "text/html", scripted_lists.home(desk)
    if target.startswith(f"{GATEWAY}?"):
        return _built(desk, target)
    section = next((s for s in desk.portal.sections if s.path == target), None)
    return ("text/html", _column(desk, section)) if section else None


def _ids(section: Section) -> dict[str, str]:
    return {**IDS, "tagId": "当前栏目_list", "pageId": str(section.code)}


def _column(desk: RequestContext, section: Section) -> str:
    """Return a column's page, which has a menu of units beside the list's own."""
    menu = {**IDS, "tagId": "底部导航", "pageId": "3000"}
    scripts = (
        f'<script type="text/javascript" src="/jpaas-publish/AuthorizedRead/unitbuild.js" url="{GATEWAY}"'
        f' queryData="{str(ids).replace(" ", "")}"></script>'
        for ids in (menu, _ids(section))
    )
    return scripted_lists.column(desk, section, '<div id="当前栏目_list" class="list"></div>\n' + "\n".join(scripts))


def _built(desk: RequestContext, target: str) -> tuple[str, str] | None:
    query = {name: values[-1] for name, values in parse_qs(urlsplit(target).query).items()}
    section = next((s for s in desk.portal.sections if str(s.code) == query.get("pageId")), None)
    if section is None or query.get("webId") != IDS["webId"] or query.get("tagId") != "当前栏目_list":
        return None
    page = int(json.loads(query.get("paramJson", "{}")).get("pageNo", 1))  # a bare pageNo is passed over
    count = len(desk.rows[section.path])
    rows = "".join(
        f'<li><span class="time">{row.article.published:%Y-%m-%d}</span><a class="news" href="{row.href}"'
        f' title="{desk.title(row.article)}">{markup.headline(desk, row)}</a></li>'
        for row in desk.page(section, max(0, page - 1))
    )
    html = (
        f'<ul class="page-content">{rows}</ul>'
        f'<div class="pagination" pageno="{page}" pagesize="{PAGE}" count="{count}"></div>'
    )
    answer = {"success": True, "code": "200", "data": {"html": html}}
    return "application/json", json.dumps(answer, ensure_ascii=False)
