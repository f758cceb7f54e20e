"""What a CMS needs to make the pages of one portal: lists, neighbours of each article, most read articles."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from attrs import frozen

from crawler.demo import stories
from crawler.demo.model import REDIRECT_TRAPS, DemoArticle, DemoSection, ListRow, Portal
from crawler.demo.prose import Story

OFF_SITE_URL = "http://www.yunling.example/art/2024/3/5/art_8_{serial}.html"
MOST_READ_LINES = 10  # articles in a list of the most read ones
RELATED_LINES = 6  # articles in a list of related ones


@frozen(kw_only=True, eq=False)
class RequestContext:
    """A portal on a visit.

    `rows` holds the list of each section by its path; `neighbours` the next older and the next newer article of each
    article, by its path. Contexts compare by identity, so that they are cheap keys of a cache.
    """

    portal: Portal
    visit: int
    articles: tuple[DemoArticle, ...]
    rows: Mapping[str, tuple[ListRow, ...]]
    neighbours: Mapping[str, tuple[DemoArticle | None, DemoArticle | None]]
    most_read: tuple[DemoArticle, ...]

    def story(self, article: DemoArticle) -> Story:
        """Return title and text of the article on this visit."""
        return stories.story(article, self.visit)

    def title(self, article: DemoArticle) -> str:
        """Return the title of the article on this visit."""
        return self.story(article).title

    def page_count(self, section: DemoSection) -> int:
        """Return the number of list pages of a section, at least 1."""
        return max(1, -(-len(self.rows[section.path]) // self.portal.rows_per_page))

    def page_rows(self, section: DemoSection, number: int) -> tuple[ListRow, ...]:
        """Return the rows of a list page of a section, counted from 0. After the last page there are none."""
        start = number * self.portal.rows_per_page
        return self.rows[section.path][start : start + self.portal.rows_per_page]

    def newest(self, section: DemoSection, count: int) -> list[DemoArticle]:
        """Return the articles in the first `count` rows of the first list page of a section."""
        return [row.article for row in self.page_rows(section, 0)[:count]]

    def related(self, article: DemoArticle) -> Iterator[DemoArticle]:
        """Yield the next older articles of the same section, as many as a page shows."""
        for _ in range(RELATED_LINES):
            older, _newer = self.neighbours[article.path]
            if older is None:
                return
            yield older
            article = older

    def breadcrumb(self, section: DemoSection) -> tuple[tuple[str, str], ...]:
        """Return name and address of each section above an article, without the home page."""
        parent = section.path.rstrip("/").rpartition("/")[0] + "/"
        return (
            ((section.parent, parent), (section.name, section.path))
            if section.parent
            else ((section.name, section.path),)
        )


def listed_address(article: DemoArticle) -> str:
    """Return the address that lists link to: the old one of a moved article, another host's for an off-site one."""
    if article.trap == "off-site":
        return OFF_SITE_URL.format(serial=article.serial)
    return article.alias if article.alias and article.trap in REDIRECT_TRAPS else article.path


def build_context(portal: Portal, visit: int, articles: Iterable[DemoArticle]) -> RequestContext:
    """Return a portal's context for a visit, with lists in order of publication, newest first.

    A CMS publishes an article page once: later articles change the lists, but not the neighbours and the most read
    articles on pages that already exist.
    """
    existing = tuple(article for article in articles if article.first_visit <= visit)
    of_first_visit = tuple(article for article in existing if article.first_visit == 1)
    by_section: dict[str, list[DemoArticle]] = defaultdict(list)
    for article in existing:
        by_section[article.section.path].append(article)
    return RequestContext(
        portal=portal,
        visit=visit,
        articles=existing,
        rows={s.path: tuple(_rows(portal, s, by_section)) for s in portal.sections},
        neighbours={path: pair for group in by_section.values() for path, pair in _neighbours(group)},
        most_read=of_first_visit[3 :: max(1, len(of_first_visit) // MOST_READ_LINES)][:MOST_READ_LINES],
    )


def _rows(portal: Portal, section: DemoSection, by_section: Mapping[str, list[DemoArticle]]) -> Iterator[ListRow]:
    listed = by_section[section.path] + [
        article
        for other in portal.sections
        for article in by_section[other.path]
        if article.trap in ("listed-twice", "same-bytes") and _second_section(portal, article) == section
    ]
    for article in sorted(listed, key=lambda a: a.published, reverse=True):
        if article.section != section and article.trap == "same-bytes":
            yield ListRow(article=article, href=article.alias or article.path)
        else:
            yield ListRow(article=article, href=listed_address(article), cut=article.trap == "cut-title")


def _second_section(portal: Portal, article: DemoArticle) -> DemoSection:
    """Return the section that lists an article a second time: the next one of the same kind."""
    news = [section for section in portal.sections if section.kind == article.section.kind]
    return news[(news.index(article.section) + 1) % len(news)]


def _neighbours(articles: list[DemoArticle]) -> Iterator[tuple[str, tuple[DemoArticle | None, DemoArticle | None]]]:
    for at, article in enumerate(articles):
        older = articles[at + 1] if at + 1 < len(articles) else None
        newer = articles[at - 1] if at and articles[at - 1].first_visit == article.first_visit else None
        yield article.path, (older, newer)
