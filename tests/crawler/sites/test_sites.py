"""The sites that come with fangzhi: each file is in the folder of its province, and its values are in order."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

import crawler.sites
from crawler.sites.folders import load
from crawler.sites.hosts import covers
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
