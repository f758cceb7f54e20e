"""What pages of CMSs whose lists are asked for by script have in common here: frame, article, column."""

from __future__ import annotations

from crawler.demo import markup
from crawler.demo.model import Article, Section
from crawler.demo.request_context import RequestContext


def article(desk: RequestContext, page: Article, opening: str, closing: str, meta: str = "", head: str = "") -> str:
    """Return an article's page with its body between the CMS's own marks; `head` goes before everything."""
    story = desk.story(page)
    older, newer = markup.beside(desk, page, "没有了")
    paragraphs = [f'<p style="text-indent: 2em;">{text}</p>' for text in story.paragraphs]
    paragraphs[1:1] = [f'<p style="text-align: center;"><img src="{path}"></p>' for path in page.pictures]
    files = "".join(f'<p><a href="{path}">{title}</a></p>' for path, title in page.attachments)
    main = markup.fill(
        "scripted_lists_article.html",
        section=page.section.name,
        parent=page.section.parent,
        section_url=page.section.path,
        title=story.title,
        time=f"{page.published:%Y-%m-%d %H:%M}",
        source=page.source,
        opening=opening,
        closing=closing,
        body="\n".join(paragraphs),
        attachments=f'<div class="fj">附件：{files}</div>\n' if files else "",
        editor=page.person.name,
        previous=older,
        next=newer,
        hot=markup.lines(desk, desk.hot),
    )
    told = (
        f'<meta name="ColumnName" content="{page.section.name}">\n<meta name="ArticleTitle" content="{story.title}">\n'
        f'<meta name="PubDate" content="{page.published:%Y-%m-%d %H:%M}">\n'
        f'<meta name="ContentSource" content="{page.source}">\n{meta}'
    )
    return frame(desk, story.title, main, told, head)


def column(desk: RequestContext, section: Section, main: str) -> str:
    """Return a column's page: what it holds, and the most read pieces beside it, as on every page."""
    hot = f'<div class="hot"><h3>热点排行</h3><ul>\n{markup.lines(desk, desk.hot)}</ul></div>'
    return frame(desk, section.name, f"<h2>{section.name}</h2>\n{main}\n{hot}", "")


def home(desk: RequestContext) -> str:
    """Return a portal's home page."""
    return frame(desk, "首页", markup.blocks(desk), "")


def frame(desk: RequestContext, title: str, main: str, meta: str, head: str = "") -> str:
    """Return a whole page."""
    return head + markup.fill(
        "scripted_lists.html",
        page_title=f"{title}-{desk.portal.name}",
        site=desk.portal.name,
        region=desk.portal.region_code,
        meta=meta,
        menu=markup.menu("government"),
        links=markup.department_links(desk.portal.name.removesuffix("人民政府")),
        main=main,
    )
