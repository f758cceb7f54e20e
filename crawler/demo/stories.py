"""Title, text and disclosure table of an article on a given visit."""

from __future__ import annotations

from crawler.demo import damage, prose, templated_notices
from crawler.demo.model import DemoArticle
from crawler.demo.prose import Story
from pipelines.model import OfficialDocument


def story(article: DemoArticle, visit: int) -> Story:
    """Return title and text of the article on a visit, counted from 1."""
    source = article.original or article
    kind = source.section.kind
    if templated_notices.is_templated(kind):
        return templated_notices.compose(source.text_key, kind)
    composed = prose.compose(source.text_key, kind, source.published.date())
    match article.trap:
        case "edited" if visit > 1:
            return prose.revised(composed)
        case "near-copy":
            return prose.rewritten(composed, "华东物流网")
        case "gb2312-label" | "utf8-label" | "latin1-label":
            return prose.with_rare_characters(composed)
        case _:
            return damage.with_clean_passage(composed, article.trap or "")


def printed_paragraphs(article: DemoArticle, visit: int) -> tuple[str, ...]:
    """Return the paragraphs of the article as its page prints them, with the damage of its trap."""
    return damage.printed_paragraphs(story(article, visit).paragraphs, article.trap or "")


def parts(article: DemoArticle, visit: int) -> tuple[tuple[str, ...], ...]:
    """Return the paragraphs of each page of the article. Articles with the trap "paged" have two pages, others one."""
    return _split(article, story(article, visit).paragraphs)


def printed_parts(article: DemoArticle, visit: int) -> tuple[tuple[str, ...], ...]:
    """Return the paragraphs of each page of the article as the pages print them."""
    return _split(article, printed_paragraphs(article, visit))


def further_paths(article: DemoArticle, visit: int) -> tuple[str, ...]:
    """Return the paths of the second and later pages of the article."""
    stem, dot, extension = article.path.rpartition(".")
    return tuple(f"{stem}_{number}{dot}{extension}" for number in range(2, len(parts(article, visit)) + 1))


def document(article: DemoArticle, title: str) -> OfficialDocument | None:
    """Return the disclosure table of an official document, or None for other articles."""
    if article.section.kind != "document":
        return None
    is_county = article.portal.startswith("lintan")
    day = article.published.date()
    return OfficialDocument(
        index_number=f"{'990122005' if is_county else '990100001'}/{day.year}-{article.serial:05}",
        issuer="临潭县人民政府办公室" if is_county else "云洲市人民政府办公室",
        written_on=day,
        document_number=f"{'临政办发' if is_county else '云政办发'}〔{day.year}〕{article.serial % 97 + 1}号",
        subject=title,
        keywords="通知；方案" if "方案" in title else "通知；意见",
    )


def _split(article: DemoArticle, paragraphs: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    middle = len(paragraphs) // 2
    return (paragraphs[:middle], paragraphs[middle:]) if article.trap == "paged" else (paragraphs,)
