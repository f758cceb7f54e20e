"""Changes of a site's registration: which redirects are moves, and how the text of a TOML is changed."""

from __future__ import annotations

import tomllib

import pytest
from attrs import evolve

from crawler.directory import load_directory
from crawler.inspect.check import SiteFinding
from crawler.inspect.proposals import TomlChange, changed_toml, changes, directory_lists, moved_section, with_section
from crawler.sites.folders import load
from crawler.sites.serialize import site_from_mapping
from crawler.sites.site import Section, Site

SITE = Site(
    slug="yun",
    name="云洲市人民政府",
    family="generic",
    hosts=("www.yz.cn",),
    sections=(Section(name="要闻", url="http://www.yz.cn/yw/"), Section(name="公告", url="http://www.yz.cn/gg/")),
)


@pytest.mark.parametrize(
    "url",
    [
        "http://www.yz.cn/yw/",
        "http://www.yz.cn/yw/index.html",
        "http://www.yz.cn/yw",
        "http://www.yz.cn/",
        "http://other.cn",
        "http://www.yz.cn/html/2026-03/05/node_1.htm",
    ],
)
def test_redirects_that_are_no_moves(url: str) -> None:
    assert moved_section(SITE, url) is None


@pytest.mark.parametrize(
    ("url", "hosts"),
    [
        ("https://www.yz.cn/yw/", ("www.yz.cn",)),
        ("http://www.yz.cn/xw/yw/", ("www.yz.cn",)),
        ("http://new.cn/yw/", ("www.yz.cn", "new.cn")),
    ],
)
def test_a_move_keeps_the_old_host_and_the_other_sections(url: str, hosts: tuple[str, ...]) -> None:
    moved = moved_section(SITE, url)
    assert moved is not None
    assert (moved.sections[0].url, moved.hosts, moved.sections[1]) == (url, hosts, SITE.sections[1])


def test_the_fragment_of_a_section_is_kept() -> None:
    site = with_section(SITE, 0, "http://www.yz.cn/gkmlpt/index#3401")
    moved = moved_section(site, "https://www.yz.cn/gkmlpt/index")
    assert moved is not None
    assert moved.sections[0].url == "https://www.yz.cn/gkmlpt/index#3401"


@pytest.mark.parametrize("slug", sorted(load().sites))
def test_every_toml_that_comes_with_fangzhi_can_be_changed_in_its_text(slug: str) -> None:
    from crawler.sites.files import site_files

    site, text = load().sites[slug], site_files()[slug].read_text("utf-8")
    proposal = evolve(site, family="trs" if site.family == "generic" else "generic")
    if site.sections:
        proposal = with_section(proposal, len(site.sections) - 1, "https://new.example.cn/yw/")
    changed = changed_toml(text, site, proposal)
    assert changed is not None
    assert site_from_mapping(tomllib.loads(changed), slug, slug) == proposal
    assert [line for line in text.splitlines() if line.startswith("#")] == [
        line for line in changed.splitlines() if line.startswith("#")
    ]


def test_a_text_of_another_form_is_left_to_a_person() -> None:
    text = "name = '云洲市人民政府'\nfamily = 'generic'\nhosts = ['www.yz.cn']\nenabled = false\nreason = 'x'\n"
    site = site_from_mapping(tomllib.loads(text), "yun", "yun")
    assert changed_toml(text, site, evolve(site, family="trs")) is None


def test_changes_are_named_by_their_keys() -> None:
    proposal = evolve(with_section(SITE, 1, "http://new.cn/gg/"), family="trs")
    assert changes(SITE, proposal) == [
        TomlChange(key="family", old="generic", new="trs"),
        TomlChange(key="hosts", old=None, new="new.cn"),
        TomlChange(key="sections[1].url", old="http://www.yz.cn/gg/", new="http://new.cn/gg/"),
    ]
    assert changes(SITE, SITE) == []


@pytest.mark.parametrize(
    ("kind", "status", "state"),
    [
        ("moved", None, "moved"),
        ("unreachable", None, "dead"),
        ("http-error", 404, "dead"),
        ("http-error", 412, "blocked"),
        ("challenge", 200, "blocked"),
        ("robots", None, "blocked"),
        ("other-family", None, "other-cms"),
        ("list-empty", None, "broken"),
        ("field-missing", None, "broken"),
    ],
)
def test_the_state_of_a_finding(kind: str, status: int | None, state: str) -> None:
    assert SiteFinding(kind=kind, url="", detail="", status=status).state == state


def test_the_lists_of_the_directory_are_those_of_the_site_itself() -> None:
    directory, sites = load_directory(), load().sites
    assert any("jiangmen.gov.cn" in url for url in directory_lists(directory, sites["jiangmen"]))
    department = sites["zhuhai-ssthjj"]
    assert all("ssthjj" in url for url in directory_lists(directory, department))
    moved = evolve(sites["jiangmen"], hosts=("old.jiangmen.cn",))
    assert directory_lists(directory, moved) == directory_lists(directory, sites["jiangmen"])
    assert directory_lists(directory, SITE) == []
