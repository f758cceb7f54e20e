"""Pages as the old Founder (方正) digital paper makes them: an issue a day, editions as node pages."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Iterator

from crawler.demo import markup
from crawler.demo.model import Article
from crawler.demo.request_context import RequestContext

WEEKDAYS = "一二三四五六日"


def article(desk: RequestContext, page: Article) -> str:
    """Return an article's page, beside the picture of its edition."""
    story, day = desk.story(page), page.published.date()
    mates = edition(desk, day, page.section.code)
    at = mates.index(page)
    body = "" if page.trap == "image-only" else "".join(f"<P>　　{text}</P>\n" for text in story.paragraphs)
    main = markup.fill(
        "founder_paper_article.html",
        id=page.serial,
        time=f"{page.published:%Y-%m-%d 00:00:00.0}",
        date=f"{day:%Y年%m月%d日}",
        author=page.person.name,
        title=story.title,
        node=page.section.code,
        section=page.section.name,
        pictures="".join(f'<tr><td><img src="../../..{path}" border="0" /></td></tr>' for path in page.pictures),
        body=body,
        previous=_name(mates[max(0, at - 1)]),
        next=_name(mates[min(len(mates) - 1, at + 1)]),
    )
    return _frame(desk, day, page.section.code, f"临潭日报-{story.title}", main)


def lists(desk: RequestContext) -> Iterator[str]:
    """Yield the address of every edition, newest issue first."""
    for day in days(desk):
        yield from (f"/html/{day:%Y-%m/%d}/{section.path}" for section in desk.portal.sections)


def other(desk: RequestContext, target: str) -> tuple[str, str] | None:
    """Return media type and text of a page that is no article, or none if there is no such page.

    The root sends readers on to the newest issue; `?div=-1`, which the layout's own links carry, changes nothing.
    """
    if target in ("/", "/index.htm"):
        return (
            "text/html",
            f'<html><head><META HTTP-EQUIV="REFRESH" CONTENT="0; URL={newest(desk)}"></head><body></body></html>\n',
        )
    place = target.partition("?")[0]
    for day in days(desk):
        for section in desk.portal.sections:
            if place == f"/html/{day:%Y-%m/%d}/{section.path}":
                title = f"临潭日报数字报-{section.name}"
                return "text/html", _frame(
                    desk, day, section.code, title, '<div id="content" class="default">请点击左侧标题阅读</div>'
                )
    return None


@functools.lru_cache(maxsize=16)
def _issues(desk: RequestContext) -> dict[dt.date, dict[int, tuple[Article, ...]]]:
    issues: dict[dt.date, dict[int, tuple[Article, ...]]] = {}
    for page in reversed(desk.articles):
        editions = issues.setdefault(page.published.date(), {})
        editions[page.section.code] = (*editions.get(page.section.code, ()), page)
    return issues


def newest(desk: RequestContext) -> str:
    """Return where the root sends readers, relative to it: the first page of the newest issue."""
    return f"html/{days(desk)[0]:%Y-%m/%d}/node_1.htm"


def pdf(day: dt.date, number: int) -> str:
    """Return the path of a page of an issue as PDF."""
    return f"/images/{day:%Y-%m/%d}/{number:02}/LT{number:02}.pdf"


def picture(day: dt.date, number: int) -> str:
    """Return the path of the picture of a page of an issue."""
    return f"/images/{day:%Y-%m/%d}/{number:02}/brief.jpg"


def days(desk: RequestContext) -> list[dt.date]:
    """Return the days on which an issue came out, newest first."""
    return sorted(_issues(desk), reverse=True)


def edition(desk: RequestContext, day: dt.date, number: int) -> tuple[Article, ...]:
    """Return the articles on one page of an issue, counted from 1, in reading order."""
    return _issues(desk)[day][number]


def _name(page: Article) -> str:
    return page.path.rpartition("/")[2]


def _frame(desk: RequestContext, day: dt.date, number: int, title: str, main: str) -> str:
    pages = edition(desk, day, number)
    sections = desk.portal.sections
    areas = "".join(
        f'<area coords="8,{at * 90},382,{at * 90},382,{at * 90 + 85},8,{at * 90 + 85}" shape="polygon" '
        f'href="{_name(page)}">\n'
        for at, page in enumerate(pages)
    )
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
        areas=areas,
        editions="".join(
            f'<tr><td class="default"><a id="pageLink" href="{s.path}">{s.name}</a></td></tr>\n' for s in sections
        ),
        titles="".join(
            f'<tr><td class="default"><a href="{_name(page)}"><div id="mp{page.serial}">{desk.title(page)}</div></a>'
            "</td></tr>\n"
            for page in pages
        ),
        main=main,
    )
