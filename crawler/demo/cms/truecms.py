"""truecms: the first records of a list hidden in the section page, the others from getMessage.do."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

from crawler.demo import markup
from crawler.demo.cms import scripted_lists
from crawler.demo.model import DemoArticle, DemoSection, ListRow
from crawler.demo.request_context import RequestContext

API = "/truecms/messageController/getMessage.do"
MAX_RECORDS = 50
"""Maximum number of records in an answer. To a request for more the server returns none."""

SECTION_WITHOUT_RECORDS = 52
"""Code of the section whose page contains no records."""


def article_page(context: RequestContext, article: DemoArticle) -> str:
    """Return the page of an article."""
    return scripted_lists.article_page(context, article, '<div class="zoomcon" id="zoom">', "</div>")


def list_addresses(context: RequestContext) -> Iterator[str]:
    """Yield the addresses of all list pages: section pages, and the API requests for the records not in them."""
    size = context.portal.rows_per_page
    for section in context.portal.sections:
        yield section.path
        first = 1 if section.code == SECTION_WITHOUT_RECORDS else size + 1
        for at in range(first, len(context.rows[section.path]) + 1, size):
            query = f"startrecord={at}&endrecord={at + size - 1}&perpage={size}"
            yield f"{API}?{query}&contentTemplate=&columnId={_column_id(section)}"


def other_page(context: RequestContext, target: str) -> tuple[str, str] | None:
    """Return media type and text of a page other than an article page, or None if there is no such page."""
    if target == "/":
        return "text/html", scripted_lists.home_page(context)
    if target.startswith(f"{API}?"):
        return _api_answer(context, target)
    section = next((s for s in context.portal.sections if s.path == target), None)
    return ("text/html", scripted_lists.section_page(context, section, _list(context, section))) if section else None


def _column_id(section: DemoSection) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, section.path))


def _list(context: RequestContext, section: DemoSection) -> str:
    rows = () if section.code == SECTION_WITHOUT_RECORDS else context.page_rows(section, 0)
    records = "".join(_row(context, row) for row in rows)
    hidden = f'<div id="initData" style="display:none"><ul>\n{records}</ul></div>\n' if rows else ""
    total = len(context.rows[section.path])
    return (
        f'{hidden}<div id="msgList"></div>\n<script>$("#msgList").jpage({{cache:false,totalRecord:"{total}",'
        f"proxyUrl:'{API}',perPage:{context.portal.rows_per_page},groupSize:3,"
        f"ajaxParam:{{columnId:'{_column_id(section)}'}}}});</script>"
    )


def _row(context: RequestContext, row: ListRow) -> str:
    return (
        f'<li><a href="{row.href}" title="{context.title(row.article)}">{markup.row_title(context, row)}</a>'
        f"<span>{row.article.published:%Y-%m-%d}</span></li>\n"
    )


def _api_answer(context: RequestContext, target: str) -> tuple[str, str] | None:
    query = {name: values[-1] for name, values in parse_qs(urlsplit(target).query).items()}
    section = next((s for s in context.portal.sections if _column_id(s) == query.get("columnId")), None)
    first, last = (int(query.get(name, "0")) for name in ("startrecord", "endrecord"))
    if section is None:
        return None
    rows = context.rows[section.path]
    returned = rows[max(0, first - 1) : last] if last - first < MAX_RECORDS else ()
    records = "".join(f"<record><![CDATA[{_row(context, row)}]]></record>" for row in returned)
    xml = f"<datastore><totalrecord>{len(rows)}</totalrecord><recordset>{records}</recordset></datastore>"
    return "application/json", json.dumps({"result": xml}, ensure_ascii=False)
