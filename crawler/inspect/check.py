"""Whether a registered site still works as it is registered: one list of it, and one article."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Literal

from attrs import frozen

from crawler.families import FAMILIES, GENERIC, ListRequest, recognise
from crawler.inspect.fetch import FetchedPage, Fetcher, Unanswered, listed, own
from crawler.sites.registry import Registry
from crawler.sites.site import Site
from pipelines.line.order import read_page
from pipelines.model import Outcome, Rejection

Kind = Literal[
    "no-section",
    "unreachable",
    "robots",
    "challenge",
    "http-error",
    "list-empty",
    "article-rejected",
    "field-missing",
    "other-family",
]

FIELDS = ("title", "published_on", "source")
"""What an article of any surveyed family tells."""

TRIES = 3
"""Articles that are asked for before a site's are said to be unreadable."""

REFUSED = ("challenge", "http-error", "soft-404")
"""Reasons that a list page is refused for as well; that it is no article is expected of it."""


@frozen(kw_only=True)
class Finding:
    """Something that is broken: its kind, where, and a sentence for people."""

    kind: Kind
    url: str
    detail: str


@frozen(kw_only=True)
class Checkup:
    """What a check found: how many articles the first section's list shows, the title of one, and what is broken."""

    site: str
    listed: int = 0
    title: str | None = None
    findings: tuple[Finding, ...] = ()


async def check(look: Fetcher, registry: Registry, site: Site) -> Checkup:
    """Return how a site is: its first section's list is asked for, and an article of it."""
    if not site.sections:
        detail = site.reason or "no section is registered"
        return Checkup(site=site.slug, findings=(Finding(kind="no-section", url="", detail=detail),))
    section = site.sections[0]
    page = await look(ListRequest(url=section.url.partition("#")[0]))
    found = _refused(registry, section.url, page)
    if found or isinstance(page, Unanswered):
        return Checkup(site=site.slug, findings=tuple(filter(None, (found,))))
    listing = await listed(look, FAMILIES[site.family], page, section.url)
    links = own(site, listing)
    if not links:
        detail = f"its list leads to no article{_elsewhere(len(listing.articles))}"
        findings = (Finding(kind="list-empty", url=section.url, detail=detail), *_stranger(site, [page]))
        return Checkup(site=site.slug, findings=findings)
    answers = [page async for page in _articles(look, registry, links, page.url)]
    findings = (*_article(registry, answers), *_stranger(site, [page, *answers]))
    return Checkup(site=site.slug, listed=len(links), title=_title(registry, answers[-1]), findings=findings)


async def _articles(
    look: Fetcher, registry: Registry, links: list[str], referer: str
) -> AsyncIterator[FetchedPage | Unanswered]:
    """Yield articles until one can be read: any site has some that are gone, moved, or a picture alone."""
    for link in links[:TRIES]:
        answer = await look(ListRequest(url=link), referer)
        yield answer
        if isinstance(answer, FetchedPage) and not isinstance(_read(registry, answer), Rejection):
            return


def _refused(registry: Registry, url: str, page: FetchedPage | Unanswered) -> Finding | None:
    if isinstance(page, Unanswered):
        return _unanswered(page)
    outcome = _read(registry, page)
    if isinstance(outcome, Rejection) and outcome.reason in REFUSED:
        kind: Kind = "challenge" if outcome.reason == "challenge" else "http-error"
        return Finding(kind=kind, url=url, detail=f"its list answers {page.capture.status}: {outcome.detail}")
    return None


def _unanswered(page: Unanswered) -> Finding:
    kind: Kind = "robots" if page.why == "robots" else "unreachable"
    return Finding(kind=kind, url=page.url, detail=page.detail)


def _article(registry: Registry, pages: list[FetchedPage | Unanswered]) -> list[Finding]:
    """Return what is wrong with the last of the articles that were asked for, if it is the first that can be read."""
    page = pages[-1]
    if isinstance(page, Unanswered):
        return [_unanswered(page)]
    outcome = _read(registry, page)
    if isinstance(outcome, Rejection):
        kind: Kind = "challenge" if outcome.reason == "challenge" else "article-rejected"
        detail = f"none of {len(pages)} articles can be read, the last for {outcome.reason}: {outcome.detail}"
        return [Finding(kind=kind, url=page.url, detail=detail)]
    missing = [name.partition("_")[0] for name in FIELDS if not any(getattr(article, name) for article in outcome)]
    detail = f"an article has no {', no '.join(missing)}"
    return [Finding(kind="field-missing", url=page.url, detail=detail)] if missing else []


def _title(registry: Registry, page: FetchedPage | Unanswered) -> str | None:
    outcome = _read(registry, page) if isinstance(page, FetchedPage) else ()
    return next((article.title for article in outcome), None) if isinstance(outcome, tuple) else None


def _stranger(site: Site, pages: list[FetchedPage | Unanswered]) -> list[Finding]:
    """Tell that pages have another CMS's marks, and none of them those of the one that is registered."""
    good = [page for page in pages if isinstance(page, FetchedPage) and page.good]
    found = [(recognise(page.html, page.url).name, page.url) for page in good]
    others = [(name, url) for name, url in found if name not in (site.family, GENERIC.name)]
    own_marks = any(FAMILIES[site.family].recognise(page.html, page.url) for page in good)
    if not others or (own_marks and site.family != GENERIC.name):
        return []
    name, url = others[0]
    detail = f"it looks like {name}, and is registered as {site.family}"
    return [Finding(kind="other-family", url=url, detail=detail)]


def _elsewhere(count: int) -> str:
    return f" of its own, only to {count} elsewhere" if count else ""


def _read(registry: Registry, page: FetchedPage) -> Outcome:
    return read_page(registry.job(page.capture))
