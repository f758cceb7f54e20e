"""One portal as its CMS sees it when it makes pages: its lists, who stands beside whom, what is read most."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from attrs import frozen

from crawler.demo import stories
from crawler.demo.model import MOVED, Article, Portal, Row, Section
from crawler.demo.prose import Story

OFF_SITE = "http://www.yunling.example/art/2024/3/5/art_8_{serial}.html"
HOT = 10  # lines in a list of most read pieces
RELATED = 6


@frozen(kw_only=True, eq=False)
class RequestContext:
    """A portal on a visit. `rows` are its lists by section path, `beside` each article's older and newer neighbour.

    Desks compare by identity, so that what is worked out for one can be remembered cheaply.
    """

    portal: Portal
    visit: int
    articles: tuple[Article, ...]
    rows: Mapping[str, tuple[Row, ...]]
    beside: Mapping[str, tuple[Article | None, Article | None]]
    hot: tuple[Article, ...]

    def story(self, article: Article) -> Story:
        """Return what the article says on this visit."""
        return stories.story(article, self.visit)

    def title(self, article: Article) -> str:
        """Return the article's headline."""
        return self.story(article).title

    def pages(self, section: Section) -> int:
        """Return how many list pages a section has, at least one."""
        return max(1, -(-len(self.rows[section.path]) // self.portal.rows))

    def page(self, section: Section, number: int) -> tuple[Row, ...]:
        """Return the lines of a section's list page, counted from 0; none past the end."""
        start = number * self.portal.rows
        return self.rows[section.path][start : start + self.portal.rows]

    def related(self, article: Article) -> Iterator[Article]:
        """Yield the next older pieces of the same section, as many as a page shows."""
        for _ in range(RELATED):
            older, _newer = self.beside[article.path]
            if older is None:
                return
            yield older
            article = older

    def crumbs(self, section: Section) -> tuple[tuple[str, str], ...]:
        """Return name and address of the columns above an article, home page left out."""
        parent = section.path.rstrip("/").rpartition("/")[0] + "/"
        return (
            ((section.parent, parent), (section.name, section.path))
            if section.parent
            else ((section.name, section.path),)
        )


def link(article: Article) -> str:
    """Return the address that lists give: the old one of a moved page, another host's for an off-site piece."""
    if article.trap == "off-site":
        return OFF_SITE.format(serial=article.serial)
    return article.alias if article.alias and article.trap in MOVED else article.path


def open_desk(portal: Portal, visit: int, articles: Iterable[Article]) -> RequestContext:
    """Lay out a portal's lists for a visit, newest first.

    Pages are published once: what came out later changes the lists, never the neighbours and hot lists of old pages.
    """
    shown = tuple(article for article in articles if article.since <= visit)
    first = tuple(article for article in shown if article.since == 1)
    by_section: dict[str, list[Article]] = defaultdict(list)
    for article in shown:
        by_section[article.section.path].append(article)
    return RequestContext(
        portal=portal,
        visit=visit,
        articles=shown,
        rows={s.path: tuple(_rows(portal, s, by_section)) for s in portal.sections},
        beside={path: pair for some in by_section.values() for path, pair in _beside(some)},
        hot=first[3 :: max(1, len(first) // HOT)][:HOT],
    )


def _rows(portal: Portal, section: Section, by_section: Mapping[str, list[Article]]) -> Iterator[Row]:
    listed = by_section[section.path] + [
        article
        for other in portal.sections
        for article in by_section[other.path]
        if article.trap in ("listed-twice", "same-bytes") and _guest_section(portal, article) == section
    ]
    for article in sorted(listed, key=lambda a: a.published, reverse=True):
        if article.section != section and article.trap == "same-bytes":
            yield Row(article=article, href=article.alias or article.path)
        else:
            yield Row(article=article, href=link(article), cut=article.trap == "cut-title")


def _guest_section(portal: Portal, article: Article) -> Section:
    """Return the other section in which an article is listed a second time: the next one that prints news."""
    news = [section for section in portal.sections if section.kind == article.section.kind]
    return news[(news.index(article.section) + 1) % len(news)]


def _beside(articles: list[Article]) -> Iterator[tuple[str, tuple[Article | None, Article | None]]]:
    for at, article in enumerate(articles):
        older = articles[at + 1] if at + 1 < len(articles) else None
        newer = articles[at - 1] if at and articles[at - 1].since == article.since else None
        yield article.path, (older, newer)
