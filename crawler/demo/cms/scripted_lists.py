"""The page frame, article pages and section pages of CMSs whose pages request their lists by script."""

from __future__ import annotations

from crawler.demo import markup
from crawler.demo.model import DemoArticle, DemoSection
from crawler.demo.request_context import RequestContext


def article_page(context: RequestContext, article: DemoArticle, opening: str, closing: str, meta: str = "") -> str:
    """Return the page of an article, with the CMS's markup around the body and its additional meta tags."""
    story = context.story(article)
    previous, following = markup.neighbour_links(context, article, "没有了")
    paragraphs = [f'<p style="text-indent: 2em;">{text}</p>' for text in story.paragraphs]
    paragraphs[1:1] = [f'<p style="text-align: center;"><img src="{path}"></p>' for path in article.pictures]
    files = "".join(f'<p><a href="{path}">{title}</a></p>' for path, title in article.attachments)
    main = markup.fill(
        "scripted_lists_article.html",
        section=article.section.name,
        parent=article.section.parent,
        section_url=article.section.path,
        title=story.title,
        time=f"{article.published:%Y-%m-%d %H:%M}",
        source=article.source,
        opening=opening,
        closing=closing,
        body="\n".join(paragraphs),
        attachments=f'<div class="fj">附件：{files}</div>\n' if files else "",
        editor=article.person.name,
        previous=previous,
        next=following,
        hot=markup.list_items(context, context.most_read),
    )
    return framed_page(context, story.title, main, _article_meta(article, story.title) + meta)


def _article_meta(article: DemoArticle, title: str) -> str:
    return (
        f'<meta name="ColumnName" content="{article.section.name}">\n'
        f'<meta name="ArticleTitle" content="{title}">\n'
        f'<meta name="PubDate" content="{article.published:%Y-%m-%d %H:%M}">\n'
        f'<meta name="ContentSource" content="{article.source}">\n'
    )


def section_page(context: RequestContext, section: DemoSection, main: str) -> str:
    """Return the page of a section, with the list of most read articles that every page has."""
    hot = f'<div class="hot"><h3>热点排行</h3><ul>\n{markup.list_items(context, context.most_read)}</ul></div>'
    return framed_page(context, section.name, f"<h2>{section.name}</h2>\n{main}\n{hot}", "")


def home_page(context: RequestContext) -> str:
    """Return the home page of a portal."""
    return framed_page(context, "首页", markup.home_blocks(context), "")


def framed_page(context: RequestContext, title: str, main: str, meta: str) -> str:
    """Return the page with head, menu and footer."""
    return markup.fill(
        "scripted_lists.html",
        page_title=f"{title}-{context.portal.name}",
        site=context.portal.name,
        region=context.portal.region_code,
        meta=meta,
        menu=markup.menu("government"),
        links=markup.department_links(context.portal.name.removesuffix("人民政府")),
        main=main,
    )
