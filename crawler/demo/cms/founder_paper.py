"""Founder (方正) digital newspapers, older layout: one issue a day, whose pages are node_1.htm, node_2.htm, …"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Iterator

from crawler.demo import markup
from crawler.demo.model import DemoArticle
from crawler.demo.request_context import RequestContext

WEEKDAYS = "一二三四五六日"


def article_page(context: RequestContext, article: DemoArticle) -> str:
    """Return the page of an article, with the picture of its newspaper page beside it."""
    story, day = context.story(article), article.published.date()
    neighbours = page_articles(context, day, article.section.code)
    at = neighbours.index(article)
    body = "" if article.trap == "image-only" else "".join(f"<P>　　{text}</P>\n" for text in story.paragraphs)
    main = markup.fill(
        "founder_paper_article.html",
        id=article.serial,
        time=f"{article.published:%Y-%m-%d 00:00:00.0}",
        date=f"{day:%Y年%m月%d日}",
        author=article.person.name,
        title=story.title,
        node=article.section.code,
        section=article.section.name,
        pictures="".join(f'<tr><td><img src="../../..{path}" border="0" /></td></tr>' for path in article.pictures),
        body=body,
        previous=_file_name(neighbours[max(0, at - 1)]),
        next=_file_name(neighbours[min(len(neighbours) - 1, at + 1)]),
    )
    return _frame(context, day, article.section.code, f"临潭日报-{story.title}", main)


def list_addresses(context: RequestContext) -> Iterator[str]:
    """Yield the addresses of all newspaper pages, newest issue first."""
    for day in days(context):
        yield from (f"/html/{day:%Y-%m/%d}/{section.path}" for section in context.portal.sections)


def other_page(context: RequestContext, target: str) -> tuple[str, str] | None:
    """Return media type and text of a page that is no article, or none if there is no such page.

    The home page redirects to the newest issue. The query `?div=-1`, which links of this layout have, has no effect.
    """
    if target in ("/", "/index.htm"):
        return (
            "text/html",
            f'<html><head><META HTTP-EQUIV="REFRESH" CONTENT="0; URL={newest(context)}"></head><body></body></html>\n',
        )
    path = target.partition("?")[0]
    for day in days(context):
        for section in context.portal.sections:
            if path == f"/html/{day:%Y-%m/%d}/{section.path}":
                title = f"临潭日报数字报-{section.name}"
                return "text/html", _frame(
                    context, day, section.code, title, '<div id="content" class="default">请点击左侧标题阅读</div>'
                )
    return None


@functools.lru_cache(maxsize=16)
def _issues(context: RequestContext) -> dict[dt.date, dict[int, tuple[DemoArticle, ...]]]:
    issues: dict[dt.date, dict[int, tuple[DemoArticle, ...]]] = {}
    for article in reversed(context.articles):
        editions = issues.setdefault(article.published.date(), {})
        editions[article.section.code] = (*editions.get(article.section.code, ()), article)
    return issues


def newest(context: RequestContext) -> str:
    """Return the path of the first page of the newest issue, without a leading slash."""
    return f"html/{days(context)[0]:%Y-%m/%d}/node_1.htm"


def pdf(day: dt.date, number: int) -> str:
    """Return the path of the PDF of a newspaper page, counted from 1."""
    return f"/images/{day:%Y-%m/%d}/{number:02}/LT{number:02}.pdf"


def picture(day: dt.date, number: int) -> str:
    """Return the path of the picture of a newspaper page, counted from 1."""
    return f"/images/{day:%Y-%m/%d}/{number:02}/brief.jpg"


def days(context: RequestContext) -> list[dt.date]:
    """Return the dates of all issues, newest first."""
    return sorted(_issues(context), reverse=True)


def page_articles(context: RequestContext, day: dt.date, number: int) -> tuple[DemoArticle, ...]:
    """Return the articles of a newspaper page, counted from 1, in reading order."""
    return _issues(context)[day][number]


def _file_name(article: DemoArticle) -> str:
    return article.path.rpartition("/")[2]


def _frame(context: RequestContext, day: dt.date, number: int, title: str, main: str) -> str:
    articles = page_articles(context, day, number)
    sections = context.portal.sections
    return markup.fill(
        "founder_paper.html",
        page_title=title,
        day=f"{day:%Y年%m月%d日}",
        weekday=WEEKDAYS[day.weekday()],
        folder=f"{day:%Y-%m/%d}",
        number=f"{number:02}",
        pdf=pdf(day, number),
        edition=sections[number - 1].name,
        previous_page=sections[max(0, number - 2)].path,
        next_page=sections[min(len(sections) - 1, number)].path,
        areas=_areas(articles),
        editions="".join(
            f'<tr><td class="default"><a id="pageLink" href="{s.path}">{s.name}</a></td></tr>\n' for s in sections
        ),
        titles=_title_rows(context, articles),
        main=main,
    )


def _areas(articles: tuple[DemoArticle, ...]) -> str:
    """Return the areas of the articles in the picture of the newspaper page."""
    return "".join(
        f'<area coords="8,{at * 90},382,{at * 90},382,{at * 90 + 85},8,{at * 90 + 85}" shape="polygon" '
        f'href="{_file_name(article)}">\n'
        for at, article in enumerate(articles)
    )


def _title_rows(context: RequestContext, articles: tuple[DemoArticle, ...]) -> str:
    return "".join(
        f'<tr><td class="default"><a href="{_file_name(article)}"><div id="mp{article.serial}">'
        f"{context.title(article)}</div></a></td></tr>\n"
        for article in articles
    )
