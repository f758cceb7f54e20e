"""Founder (方正) digital newspapers, newer layout: newspaper pages below /pc/layout, articles below /pc/con."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from crawler.demo import markup, stories
from crawler.demo.cms.founder_paper import WEEKDAYS, days, page_articles
from crawler.demo.model import DemoArticle, DemoSection
from crawler.demo.request_context import RequestContext


def article_page(context: RequestContext, article: DemoArticle) -> str:
    """Return the page of an article, with the picture of its newspaper page beside it."""
    story, day = context.story(article), article.published.date()
    pictures = "".join(f'<p><img src="{path}"></p>' for path in article.pictures)
    body = "".join(f"<p>　　{text}</p>\n" for text in stories.printed_paragraphs(article, context.visit))
    main = markup.fill(
        "founder_paper_pc_article.html",
        title=story.title,
        day=f"{day:%Y-%m-%d}",
        author=article.person.name,
        source=article.source,
        pictures=pictures,
        body=body,
    )
    return _frame(context, day, article.section, f"{story.title}-{context.portal.name}", main)


def list_addresses(context: RequestContext) -> Iterator[str]:
    """Yield the addresses of all newspaper pages, newest issue first."""
    for day in days(context):
        yield from (f"/pc/layout/{day:%Y%m/%d}/{section.path}" for section in context.portal.sections)


def newest(context: RequestContext) -> str:
    """Return the path of the first page of the newest issue, without a leading slash."""
    return f"pc/layout/{days(context)[0]:%Y%m/%d}/{context.portal.sections[0].path}"


def other_page(context: RequestContext, target: str) -> tuple[str, str] | None:
    """Return media type and text of a page other than an article page, or None if there is no such page.

    A script on the home page redirects to the newest issue.
    """
    if target in ("/", "/index.html"):
        script = f"setTimeout(\"javascript:location.href='{newest(context)}'\", 3000);"
        return "text/html", f"<html><head><script>{script}</script></head><body>正在进入今日报纸……</body></html>\n"
    for day in days(context):
        for section in context.portal.sections:
            if target == f"/pc/layout/{day:%Y%m/%d}/{section.path}":
                titles = "".join(
                    f'<li><a href="{_href(article)}">{context.title(article)}</a></li>\n'
                    for article in page_articles(context, day, section.code)
                )
                title = f"{context.portal.name} {section.name}"
                return "text/html", _frame(context, day, section, title, f'<ul id="articlelist">\n{titles}</ul>')
    return None


def pdf(day: dt.date, number: int) -> str:
    """Return the path of the PDF of a newspaper page, counted from 1."""
    return f"/images/{day:%Y%m/%d}/{number:02}/QHWB{number:02}.pdf"


def picture(day: dt.date, number: int) -> str:
    """Return the path of the picture of a newspaper page, counted from 1."""
    return f"/images/{day:%Y%m/%d}/{number:02}/page.jpg"


def _href(article: DemoArticle) -> str:
    return f"../../../con/{article.path.removeprefix('/pc/con/')}"


def _frame(context: RequestContext, day: dt.date, section: DemoSection, title: str, main: str) -> str:
    sections = context.portal.sections
    layout = f"/pc/layout/{day:%Y%m/%d}/"
    return markup.fill(
        "founder_paper_pc.html",
        page_title=title,
        day=f"{day:%Y年%m月%d日}",
        weekday=WEEKDAYS[day.weekday()],
        folder=f"{day:%Y%m/%d}",
        number=f"{section.code:02}",
        edition=section.name,
        pdf=pdf(day, section.code),
        previous_page=layout + sections[max(0, section.code - 2)].path,
        next_page=layout + sections[min(len(sections) - 1, section.code)].path,
        areas="".join(
            f'<area shape="rect" coords="0,{at * 140},400,{at * 140 + 130}" href="{article.path}">\n'
            for at, article in enumerate(page_articles(context, day, section.code))
        ),
        editions="".join(f'<li><a href="{layout}{each.path}">{each.name}</a></li>\n' for each in sections),
        main=main,
    )
