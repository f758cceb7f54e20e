"""Pages as TRS WCM (拓尔思) publishes them: static files, createPageHTML paging, three editors' containers."""

from __future__ import annotations

from collections.abc import Iterator

from crawler.demo import markup, stories
from crawler.demo.model import Article, Section
from crawler.demo.request_context import RequestContext
from pipelines.model import Document

SITE_CODE = "9901000001"
STYLE = (
    '<style type="text/css">\n.TRS_Editor P{margin-top:0;margin-bottom:1em;line-height:2;font-size:12pt;}'
    ".TRS_Editor DIV{line-height:2;font-family:宋体;font-size:12pt;}.TRS_Editor TD{line-height:1.5;font-family:宋体;}"
    ".TRS_Editor TH{line-height:1.5;}.TRS_Editor SPAN{line-height:2;}.TRS_Editor FONT{line-height:2;}\n</style>"
)
EDITORS = (
    (
        '<div class="view TRS_UEDITOR trs_paper_default trs_web">',
        '<p style="text-indent: 2em; line-height: 2em;">{}</p>',
    ),
    (f"<div class=TRS_Editor>{STYLE}", "<p>　　{}</p>"),
    (
        '<div class="trs_editor_view TRS_UEDITOR trs_paper_default trs_word">',
        '<p style="text-align: justify; text-indent: 2em;">{}</p>',
    ),
)


def article(desk: RequestContext, page: Article) -> str:
    """Return an article's page."""
    title, section = desk.title(page), page.section
    table = stories.document(page, title)
    older, newer = markup.beside(desk, page, "没有了")
    main = markup.fill(
        "trs_article.html",
        crumbs=_crumbs(desk, section),
        table=_table(table, page) if table else "",
        title=title,
        time=f"{page.published:%Y-%m-%d %H:%M}",
        source=page.source,
        body=_body(desk, page),
        attachments=_attachments(page),
        editor=page.person.name,
        previous=older,
        next=newer,
        related=markup.lines(desk, desk.related(page)),
        hot=markup.lines(desk, desk.hot),
    )
    return _frame(
        f"{title}_{section.name}_{desk.portal.name}", _column_meta(section) + _article_meta(page, title), main
    )


def listing(desk: RequestContext, section: Section, number: int) -> str:
    """Return a list page, counted from 0."""
    rows = "".join(
        f'<li><span>{row.article.published:%Y-%m-%d}</span><a href="{_href(row.href, section)}" target="_blank" '
        f'title="{desk.title(row.article)}">{markup.headline(desk, row)}</a></li>\n'
        for row in desk.page(section, number)
    )
    sections = "".join(
        f'<li{" class=cur" if s == section else ""}><a href="{s.path}">{s.name}</a></li>\n'
        for s in desk.portal.sections
    )
    main = markup.fill(
        "trs_list.html",
        crumbs=_crumbs(desk, section),
        sections=sections,
        hot=markup.lines(desk, desk.hot),
        rows=rows,
        current=number,
        total=desk.pages(section),
    )
    return _frame(f"{section.name}_{desk.portal.name}", _column_meta(section), main)


def home(desk: RequestContext) -> str:
    """Return the home page: the first lines of every section."""
    blocks = "".join(
        f'<div class="rdph"><h3><a href="{s.path}">{s.name}</a></h3><ul>\n'
        + markup.lines(desk, [row.article for row in desk.page(s, 0)[:8] if row.article.section == s])
        + "</ul></div>\n"
        for s in desk.portal.sections
    )
    return _frame(desk.portal.name, "", blocks)


def lists(desk: RequestContext) -> Iterator[str]:
    """Yield the address of every list page."""
    for section in desk.portal.sections:
        yield section.path
        yield from (f"{section.path}index_{number}.html" for number in range(1, desk.pages(section)))


def other(desk: RequestContext, target: str) -> tuple[str, str] | None:
    """Return media type and text of a page that is no article, or none if there is no such page."""
    if target in ("/", "/index.html"):
        return "text/html", home(desk)
    folder, _, name = target.rpartition("/")
    section = next((s for s in desk.portal.sections if s.path == f"{folder}/"), None)
    number = name.removeprefix("index").removesuffix(".html").removeprefix("_") or "0"
    if section is None or not number.isdecimal() or int(number) >= desk.pages(section):
        return None
    return "text/html", listing(desk, section, int(number))


def _frame(title: str, meta: str, main: str) -> str:
    return markup.fill(
        "trs.html",
        page_title=title,
        site_name="云洲市人民政府",
        site_code=SITE_CODE,
        meta=meta,
        menu=markup.menu("government"),
        links=markup.department_links("云洲市"),
        main=main,
    )


def _column_meta(section: Section) -> str:
    kind = {"news": "工作动态", "notice": "工作动态", "document": "政策文件"}[section.kind]
    return (
        f'<meta name="ColumnName" content="{section.name}">\n<meta name="ColumnType" content="{kind}">\n'
        f'<meta name="ColumnDescription" content="云洲市人民政府网站{section.name}栏目，发布{section.name}信息。">\n'
        f'<meta name="ColumnKeywords" content="云洲市,{section.name},政府网站">\n'
    )


def _article_meta(page: Article, title: str) -> str:
    return (
        f'<meta name="ArticleTitle" content="{title}">\n'
        f'<meta name="PubDate" content="{page.published:%Y-%m-%d %H:%M}">\n'
        f'<meta name="ContentSource" content="{page.source}">\n'
        f'<meta name="Keywords" content="云洲市;{page.section.name}">\n'
        f'<meta name="Author" content="{page.person.name}">\n<meta name="Url" content="{page.path}">\n'
    )


def _crumbs(desk: RequestContext, section: Section) -> str:
    return "&gt;".join(f' <a href="{path}" class="CurrChnlCls">{name}</a> ' for name, path in desk.crumbs(section))


def _body(desk: RequestContext, page: Article) -> str:
    story = desk.story(page)
    opening, paragraph = EDITORS[page.serial % len(EDITORS)]
    parts = [
        paragraph.format(f"<strong>{text}</strong>" if at in story.headings else text)
        for at, text in enumerate(story.paragraphs)
    ]
    if page.trap == "image-only":
        parts = []
    parts[1:1] = [
        f'<p style="text-align: center;"><img src="{markup.relative(path, page.path)}" alt="" '
        f'style="border-width: 0px;" oldsrc="{path.rpartition("/")[2]}" /></p>'
        for path in page.pictures
    ]
    return opening + "\n".join(parts) + "</div>"


def _attachments(page: Article) -> str:
    if not page.attachments:
        return ""
    items = "".join(
        f'<li><a href="{markup.relative(path, page.path)}" target="_blank">附件{number}：{title}</a></li>\n'
        for number, (path, title) in enumerate(page.attachments, 1)
    )
    return f'<div class="fujian"><h3>相关附件：</h3><ul>\n{items}</ul></div>\n'


def _table(document: Document, page: Article) -> str:
    rows = (
        ("索 引 号：", document.index_number, "主题分类：", "综合政务"),
        ("发文机关：", document.issuer, "成文日期：", f"{document.written_on:%Y年%m月%d日}"),
        ("标　　题：", document.subject, "发文字号：", document.document_number),
        ("主 题 词：", document.keywords, "发布日期：", f"{page.published:%Y-%m-%d}"),
    )
    cells = "".join(
        f'<tr><td class="t">{a}</td><td>{b}</td><td class="t">{c}</td><td>{d}</td></tr>\n' for a, b, c, d in rows
    )
    return f'<table class="xxgk_table" cellspacing="0" cellpadding="0"><tbody>\n{cells}</tbody></table>\n'


def _href(target: str, section: Section) -> str:
    return "./" + target.removeprefix(section.path) if target.startswith(section.path) else target
