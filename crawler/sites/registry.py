"""All sites that are known, and how a capture finds its site, its region and its recipe."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from urllib.parse import parse_qsl, urlsplit

from attrs import evolve, field, frozen

from crawler.families import FAMILIES, GENERIC, Family
from crawler.sites.hosts import hosts_of
from crawler.sites.site import Site
from pipelines.errors import RegistryError
from pipelines.model import Capture, Job, Recipe
from pipelines.times import CHINA

_PAGE = re.compile(r"page|^(?:p|pg|a\d+[ptc])$", re.IGNORECASE)
"""Names of a page's number in queries, and of the count beside it: page, PageNo, cur_page, totalpage, VSB's a4p."""


def _frozen(sites: Mapping[str, Site]) -> Mapping[str, Site]:
    return MappingProxyType(dict(sites))


@frozen(kw_only=True)
class Registry:
    """The sites by slug. Where several sites name a host, the first of them has it."""

    sites: Mapping[str, Site] = field(default=MappingProxyType({}), converter=_frozen)
    _hosts: Mapping[str, Site] = field(init=False, repr=False, eq=False)

    def __attrs_post_init__(self) -> None:
        hosts: dict[str, Site] = {}
        for site in self.sites.values():
            for host in site.hosts:
                hosts.setdefault(host, site)
        object.__setattr__(self, "_hosts", hosts)

    def __deepcopy__(self, _: object) -> Registry:
        """Return itself: it never changes, and Scrapy copies its settings."""
        return self

    def get(self, slug: str) -> Site:
        """Return a site by its slug; raises RegistryError with the nearest names where there is none."""
        if site := self.sites.get(slug):
            return site
        near = difflib.get_close_matches(slug, self.sites, n=3)
        hint = f"did you mean {' or '.join(near)}?" if near else "`fangzhi sites list` names them all"
        raise RegistryError(f"unknown site {slug!r}", hint=hint)

    def enabled(self) -> list[Site]:
        """Return the sites that a crawl of all covers."""
        return [site for site in self.sites.values() if site.enabled]

    def find(self, url: str) -> Site | None:
        """Return the site that a URL belongs to: by host and port, else by the longest wildcard."""
        return next((self._hosts[host] for host in hosts_of(url) if host in self._hosts), None)

    def slug_of(self, url: str) -> str | None:
        """Return the slug of the site that a URL belongs to."""
        site = self.find(url)
        return site.slug if site else None

    def with_site(self, site: Site) -> Registry:
        """Return a registry that knows this site too; what is registered under its slug or hosts stays in force."""
        return self if site.slug in self.sites else Registry(sites={**self.sites, site.slug: site})

    def job(self, capture: Capture) -> Job:
        """Return a capture with its site, region and recipe, the same through whichever door it comes.

        The site is the final URL's, else the first URL's. The recipe is the first in force on the capture's day in
        China, of the site, else of its family, else of generic.
        """
        site = self.find(capture.final_url) or self.find(capture.url)
        if site is None:
            return Job(capture=capture, recipe=_recipe(GENERIC.recipes, "article", capture))
        family = FAMILIES[site.family]
        role = "list" if _is_list(capture, site, family) else "article"
        recipe = _recipe((*site.recipes, *family.recipes, *GENERIC.recipes), role, capture)
        recipe = evolve(recipe, charset=recipe.charset or site.charset)
        return Job(capture=capture, recipe=recipe, site=site.slug, region=site.region)


def _is_list(capture: Capture, site: Site, family: Family) -> bool:
    asked = {_comparable(capture.url), _comparable(capture.final_url)}
    if any(_comparable(section.url) in asked for section in site.sections):
        return True
    if family.is_article(capture.final_url):
        return False
    return family.is_list(capture.final_url) or any(_pages(section.url, capture.final_url) for section in site.sections)


def _pages(section: str, url: str) -> bool:
    """Tell whether a URL is a numbered page of a section, /news/2.html of /news/, as PHPCMS and others name them.

    Two digits at most: beyond, old systems name articles so, and to lose one is worse than to read a list in vain.
    """
    folder = _comparable(section).rpartition("/")[0] + "/"
    told = _comparable(url)
    numbered = told.startswith(folder) and bool(re.fullmatch(r"\d{1,2}\.s?html?", told[len(folder) :]))
    return numbered or _queries_page(section, url)


def _queries_page(section: str, url: str) -> bool:
    """Tell whether a URL is a section's with nothing but a page's number, and a count of pages, in its query besides.

    >>> _queries_page("http://a.cn/list.jsp?cat=7", "http://a.cn/list.jsp?cat=7&cur_page=2")
    True
    """
    own, other = (dict(parse_qsl(urlsplit(each).query)) for each in (section, url))
    changed = {name for name in own.keys() | other.keys() if own.get(name) != other.get(name)}
    same = _comparable(section).partition("?")[0] == _comparable(url).partition("?")[0]
    return same and bool(changed) and all(_PAGE.search(name) and other.get(name, "").isdecimal() for name in changed)


def _comparable(url: str) -> str:
    """Return a URL without what does not tell pages apart: scheme, case of the host, fragment, the name of an index."""
    parts = urlsplit(url)
    path = re.sub(r"/index\.(?:s?html?|php|jsp|aspx?)$", "/", parts.path or "/")
    return f"{parts.netloc.lower()}{path}" + (f"?{parts.query}" if parts.query else "")


def _recipe(recipes: Iterable[Recipe], role: str, capture: Capture) -> Recipe:
    day = capture.fetched_at.astimezone(CHINA).date()
    return next(
        recipe
        for recipe in recipes
        if recipe.role == role
        and (recipe.valid_from is None or recipe.valid_from <= day)
        and (recipe.valid_until is None or day < recipe.valid_until)
    )
