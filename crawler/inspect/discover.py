"""Describes a site that is not registered yet, from some of its pages: family, sections, name, region, encoding."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from attrs import frozen

from crawler.families import FAMILIES, GENERIC, Family, Link, ListRequest
from crawler.families.frames import client_redirects
from crawler.inspect.columns import (
    DATED_FOLDER,
    DIRECTORY,
    EVIDENCE_LABELS,
    SITEMAP,
    ColumnLink,
    columns,
    merge_columns,
)
from crawler.inspect.fetch import FailureReason, FetchedPage, Fetcher, InspectionFailed, Unanswered, fetch_listing
from crawler.inspect.identity import charset, column_name, region, site_meta, site_name, slug_of
from crawler.sites.hosts import netloc
from crawler.sites.registry import Registry
from crawler.sites.site import Section, Site
from pipelines.line.order import read_page
from pipelines.messages import gettext as _
from pipelines.model import Rejection

if TYPE_CHECKING:
    from tldextract import TLDExtract

MAX_COLUMNS = 16
"""Maximum number of columns that are fetched: a site's menu has six to ten with news, and 16 pages take half a minute.
"""

MAX_SECTIONS = 12
"""Maximum number of sections: no surveyed site has more columns of news on its home page."""

MIN_HOST_SHARE = 0.25
"""Minimum share of the listed articles for a further host to be the site's own: the articles of 水母网 are on news.…,
while the lists of a city link each of its bureaus only occasionally."""


@frozen(kw_only=True)
class Inspection:
    """The description of a site; `evidence` are lines for the user that say how each part was found.

    `url` is the address of its home page that answered: by http if https failed, and after redirects.
    """

    url: str
    site: Site
    evidence: tuple[str, ...]


@frozen(kw_only=True)
class _ListPage:
    """A page that links articles of the site; `pages` is the number of list pages that follow it."""

    column: ColumnLink
    page: FetchedPage
    links: tuple[Link, ...]
    pages: int


async def discover(fetch: Fetcher, url: str, slug: str | None = None, known: Site | None = None) -> Inspection:
    """Describe a site; raises InspectionFailed if its home page cannot be fetched or no list of articles is found.

    `known` is what the directory says of the site: its name and region are taken, its sections are looked at first.
    """
    home = await _fetch_home(fetch, url)
    first = [home, *[page async for page in _linked_page(fetch, home)]]
    found = merge_columns(column for page in first for column in columns(page.html, page.url, _main_family(first)[0]))
    wanted = merge_columns((*_known_columns(known), *_columns_of_site(found, home)))
    sitemaps = [
        ColumnLink(url=each, name="网站地图", evidence=frozenset({SITEMAP})) for each in fetch.sitemap_urls(home.url)
    ]
    fetched = [(ColumnLink(url=_lasting_url(home)), home)]
    for column in [*wanted, *sitemaps][:MAX_COLUMNS]:
        answer = await fetch(ListRequest(url=column.url), home.url)
        if isinstance(answer, FetchedPage) and answer.ok:
            fetched.append((column, answer))
    pages = [*first, *(page for _, page in fetched[1:])]
    family, fingerprints = _main_family(pages)
    lists = [each for column, page in fetched if (each := await _fetch_list(fetch, family, column, page))]
    chosen = _choose_lists(lists, home)
    if not chosen:
        hint = _("give the URL of a page that lists its news: fangzhi sites new http://…/xwzx/")
        raise InspectionFailed(
            _("no list of articles found on {count} pages, starting at {url}", count=len(pages), url=home.url),
            home.url,
            hint,
            reason="no-list",
        )
    return _inspection(home, pages, chosen, family, fingerprints, slug, known)


def _known_columns(known: Site | None) -> Iterator[ColumnLink]:
    for section in known.sections if known else ():
        yield ColumnLink(url=section.url, name=section.name, evidence=frozenset({DIRECTORY}))


def _columns_of_site(found: Sequence[ColumnLink], home: FetchedPage) -> list[ColumnLink]:
    """Return the columns on the home page's host; if there are none, those on other hosts of the same owner."""
    same_host = [column for column in found if netloc(column.url) == netloc(home.url)]
    return same_host or [column for column in found if _same_owner(column.url, home.url)]


async def _fetch_home(fetch: Fetcher, url: str) -> FetchedPage:
    """Fetch a home page, by http if https fails."""
    answer = await fetch(ListRequest(url=url))
    bad = answer.why != "robots" if isinstance(answer, Unanswered) else not answer.ok
    if bad and url.startswith("https://"):
        answer = await fetch(ListRequest(url=f"http://{url.removeprefix('https://')}"))
    if isinstance(answer, Unanswered):
        raise InspectionFailed(
            _("{url}: {detail}", url=answer.url, detail=answer.detail),
            answer.url,
            reason="robots" if answer.why == "robots" else "unreachable",
        )
    if reason := _refusal(answer):
        raise InspectionFailed(
            _("{url} answers {status}", url=answer.url, status=answer.capture.status),
            answer.url,
            _("check it in a browser"),
            reason=reason,
        )
    return answer


def _refusal(page: FetchedPage) -> FailureReason | None:
    """Return why an answer is no home page: a challenge, also with status 200, or an HTTP error."""
    outcome = read_page(Registry().job(page.capture))
    if isinstance(outcome, Rejection) and outcome.reason == "challenge":
        return "challenge"
    return None if page.ok else "http-error"


def _lasting_url(home: FetchedPage) -> str:
    """Return a home page's URL after redirects, or before them if they lead to a paper's issue of the day."""
    return home.capture.url if DATED_FOLDER.search(urlsplit(home.url).path) else home.url


async def _linked_page(fetch: Fetcher, home: FetchedPage) -> AsyncIterator[FetchedPage]:
    """Yield the page to which a home page redirects, else an article, which has a breadcrumb and CMS fingerprints."""
    links = [link.url for link in _main_family([home])[0].listing(home.html, home.url).articles]
    for url in [each for each in (*client_redirects(home.html, home.url), *links) if _same_owner(each, home.url)][:1]:
        answer = await fetch(ListRequest(url=url), home.url)
        if isinstance(answer, FetchedPage) and answer.ok:
            yield answer


def _main_family(pages: Sequence[FetchedPage]) -> tuple[Family, dict[str, str]]:
    """Return the family of most pages, with the fingerprint on each of its pages; generic if no page has one."""
    fingerprints: dict[str, dict[str, str]] = {name: {} for name in FAMILIES}
    for page in pages:
        for name, family in FAMILIES.items():
            if fingerprint := family.recognise(page.html, page.url):
                fingerprints[name][page.url] = fingerprint
                break
    counts = {name: len(found) for name, found in fingerprints.items() if found and name != GENERIC.name}
    best = max(counts, key=lambda name: counts[name], default=GENERIC.name)
    return FAMILIES[best], fingerprints[best]


async def _fetch_list(fetch: Fetcher, family: Family, column: ColumnLink, page: FetchedPage) -> _ListPage | None:
    listing = await fetch_listing(fetch, family, page)
    links = tuple(link for link in listing.articles if _same_owner(link.url, page.url))
    return _ListPage(column=column, page=page, links=links, pages=len(listing.pages)) if links else None


def _choose_lists(lists: Iterable[_ListPage], home: FetchedPage) -> list[_ListPage]:
    """Return the lists with articles that no better list has; the home page only if there is no other list.

    A sitemap without new articles is also taken if one of the chosen lists has no further pages: the sitemap leads to
    older articles.
    """
    chosen: list[_ListPage] = []
    known: set[str] = set()
    lists = list(lists)
    others = (each for each in lists if each.page.url != home.url)
    for each in sorted(others, key=lambda found: (found.column.score, found.pages > 0), reverse=True):
        new = {link.url for link in each.links} - known
        leads_further = each.column.evidence == {SITEMAP} and any(not other.pages for other in chosen)
        if new or leads_further:
            chosen.append(each)
            known |= new
    return chosen[:MAX_SECTIONS] or [each for each in lists if each.page.url == home.url]


def _inspection(
    home: FetchedPage,
    pages: Sequence[FetchedPage],
    lists: Sequence[_ListPage],
    family: Family,
    fingerprints: dict[str, str],
    slug: str | None,
    known: Site | None,
) -> Inspection:
    metas = [site_meta(page) for page in pages]
    name, named_by = (known.name, _("directory")) if known else site_name(metas, home.url)
    place, placed_by = (known.region, _("directory")) if known else region(metas, name)
    hosts = _hosts(home, lists)
    site = Site(
        slug=slug or slug_of(home.url, name),
        name=name,
        family=family.name,
        hosts=hosts,
        sections=tuple(_sections(lists, name, home)),
        region=place,
        charset=charset(home),
    )
    evidence = _evidence(site, lists, fingerprints, named_by, placed_by)
    return Inspection(url=home.url, site=site, evidence=tuple(evidence))


def _sections(lists: Iterable[_ListPage], site: str, home: FetchedPage) -> Iterator[Section]:
    """Yield the lists as sections; the home page gets the site's name, its title may be a paper's front page."""
    taken: Counter[str] = Counter()
    for each in lists:
        meta = site_meta(each.page)
        own = meta.column or each.column.name or column_name(meta, site)
        name = site if each.page is home or not own else own
        taken[name] += 1
        yield Section(name=name if taken[name] == 1 else f"{name} {taken[name]}", url=each.column.url)


def _hosts(home: FetchedPage, lists: Sequence[_ListPage]) -> tuple[str, ...]:
    counts = Counter(netloc(link.url) for each in lists for link in each.links)
    often = [host for host, count in counts.items() if count >= MIN_HOST_SHARE * counts.total()]
    return tuple(dict.fromkeys([netloc(home.url), *(netloc(each.page.url) for each in lists), *often]))


def _evidence(
    site: Site, lists: Sequence[_ListPage], fingerprints: dict[str, str], named_by: str, placed_by: str
) -> Iterator[str]:
    fingerprint = next(iter(fingerprints.values()), "")
    no_match = _("family {family}: no CMS's fingerprints", family=site.family)
    yield (
        _(
            "family {family}: {fingerprint!r} on {count} pages",
            family=site.family,
            fingerprint=fingerprint,
            count=len(fingerprints),
        )
        if fingerprint
        else no_match
    )
    yield _("name {name}: {named_by}", name=site.name, named_by=named_by)
    yield (
        _("region {code} {name}: {placed_by}", code=site.region.code, name=site.region.name, placed_by=placed_by)
        if site.region
        else _("region: unknown")
    )
    if site.charset:
        yield _("charset {charset}: the pages declare another one", charset=site.charset)
    for section, each in zip(site.sections, lists, strict=True):
        evidence = [EVIDENCE_LABELS[kind] for kind in sorted(each.column.evidence)] or [_("the home page")]
        days = sum(link.listed_on is not None for link in each.links)
        yield _(
            "section {name} {url}: {count} articles, {days} with a date ({evidence})",
            name=section.name,
            url=section.url,
            count=len(each.links),
            days=days,
            evidence=evidence,
        )


def _same_owner(url: str, home: str) -> bool:
    """Return whether a URL is on a host of the same owner: the same host, or the same registered domain."""
    own, other = netloc(home), netloc(url)
    name = _registered()(own).top_domain_under_public_suffix
    return own == other or bool(name and name == _registered()(other).top_domain_under_public_suffix)


@functools.cache
def _registered() -> TLDExtract:
    from tldextract import TLDExtract

    return TLDExtract(cache_dir=None, suffix_list_urls=())  # only the list in the package, no download
