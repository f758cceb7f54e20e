"""Epoint (新点): section pages without content, ids in a script, and lists from a REST API by POST."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import urlsplit

from crawler.demo.cms import scripted_lists
from crawler.demo.model import DemoArticle, DemoSection
from crawler.demo.request_context import RequestContext

API = "/EWB-FRONT/rest/lightfrontaction/getgovinfolist"
SITE_SCRIPT = "/js/webBuilderCommon.js"
SITE_GUID = "7eb5f7f1-0000-43ad-8e13-000000990123"


def article_page(context: RequestContext, article: DemoArticle) -> str:
    """Return the page of an article."""
    return scripted_lists.article_page(context, article, '<div class="ewb-article-info" id="Zoom">', "</div>")


def list_addresses(context: RequestContext) -> Iterator[str]:
    """Yield the addresses of all list pages: sections, the script with the ids, and the API."""
    for section in context.portal.sections:
        yield section.path
        yield f"{SITE_SCRIPT}?categorynum={_category(section)}"
    yield API


def post_bodies(context: RequestContext) -> Iterator[str]:
    """Yield the body that a crawler posts to the API for each page of each list."""
    for section in context.portal.sections:
        for page in range(context.page_count(section)):
            query = {"deptcode": "", "categorynum": _category(section), "siteGuid": SITE_GUID, "pageIndex": page}
            yield json.dumps({**query, "pageSize": context.portal.rows_per_page}, separators=(",", ":"))


def other_page(context: RequestContext, target: str) -> tuple[str, str] | None:
    """Return media type and text of a page other than an article page, or None if there is no such page."""
    if target == "/":
        return "text/html", scripted_lists.home_page(context)
    path, _, body = target.partition("?")
    if path == SITE_SCRIPT:
        ids = json.dumps({"projectName": "/EWB-FRONT", "siteGuid": SITE_GUID})
        return "application/javascript", f"var siteInfo = {ids};\n"
    if path == API:
        return "application/json", json.dumps(_answer(context, json.loads(body or "{}")), ensure_ascii=False)
    section = next((s for s in context.portal.sections if s.path == target), None)
    if section is None:
        return None
    scripts = f'<script src="{SITE_SCRIPT}?v=1.2"></script><script src="{urlsplit(section.path).path}.js"></script>'
    return "text/html", scripted_lists.section_page(
        context, section, f'<ul class="ewb-list list" id="govinfolist"></ul>\n{scripts}'
    )


def _category(section: DemoSection) -> str:
    return f"{section.code:06}"


def _answer(context: RequestContext, query: dict[str, object]) -> dict[str, object]:
    section = next((s for s in context.portal.sections if _category(s) == query.get("categorynum")), None)
    is_known = section is not None and query.get("siteGuid") == SITE_GUID
    rows = context.page_rows(section, int(str(query.get("pageIndex", 0)))) if section and is_known else ()
    data = [
        {
            "infourl": row.href,
            "realtitle": context.title(row.article),
            "title": context.title(row.article)[:16],
            "infodate": f"{row.article.published:%Y-%m-%d}",
        }
        for row in rows
    ]
    total = len(context.rows[section.path]) if section and is_known else 0
    return {"custom": {"total": total, "data": data}, "status": {"code": 200, "text": ""}}
