"""Pages as Hanweb JCMS (大汉) makes them: page 1 of a list in CDATA records, the rest from dataproxy.jsp."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

from crawler.demo import markup
from crawler.demo.model import Article, Row, Section
from crawler.demo.request_context import RequestContext

PROXY = "/module/web/jpage/dataproxy.jsp"


def article(desk: RequestContext, page: Article) -> str:
    """Return an article's page."""
    story = desk.story(page)
    older, newer = markup.beside(desk, page, "无")
    paragraphs = [f'<p style="text-indent:2em">{text}</p>' for text in story.paragraphs]
    paragraphs[1:1] = [f'<p style="text-align:center"><img src="{path}" border="0"></p>' for path in page.pictures]
    files = "".join(f'<p><a href="{path}">{title}</a></p>' for path, title in page.attachments)
    main = markup.fill(
        "jcms_article.html",
        parent=page.section.parent,
        section=page.section.name,
        section_url=page.section.path,
        title=story.title,
        time=f"{page.published:%Y-%m-%d %H:%M}",
        source=page.source,
        column=page.section.code,
        id=page.serial,
        body="\n".join(paragraphs),
        attachments=f'<div class="fjxz">附件：{files}</div>\n' if files else "",
        editor=page.person.name,
        previous=older,
        next=newer,
        related=markup.lines(desk, desk.related(page)),
        hot=markup.lines(desk, desk.hot),
    )
    meta = (
        f'<meta name="ColumnName" content="{page.section.name}">\n<meta name="ColumnType" content="工作动态">\n'
        f'<meta name="ArticleTitle" content="{story.title}">\n'
        f'<meta name="PubDate" content="{page.published:%Y-%m-%d %H:%M}">\n'
        f'<meta name="ContentSource" content="{page.source}">\n<meta name="author" content="{page.person.name}">\n'
        f'<meta name="Maketime" content="{page.published:%Y-%m-%d %H:%M:%S}">\n'
        f'<meta name="i_columnid" content="{page.section.code}">\n<meta name="i_articleid" content="{page.serial}">\n'
    )
    return _frame(f"{desk.portal.name} {page.section.name} {story.title}", meta, main)


def lists(desk: RequestContext) -> Iterator[str]:
    """Yield the address of every list page: the column's own, then the proxy's."""
    for section in desk.portal.sections:
        yield section.path
        query = f"webid=3&columnid={section.code}&unitid={_unit(section)}&perpage={desk.portal.rows}"
        yield from (f"{PROXY}?page={number}&{query}" for number in range(2, desk.pages(section) + 1))


def other(desk: RequestContext, target: str) -> tuple[str, str] | None:
    """Return media type and text of a page that is no article, or none if there is no such page."""
    if target in ("/", "/index.html"):
        return "text/html", _frame(desk.portal.name, "", _home(desk))
    if target.startswith(PROXY):
        return _proxy(desk, target)
    section = next((s for s in desk.portal.sections if s.path == target), None)
    return ("text/html", _listing(desk, section)) if section else None


def _proxy(desk: RequestContext, target: str) -> tuple[str, str] | None:
    """Answer a list query; `page` counts, or `startrecord` where it is absent."""
    query = {name: values[-1] for name, values in parse_qs(urlsplit(target).query).items()}
    section = next((s for s in desk.portal.sections if str(s.code) == query.get("columnid")), None)
    numbers = [query.get(name, "1") for name in ("page", "startrecord", "perpage")]
    if section is None or not all(number.isdecimal() for number in numbers):
        return None
    per = min(max(1, int(query.get("perpage", desk.portal.rows))), 300)  # servers cut more than about 300 a page
    page = int(numbers[0]) if "page" in query else (int(numbers[1]) - 1) // per + 1
    rows = desk.rows[section.path]
    total, shown = len(rows), rows[max(0, page - 1) * per : max(1, page) * per]
    return "text/xml", (
        f"<?xml version='1.0' encoding='utf-8'?><datastore><totalrecord>{total}</totalrecord>"
        f"<totalpage>{-(-total // per)}</totalpage><recordset>\n{_records(desk, shown)}</recordset></datastore>"
    )


def _listing(desk: RequestContext, section: Section) -> str:
    main = markup.fill(
        "jcms_list.html",
        parent=section.parent,
        section=section.name,
        section_url=section.path,
        unit=_unit(section),
        column=section.code,
        records=_records(desk, desk.page(section, 0)),
        total=len(desk.rows[section.path]),
        per=desk.portal.rows,
        hot=markup.lines(desk, desk.hot),
    )
    meta = f'<meta name="ColumnName" content="{section.name}">\n<meta name="ColumnType" content="工作动态">\n'
    return _frame(f"{desk.portal.name} {section.name}", meta, main)


def _records(desk: RequestContext, rows: tuple[Row, ...]) -> str:
    return "".join(
        f"<record><![CDATA[\n<li><span>{row.article.published:%Y-%m-%d}</span><a href='{row.href}' "
        f"title='{desk.title(row.article)}' target='_blank'>{markup.headline(desk, row)}</a></li>]]></record>\n"
        for row in rows
    )


def _home(desk: RequestContext) -> str:
    return "".join(
        f'<div class="rdph"><h3><a href="{s.path}">{s.name}</a></h3><ul>\n'
        + markup.lines(desk, [row.article for row in desk.page(s, 0)[:8]])
        + "</ul></div>\n"
        for s in desk.portal.sections
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


def _unit(section: Section) -> int:
    return section.code + 4000
