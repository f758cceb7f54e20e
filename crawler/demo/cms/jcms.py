"""Hanweb JCMS (大汉): page 1 of a list in CDATA records of the section page, the other pages from dataproxy.jsp."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

from crawler.demo import markup
from crawler.demo.model import DemoArticle, DemoSection, ListRow
from crawler.demo.request_context import RequestContext

PROXY = "/module/web/jpage/dataproxy.jsp"

MAX_ROWS_PER_PAGE = 300
"""Real servers return about 300 rows at most, even to a request for more."""


def article_page(context: RequestContext, article: DemoArticle) -> str:
    """Return the page of an article."""
    story = context.story(article)
    previous, following = markup.neighbour_links(context, article, "无")
    paragraphs = [f'<p style="text-indent:2em">{text}</p>' for text in story.paragraphs]
    paragraphs[1:1] = [f'<p style="text-align:center"><img src="{path}" border="0"></p>' for path in article.pictures]
    files = "".join(f'<p><a href="{path}">{title}</a></p>' for path, title in article.attachments)
    main = markup.fill(
        "jcms_article.html",
        parent=article.section.parent,
        section=article.section.name,
        section_url=article.section.path,
        title=story.title,
        time=f"{article.published:%Y-%m-%d %H:%M}",
        source=article.source,
        column=article.section.code,
        id=article.serial,
        body="\n".join(paragraphs),
        attachments=f'<div class="fjxz">附件：{files}</div>\n' if files else "",
        editor=article.person.name,
        previous=previous,
        next=following,
        related=markup.list_items(context, context.related(article)),
        hot=markup.list_items(context, context.most_read),
    )
    title = f"{context.portal.name} {article.section.name} {story.title}"
    return _frame(title, _article_meta(article, story.title), main)


def _article_meta(article: DemoArticle, title: str) -> str:
    return (
        f'<meta name="ColumnName" content="{article.section.name}">\n<meta name="ColumnType" content="工作动态">\n'
        f'<meta name="ArticleTitle" content="{title}">\n'
        f'<meta name="PubDate" content="{article.published:%Y-%m-%d %H:%M}">\n'
        f'<meta name="ContentSource" content="{article.source}">\n'
        f'<meta name="author" content="{article.person.name}">\n'
        f'<meta name="Maketime" content="{article.published:%Y-%m-%d %H:%M:%S}">\n'
        f'<meta name="i_columnid" content="{article.section.code}">\n'
        f'<meta name="i_articleid" content="{article.serial}">\n'
    )


def list_addresses(context: RequestContext) -> Iterator[str]:
    """Yield the addresses of all list pages: page 1 of each section, then the pages from dataproxy.jsp."""
    for section in context.portal.sections:
        yield section.path
        query = f"webid=3&columnid={section.code}&unitid={_unit(section)}&perpage={context.portal.rows_per_page}"
        yield from (f"{PROXY}?page={number}&{query}" for number in range(2, context.page_count(section) + 1))


def other_page(context: RequestContext, target: str) -> tuple[str, str] | None:
    """Return media type and text of a page other than an article page, or None if there is no such page."""
    if target in ("/", "/index.html"):
        return "text/html", _frame(context.portal.name, "", _home(context))
    if target.startswith(PROXY):
        return _proxy(context, target)
    section = next((s for s in context.portal.sections if s.path == target), None)
    return ("text/html", _section_page(context, section)) if section else None


def _proxy(context: RequestContext, target: str) -> tuple[str, str] | None:
    """Return the answer to a list request. It gives the page number in `page`, or the first record in `startrecord`."""
    query = {name: values[-1] for name, values in parse_qs(urlsplit(target).query).items()}
    section = next((s for s in context.portal.sections if str(s.code) == query.get("columnid")), None)
    numbers = [query.get(name, "1") for name in ("page", "startrecord", "perpage")]
    if section is None or not all(number.isdecimal() for number in numbers):
        return None
    size = min(max(1, int(query.get("perpage", context.portal.rows_per_page))), MAX_ROWS_PER_PAGE)
    page = int(numbers[0]) if "page" in query else (int(numbers[1]) - 1) // size + 1
    rows = context.rows[section.path]
    total, returned = len(rows), rows[max(0, page - 1) * size : max(1, page) * size]
    return "text/xml", (
        f"<?xml version='1.0' encoding='utf-8'?><datastore><totalrecord>{total}</totalrecord>"
        f"<totalpage>{-(-total // size)}</totalpage><recordset>\n{_records(context, returned)}</recordset></datastore>"
    )


def _section_page(context: RequestContext, section: DemoSection) -> str:
    main = markup.fill(
        "jcms_list.html",
        parent=section.parent,
        section=section.name,
        section_url=section.path,
        unit=_unit(section),
        column=section.code,
        records=_records(context, context.page_rows(section, 0)),
        total=len(context.rows[section.path]),
        per=context.portal.rows_per_page,
        hot=markup.list_items(context, context.most_read),
    )
    meta = f'<meta name="ColumnName" content="{section.name}">\n<meta name="ColumnType" content="工作动态">\n'
    return _frame(f"{context.portal.name} {section.name}", meta, main)


def _records(context: RequestContext, rows: tuple[ListRow, ...]) -> str:
    return "".join(
        f"<record><![CDATA[\n<li><span>{row.article.published:%Y-%m-%d}</span><a href='{row.href}' "
        f"title='{context.title(row.article)}' target='_blank'>{markup.row_title(context, row)}</a></li>]]></record>\n"
        for row in rows
    )


def _home(context: RequestContext) -> str:
    return "".join(
        f'<div class="rdph"><h3><a href="{s.path}">{s.name}</a></h3><ul>\n'
        + markup.list_items(context, context.newest(s, 8))
        + "</ul></div>\n"
        for s in context.portal.sections
    )


def _frame(title: str, meta: str, main: str) -> str:
    return markup.fill(
        "jcms.html",
        page_title=title,
        meta=meta,
        menu=markup.menu("government"),
        links=markup.department_links("清河区"),
        main=main,
    )


def _unit(section: DemoSection) -> int:
    return section.code + 4000
