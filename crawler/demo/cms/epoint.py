"""Pages as Epoint (新点) makes them: shells of columns, ids in a script, lists by POST from a REST service."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import urlsplit

from crawler.demo.cms import scripted_lists
from crawler.demo.model import Article, Section
from crawler.demo.request_context import RequestContext

SERVICE = "/EWB-FRONT/rest/lightfrontaction/getgovinfolist"
CONSTANTS = "/js/webBuilderCommon.js"
GUID = "7eb5f7f1-0000-43ad-8e13-000000990123"


def article(desk: RequestContext, page: Article) -> str:
    """Return an article's page."""
    return scripted_lists.article(desk, page, '<div class="ewb-article-info" id="Zoom">', "</div>")


def lists(desk: RequestContext) -> Iterator[str]:
    """Yield the address of every list page: columns, the script that leads on, and the service."""
    for section in desk.portal.sections:
        yield section.path
        yield f"{CONSTANTS}?categorynum={_category(section)}"
    yield SERVICE


def forms(desk: RequestContext) -> Iterator[str]:
    """Yield what is sent to the service for every page of every list."""
    for section in desk.portal.sections:
        for page in range(desk.pages(section)):
            asked_for = {"deptcode": "", "categorynum": _category(section), "siteGuid": GUID, "pageIndex": page}
            yield json.dumps({**asked_for, "pageSize": desk.portal.rows}, separators=(",", ":"))


def other(desk: RequestContext, target: str) -> tuple[str, str] | None:
    """Return media type and text of a page that is no article, or none if there is no such page."""
    if target == "/":
        return "text/html", scripted_lists.home(desk)
    path, _, query = target.partition("?")
    if path == CONSTANTS:
        told = json.dumps({"projectName": "/EWB-FRONT", "siteGuid": GUID})
        return "application/javascript", f"var siteInfo = {told};\n"
    if path == SERVICE:
        return "application/json", json.dumps(_listed(desk, json.loads(query or "{}")), ensure_ascii=False)
    section = next((s for s in desk.portal.sections if s.path == target), None)
    if section is None:
        return None
    scripts = f'<script src="{CONSTANTS}?v=1.2"></script><script src="{urlsplit(section.path).path}.js"></script>'
    return "text/html", scripted_lists.column(
        desk, section, f'<ul class="ewb-list list" id="govinfolist"></ul>\n{scripts}'
    )


def _category(section: Section) -> str:
    return f"{section.code:06}"


def _listed(desk: RequestContext, form: dict[str, object]) -> dict[str, object]:
    section = next((s for s in desk.portal.sections if _category(s) == form.get("categorynum")), None)
    known = section is not None and form.get("siteGuid") == GUID
    rows = desk.page(section, int(str(form.get("pageIndex", 0)))) if section and known else ()
    data = [
        {
            "infourl": row.href,
            "realtitle": desk.title(row.article),
            "title": desk.title(row.article)[:16],
            "infodate": f"{row.article.published:%Y-%m-%d}",
        }
        for row in rows
    ]
    total = len(desk.rows[section.path]) if section and known else 0
    return {"custom": {"total": total, "data": data}, "status": {"code": 200, "text": ""}}
