"""The types of the directory: a site of a place with its lists, and the whole directory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import cached_property
from typing import Literal

from attrs import define, frozen

from crawler.directory.names import short_name

Level = Literal["province", "prefecture", "county", "department", "paper"]

GOVERNMENTS: tuple[Level, ...] = ("province", "prefecture", "county")
"""The levels at which a site is that of a region's own government; each region has one of them."""

LEVELS: tuple[Level, ...] = (*GOVERNMENTS, "department", "paper")
"""All levels, in the order in which results are shown."""


@frozen(kw_only=True)
class DirectoryList:
    """A list page of a site: its name, its kind (news, policy, budget, paper, news site), and the doubt about its row.

    `template` is the dated address of a paper's issues, with the marks that its source used for the date.
    """

    url: str
    name: str
    kind: str
    template: str
    doubt: str | None


@frozen(kw_only=True)
class DirectorySite:
    """A site of a place, as a public list of addresses names it; the directory's makers did not visit it.

    `code` is the place's code in GB/T 2260, empty if the place is newer than the table of codes. `name` is the full
    name, `own` the end of it without the regions above. `pinyin` are the syllables of `own`. `cms` is the family that
    the addresses show, None if they show none. `seen` is the month of the source, `reach` whether the site answered its
    makers. `doubt` is None unless all rows of the site are doubtful.
    """

    code: str
    name: str
    own: str
    pinyin: str
    level: Level
    url: str
    cms: str | None
    seen: str
    reach: str
    source: str
    doubt: str | None
    lists: tuple[DirectoryList, ...] = ()

    @property
    def host(self) -> str:
        """The host of its address without `www.`, by which two addresses of a site are recognised as one."""
        return bare_host(self.url)

    @property
    def region(self) -> str:
        """The code of its region, or its name if it has no code: what tells regions apart."""
        return self.code or self.name

    @property
    def spellings(self) -> tuple[str, str]:
        """The pinyin of its own name, and of this name without its last part (市, 县, 自治州, …), without blanks."""
        syllables = self.pinyin.split()
        return "".join(syllables), "".join(syllables[: len(short_name(self.own))])

    @property
    def is_government(self) -> bool:
        """Whether it is the site of a region's government, not of a department or a paper."""
        return self.level in GOVERNMENTS


@define(kw_only=True)
class Directory:
    """All sites of the directory, in the order of the file. What is derived from them is computed when it is needed."""

    sites: tuple[DirectorySite, ...]

    @cached_property
    def governments(self) -> Mapping[str, DirectorySite]:
        """The government of each region by its code; of several sites the first without a doubt."""
        found: dict[str, DirectorySite] = {}
        for site in self.sites:
            if site.code and site.is_government and (site.code not in found or found[site.code].doubt):
                found[site.code] = site
        return found

    @cached_property
    def of_region(self) -> Mapping[str, tuple[DirectorySite, ...]]:
        """The sites of each region, without those of the regions below it."""
        found: dict[str, list[DirectorySite]] = defaultdict(list)
        for site in self.sites:
            found[site.region].append(site)
        return {region: tuple(sites) for region, sites in found.items()}

    @cached_property
    def owners(self) -> Mapping[tuple[str, str], DirectorySite]:
        """The site to which a host belongs, by region and host without `www.`; sites with a doubt own none.

        It is the government of the region, if it has its home page or a list there, else the first site with its home
        page there, else the first one with a list there.
        """
        order: dict[tuple[str, str], tuple[bool, bool, int]] = {}
        found: dict[tuple[str, str], DirectorySite] = {}
        for number, site in enumerate(self.sites):
            for host in () if site.doubt else (site.host, *(bare_host(each.url) for each in site.lists)):
                key, rank = (site.region, host), (not site.is_government, host != site.host, number)
                if key not in order or rank < order[key]:
                    order[key], found[key] = rank, site
        return found

    @cached_property
    def claims(self) -> Mapping[str, frozenset[str]]:
        """The regions that name a host, by host without `www.`: those of its home pages, and of lists on other hosts.

        A region without a code is named by its name.
        """
        found: dict[str, set[str]] = defaultdict(set)
        for site in self.sites:
            for host in {site.host, *(bare_host(each.url) for each in site.lists)}:
                found[host].add(site.region)
        return {host: frozenset(regions) for host, regions in found.items()}

    def parents(self, code: str) -> tuple[DirectorySite, ...]:
        """Return the governments of the regions above a region, the province first."""
        above = (f"{code[:2]}0000", f"{code[:4]}00")
        return tuple(
            self.governments[each] for each in dict.fromkeys(above) if each != code and each in self.governments
        )

    def within(self, prefix: str) -> tuple[DirectorySite, ...]:
        """Return the sites of a region and of all regions below it, governments first; `prefix` begins their codes."""
        found = (site for site in self.sites if site.code and site.code.startswith(prefix))
        return tuple(sorted(found, key=lambda site: (LEVELS.index(site.level), site.code)))


def bare_host(url: str) -> str:
    """Return the host of a URL with its port, if it names one, and without `www.`.

    >>> bare_host("http://www.jiangmen.gov.cn/")
    'jiangmen.gov.cn'
    """
    return url.partition("://")[2].partition("/")[0].lower().removeprefix("www.")
