"""The tree of regions: provinces, cities and counties with the numbers of their articles and their sites."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from attrs import frozen

from crawler.web.links import Links
from crawler.web.page_request import CsvTable, PageRequest, WebPage
from crawler.web.readers import Reader
from pipelines.catalogue.filters import Filter
from pipelines.messages import gettext as _


@frozen(kw_only=True)
class RegionNode:
    """A region with all below it."""

    code: str
    name: str
    articles: int
    sites: int
    href: str
    below: Sequence[RegionNode]

    def document(self) -> dict[str, Any]:
        """Return the region as JSON values."""
        below = [each.document() for each in self.below]
        return {"code": self.code, "name": self.name, "articles": self.articles, "sites": self.sites, "below": below}


@frozen(kw_only=True)
class RegionsView:
    """The regions with articles or sites, and the number of articles without a region."""

    roots: Sequence[RegionNode]
    without: int

    @property
    def title(self) -> str:
        """The title of the page."""
        return _("Regions")

    def document(self) -> dict[str, Any]:
        """Return the tree as JSON values."""
        return {"regions": [each.document() for each in self.roots], "without_region": self.without}

    def table(self) -> CsvTable:
        """Return the regions as a table."""
        rows = ((each.code, each.name, each.articles, each.sites) for each in _every(self.roots))
        return CsvTable(heads=("code", "name", "articles", "sites"), rows=rows)


def read(asked: PageRequest, reader: Reader) -> RegionsView:
    """Count the articles of each region."""
    counts: Counter[str] = Counter()
    for each in reader.catalogue.count_articles(Filter(), ["region"], once=True):
        counts[each.key[0] or ""] += each.articles
    sites = Counter(site.region.code for site in asked.room.registry.sites.values() if site.region)
    missing = counts.pop("", 0)
    sites = Counter({code: number for code, number in sites.items() if code in counts})
    return RegionsView(roots=tree(counts, sites, asked.room.region_names, asked.links), without=missing)


def tree(
    articles: Mapping[str, int], sites: Mapping[str, int], names: Mapping[str, str], links: Links
) -> list[RegionNode]:
    """Return the regions as a tree: provinces by the first two digits of their codes, then cities, then counties.

    Districts of Beijing and counties that a province administers have no city above them: a level without a name
    is left out.

    >>> [beijing] = tree({"110101": 1}, {}, {"110000": "北京市", "110101": "北京市东城区"}, Links())
    >>> [each.code for each in beijing.below]
    ['110101']
    >>> [province] = tree({"440700": 2, "440783": 3}, {"440783": 1}, {"440000": "广东省"}, Links())
    >>> province.name, province.articles, [(city.code, [each.code for each in city.below]) for city in province.below]
    ('广东省', 5, [('440700', ['440783'])])
    """

    def node(code: str, below: Sequence[RegionNode]) -> RegionNode:
        name = names.get(code) or code
        own = 0 if any(each.code == code for each in below) else articles.get(code, 0)
        return RegionNode(
            code=code,
            name=name,
            articles=own + sum(each.articles for each in below),
            sites=sites.get(code, 0) + sum(each.sites for each in below),
            href=links.to("search", parameters=[("region", code)]),
            below=below,
        )

    def level(code: str, below: Sequence[RegionNode]) -> Sequence[RegionNode]:
        return [node(code, below)] if names.get(code) or code in articles else below

    def cities(code: str, codes: Iterable[str]) -> Sequence[RegionNode]:
        return level(f"{code}00", [node(each, ()) for each in codes if each[4:] != "00"])

    def provinces(code: str, codes: Iterable[str]) -> Sequence[RegionNode]:
        below = groupby((each for each in codes if each[2:] != "0000"), lambda each: each[:4])
        return level(f"{code}0000", [each for city in below for each in cities(*city)])

    grouped = groupby(sorted(articles), lambda each: each[:2])
    return [each for province in grouped for each in provinces(*province)]


def _every(nodes: Iterable[RegionNode]) -> Iterable[RegionNode]:
    for each in nodes:
        yield each
        yield from _every(each.below)


PAGE = WebPage(
    path="/regions",
    read=read,
    template="regions.html",
    section="regions",
    is_slow=lambda _asked: True,
    summary=_("The regions with articles, as a tree."),
    parameters=lambda: (),
)
