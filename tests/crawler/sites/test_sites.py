"""The sites that come with fangzhi: each file is in the folder of its province, and its values are in order."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

import crawler.sites
from crawler.directory import load_directory
from crawler.directory.places import bare_host
from crawler.sites.folders import load
from crawler.sites.hosts import covers, netloc
from crawler.sites.site import Site

FOLDER = Path(crawler.sites.__file__).parent
FILES = sorted(FOLDER.glob("*/*.toml"))
PROVINCES = {
    **dict(zip(("beijing", "tianjin", "hebei", "shanxi", "neimenggu"), range(11, 16), strict=True)),
    **dict(zip(("liaoning", "jilin", "heilongjiang"), range(21, 24), strict=True)),
    **dict(
        zip(("shanghai", "jiangsu", "zhejiang", "anhui", "fujian", "jiangxi", "shandong"), range(31, 38), strict=True)
    ),
    **dict(zip(("henan", "hubei", "hunan", "guangdong", "guangxi", "hainan"), range(41, 47), strict=True)),
    **dict(zip(("chongqing", "sichuan", "guizhou", "yunnan", "xizang"), range(50, 55), strict=True)),
    **dict(zip(("shaanxi", "gansu", "qinghai", "ningxia", "xinjiang"), range(61, 66), strict=True)),
}
"""The first two digits of each province's codes in GB/T 2260."""


@pytest.fixture(scope="module")
def sites() -> dict[str, Site]:
    return dict(load().sites)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_site_is_in_its_province_and_its_values_are_in_order(file: Path, sites: dict[str, Site]) -> None:
    site = sites[file.stem]
    assert site.region is not None
    province = file.parent.name
    assert province in PROVINCES, f"{file}: {province} is not a province; allowed are {', '.join(PROVINCES)}"
    prefix = PROVINCES[province]
    assert int(site.region.code[:2]) == prefix, f"{file}: region {site.region.code} is not in {province} ({prefix}…)"
    assert site.delay >= 2
    assert site.concurrency == 1
    assert bool(site.reason) is not site.enabled
    assert all(covers(site.hosts, section.url) for section in site.sections)
    assert len({section.url for section in site.sections}) == len({section.name for section in site.sections})
    assert len({section.url for section in site.sections}) == len(site.sections)


def test_every_file_is_a_site_and_all_surveyed_provinces_have_one(sites: dict[str, Site]) -> None:
    assert {file.stem for file in FILES} == sites.keys()
    assert len(sites) >= 48
    assert len({file.parent.name for file in FILES}) >= 14


def test_each_host_belongs_to_one_site(sites: dict[str, Site]) -> None:
    owners = Counter(host for site in sites.values() for host in site.hosts)
    assert max(owners.values()) == 1


def test_a_government_has_the_news_list_that_the_directory_has(sites: dict[str, Site]) -> None:
    """A department's site on its government's host is its own; the government's news is not."""
    directory = load_directory()
    for site in sites.values():
        places = [place for place in directory.sites if place.is_government and place.host in map(bare, site.hosts)]
        if "人民政府" not in site.name or not places:
            continue
        news = [each for each in places[0].lists if each.kind == "news" and not each.doubt and not places[0].doubt]
        names = {place_of(section.url) for section in site.sections}
        own = {"hangzhou"}  # two other lists of its news, from a survey
        assert not news or site.slug in own or any(place_of(each.url) in names for each in news), site.slug


def test_no_two_schemes_on_a_host(sites: dict[str, Site]) -> None:
    for site in sites.values():
        schemes = {(netloc(section.url), section.url.partition("://")[0]) for section in site.sections}
        assert len(schemes) == len({host for host, _ in schemes}), site.slug


def bare(host: str) -> str:
    return bare_host(f"http://{host}/")


def place_of(url: str) -> str:
    """Return a list's address without its scheme and without index.html."""
    return url.partition("://")[2].removesuffix("index.html")
