"""Whether a registered site still works as it is registered: one list of it, and one article."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Literal

from attrs import frozen

from crawler.families import FAMILIES, GENERIC, ListRequest, recognise
from crawler.inspect.fetch import FetchedPage, Fetcher, Unanswered, fetch_listing, own_article_urls
from crawler.sites.registry import Registry
from crawler.sites.site import Site
from pipelines.line.order import read_page
from pipelines.model import Outcome, Rejection

FindingKind = Literal[
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

EXPECTED_FIELDS = ("title", "published_on", "source")
"""What an article of any surveyed family tells."""

MAX_ARTICLE_TRIES = 3
"""Articles that are asked for before a site's are said to be unreadable."""

LIST_REFUSALS = ("challenge", "http-error", "soft-404")
"""Reasons that a list page is refused for as well; that it is no article is expected of it."""


@frozen(kw_only=True)
class SiteFinding:
    """Something that is broken: its kind, where, and a sentence for people."""

    kind: FindingKind
    url: str
    detail: str


@frozen(kw_only=True)
class CheckResult:
    """What a check found: how many articles the first section's list shows, the title of one, and what is broken."""

    site: str
    listed: int = 0
    title: str | None = None
    findings: tuple[SiteFinding, ...] = ()


async def check(fetch: Fetcher, registry: Registry, site: Site) -> CheckResult:
    """Return how a site is: its first section's list is asked for, and an article of it."""
    if not site.sections:
        detail = site.reason or "no section is registered"
        return CheckResult(site=site.slug, findings=(SiteFinding(kind="no-section", url="", detail=detail),))
    section = site.sections[0]
    page = await fetch(ListRequest(url=section.url.partition("#")[0]))
    found = _list_finding(registry, section.url, page)
    if found or isinstance(page, Unanswered):
        return CheckResult(site=site.slug, findings=tuple(filter(None, (found,))))
    listing = await fetch_listing(fetch, FAMILIES[site.family], page, section.url)
    links = own_article_urls(site, listing)
    if not links:
        detail = f"its list leads to no article{_other_sites_note(len(listing.articles))}"
        findings = (SiteFinding(kind="list-empty", url=section.url, detail=detail), *_other_family(site, [page]))
        return CheckResult(site=site.slug, findings=findings)
    answers = [page async for page in _fetch_articles(fetch, registry, links, page.url)]
    findings = (*_article_findings(registry, answers), *_other_family(site, [page, *answers]))
    return CheckResult(site=site.slug, listed=len(links), title=_first_title(registry, answers[-1]), findings=findings)


async def _fetch_articles(
    fetch: Fetcher, registry: Registry, links: list[str], referer: str
) -> AsyncIterator[FetchedPage | Unanswered]:
    """Yield articles until one can be read: any site has some that are gone, moved, or a picture alone."""
    for link in links[:MAX_ARTICLE_TRIES]:
        answer = await fetch(ListRequest(url=link), referer)
        yield answer
        if isinstance(answer, FetchedPage) and not isinstance(_read(registry, answer), Rejection):
            return


def _list_finding(registry: Registry, url: str, page: FetchedPage | Unanswered) -> SiteFinding | None:
    if isinstance(page, Unanswered):
        return _unanswered_finding(page)
    outcome = _read(registry, page)
    if isinstance(outcome, Rejection) and outcome.reason in LIST_REFUSALS:
        kind: FindingKind = "challenge" if outcome.reason == "challenge" else "http-error"
        return SiteFinding(kind=kind, url=url, detail=f"its list answers {page.capture.status}: {outcome.detail}")
    return None


def _unanswered_finding(page: Unanswered) -> SiteFinding:
    kind: FindingKind = "robots" if page.why == "robots" else "unreachable"
    return SiteFinding(kind=kind, url=page.url, detail=page.detail)


def _article_findings(registry: Registry, pages: list[FetchedPage | Unanswered]) -> list[SiteFinding]:
    """Return what is wrong with the last of the articles that were asked for, if it is the first that can be read."""
    page = pages[-1]
    if isinstance(page, Unanswered):
        return [_unanswered_finding(page)]
    outcome = _read(registry, page)
    if isinstance(outcome, Rejection):
        kind: FindingKind = "challenge" if outcome.reason == "challenge" else "article-rejected"
        detail = f"none of {len(pages)} articles can be read, the last for {outcome.reason}: {outcome.detail}"
        return [SiteFinding(kind=kind, url=page.url, detail=detail)]
    missing = [
        name.partition("_")[0] for name in EXPECTED_FIELDS if not any(getattr(article, name) for article in outcome)
    ]
    detail = f"an article has no {', no '.join(missing)}"
    return [SiteFinding(kind="field-missing", url=page.url, detail=detail)] if missing else []


def _first_title(registry: Registry, page: FetchedPage | Unanswered) -> str | None:
    outcome = _read(registry, page) if isinstance(page, FetchedPage) else ()
    return next((article.title for article in outcome), None) if isinstance(outcome, tuple) else None


def _other_family(site: Site, pages: list[FetchedPage | Unanswered]) -> list[SiteFinding]:
    """Tell that pages have another CMS's marks, and none of them those of the one that is registered."""
    good = [page for page in pages if isinstance(page, FetchedPage) and page.ok]
    found = [(recognise(page.html, page.url).name, page.url) for page in good]
    others = [(name, url) for name, url in found if name not in (site.family, GENERIC.name)]
    own_marks = any(FAMILIES[site.family].recognise(page.html, page.url) for page in good)
    if not others or (own_marks and site.family != GENERIC.name):
        return []
    name, url = others[0]
    detail = f"it looks like {name}, and is registered as {site.family}"
    return [SiteFinding(kind="other-family", url=url, detail=detail)]


def _other_sites_note(count: int) -> str:
    return f" of its own, only to {count} elsewhere" if count else ""


def _read(registry: Registry, page: FetchedPage) -> Outcome:
    return read_page(registry.job(page.capture))
