"""The ground truth of the city: the expected result of each article, list and file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from urllib.parse import urljoin

from attrs import evolve

from crawler.demo import stories, traps
from crawler.demo.cms import founder_paper, founder_paper_pc
from crawler.demo.cms.families import CMS_BY_NAME
from crawler.demo.model import NEWSPAPERS, REDIRECT_TRAPS, BaseUrls, DemoArticle, Truth
from crawler.demo.request_context import RequestContext, listed_address
from crawler.demo.traditional import in_traditional

PAGE_FILES = {
    "founder-paper": (founder_paper.pdf, founder_paper.picture),
    "founder-paper-pc": (founder_paper_pc.pdf, founder_paper_pc.picture),
}
"""Functions from date and page number to the paths of the PDF and of the picture of a newspaper page."""

FIRST_PAGE_OF_NEWEST_ISSUE = {"founder-paper": founder_paper.newest, "founder-paper-pc": founder_paper_pc.newest}
"""Functions that return the first page of the newest issue, to which the home page of a newspaper redirects."""

CMSS_WITHOUT_AUTHORS = ("gkmlpt",)
"""CMSs whose article pages show no names of people."""

CMSS_WITHOUT_SECTION_NAMES = ("founder-paper-pc",)
"""CMSs whose article pages show only the number of the newspaper page."""


def truths(contexts: Mapping[str, RequestContext], base_urls: BaseUrls) -> tuple[Truth, ...]:
    """Return the ground truth of every article, list and file, portal by portal, for the visit of the contexts."""
    expected = (
        truth
        for context in contexts.values()
        for truth in (
            *_list_truths(context, base_urls),
            *(each for article in context.articles for each in _article_truths(context, article, base_urls)),
        )
    )
    return tuple(dict.fromkeys(expected))  # articles of one newspaper page share its PDF and picture


def _list_truths(context: RequestContext, base_urls: BaseUrls) -> Iterator[Truth]:
    """Yield the truth of each list. The home page of a newspaper stands for the page to which it redirects."""
    base = base_urls[context.portal.slug]
    newest = FIRST_PAGE_OF_NEWEST_ISSUE.get(context.portal.cms)
    redirect_target = f"{base}/{newest(context)}" if newest else None
    for target in CMS_BY_NAME[context.portal.cms].list_addresses(context):
        url = base + target
        requested = f"{base}/" if url == redirect_target else url
        yield Truth(url=requested, final_url=url, portal=context.portal.slug, kind="list", linked=True)


def _article_truths(context: RequestContext, article: DemoArticle, base_urls: BaseUrls) -> Iterator[Truth]:
    """Yield the truth of an article's address, further pages, alias and files."""
    base, kind = base_urls[context.portal.slug], _kind(article, context.visit)
    url = urljoin(base, listed_address(article)) if kind == "off-site" else base + article.path
    truth = Truth(
        url=url,
        final_url=url,
        portal=context.portal.slug,
        kind=kind,
        linked=kind not in ("robots", "off-site") and article.trap not in REDIRECT_TRAPS,
        trap=article.trap,
    )
    if kind == "article":
        truth = _with_fields(truth, context, article, base_urls)
        truth = in_traditional(truth) if context.portal.script == "hant" else truth
    yield truth
    if article.trap == "paged":
        yield from _further_page_truths(truth, context, article, base)
    if article.alias and kind == "article":
        yield _alias_truth(truth, article, base + article.alias)
    if kind in ("article", "image-only"):
        yield from _file_truths(context, article, base, is_accepted=kind == "article")


def _kind(article: DemoArticle, visit: int) -> str:
    if article.trap == "deleted" and visit > 1:
        return "http-error"
    return traps.REJECTION_REASONS.get(article.trap or "", "article")


def _further_page_truths(truth: Truth, context: RequestContext, article: DemoArticle, base: str) -> Iterator[Truth]:
    paths, texts = stories.further_paths(article, context.visit), stories.parts(article, context.visit)[1:]
    for path, paragraphs in zip(paths, texts, strict=True):
        yield evolve(truth, url=base + path, final_url=base + path, text="\n".join(paragraphs), images=())


def _alias_truth(truth: Truth, article: DemoArticle, url: str) -> Truth:
    """Return the truth of the second address: a copy with the same bytes, or a redirect to the article."""
    if article.trap == "same-bytes":
        return evolve(truth, url=url, final_url=url, linked=True, copy_of=truth.url, copy="same-bytes")
    return evolve(truth, url=url, linked=True)


def _file_truths(context: RequestContext, article: DemoArticle, base: str, *, is_accepted: bool) -> Iterator[Truth]:
    """Yield the truth of pictures and attachments. A crawl requests only the attachments of accepted articles."""
    requested = _attachments(context, article) if is_accepted else ()
    for path in dict.fromkeys((*article.pictures, *(path for path, _ in article.attachments), *requested)):
        url = base + path
        yield Truth(url=url, final_url=url, portal=context.portal.slug, kind="file", linked=path in requested)


def _attachments(context: RequestContext, article: DemoArticle) -> tuple[str, ...]:
    """Return the paths of an article's attachments; in newspapers these are PDF and picture of its page."""
    if functions := PAGE_FILES.get(context.portal.cms):
        return tuple(path(article.published.date(), article.section.code) for path in functions)
    return tuple(path for path, _ in article.attachments)


def _with_fields(truth: Truth, context: RequestContext, article: DemoArticle, base_urls: BaseUrls) -> Truth:
    """Return the truth with the fields of an accepted article."""
    story, base, cms = context.story(article), base_urls[context.portal.slug], context.portal.cms
    original = article.original
    return evolve(
        truth,
        title=story.title,
        text="\n".join(stories.parts(article, context.visit)[0]),
        published=article.published.date().isoformat() if cms in NEWSPAPERS else article.published.isoformat(),
        source=article.source,
        authors=() if cms in CMSS_WITHOUT_AUTHORS else (article.person,),
        column=() if cms in CMSS_WITHOUT_SECTION_NAMES else article.section.column,
        document=stories.document(article, story.title),
        attachments=tuple(base + path for path in _attachments(context, article)),
        images=tuple(base + path for path in article.pictures),
        copy_of=base_urls[original.portal] + original.path if original else None,
        copy=("near-copy" if article.trap == "near-copy" else "same-text") if original else None,
    )
