"""What must come out of the city: one truth for each address that matters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from urllib.parse import urljoin

from attrs import evolve

from crawler.demo import stories, traps
from crawler.demo.cms import founder_paper, founder_paper_pc
from crawler.demo.cms.families import FAMILIES
from crawler.demo.model import MOVED, PAPERS, Article, BaseUrls, Truth
from crawler.demo.request_context import RequestContext, link
from crawler.demo.traditional import mirrored

PAPER = {
    "founder-paper": (founder_paper.pdf, founder_paper.picture),
    "founder-paper-pc": (founder_paper_pc.pdf, founder_paper_pc.picture),
}
"""How families of papers name the PDF of a page."""

NEWEST = {"founder-paper": founder_paper.newest, "founder-paper-pc": founder_paper_pc.newest}
"""How they name the first page of the newest issue, to which their index sends on."""


def truths(desks: Mapping[str, RequestContext], base_urls: BaseUrls) -> tuple[Truth, ...]:
    """Return the truth of every article, list and file of the city on its visit, portal by portal."""
    told = (
        each
        for desk in desks.values()
        for each in (*_lists(desk, base_urls), *(t for page in desk.articles for t in _page(desk, page, base_urls)))
    )
    return tuple(dict.fromkeys(told))  # articles of a paper share its PDF


def _lists(desk: RequestContext, base_urls: BaseUrls) -> Iterator[Truth]:
    """Yield the truth of each list; the first page of a paper that its index sends on to is never asked for itself."""
    base = base_urls[desk.portal.slug]
    newest = NEWEST.get(desk.portal.family)
    sent_to = f"{base}/{newest(desk)}" if newest else None
    for target in FAMILIES[desk.portal.family].lists(desk):
        url = base + target
        asked = f"{base}/" if url == sent_to else url
        yield Truth(url=asked, final_url=url, portal=desk.portal.slug, kind="list", linked=True)


def _page(desk: RequestContext, page: Article, base_urls: BaseUrls) -> Iterator[Truth]:
    """Yield the truth of a page's own address, of its alias, and of its files."""
    base, kind = base_urls[desk.portal.slug], _kind(page, desk.visit)
    url = urljoin(base, link(page)) if kind == "off-site" else base + page.path
    own = Truth(
        url=url,
        final_url=url,
        portal=desk.portal.slug,
        kind=kind,
        linked=kind not in ("robots", "off-site") and page.trap not in MOVED,
        trap=page.trap,
    )
    if kind == "article":
        own = _told(own, desk, page, base_urls)
        own = mirrored(own) if desk.portal.script == "hant" else own
    yield own
    if page.trap == "paged":
        for path, paragraphs in zip(
            stories.further(page, desk.visit), stories.parts(page, desk.visit)[1:], strict=True
        ):
            yield evolve(own, url=base + path, final_url=base + path, text="\n".join(paragraphs), images=())
    if page.alias and kind == "article":
        copy = page.trap == "same-bytes"
        alias = evolve(own, url=base + page.alias, final_url=base + page.alias if copy else own.url, linked=True)
        yield evolve(alias, copy_of=own.url, copy="same-bytes") if copy else alias
    if kind in ("article", "image-only"):
        linked = _files(desk, page) if kind == "article" else ()
        for path in dict.fromkeys((*page.pictures, *(path for path, _ in page.attachments), *linked)):
            url = base + path
            yield Truth(url=url, final_url=url, portal=desk.portal.slug, kind="file", linked=path in linked)


def _kind(page: Article, visit: int) -> str:
    if page.trap == "deleted" and visit > 1:
        return "http-error"
    return traps.KINDS.get(page.trap or "", "article")


def _files(desk: RequestContext, page: Article) -> tuple[str, ...]:
    """Return the paths of an article's files; a paper's has the PDF of its page, and its picture."""
    if paper := PAPER.get(desk.portal.family):
        return tuple(path(page.published.date(), page.section.code) for path in paper)
    return tuple(path for path, _ in page.attachments)


def _told(own: Truth, desk: RequestContext, page: Article, base_urls: BaseUrls) -> Truth:
    story, base = desk.story(page), base_urls[desk.portal.slug]
    paper = desk.portal.family in PAPERS
    original = page.original
    return evolve(
        own,
        title=story.title,
        text="\n".join(stories.parts(page, desk.visit)[0]),
        published=page.published.date().isoformat() if paper else page.published.isoformat(),
        source=page.source,
        authors=() if desk.portal.family == "gkmlpt" else (page.person,),  # the platform prints no names
        column=()
        if desk.portal.family == "founder-paper-pc"
        else page.section.column,  # prints the number of the page alone
        document=stories.document(page, story.title),
        attachments=tuple(base + path for path in _files(desk, page)),
        images=tuple(base + path for path in page.pictures),
        copy_of=base_urls[original.portal] + original.path if original else None,
        copy=("near-copy" if page.trap == "near-copy" else "same-text") if original else None,
    )
