"""What an article says on a given visit: its story, and its disclosure table where it has one."""

from __future__ import annotations

from crawler.demo import notices, prose
from crawler.demo.model import Article
from crawler.demo.prose import Story
from pipelines.model import Document


def story(article: Article, visit: int) -> Story:
    """Return the story as the page prints it on that visit, counted from 1."""
    written = article.original or article
    kind = written.section.kind
    if notices.is_form(kind):
        return notices.compose(written.key, kind)
    told = prose.compose(written.key, kind, written.published.date())
    match article.trap:
        case "edited" if visit > 1:
            return prose.revised(told)
        case "near-copy":
            return prose.rewritten(told, "华东物流网")
        case "gb2312-label" | "utf8-label" | "latin1-label":
            return prose.with_rare_characters(told)
        case _:
            return told


def parts(article: Article, visit: int) -> tuple[tuple[str, ...], ...]:
    """Return the article's paragraphs page by page: one that is paged has two pages, all others one."""
    paragraphs = story(article, visit).paragraphs
    middle = len(paragraphs) // 2
    return (paragraphs[:middle], paragraphs[middle:]) if article.trap == "paged" else (paragraphs,)


def further(article: Article, visit: int) -> tuple[str, ...]:
    """Return the paths of the article's pages after the first."""
    stem, dot, ending = article.path.rpartition(".")
    return tuple(f"{stem}_{number}{dot}{ending}" for number in range(2, len(parts(article, visit)) + 1))


def document(article: Article, title: str) -> Document | None:
    """Return the disclosure table of an official document, or none for other pages."""
    if article.section.kind != "document":
        return None
    county = article.portal.startswith("lintan")
    day = article.published.date()
    return Document(
        index_number=f"{'990122005' if county else '990100001'}/{day.year}-{article.serial:05}",
        issuer="临潭县人民政府办公室" if county else "云洲市人民政府办公室",
        written_on=day,
        document_number=f"{'临政办发' if county else '云政办发'}〔{day.year}〕{article.serial % 97 + 1}号",
        subject=title,
        keywords="通知；方案" if "方案" in title else "通知；意见",
    )
