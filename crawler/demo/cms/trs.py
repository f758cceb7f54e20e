"""TRS WCM (拓尔思): static files, pagers by createPageHTML, and the body containers of three editors."""

from __future__ import annotations

from collections.abc import Iterator

from crawler.demo import markup, stories
from crawler.demo.model import DemoArticle, DemoSection
from crawler.demo.request_context import RequestContext
from pipelines.model import OfficialDocument

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
"""Opening markup of the body and the format of a paragraph, for each of three editors."""


def article_page(context: RequestContext, article: DemoArticle) -> str:
    """Return the page of an article."""
    title, section = context.title(article), article.section
    table = stories.document(article, title)
    previous, following = markup.neighbour_links(context, article, "没有了")
    main = markup.fill(
        "trs_article.html",
        crumbs=_crumbs(context, section),
        table=_table(table, article) if table else "",
        title=title,
        time=f"{article.published:%Y-%m-%d %H:%M}",
        source=article.source,
        body=_body(context, article),
        attachments=_attachments(article),
        editor=article.person.name,
        previous=previous,
        next=following,
        related=markup.list_items(context, context.related(article)),
        hot=markup.list_items(context, context.most_read),
    )
    return _frame(
        f"{title}_{section.name}_{context.portal.name}", _column_meta(section) + _article_meta(article, title), main
    )


def list_page(context: RequestContext, section: DemoSection, number: int) -> str:
    """Return a list page, counted from 0."""
    rows = "".join(
        f'<li><span>{row.article.published:%Y-%m-%d}</span><a href="{_href(row.href, section)}" target="_blank" '
        f'title="{context.title(row.article)}">{markup.row_title(context, row)}</a></li>\n'
        for row in context.page_rows(section, number)
    )
    sections = "".join(
        f'<li{" class=cur" if s == section else ""}><a href="{s.path}">{s.name}</a></li>\n'
        for s in context.portal.sections
    )
    main = markup.fill(
        "trs_list.html",
        crumbs=_crumbs(context, section),
        sections=sections,
        hot=markup.list_items(context, context.most_read),
        rows=rows,
        current=number,
        total=context.page_count(section),
    )
    return _frame(f"{section.name}_{context.portal.name}", _column_meta(section), main)


def home_page(context: RequestContext) -> str:
    """Return the home page: the first articles of each section list, without those of other sections."""
    blocks = "".join(
        f'<div class="rdph"><h3><a href="{s.path}">{s.name}</a></h3><ul>\n'
        + markup.list_items(context, [row.article for row in context.page_rows(s, 0)[:8] if row.article.section == s])
        + "</ul></div>\n"
        for s in context.portal.sections
    )
    return _frame(context.portal.name, "", blocks)


def list_addresses(context: RequestContext) -> Iterator[str]:
    """Yield the addresses of all list pages."""
    for section in context.portal.sections:
        yield section.path
        yield from (f"{section.path}index_{number}.html" for number in range(1, context.page_count(section)))


def other_page(context: RequestContext, target: str) -> tuple[str, str] | None:
    """Return media type and text of a page other than an article page, or None if there is no such page."""
    if target in ("/", "/index.html"):
        return "text/html", home_page(context)
    folder, _, name = target.rpartition("/")
    section = next((s for s in context.portal.sections if s.path == f"{folder}/"), None)
    number = name.removeprefix("index").removesuffix(".html").removeprefix("_") or "0"
    if section is None or not number.isdecimal() or int(number) >= context.page_count(section):
        return None
    return "text/html", list_page(context, section, int(number))


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


def _column_meta(section: DemoSection) -> str:
    kind = {"news": "工作动态", "notice": "工作动态", "document": "政策文件"}[section.kind]
    return (
        f'<meta name="ColumnName" content="{section.name}">\n<meta name="ColumnType" content="{kind}">\n'
        f'<meta name="ColumnDescription" content="云洲市人民政府网站{section.name}栏目，发布{section.name}信息。">\n'
        f'<meta name="ColumnKeywords" content="云洲市,{section.name},政府网站">\n'
    )


def _article_meta(article: DemoArticle, title: str) -> str:
    return (
        f'<meta name="ArticleTitle" content="{title}">\n'
        f'<meta name="PubDate" content="{article.published:%Y-%m-%d %H:%M}">\n'
        f'<meta name="ContentSource" content="{article.source}">\n'
        f'<meta name="Keywords" content="云洲市;{article.section.name}">\n'
        f'<meta name="Author" content="{article.person.name}">\n<meta name="Url" content="{article.path}">\n'
    )


def _crumbs(context: RequestContext, section: DemoSection) -> str:
    return "&gt;".join(
        f' <a href="{path}" class="CurrChnlCls">{name}</a> ' for name, path in context.breadcrumb(section)
    )


def _body(context: RequestContext, article: DemoArticle) -> str:
    story = context.story(article)
    opening, paragraph = EDITORS[article.serial % len(EDITORS)]
    parts = [
        paragraph.format(f"<strong>{text}</strong>" if at in story.headings else text)
        for at, text in enumerate(story.paragraphs)
    ]
    if article.trap == "image-only":
        parts = []
    parts[1:1] = [
        f'<p style="text-align: center;"><img src="{markup.relative_path(path, article.path)}" alt="" '
        f'style="border-width: 0px;" oldsrc="{path.rpartition("/")[2]}" /></p>'
        for path in article.pictures
    ]
    return opening + "\n".join(parts) + "</div>"


def _attachments(article: DemoArticle) -> str:
    if not article.attachments:
        return ""
    items = "".join(
        f'<li><a href="{markup.relative_path(path, article.path)}" target="_blank">附件{number}：{title}</a></li>\n'
        for number, (path, title) in enumerate(article.attachments, 1)
    )
    return f'<div class="fujian"><h3>相关附件：</h3><ul>\n{items}</ul></div>\n'


def _table(document: OfficialDocument, article: DemoArticle) -> str:
    rows = (
        ("索 引 号：", document.index_number, "主题分类：", "综合政务"),
        ("发文机关：", document.issuer, "成文日期：", f"{document.written_on:%Y年%m月%d日}"),
        ("标　　题：", document.subject, "发文字号：", document.document_number),
        ("主 题 词：", document.keywords, "发布日期：", f"{article.published:%Y-%m-%d}"),
    )
    cells = "".join(
        f'<tr><td class="t">{a}</td><td>{b}</td><td class="t">{c}</td><td>{d}</td></tr>\n' for a, b, c, d in rows
    )
    return f'<table class="xxgk_table" cellspacing="0" cellpadding="0"><tbody>\n{cells}</tbody></table>\n'


def _href(target: str, section: DemoSection) -> str:
    return "./" + target.removeprefix(section.path) if target.startswith(section.path) else target
