"""Checks whether a site still works as it is registered, by one of its lists and one article."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Literal

from attrs import evolve, frozen

from crawler.families import FAMILIES, GENERIC, ListRequest, recognise
from crawler.inspect.fetch import FetchedPage, Fetcher, Unanswered, fetch_listing, own_article_urls
from crawler.inspect.proposals import moved_section, with_section
from crawler.sites.registry import Registry
from crawler.sites.site import Site
from pipelines.line.order import read_page
from pipelines.messages import gettext as _
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
    "moved",
]

CheckState = Literal["moved", "dead", "blocked", "other-cms", "broken"]

BLOCKING_STATUSES = (403, 405, 412, 418, 429, 468, 521)
"""Statuses with which firewalls of these sites answer programs, while a browser gets the page."""

MAX_ALTERNATIVES = 3
"""Lists of the directory that are tried in place of one that fails: a site has two or three there."""

EXPECTED_FIELDS = ("title", "published_on", "source")
"""Fields that articles of every surveyed family have."""

SAMPLES = 5
"""Articles of a list that a result names: a person sees by them whether the family fits."""

MAX_ARTICLE_TRIES = 3
"""Articles that are fetched before a site's articles count as unreadable."""

LIST_REFUSALS = ("challenge", "http-error", "soft-404")
"""Rejection reasons that are an error for a list page too; others, such as not being an article, are expected."""


@frozen(kw_only=True)
class SiteFinding:
    """A problem of a site: its kind, the URL, a sentence for the user, and the HTTP status of an answer."""

    kind: FindingKind
    url: str
    detail: str
    status: int | None = None

    @property
    def state(self) -> CheckState:
        """Return in few words what is wrong: the site moved, is dead or blocked, has another CMS, or is broken."""
        match self.kind:
            case "moved":
                return "moved"
            case "other-family":
                return "other-cms"
            case "challenge" | "robots":
                return "blocked"
            case "http-error" if self.status in BLOCKING_STATUSES:
                return "blocked"
            case "unreachable" | "http-error":
                return "dead"
        return "broken"


@frozen(kw_only=True)
class CheckResult:
    """The result of a check: the number of articles in the first section's list, the title of one, the problems.

    `articles` are the addresses of the first five. `proposal` is the site with the changes that would mend it, as far
    as the check has seen that they do; None if there are none.
    """

    site: str
    listed: int = 0
    title: str | None = None
    articles: tuple[str, ...] = ()
    findings: tuple[SiteFinding, ...] = ()
    proposal: Site | None = None


async def check(fetch: Fetcher, registry: Registry, site: Site, alternatives: Sequence[str] = ()) -> CheckResult:
    """Check a site: fetch the list of its first section and up to three of its articles.

    `alternatives` are other addresses of its lists, such as those of the directory: if the list fails, the first of
    them that lists articles is proposed in its place. If the list redirects, its new address is proposed.
    """
    if not site.sections:
        detail = site.reason or _("no section is registered")
        return CheckResult(site=site.slug, findings=(SiteFinding(kind="no-section", url="", detail=detail),))
    result = await _check_list(fetch, registry, site)
    failed = {finding.kind for finding in result.findings} & {"unreachable", "http-error", "list-empty"}
    if not failed or result.proposal:
        return result
    for url in [each for each in alternatives if all(each != section.url for section in site.sections)][
        :MAX_ALTERNATIVES
    ]:
        changed = with_section(site, 0, url)
        if (found := await _check_list(fetch, registry, changed)).listed:
            detail = _("the directory has another list, which works: {url}", url=url)
            moved = SiteFinding(kind="moved", url=site.sections[0].url, detail=detail)
            return evolve(result, findings=(*result.findings, moved), proposal=found.proposal or changed)
    return result


async def _check_list(fetch: Fetcher, registry: Registry, site: Site) -> CheckResult:
    section = site.sections[0]
    page = await fetch(ListRequest(url=section.url.partition("#")[0]))
    found = _list_finding(registry, section.url, page)
    if found or isinstance(page, Unanswered):
        return CheckResult(site=site.slug, findings=tuple(filter(None, (found,))))
    moved = moved_section(site, page.capture.final_url)
    listing = await fetch_listing(fetch, FAMILIES[site.family], page, section.url)
    links = own_article_urls(moved or site, listing)
    if not links:
        others = len(listing.articles)
        detail = _("its list links no article")
        if others:
            detail = _("its list links no article of this site, only {count} of other sites", count=others)
        other = _other_family(site, [page])
        findings = (SiteFinding(kind="list-empty", url=section.url, detail=detail), *(each.finding for each in other))
        return CheckResult(site=site.slug, findings=findings)
    answers = [page async for page in _fetch_articles(fetch, registry, links, page.url)]
    other = _other_family(site, [page, *answers])
    proposal = evolve(moved or site, family=other[0].family) if other else moved
    return CheckResult(
        site=site.slug,
        listed=len(links),
        title=_first_title(registry, answers[-1]),
        articles=tuple(links[:SAMPLES]),
        findings=(*_move(site, moved), *_article_findings(registry, answers), *(each.finding for each in other)),
        proposal=proposal,
    )


def _move(site: Site, moved: Site | None) -> list[SiteFinding]:
    """Return a finding for a list that moved to another host; a move within the site's hosts is only proposed."""
    if moved is None or moved.hosts == site.hosts:
        return []
    detail = _("its list moved to {url}", url=moved.sections[0].url)
    return [SiteFinding(kind="moved", url=site.sections[0].url, detail=detail)]


async def _fetch_articles(
    fetch: Fetcher, registry: Registry, links: list[str], referer: str
) -> AsyncIterator[FetchedPage | Unanswered]:
    """Yield articles until one can be read: on every site some are deleted, moved, or only an image."""
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
        return SiteFinding(
            kind=kind,
            url=url,
            detail=_("its list answers HTTP {status}: {detail}", status=page.capture.status, detail=outcome.detail),
            status=page.capture.status,
        )
    return None


def _unanswered_finding(page: Unanswered) -> SiteFinding:
    kind: FindingKind = "robots" if page.why == "robots" else "unreachable"
    return SiteFinding(kind=kind, url=page.url, detail=page.detail)


def _article_findings(registry: Registry, pages: list[FetchedPage | Unanswered]) -> list[SiteFinding]:
    """Return the problems of the last article that was fetched: the first readable one, or none was readable."""
    page = pages[-1]
    if isinstance(page, Unanswered):
        return [_unanswered_finding(page)]
    outcome = _read(registry, page)
    if isinstance(outcome, Rejection):
        kind: FindingKind = "challenge" if outcome.reason == "challenge" else "article-rejected"
        detail = _(
            "none of {count} articles can be read, the last for {reason}: {detail}",
            count=len(pages),
            reason=outcome.reason,
            detail=outcome.detail,
        )
        return [SiteFinding(kind=kind, url=page.url, detail=detail)]
    missing = [
        name.partition("_")[0] for name in EXPECTED_FIELDS if not any(getattr(article, name) for article in outcome)
    ]
    detail = _("an article has no {names}", names=missing)
    return [SiteFinding(kind="field-missing", url=page.url, detail=detail)] if missing else []


def _first_title(registry: Registry, page: FetchedPage | Unanswered) -> str | None:
    outcome = _read(registry, page) if isinstance(page, FetchedPage) else ()
    return next((article.title for article in outcome), None) if isinstance(outcome, tuple) else None


@frozen(kw_only=True)
class _OtherFamily:
    family: str
    finding: SiteFinding


def _other_family(site: Site, pages: list[FetchedPage | Unanswered]) -> list[_OtherFamily]:
    """Return a finding if pages have the fingerprints of another CMS and none has those of the registered one."""
    good = [page for page in pages if isinstance(page, FetchedPage) and page.ok]
    found = [(recognise(page.html, page.url).name, page.url) for page in good]
    others = [(name, url) for name, url in found if name not in (site.family, GENERIC.name)]
    is_own = any(FAMILIES[site.family].recognise(page.html, page.url) for page in good)
    if not others or (is_own and site.family != GENERIC.name):
        return []
    name, url = others[0]
    detail = _("it looks like {name}, but is registered as {family}", name=name, family=site.family)
    return [_OtherFamily(family=name, finding=SiteFinding(kind="other-family", url=url, detail=detail))]


def _read(registry: Registry, page: FetchedPage) -> Outcome:
    return read_page(registry.job(page.capture))
