"""Pages as Guangdong's 政府信息公开目录管理平台 makes them: a tree in window._CONFIG, lists from a JSON API."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

from crawler.demo import markup, stories
from crawler.demo.model import Article, Section
from crawler.demo.request_context import RequestContext, link
from pipelines.model import Document

SID = "990001"  # the platform numbers its sites by telephone area code and three digits
API = "/gkmlpt/api/all/"


def article(desk: RequestContext, page: Article) -> str:
    """Return an article's page: the text once as JSON, with < and > escaped, and once as HTML."""
    body = _body(desk, page)
    post = _post(desk, page)
    table = stories.document(page, post["title"])
    files = "".join(f'<li><a href="{path}" target="_blank">{title}</a></li>' for path, title in page.attachments)
    main = markup.fill(
        "gkmlpt_article.html",
        category=page.section.code,
        section=page.section.name,
        table=_table(table, page) if table else "",
        title=post["title"],
        source=page.source,
        time=f"{page.published:%Y-%m-%d %H:%M:%S}",
        body=body,
        attachments=f'<div class="attachment"><h4>相关附件：</h4><ul>{files}</ul></div>\n' if files else "",
    )
    meta = (
        f'<meta name="ColumnName" content="{page.section.name}">\n<meta name="ColumnType" content="信息公开目录">\n'
        f'<meta name="ArticleTitle" content="{post["title"]}">\n'
        f'<meta name="PubDate" content="{page.published:%Y-%m-%d %H:%M}">\n'
        f'<meta name="ContentSource" content="{page.source}">\n'
    )
    config = {"SID": SID, "CATEGORY_ID": page.section.code, "DETAIL": {**post, "content": body}}
    return _frame(f"{post['title']}_{desk.portal.name}", meta, main, config)


def lists(desk: RequestContext) -> Iterator[str]:
    """Yield the address of the index, and of every page of the API's lists."""
    yield "/gkmlpt/index"
    for section in desk.portal.sections:
        for number in range(1, desk.pages(section) + 1):
            yield f"{API}{section.code}?page={number}&sid={SID}"


def other(desk: RequestContext, target: str) -> tuple[str, str] | None:
    """Return media type and text of a page that is no article, or none if there is no such page."""
    if target in ("/", "/gkmlpt/", "/gkmlpt/index"):
        return "text/html", _index(desk)
    if not target.startswith(API):
        return None
    parts = urlsplit(target)
    section = next((s for s in desk.portal.sections if parts.path == f"{API}{s.code}"), None)
    query = parse_qs(parts.query)
    number = query.get("page", ["1"])[0]
    if section is None or query.get("sid") != [SID] or not number.isdecimal():
        return None
    rows = desk.page(section, max(0, int(number) - 1))  # page 0 answers as page 1 does
    answer = {"articles": [_post(desk, row.article) for row in rows], "classify": _category(desk, section)}
    return "application/json", json.dumps(answer, ensure_ascii=False)


def _post(desk: RequestContext, page: Article) -> dict[str, Any]:
    title = desk.title(page)
    table = stories.document(page, title) or Document()
    return {
        "id": page.serial,
        "title": title,
        "url": link(page),
        "date": int(page.published.timestamp()),
        "created_at": f"{page.published:%Y-%m-%d %H:%M:%S}",
        "display_publish_time": int(page.published.timestamp()),
        "document_number": table.document_number or "",
        "identifier": table.index_number or "",
        "publisher": table.issuer or page.source,
        "keywords": table.keywords or "",
        "classify_main": page.section.code,
        "classify_main_name": page.section.name,
        "is_expired": 0,
        "is_abolished": 0,
        "attachment": [{"name": title, "type": "pdf", "size": 700, "url": path} for path, title in page.attachments],
    }


def _category(desk: RequestContext, section: Section) -> dict[str, Any]:
    count = len(desk.rows[section.path])
    return {"id": section.code, "name": section.name, "post_count": count, "jump_url": "", "children": []}


def _index(desk: RequestContext) -> str:
    tree = [
        {
            "id": 3400,
            "name": "法定主动公开内容",
            "post_count": 0,
            "children": [_category(desk, s) for s in desk.portal.sections],
        }
    ]
    items = "".join(f'<li><a href="#{s.code}">{s.name}</a></li>' for s in desk.portal.sections)
    main = f'<div class="mod-tree"><ul>{items}</ul></div><div class="mod-list"><ul id="article-list"></ul></div>'
    return _frame(desk.portal.name, "", main, {"SID": SID, "SITE_NAME": desk.portal.name, "TREE": tree})


def _frame(title: str, meta: str, main: str, config: dict[str, Any]) -> str:
    escaped = json.dumps(config, ensure_ascii=False).replace("<", "\\u003C").replace(">", "\\u003E")
    return markup.fill(
        "gkmlpt.html",
        page_title=title,
        meta=meta,
        config=escaped,
        menu=markup.menu("government"),
        links=markup.department_links("临潭县"),
        main=main,
    )


def _body(desk: RequestContext, page: Article) -> str:
    story = desk.story(page)
    parts = [
        f"<p><strong>{text}</strong></p>" if at in story.headings else f"<p>{text}</p>"
        for at, text in enumerate(story.paragraphs)
    ]
    parts[1:1] = [
        f'<p style="text-align: center;"><img class="nfw-cms-img" src="{path}" /></p>' for path in page.pictures
    ]
    return "\n".join(parts)


def _table(document: Document, page: Article) -> str:
    rows = (
        ("索  引  号：", document.index_number, "分　　类：", page.section.name),
        ("发布机构：", document.issuer, "成文日期：", str(document.written_on)),
        ("名　　称：", document.subject, "", ""),
        ("文　　号：", document.document_number, "发布日期：", f"{page.published:%Y-%m-%d}"),
        ("主  题  词：", document.keywords, "", ""),
    )
    cells = "".join(
        f'<tr><td class="first-lab">{a}</td><td><span>{b}</span></td>'
        f'<td class="first-lab">{c}</td><td><span>{d}</span></td></tr>\n'
        for a, b, c, d in rows
    )
    return f'<div class="classify"><table>\n{cells}</table></div>\n'
