"""All sites by slug and host: finds the site, region and recipe of a capture."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from urllib.parse import parse_qsl

from attrs import evolve, field, frozen

from crawler.families import FAMILIES, GENERIC, Family
from crawler.families.list_pages import shows_list
from crawler.families.list_shapes import may_be_section
from crawler.sites.hosts import hosts_of
from crawler.sites.site import Site
from pipelines.errors import RegistryError
from pipelines.messages import either
from pipelines.messages import gettext as _
from pipelines.model import Capture, Job, Recipe
from pipelines.text.urls import is_splittable, split_url
from pipelines.times import CHINA

_PAGE_PARAMETER = re.compile(r"page|^(?:p|pg|a\d+[ptc])$", re.IGNORECASE)
"""Query parameters for a page's number or the number of pages: page, PageNo, cur_page, totalpage, VSB's a4p."""

_ENDING = re.compile(r"\.[a-z]{3,5}$")
"""The ending of a page's file name: .html, .jhtml."""


def _frozen(sites: Mapping[str, Site]) -> Mapping[str, Site]:
    return MappingProxyType(dict(sites))


@frozen(kw_only=True)
class Registry:
    """The sites by slug. A host that several sites name belongs to the first of them."""

    sites: Mapping[str, Site] = field(default=MappingProxyType({}), converter=_frozen)
    _hosts: Mapping[str, Site] = field(init=False, repr=False, eq=False)

    def __attrs_post_init__(self) -> None:
        hosts: dict[str, Site] = {}
        for site in self.sites.values():
            for host in site.hosts:
                hosts.setdefault(host, site)
        object.__setattr__(self, "_hosts", hosts)

    def __deepcopy__(self, memo: object) -> Registry:
        """Return the registry itself: it is immutable, and Scrapy copies its settings."""
        return self

    def get(self, slug: str) -> Site:
        """Return a site by its slug; raises RegistryError with the closest slugs if there is none."""
        if site := self.sites.get(slug):
            return site
        closest = difflib.get_close_matches(slug, self.sites, n=3)
        hint = (
            _("did you mean {names}?", names=either(closest)) if closest else _("`fangzhi sites list` lists all sites")
        )
        raise RegistryError(_("unknown site {slug!r}", slug=slug), hint=hint)

    def enabled(self) -> list[Site]:
        """Return the enabled sites, which a crawl of all sites covers."""
        return [site for site in self.sites.values() if site.enabled]

    def of_region(self, prefix: str) -> list[Site]:
        """Return the sites of a region and of those below it, whose codes begin with a prefix."""
        return [site for site in self.sites.values() if site.region and site.region.code.startswith(prefix)]

    def find(self, url: str) -> Site | None:
        """Return the site that a URL belongs to: by host and port, else by the most specific wildcard."""
        return next((self._hosts[host] for host in hosts_of(url) if host in self._hosts), None)

    def slug_of(self, url: str) -> str | None:
        """Return the slug of the site that a URL belongs to, None if there is none."""
        site = self.find(url)
        return site.slug if site else None

    def with_site(self, site: Site) -> Registry:
        """Return a registry with this site added; sites that are registered with its slug or hosts take precedence."""
        return self if site.slug in self.sites else Registry(sites={**self.sites, site.slug: site})

    def job(self, capture: Capture) -> Job:
        """Return a capture with its site, region and recipe; the same for crawls, fetches and replays.

        The site is that of the final URL, else of the first URL. The recipe is the first that is valid on the
        capture's day in China, among those of the site, then of its family, then of the generic family. A requisite on
        a host of no site belongs to the site of its page; it is not read, so its recipe does not matter.
        """
        site = self.find(capture.final_url) or self.find(capture.url)
        if capture.requisite_of:
            site = site or self.find(capture.requisite_of)
            recipe = _recipe(GENERIC.recipes, "article", capture)
            return Job(capture=capture, recipe=recipe, site=site.slug if site else None, region=None)
        if site is None or not is_splittable(capture.final_url):
            return Job(capture=capture, recipe=_recipe(GENERIC.recipes, "article", capture))
        family = FAMILIES[site.family]
        role = "list" if _is_list(capture, site, family) else "article"
        recipe = _recipe((*site.recipes, *family.recipes, *GENERIC.recipes), role, capture)
        recipe = evolve(recipe, charset=recipe.charset or site.charset)
        return Job(capture=capture, recipe=recipe, site=site.slug, region=site.region)


def _is_list(capture: Capture, site: Site, family: Family) -> bool:
    urls = {_comparable(capture.url), _comparable(capture.final_url)}
    if any(_comparable(section.url) in urls for section in site.sections):
        return True
    if family.is_article(capture.final_url):
        return False
    if family.is_list(capture.final_url):
        return True
    if any(_is_numbered_page(section.url, capture.final_url) for section in site.sections):
        return True
    return may_be_section(capture.final_url) and _shows_list(capture, site)


def _shows_list(capture: Capture, site: Site) -> bool:
    """Tell whether the page of a capture shows a list; used for URLs that lists and other pages have."""
    from pipelines.parse.decode import decode

    html = decode(capture, site.charset) if capture.status == 200 else ""
    return isinstance(html, str) and shows_list(html, capture.final_url)


def _is_numbered_page(section: str, url: str) -> bool:
    """Tell whether a URL is a numbered page of a section, such as /news/2.html of /news/ or /yw_2.shtml of /yw.shtml.

    A number after the section's name has four digits at most. One that stands alone has two: old systems use longer
    ones for articles, and losing an article is worse than reading a list as an article.

    >>> _is_numbered_page("http://a.cn/xw/yw", "http://a.cn/xw/yw/2"), _is_numbered_page("http://a.cn/xw", "http://a.cn/812")
    (True, False)
    """
    own, page = _comparable(section).partition("?")[0], _comparable(url)
    folder, stem = own.rpartition("/")[0] + "/", _ENDING.sub("", own)
    forms = (
        (folder, r"\d{1,2}\.s?html?"),
        (f"{stem}/", r"\d{1,2}(?:\.s?html?)?"),
        (stem, r"(?:/(?:index|list|page))?[_-]\d{1,4}(?:\.[a-z]{3,5})?"),
    )
    numbered = any(page.startswith(start) and re.fullmatch(rest, page[len(start) :]) for start, rest in forms)
    return numbered or _differs_by_page_parameter(section, url)


def _differs_by_page_parameter(section: str, url: str) -> bool:
    """Tell whether a URL differs from a section's only in query parameters for a page's number or a page count.

    >>> _differs_by_page_parameter("http://a.cn/list.jsp?cat=7", "http://a.cn/list.jsp?cat=7&cur_page=2")
    True
    """
    own, other = (dict(parse_qsl(split_url(each).query)) for each in (section, url))
    changed = {name for name in own.keys() | other.keys() if own.get(name) != other.get(name)}
    same = _comparable(section).partition("?")[0] == _comparable(url).partition("?")[0]
    numbers = all(_PAGE_PARAMETER.search(name) and other.get(name, "").isdecimal() for name in changed)
    return same and bool(changed) and numbers


def _comparable(url: str) -> str:
    """Return a URL without parts that do not distinguish pages: scheme, case of the host, fragment, index file name."""
    parts = split_url(url)
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
