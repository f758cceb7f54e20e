"""政府信息公开目录管理平台 of Guangdong: the section tree in window._CONFIG, lists from a JSON API."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

from crawler.demo import markup, stories
from crawler.demo.model import DemoArticle, DemoSection
from crawler.demo.request_context import RequestContext, listed_address
from pipelines.model import OfficialDocument

SID = "990001"  # site id: telephone area code and three digits
API = "/gkmlpt/api/all/"


def article_page(context: RequestContext, article: DemoArticle) -> str:
    """Return the page of an article: its text in JSON, with < and > escaped, and again in HTML."""
    body = _body(context, article)
    post = _post(context, article)
    table = stories.document(article, post["title"])
    files = "".join(f'<li><a href="{path}" target="_blank">{title}</a></li>' for path, title in article.attachments)
    main = markup.fill(
        "gkmlpt_article.html",
        category=article.section.code,
        section=article.section.name,
        table=_table(table, article) if table else "",
        title=post["title"],
        source=article.source,
        time=f"{article.published:%Y-%m-%d %H:%M:%S}",
        body=body,
        attachments=f'<div class="attachment"><h4>相关附件：</h4><ul>{files}</ul></div>\n' if files else "",
    )
    meta = (
        f'<meta name="ColumnName" content="{article.section.name}">\n<meta name="ColumnType" content="信息公开目录">\n'
        f'<meta name="ArticleTitle" content="{post["title"]}">\n'
        f'<meta name="PubDate" content="{article.published:%Y-%m-%d %H:%M}">\n'
        f'<meta name="ContentSource" content="{article.source}">\n'
    )
    config = {"SID": SID, "CATEGORY_ID": article.section.code, "DETAIL": {**post, "content": body}}
    return _frame(f"{post['title']}_{context.portal.name}", meta, main, config)


def list_addresses(context: RequestContext) -> Iterator[str]:
    """Yield the addresses of the index and of all pages of the lists from the API."""
    yield "/gkmlpt/index"
    for section in context.portal.sections:
        for number in range(1, context.page_count(section) + 1):
            yield f"{API}{section.code}?page={number}&sid={SID}"


def other_page(context: RequestContext, target: str) -> tuple[str, str] | None:
    """Return media type and text of a page other than an article page, or None if there is no such page."""
    if target in ("/", "/gkmlpt/", "/gkmlpt/index"):
        return "text/html", _index(context)
    if not target.startswith(API):
        return None
    parts = urlsplit(target)
    section = next((s for s in context.portal.sections if parts.path == f"{API}{s.code}"), None)
    query = parse_qs(parts.query)
    number = query.get("page", ["1"])[0]
    if section is None or query.get("sid") != [SID] or not number.isdecimal():
        return None
    rows = context.page_rows(section, max(0, int(number) - 1))  # page 0 is the same as page 1
    answer = {"articles": [_post(context, row.article) for row in rows], "classify": _category(context, section)}
    return "application/json", json.dumps(answer, ensure_ascii=False)


def _post(context: RequestContext, article: DemoArticle) -> dict[str, Any]:
    title = context.title(article)
    table = stories.document(article, title) or OfficialDocument()
    return {
        "id": article.serial,
        "title": title,
        "url": listed_address(article),
        "date": int(article.published.timestamp()),
        "created_at": f"{article.published:%Y-%m-%d %H:%M:%S}",
        "display_publish_time": int(article.published.timestamp()),
        "document_number": table.document_number or "",
        "identifier": table.index_number or "",
        "publisher": table.issuer or article.source,
        "keywords": table.keywords or "",
        "classify_main": article.section.code,
        "classify_main_name": article.section.name,
        "is_expired": 0,
        "is_abolished": 0,
        "attachment": [{"name": title, "type": "pdf", "size": 700, "url": path} for path, title in article.attachments],
    }


def _category(context: RequestContext, section: DemoSection) -> dict[str, Any]:
    count = len(context.rows[section.path])
    return {"id": section.code, "name": section.name, "post_count": count, "jump_url": "", "children": []}


def _index(context: RequestContext) -> str:
    tree = [
        {
            "id": 3400,
            "name": "法定主动公开内容",
            "post_count": 0,
            "children": [_category(context, s) for s in context.portal.sections],
        }
    ]
    items = "".join(f'<li><a href="#{s.code}">{s.name}</a></li>' for s in context.portal.sections)
    main = f'<div class="mod-tree"><ul>{items}</ul></div><div class="mod-list"><ul id="article-list"></ul></div>'
    return _frame(context.portal.name, "", main, {"SID": SID, "SITE_NAME": context.portal.name, "TREE": tree})


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


def _body(context: RequestContext, article: DemoArticle) -> str:
    story = context.story(article)
    parts = [
        f"<p><strong>{text}</strong></p>" if at in story.headings else f"<p>{text}</p>"
        for at, text in enumerate(story.paragraphs)
    ]
    parts[1:1] = [
        f'<p style="text-align: center;"><img class="nfw-cms-img" src="{path}" /></p>' for path in article.pictures
    ]
    return "\n".join(parts)


def _table(document: OfficialDocument, article: DemoArticle) -> str:
    rows = (
        ("索  引  号：", document.index_number, "分　　类：", article.section.name),
        ("发布机构：", document.issuer, "成文日期：", str(document.written_on)),
        ("名　　称：", document.subject, "", ""),
        ("文　　号：", document.document_number, "发布日期：", f"{article.published:%Y-%m-%d}"),
        ("主  题  词：", document.keywords, "", ""),
    )
    cells = "".join(
        f'<tr><td class="first-lab">{a}</td><td><span>{b}</span></td>'
        f'<td class="first-lab">{c}</td><td><span>{d}</span></td></tr>\n'
        for a, b, c, d in rows
    )
    return f'<div class="classify"><table>\n{cells}</table></div>\n'
