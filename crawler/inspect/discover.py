"""A site that nobody registered yet: its family, its sections, its name and region, from some of its pages."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from attrs import frozen

from crawler.families import FAMILIES, GENERIC, Family, Link, ListRequest
from crawler.families.frames import client_redirects
from crawler.inspect.columns import DATED_FOLDER, SITEMAP, Column, columns, merge_columns
from crawler.inspect.fetch import FetchedPage, Fetcher, Unanswered, fetch_listing
from crawler.inspect.identity import charset, column_name, region, site_meta, site_name, slug_of
from crawler.sites.hosts import netloc
from crawler.sites.site import Section, Site
from pipelines.errors import PageError

if TYPE_CHECKING:
    from tldextract import TLDExtract

MAX_COLUMNS = 16
"""Columns that are looked at: a site's own menu has six to ten with news, and so many pages take half a minute."""

MAX_SECTIONS = 12
"""Sections that are proposed: of the surveyed sites, none has more columns of news on its home page."""

MIN_HOST_SHARE = 0.25
"""A further host is the site's own if so much of what its lists lead to lies there: articles of 水母网 are on news.…,
while a city's page links each of its bureaus now and then."""


@frozen(kw_only=True)
class Inspection:
    """A site as it was found; `evidence` says in lines for people by what each of it is known."""

    site: Site
    evidence: tuple[str, ...]


@frozen(kw_only=True)
class _ListPage:
    """A page that leads to articles of the site."""

    column: Column
    page: FetchedPage
    links: tuple[Link, ...]
    pages: int


async def discover(fetch: Fetcher, url: str, slug: str | None = None) -> Inspection:
    """Return what a site is made of; raises PageError where its home page cannot be had or no list is found."""
    home = await _fetch_home(fetch, url)
    first = [home, *[page async for page in _linked_page(fetch, home)]]
    wanted = _columns_of_site(
        merge_columns(column for page in first for column in columns(page.html, page.url, _main_family(first)[0])), home
    )
    machine = [
        Column(url=each, name="网站地图", evidence=frozenset({SITEMAP})) for each in fetch.sitemap_urls(home.url)
    ]
    seen = [(Column(url=_lasting_url(home)), home)]
    for column in [*wanted, *machine][:MAX_COLUMNS]:
        answer = await fetch(ListRequest(url=column.url), home.url)
        if isinstance(answer, FetchedPage) and answer.ok:
            seen.append((column, answer))
    pages = [*first, *(page for _, page in seen[1:])]
    family, marks = _main_family(pages)
    lists = [each for column, page in seen if (each := await _fetch_list(fetch, family, column, page))]
    chosen = _choose_lists(lists, home)
    if not chosen:
        hint = "name a page that lists its news: fangzhi sites new http://…/xwzx/"
        raise PageError(f"no list of articles was found from {home.url} on {len(pages)} pages", home.url, hint)
    return _inspection(home, pages, chosen, family, marks, slug)


def _columns_of_site(found: Sequence[Column], home: FetchedPage) -> list[Column]:
    """Return the columns on the home page's host; where it has none, those of other hosts of the same owner."""
    own = [column for column in found if netloc(column.url) == netloc(home.url)]
    return own or [column for column in found if _same_owner(column.url, home.url)]


async def _fetch_home(fetch: Fetcher, url: str) -> FetchedPage:
    """Return a home page, by http where https fails."""
    answer = await fetch(ListRequest(url=url))
    bad = answer.why != "robots" if isinstance(answer, Unanswered) else not answer.ok
    if bad and url.startswith("https://"):
        answer = await fetch(ListRequest(url=f"http://{url.removeprefix('https://')}"))
    if isinstance(answer, Unanswered):
        raise PageError(f"{answer.url}: {answer.detail}", answer.url)
    if not answer.ok:
        raise PageError(f"{answer.url} answers {answer.capture.status}", answer.url, "see whether a browser shows it")
    return answer


def _lasting_url(home: FetchedPage) -> str:
    """Return a home page's address: where it led to, unless that is the day's issue, which is elsewhere tomorrow."""
    return home.capture.url if DATED_FOLDER.search(urlsplit(home.url).path) else home.url


async def _linked_page(fetch: Fetcher, home: FetchedPage) -> AsyncIterator[FetchedPage]:
    """Yield where a home page sends browsers on to, else an article: it names its column, and has its CMS's marks."""
    links = [link.url for link in _main_family([home])[0].listing(home.html, home.url).articles]
    for url in [each for each in (*client_redirects(home.html, home.url), *links) if _same_owner(each, home.url)][:1]:
        answer = await fetch(ListRequest(url=url), home.url)
        if isinstance(answer, FetchedPage) and answer.ok:
            yield answer


def _main_family(pages: Sequence[FetchedPage]) -> tuple[Family, dict[str, str]]:
    """Return the family that most pages are of, and by which mark each of them is; generic where none has a mark."""
    marks: dict[str, dict[str, str]] = {name: {} for name in FAMILIES}
    for page in pages:
        for name, family in FAMILIES.items():
            if found := family.recognise(page.html, page.url):
                marks[name][page.url] = found
                break
    counted = {name: len(found) for name, found in marks.items() if found and name != GENERIC.name}
    best = max(counted, key=lambda name: counted[name], default=GENERIC.name)
    return FAMILIES[best], marks[best]


async def _fetch_list(fetch: Fetcher, family: Family, column: Column, page: FetchedPage) -> _ListPage | None:
    listing = await fetch_listing(fetch, family, page)
    links = tuple(link for link in listing.articles if _same_owner(link.url, page.url))
    return _ListPage(column=column, page=page, links=links, pages=len(listing.pages)) if links else None


def _choose_lists(lists: Iterable[_ListPage], home: FetchedPage) -> list[_ListPage]:
    """Return the lists that lead to something of their own, the home page only where there is no other.

    A sitemap does not show the oldest it leads to: it is wanted where other lists do not lead on.
    """
    chosen: list[_ListPage] = []
    known: set[str] = set()
    lists = list(lists)
    others = (each for each in lists if each.page.url != home.url)
    for each in sorted(others, key=lambda found: (found.column.score, found.pages > 0), reverse=True):
        new = {link.url for link in each.links} - known
        stuck = each.column.evidence == {SITEMAP} and any(not other.pages for other in chosen)
        if new or stuck:
            chosen.append(each)
            known |= new
    return chosen[:MAX_SECTIONS] or [each for each in lists if each.page.url == home.url]


def _inspection(
    home: FetchedPage,
    pages: Sequence[FetchedPage],
    lists: Sequence[_ListPage],
    family: Family,
    marks: dict[str, str],
    slug: str | None,
) -> Inspection:
    told = [site_meta(page) for page in pages]
    name, named_by = site_name(told, home.url)
    place, placed_by = region(told, name)
    quirk = charset(home)
    hosts = _hosts(home, lists)
    site = Site(
        slug=slug or slug_of(home.url),
        name=name,
        family=family.name,
        hosts=hosts,
        sections=tuple(_sections(lists, name, home)),
        region=place,
        charset=quirk,
    )
    return Inspection(site=site, evidence=tuple(_evidence(site, lists, marks, named_by, placed_by)))


def _sections(lists: Iterable[_ListPage], site: str, home: FetchedPage) -> Iterator[Section]:
    """Yield the lists as sections; a home page's is the site's: its title may be that of a paper's first page."""
    taken: Counter[str] = Counter()
    for each in lists:
        told = site_meta(each.page)
        own = told.column or each.column.name or column_name(told, site)
        name = site if each.page is home or not own else own
        taken[name] += 1
        yield Section(name=name if taken[name] == 1 else f"{name} {taken[name]}", url=each.column.url)


def _hosts(home: FetchedPage, lists: Sequence[_ListPage]) -> tuple[str, ...]:
    counted = Counter(netloc(link.url) for each in lists for link in each.links)
    often = [host for host, count in counted.items() if count >= MIN_HOST_SHARE * counted.total()]
    return tuple(dict.fromkeys([netloc(home.url), *(netloc(each.page.url) for each in lists), *often]))


def _evidence(
    site: Site, lists: Sequence[_ListPage], marks: dict[str, str], named_by: str, placed_by: str
) -> Iterator[str]:
    mark = next(iter(marks.values()), "")
    yield f"family {site.family}: {mark!r} on {len(marks)} pages" if mark else f"family {site.family}: no CMS's marks"
    yield f"name {site.name}: {named_by}"
    yield f"region {site.region.code} {site.region.name}: {placed_by}" if site.region else "region: nothing tells it"
    if site.charset:
        yield f"charset {site.charset}: not what the pages are labelled with"
    for section, each in zip(site.sections, lists, strict=True):
        evidence = ", ".join(sorted(each.column.evidence)) or "the home page"
        days = sum(link.listed_on is not None for link in each.links)
        yield f"section {section.name} {section.url}: {len(each.links)} articles, {days} with a day ({evidence})"


def _same_owner(url: str, home: str) -> bool:
    """Tell whether a URL is on a host of the same owner: the same, or under the same registered name."""
    own, other = netloc(home), netloc(url)
    name = _registered()(own).top_domain_under_public_suffix
    return own == other or bool(name and name == _registered()(other).top_domain_under_public_suffix)


@functools.cache
def _registered() -> TLDExtract:
    from tldextract import TLDExtract

    return TLDExtract(cache_dir=None, suffix_list_urls=())  # the list that comes with it: nothing is fetched for this
