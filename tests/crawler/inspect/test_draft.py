"""Every site of the directory without a doubt drafts to a TOML that the registry loads, and no host has two owners."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from crawler.directory import DirectoryList, DirectorySite, load_directory
from crawler.directory.places import Directory, bare_host
from crawler.inspect.draft import SiteDraft, draft_site, draft_slugs, skip_reason, without_hosts
from crawler.inspect.toml import site_toml
from crawler.sites.folders import load
from crawler.sites.serialize import site_from_mapping
from crawler.sites.site import Section, Site

DIRECTORY = load_directory()
REGISTERED = load().sites
SLUGS = draft_slugs(DIRECTORY, REGISTERED)


def drafts() -> Iterator[tuple[DirectorySite, SiteDraft]]:
    for place in DIRECTORY.sites:
        if not skip_reason(DIRECTORY, place):
            yield place, draft_site(DIRECTORY, place, SLUGS)


@pytest.fixture(scope="module")
def every() -> list[tuple[DirectorySite, SiteDraft]]:
    return list(drafts())


def test_every_row_without_a_doubt_drafts_to_a_toml_that_loads(every: list[tuple[DirectorySite, SiteDraft]]) -> None:
    for place, draft in every:
        site = draft.site
        assert site_from_mapping(tomllib.loads(site_toml(site, "not checked")), site.slug, site.slug) == site
        assert place.url.lower().startswith(("http://", "https://"))
        assert site.region is None or re.fullmatch(r"\d{6}", site.region.code)
        assert len({section.url for section in site.sections}) == len({section.name for section in site.sections})


def test_no_site_without_a_doubt_is_missing(every: list[tuple[DirectorySite, SiteDraft]]) -> None:
    reasons = Counter(skip_reason(DIRECTORY, place) for place in DIRECTORY.sites)
    assert reasons[None] == len(every) > 3800
    assert reasons["doubtful"] == sum(place.doubt is not None for place in DIRECTORY.sites)
    drafted = {section.url for _, draft in every for section in draft.site.sections}
    left_out = Counter(reason for _, draft in every for _, reason in draft.left_out)
    for place in DIRECTORY.sites:
        if skip_reason(DIRECTORY, place) == "same-host":
            assert any(section.url in drafted for section in place.lists) or not place.lists or left_out
    assert left_out.total() < 0.05 * len(drafted)


def test_each_host_has_one_owner_and_each_slug_is_given_once(every: list[tuple[DirectorySite, SiteDraft]]) -> None:
    owners = Counter(host for _, draft in every for host in draft.site.hosts)
    assert [host for host, count in owners.items() if count > 1] == []
    slugs = Counter(draft.site.slug for _, draft in every)
    assert [slug for slug, count in slugs.items() if count > 1] == []


def test_a_draft_never_has_the_slug_of_another_registered_site(every: list[tuple[DirectorySite, SiteDraft]]) -> None:
    for place, draft in every:
        if owner := REGISTERED.get(draft.site.slug):
            assert any(bare_host(f"http://{host}/") == place.host for host in owner.hosts)


def test_the_drafts_of_a_province_are_a_registry(every: list[tuple[DirectorySite, SiteDraft]], tmp_path: Path) -> None:
    registered = {host for site in REGISTERED.values() for host in site.hosts}
    for _, draft in every:
        site = without_hosts(draft.site, registered)
        if site and site.region and site.region.code.startswith("44"):
            (tmp_path / f"{site.slug}.toml").write_text(site_toml(site), "utf-8")
    assert len(load(tmp_path).sites) > len(REGISTERED) + 100


def place(code: str, host: str, *lists: str, level: str = "county", doubt: str | None = None) -> DirectorySite:
    made = [DirectoryList(url=url, name="要闻", kind="news", template="", doubt=None) for url in lists]
    return DirectorySite(
        code=code,
        name=f"云岭省{code}",
        own=code,
        pinyin="",
        level=level,
        url=f"http://{host}/",
        cms=None,
        seen="",
        reach="",
        source="",
        doubt=doubt,
        lists=tuple(made),
    )


def drafted(*sites: DirectorySite) -> list[SiteDraft | str]:
    directory = Directory(sites=sites)
    slugs = draft_slugs(directory, {})
    return [skip_reason(directory, site) or draft_site(directory, site, slugs) for site in sites]


def test_a_host_that_two_regions_name_is_not_registered() -> None:
    one, other = drafted(place("990101", "www.yz.cn"), place("990102", "yz.cn"))
    assert (one, other) == ("shared-host", "shared-host")
    (draft, _) = drafted(place("990101", "a.cn", "http://b.cn/1/", "http://a.cn/2/"), place("990102", "b.cn"))
    assert draft == "shared-host" or draft.left_out == (("http://b.cn/1/", "host-of-another-site"),)


def test_a_doubtful_site_and_an_article_are_no_draft() -> None:
    assert drafted(place("990101", "a.cn", doubt="did not answer")) == ["doubtful"]
    (draft,) = drafted(place("990101", "a.cn", "http://a.cn/yw/202603/t20260317_1311066.html"))
    assert isinstance(draft, SiteDraft)
    assert draft.left_out == (("http://a.cn/yw/202603/t20260317_1311066.html", "article"),)
    assert [(section.name, section.url) for section in draft.site.sections] == [("首页", "http://a.cn/")]


def test_the_lists_of_a_department_on_the_host_of_its_government_belong_to_the_government() -> None:
    government = place("990101", "www.a.cn", "http://zwgk.a.cn/1/")
    department = place("990101", "zwgk.a.cn", "http://zwgk.a.cn/2/", level="department")
    draft, other = drafted(department, government)[::-1]
    assert other == "same-host"
    assert isinstance(draft, SiteDraft)
    assert {section.url for section in draft.site.sections} == {"http://zwgk.a.cn/1/", "http://zwgk.a.cn/2/"}
    assert {section.name for section in draft.site.sections} == {"要闻", "要闻 2"}


def test_two_hosts_with_the_same_slug_end_in_their_codes() -> None:
    directory = Directory(sites=(place("990101", "a.gov.cn"), place("990102", "a.com.cn")))
    assert set(draft_slugs(directory, {}).values()) == {"a-990101", "a-990102"}
    known = Site(slug="b", name="b", family="generic", hosts=("other.cn",))
    assert draft_slugs(Directory(sites=(place("990103", "b.cn"),)), {"b": known}) == {("990103", "b.cn"): "b-990103"}


def test_hosts_of_other_sites_are_taken_out_with_their_sections() -> None:
    sections = (Section(name="1", url="http://a.cn/1"), Section(name="2", url="http://b.cn/2"))
    site = Site(slug="a", name="a", family="generic", hosts=("a.cn", "b.cn"), sections=sections)
    rest = without_hosts(site, {"b.cn"})
    assert rest is not None
    assert (rest.hosts, rest.sections) == (("a.cn",), sections[:1])
    assert without_hosts(site, {"a.cn", "b.cn"}) is None
