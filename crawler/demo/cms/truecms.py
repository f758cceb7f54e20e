"""Pages as truecms makes them: the first records hidden in a column's page, the rest from getMessage.do."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

from crawler.demo import markup
from crawler.demo.cms import scripted_lists
from crawler.demo.model import Article, Row, Section
from crawler.demo.request_context import RequestContext

API = "/truecms/messageController/getMessage.do"
MOST = 50
"""Records that are given at once; asked for more, the server gives none."""

BARE = 52
"""The section whose page holds no records itself."""


def article(desk: RequestContext, page: Article) -> str:
    """Return an article's page."""
    return scripted_lists.article(desk, page, '<div class="zoomcon" id="zoom">', "</div>")


def lists(desk: RequestContext) -> Iterator[str]:
    """Yield the address of every list page: columns, and what is asked for beyond the records they hold."""
    for section in desk.portal.sections:
        yield section.path
        first = 1 if section.code == BARE else desk.portal.rows + 1
        for at in range(first, len(desk.rows[section.path]) + 1, desk.portal.rows):
            window = f"startrecord={at}&endrecord={at + desk.portal.rows - 1}&perpage={desk.portal.rows}"
            yield f"{API}?{window}&contentTemplate=&columnId={_column(section)}"


def other(desk: RequestContext, target: str) -> tuple[str, str] | None:
    """Return media type and text of a page that is no article, or none if there is no such page."""
    if target == "/":
        return "text/html", scripted_lists.home(desk)
    if target.startswith(f"{API}?"):
        return _answered(desk, target)
    section = next((s for s in desk.portal.sections if s.path == target), None)
    return ("text/html", scripted_lists.column(desk, section, _list(desk, section))) if section else None


def _column(section: Section) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, section.path))


def _list(desk: RequestContext, section: Section) -> str:
    rows = "" if section.code == BARE else "".join(_row(desk, row) for row in desk.page(section, 0))
    hidden = f'<div id="initData" style="display:none"><ul>\n{rows}</ul></div>\n' if rows else ""
    total = len(desk.rows[section.path])
    return (
        f'{hidden}<div id="msgList"></div>\n<script>$("#msgList").jpage({{cache:false,totalRecord:"{total}",'
        f"proxyUrl:'{API}',perPage:{desk.portal.rows},groupSize:3,ajaxParam:{{columnId:'{_column(section)}'}}}});</script>"
    )


def _row(desk: RequestContext, row: Row) -> str:
    return (
        f'<li><a href="{row.href}" title="{desk.title(row.article)}">{markup.headline(desk, row)}</a>'
        f"<span>{row.article.published:%Y-%m-%d}</span></li>\n"
    )


def _answered(desk: RequestContext, target: str) -> tuple[str, str] | None:
    query = {name: values[-1] for name, values in parse_qs(urlsplit(target).query).items()}
    section = next((s for s in desk.portal.sections if _column(s) == query.get("columnId")), None)
    first, last = (int(query.get(name, "0")) for name in ("startrecord", "endrecord"))
    if section is None:
        return None
    rows = desk.rows[section.path]
    shown = rows[max(0, first - 1) : last] if last - first < MOST else ()
    records = "".join(f"<record><![CDATA[{_row(desk, row)}]]></record>" for row in shown)
    store = f"<datastore><totalrecord>{len(rows)}</totalrecord><recordset>{records}</recordset></datastore>"
    return "application/json", json.dumps({"result": store}, ensure_ascii=False)
