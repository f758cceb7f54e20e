"""Pages as the new Founder (方正) digital paper makes them: /pc/layout for its pages, /pc/con for articles."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from crawler.demo import markup
from crawler.demo.cms.founder_paper import WEEKDAYS, days, edition
from crawler.demo.model import Article, Section
from crawler.demo.request_context import RequestContext


def article(desk: RequestContext, page: Article) -> str:
    """Return an article's page, beside the picture of its page of the paper."""
    story, day = desk.story(page), page.published.date()
    pictures = "".join(f'<p><img src="{path}"></p>' for path in page.pictures)
    body = "".join(f"<p>　　{text}</p>\n" for text in story.paragraphs)
    main = markup.fill(
        "founder_paper_pc_article.html",
        title=story.title,
        day=f"{day:%Y-%m-%d}",
        author=page.person.name,
        source=page.source,
        pictures=pictures,
        body=body,
    )
    return _frame(desk, day, page.section, f"{story.title}-{desk.portal.name}", main)


def lists(desk: RequestContext) -> Iterator[str]:
    """Yield the address of every page, newest issue first."""
    for day in days(desk):
        yield from (f"/pc/layout/{day:%Y%m/%d}/{section.path}" for section in desk.portal.sections)


def newest(desk: RequestContext) -> str:
    """Return the path of the newest issue's first page, without a leading slash."""
    return f"pc/layout/{days(desk)[0]:%Y%m/%d}/{desk.portal.sections[0].path}"


def other(desk: RequestContext, target: str) -> tuple[str, str] | None:
    """Return media type and text of a page that is no article, or none; a script sends from the root to the newest."""
    if target in ("/", "/index.html"):
        script = f"setTimeout(\"javascript:location.href='{newest(desk)}'\", 3000);"
        return "text/html", f"<html><head><script>{script}</script></head><body>正在进入今日报纸……</body></html>\n"
    for day in days(desk):
        for section in desk.portal.sections:
            if target == f"/pc/layout/{day:%Y%m/%d}/{section.path}":
                titles = "".join(
                    f'<li><a href="{_href(page)}">{desk.title(page)}</a></li>\n' for page in _pages(desk, day, section)
                )
                title = f"{desk.portal.name} {section.name}"
                return "text/html", _frame(desk, day, section, title, f'<ul id="articlelist">\n{titles}</ul>')
    return None


def pdf(day: dt.date, number: int) -> str:
    """Return the path of a page of an issue as PDF."""
    return f"/images/{day:%Y%m/%d}/{number:02}/QHWB{number:02}.pdf"


def picture(day: dt.date, number: int) -> str:
    """Return the path of the picture of a page of an issue."""
    return f"/images/{day:%Y%m/%d}/{number:02}/page.jpg"


def _pages(desk: RequestContext, day: dt.date, section: Section) -> tuple[Article, ...]:
    return edition(desk, day, section.code)


def _href(page: Article) -> str:
    return f"../../../con/{page.path.removeprefix('/pc/con/')}"


def _frame(desk: RequestContext, day: dt.date, section: Section, title: str, main: str) -> str:
    sections = desk.portal.sections
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
            f'<area shape="rect" coords="0,{at * 140},400,{at * 140 + 130}" href="{page.path}">\n'
            for at, page in enumerate(_pages(desk, day, section))
        ),
        editions="".join(f'<li><a href="{layout}{each.path}">{each.name}</a></li>\n' for each in sections),
        main=main,
    )
