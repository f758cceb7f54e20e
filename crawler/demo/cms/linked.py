"""CMSs whose list pages link to each other: one page frame for all, with the markup of each CMS."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from attrs import frozen

from crawler.demo import markup, stories
from crawler.demo.model import DemoArticle, DemoSection, ListRow
from crawler.demo.request_context import RequestContext

TypedText = tuple[str, str]
"""Media type and text of a page."""


@frozen(kw_only=True)
class LinkedCms:
    """A CMS whose list pages link to each other.

    `template` is the HTML template of its articles, `head` markup for the `<head>` of every page. `list_path(section,
    number, total)` returns the address of a list page, counted from 1, and `pager(context, section, number)` the links
    from it to other list pages. `row` is a format string with {day}, {href}, {title} and {shown}, which is the title as
    the list shows it. `extra_page` and `extra_lists` return the text and the addresses of sitemaps and feeds.
    """

    template: str
    list_path: Callable[[DemoSection, int, int], str]
    pager: Callable[[RequestContext, DemoSection, int], str]
    row: str = '<li><span>{day}</span><a href="{href}" title="{title}" target="_blank">{shown}</a></li>\n'
    css: str = "list"
    head: str = ""
    extra_page: Callable[[RequestContext, str], TypedText | None] = lambda *_: None
    extra_lists: Callable[[RequestContext], Iterator[str]] = lambda _: iter(())

    def article_page(self, context: RequestContext, article: DemoArticle) -> str:
        """Return the page of an article, the first one if it has several."""
        return self.numbered_page(context, article, 1)

    def numbered_page(self, context: RequestContext, article: DemoArticle, number: int) -> str:
        """Return a page of an article, counted from 1."""
        parts = stories.printed_parts(article, context.visit)
        previous, following = markup.neighbour_links(context, article, "没有了")
        stem, dot, extension = article.path.rpartition(".")
        links = "".join(f' <a href="{stem}_{at}{dot}{extension}">{at}</a>' for at in range(2, len(parts) + 1))
        main = markup.fill(
            self.template,
            section=article.section.name,
            section_url=article.section.path,
            code=article.section.code,
            id=article.serial,
            title=context.title(article),
            time=f"{article.published:%Y-%m-%d %H:%M}",
            source=article.source,
            editor=article.person.name,
            body=_body(article, parts[number - 1], pictures=number == 1),
            files="".join(f'<p>附件：<a href="{path}">{title}</a></p>\n' for path, title in article.attachments),
            pager=f'<div id="displaypagenum"><a href="{article.path}">1</a>{links}</div>\n' if links else "",
            previous=previous,
            next=following,
        )
        return self._frame(context, f"{context.title(article)}-{context.portal.name}", main)

    def list_addresses(self, context: RequestContext) -> Iterator[str]:
        """Yield the addresses of all list pages."""
        for section in () if context.portal.start_pages else context.portal.sections:
            total = context.page_count(section)
            yield from (self.list_path(section, number, total) for number in range(1, total + 1))
        yield from self.extra_lists(context)

    def other_page(self, context: RequestContext, target: str) -> TypedText | None:
        """Return media type and text of a page other than an article page, or None if there is no such page."""
        if target == "/":
            return "text/html", self._frame(context, context.portal.name, markup.home_blocks(context))
        for section in context.portal.sections:
            total = context.page_count(section)
            for number in range(1, total + 1):
                if target == self.list_path(section, number, total):
                    return "text/html", self._list_page(context, section, number)
        paged = next(
            (article for article in context.articles if target in stories.further_paths(article, context.visit)), None
        )
        if paged:
            number = stories.further_paths(paged, context.visit).index(target) + 2
            return "text/html", self.numbered_page(context, paged, number)
        return self.extra_page(context, target)

    def _list_page(self, context: RequestContext, section: DemoSection, number: int) -> str:
        main = markup.fill(
            "small_portal_list.html",
            section=section.name,
            section_url=section.path,
            css=self.css,
            rows="".join(self._row(context, row) for row in context.page_rows(section, number - 1)),
            pager=self.pager(context, section, number),
        )
        return self._frame(context, f"{section.name}-{context.portal.name}", main)

    def _row(self, context: RequestContext, row: ListRow) -> str:
        title, day = context.title(row.article), f"{row.article.published:%Y-%m-%d}"
        return self.row.format(day=day, href=row.href, title=title, shown=markup.row_title(context, row))

    def _frame(self, context: RequestContext, title: str, main: str) -> str:
        menu = "".join(f'<li><a href="{s.path}">{s.name}</a></li>\n' for s in context.portal.sections)
        return markup.fill(
            "small_portal.html",
            page_title=title,
            name=context.portal.name,
            charset=context.portal.charset,
            head=self.head,
            menu=menu,
            main=main,
        )


def _body(article: DemoArticle, paragraphs: tuple[str, ...], *, pictures: bool) -> str:
    parts = [f"<p>　　{text}</p>" for text in paragraphs]
    parts[1:1] = [f'<p><img src="{path}" alt=""></p>' for path in (article.pictures if pictures else ())]
    return "\n".join(parts)
