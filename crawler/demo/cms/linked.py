"""Portals that list by links: one frame for all, and each CMS's own marks, rows, pagers and addresses."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from attrs import frozen

from crawler.demo import markup, stories
from crawler.demo.model import Article, Row, Section
from crawler.demo.request_context import RequestContext

Text = tuple[str, str]
"""A media type and a text of it."""


@frozen(kw_only=True)
class Linked:
    """A CMS that lists by links.

    `template` is its article's; `head` and `foot` are what its pages begin and end with. `list_path(section, number,
    total)` is the address of a list page counted from 1, and `pager(desk, section, number)` the markup that leads on.
    `other_page` and `other_lists` make what else there is.
    """

    template: str
    list_path: Callable[[Section, int, int], str]
    pager: Callable[[RequestContext, Section, int], str]
    row: str = '<li><span>{day}</span><a href="{href}" title="{title}" target="_blank">{shown}</a></li>\n'
    css: str = "list"
    head: str = ""
    foot: str = ""
    other_page: Callable[[RequestContext, str], Text | None] = lambda *_: None
    other_lists: Callable[[RequestContext], Iterator[str]] = lambda _: iter(())

    def article(self, desk: RequestContext, page: Article) -> str:
        """Return an article's page, the first where it has several."""
        return self.part(desk, page, 1)

    def part(self, desk: RequestContext, page: Article, number: int) -> str:
        """Return one of an article's pages, counted from 1."""
        parts = stories.parts(page, desk.visit)
        older, newer = markup.beside(desk, page, "没有了")
        stem, dot, ending = page.path.rpartition(".")
        links = "".join(f' <a href="{stem}_{at}{dot}{ending}">{at}</a>' for at in range(2, len(parts) + 1))
        main = markup.fill(
            self.template,
            section=page.section.name,
            section_url=page.section.path,
            code=page.section.code,
            id=page.serial,
            title=desk.title(page),
            time=f"{page.published:%Y-%m-%d %H:%M}",
            source=page.source,
            editor=page.person.name,
            body=_body(page, parts[number - 1], pictures=number == 1),
            files="".join(f'<p>附件：<a href="{path}">{title}</a></p>\n' for path, title in page.attachments),
            pager=f'<div id="displaypagenum"><a href="{page.path}">1</a>{links}</div>\n' if links else "",
            previous=older,
            next=newer,
        )
        return self._frame(desk, f"{desk.title(page)}-{desk.portal.name}", main)

    def lists(self, desk: RequestContext) -> Iterator[str]:
        """Yield the address of every list page."""
        for section in () if desk.portal.starts else desk.portal.sections:
            total = desk.pages(section)
            yield from (self.list_path(section, number, total) for number in range(1, total + 1))
        yield from self.other_lists(desk)

    def other(self, desk: RequestContext, target: str) -> Text | None:
        """Return media type and text of a page that is no article, or none if there is no such page."""
        if target == "/":
            return "text/html", self._frame(desk, desk.portal.name, markup.blocks(desk))
        for section in desk.portal.sections:
            total = desk.pages(section)
            for number in range(1, total + 1):
                if target == self.list_path(section, number, total):
                    return "text/html", self._listing(desk, section, number)
        paged = next((page for page in desk.articles if target in stories.further(page, desk.visit)), None)
        if paged:
            number = stories.further(paged, desk.visit).index(target) + 2
            return "text/html", self.part(desk, paged, number)
        return self.other_page(desk, target)

    def _listing(self, desk: RequestContext, section: Section, number: int) -> str:
        main = markup.fill(
            "small_portal_list.html",
            section=section.name,
            section_url=section.path,
            css=self.css,
            rows="".join(self._row(desk, row) for row in desk.page(section, number - 1)),
            pager=self.pager(desk, section, number),
        )
        return self._frame(desk, f"{section.name}-{desk.portal.name}", main)

    def _row(self, desk: RequestContext, row: Row) -> str:
        title, day = desk.title(row.article), f"{row.article.published:%Y-%m-%d}"
        return self.row.format(day=day, href=row.href, title=title, shown=markup.headline(desk, row))

    def _frame(self, desk: RequestContext, title: str, main: str) -> str:
        menu = "".join(f'<li><a href="{s.path}">{s.name}</a></li>\n' for s in desk.portal.sections)
        return markup.fill(
            "small_portal.html",
            page_title=title,
            name=desk.portal.name,
            head=self.head,
            menu=menu,
            main=main,
            foot=self.foot,
        )


def _body(page: Article, paragraphs: tuple[str, ...], *, pictures: bool) -> str:
    parts = [f"<p>　　{text}</p>" for text in paragraphs]
    parts[1:1] = [f'<p><img src="{path}" alt=""></p>' for path in (page.pictures if pictures else ())]
    return "\n".join(parts)
