"""Drafts the registration of a site from the directory alone: nothing is fetched, and nothing of it is checked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from typing import Literal

from attrs import evolve, frozen

from crawler.directory import Directory, DirectoryList, DirectorySite
from crawler.directory.places import bare_host
from crawler.families import FAMILIES, GENERIC
from crawler.families.url_patterns import url_pattern
from crawler.inspect.columns import MAX_NAME_CHARS
from crawler.inspect.identity import slug_of
from crawler.sites.hosts import covers, netloc
from crawler.sites.site import Section, Site
from pipelines.model import Region
from pipelines.parse.region import full_name

SkipReason = Literal["doubtful", "shared-host", "same-host"]

ListReason = Literal["doubtful", "article", "host-of-another-site"]

KIND_NAMES = {"news": "新闻", "policy": "政策文件", "budget": "财政预算"}
"""Names of sections whose lists have no name of their own in the directory, by their kind."""


@frozen(kw_only=True)
class SiteDraft:
    """A draft of a site, with the lists of the directory that are not in it, each with the reason."""

    site: Site
    left_out: tuple[tuple[str, ListReason], ...]


def skip_reason(directory: Directory, place: DirectorySite) -> SkipReason | None:
    """Return why a site of the directory is not registered without a person who looks at it; None if it may be.

    Reasons are a doubt about all its rows, a host that several regions name, and a host that belongs to another site of
    the same region: that site's draft has the lists of both.
    """
    if place.doubt:
        return "doubtful"
    if len(directory.claims[place.host]) > 1:
        return "shared-host"
    return "same-host" if directory.owners[place.region, place.host] is not place else None


def draft_site(directory: Directory, place: DirectorySite, slugs: Mapping[tuple[str, str], str]) -> SiteDraft:
    """Return the draft of a site: its lists without a doubt, else its home page; `slugs` are those of `draft_slugs`.

    The lists of all sites of the region on its hosts belong to it, such as those of two papers.
    """
    family = place.cms if place.cms and place.cms in FAMILIES else GENERIC.name
    sections: list[Section] = []
    left_out: list[tuple[str, ListReason]] = []
    names: Counter[str] = Counter()
    for owner, each in _lists(directory, place):
        if reason := _list_reason(directory, place, each):
            left_out.append((each.url, reason))
            continue
        name = _section_name(owner, each)
        names[name] += 1
        sections.append(Section(name=name if names[name] == 1 else f"{name} {names[name]}", url=each.url))
    sections = sections or [Section(name="首页", url=place.url)]
    site = Site(
        slug=slugs[place.region, place.host],
        name=place.own if place.level == "paper" else place.name.replace(" ", ""),
        family=family,
        hosts=tuple(dict.fromkeys(filter(None, map(netloc, (place.url, *(section.url for section in sections)))))),
        sections=tuple(sections),
        region=_region(directory, place),
    )
    return SiteDraft(site=site, left_out=tuple(left_out))


def draft_slugs(directory: Directory, registered: Mapping[str, Site]) -> dict[tuple[str, str], str]:
    """Return the slug of each site of the directory, by its region and host; each slug is given once.

    It is made of the host. If several hosts give the same one, or if a registered site with other hosts has it, it ends
    in the region's code.
    """
    names: dict[tuple[str, str], str] = {}
    for site in directory.sites:
        names.setdefault((site.region, site.host), site.own)
    plain = {(region, host): slug_of(f"http://{host}/", name) for (region, host), name in names.items()}
    counts = Counter(plain.values())

    def is_free(slug: str, host: str) -> bool:
        owner = registered.get(slug)
        return counts[slug] == 1 and (owner is None or any(bare_host(f"http://{each}") == host for each in owner.hosts))

    found: dict[tuple[str, str], str] = {}
    taken: Counter[str] = Counter()
    for (region, host), slug in plain.items():
        own = slug if is_free(slug, host) else f"{slug}-{region}" if region.isdecimal() else f"{slug}-x"
        taken[own] += 1
        found[region, host] = own if taken[own] == 1 else f"{own}-{taken[own]}"
    return found


def without_hosts(site: Site, others: Collection[str]) -> Site | None:
    """Return a site without hosts that belong to other sites, and without their sections; None if nothing is left."""
    hosts = tuple(host for host in site.hosts if host not in others)
    sections = tuple(section for section in site.sections if covers(hosts, section.url))
    return evolve(site, hosts=hosts, sections=sections) if hosts and sections else None


def _lists(directory: Directory, place: DirectorySite) -> Iterator[tuple[DirectorySite, DirectoryList]]:
    """Yield the lists of a site and of those whose home page is on a host that belongs to it, each address once."""
    merged = (
        site
        for site in directory.of_region[place.region]
        if site is place or (not site.doubt and directory.owners.get((site.region, site.host)) is place)
    )
    seen: set[str] = set()
    for site in merged:
        for each in site.lists:
            if each.url not in seen:
                seen.add(each.url)
                yield site, each


def _list_reason(directory: Directory, place: DirectorySite, each: DirectoryList) -> ListReason | None:
    if each.doubt:
        return "doubtful"
    pattern = url_pattern(each.url)
    if pattern and not pattern.loose:
        return "article"
    host = bare_host(each.url)
    is_own = len(directory.claims.get(host, ())) == 1 and directory.owners.get((place.region, host)) is place
    return None if is_own and netloc(each.url) else "host-of-another-site"


def _section_name(owner: DirectorySite, each: DirectoryList) -> str:
    if each.kind in ("paper", "news site"):
        return owner.own
    return each.name if 0 < len(each.name) <= MAX_NAME_CHARS else KIND_NAMES.get(each.kind, "首页")


def _region(directory: Directory, place: DirectorySite) -> Region | None:
    if not place.code:
        return None
    government = directory.governments.get(place.code)
    return Region(code=place.code, name=full_name(place.code) or (government.name if government else place.name))
