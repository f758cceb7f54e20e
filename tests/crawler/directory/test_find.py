"""A place is found by its name in either script, in pinyin, by its code, by a host or by a part of its name."""

from __future__ import annotations

import random

import pytest

from crawler.directory import best_matches, find, load_directory, near_names, regions_called
from crawler.directory.regions import code_prefix, is_region_code
from pipelines.model import Region
from pipelines.text.traditional import traditional

DIRECTORY = load_directory()
SEED = 440783
PLACES = random.Random(SEED).sample(sorted(DIRECTORY.governments), 40)


def names(query: str) -> list[str]:
    return [site.name for site in find(DIRECTORY, query)]


@pytest.mark.parametrize("code", PLACES)
def test_forty_places_are_found_in_every_way(code: str) -> None:
    site = DIRECTORY.governments[code]
    whole, short = site.spellings
    toned = site.pinyin.replace("a", "á").replace(" ", "'")
    assert find(DIRECTORY, code)[0] == site
    assert best_matches(DIRECTORY, site.name) == (site,)
    for query in (
        site.own,
        traditional(site.own),
        whole,
        site.pinyin,
        site.pinyin.upper(),
        toned,
        site.own[:-1],
        short,
    ):
        assert site in find(DIRECTORY, query), query
    for query in (site.url, site.host, f"www.{site.host}"):
        assert site in find(DIRECTORY, query), query
        assert site in best_matches(DIRECTORY, query), query


@pytest.mark.parametrize("query", ["开平", "開平", "kaiping", "kai ping", "Kāi píng", "kai1ping2", "KAIPING"])
def test_spellings_of_a_name(query: str) -> None:
    assert names(query) == ["河北省唐山市开平区", "广东省江门市开平市"]


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("urumqi", "新疆维吾尔自治区乌鲁木齐市"),
        ("Ürümqi", "新疆维吾尔自治区乌鲁木齐市"),
        ("440783000000", "广东省江门市开平市"),
        ("４４０７８３", "广东省江门市开平市"),
    ],
)
def test_names_in_other_languages_and_long_codes(query: str, name: str) -> None:
    assert names(query)[0] == name


@pytest.mark.parametrize("query", ["440783001000", "4407830000001", "000000"])
def test_codes_of_towns_name_no_place(query: str) -> None:
    assert names(query) == []


@pytest.mark.parametrize(
    "query", ["南京 鼓楼", "南京鼓楼", "南京市鼓楼区", "江苏省南京市鼓楼区", "nanjing gulou", "南京 鼓樓"]
)
def test_a_region_below_another_one(query: str) -> None:
    assert names(query)[0] == "江苏省南京市鼓楼区"
    assert len(names(query)) == 1


def test_regions_above_and_the_kind_of_a_region_are_no_part_of_its_name() -> None:
    assert "广东省江门市" not in names("广东")
    assert names("广东")[0] == "广东省"
    assert "广东省江门市开平市" not in names("市")
    assert "广东省江门市开平市" not in names("shi")


def test_traditional_characters_that_simplified_names_have_too() -> None:
    assert names("乾安") == ["吉林省松原市乾安县"]


def test_codes_and_hosts() -> None:
    assert names("4407")[0] == names("440700")[0] == "广东省江门市"
    assert names("44")[0] == "广东省"
    assert names("czj.beijing.gov.cn")[0].startswith("北京市财政")
    assert {"北京市", "北京市财政"} <= set(names("beijing.gov.cn"))
    assert names("４４０７８３") == names("440783")
    assert names("(") == names("*") == names("://") == names(".") == names("%") == []
    assert names("999999") == names("nowhere.example") == names("") == names("  ") == []


def test_sites_without_a_doubt_come_first() -> None:
    doubts = [site.doubt is not None for site in find(DIRECTORY, "日报")]
    assert doubts == sorted(doubts)
    assert set(doubts) == {False, True}


def test_an_unknown_name_has_near_names() -> None:
    assert near_names(DIRECTORY, "江门门市")[0] == "江门市"
    assert "开平市" in near_names(DIRECTORY, "kaipinng")
    assert near_names(DIRECTORY, "云岭") != []
    assert near_names(DIRECTORY, "x") == []


def test_a_name_of_several_regions_and_regions_that_are_not_in_the_directory() -> None:
    assert [region.code for region in regions_called(DIRECTORY, "鼓楼区")] == ["320106", "320302", "350102", "410204"]
    assert [region.code for region in regions_called(DIRECTORY, "朝阳", level="prefecture")] == ["211300"]
    made_up = Region(code="990100", name="云岭省云洲市")
    assert regions_called(DIRECTORY, "云洲市", [made_up, made_up]) == [made_up]
    assert regions_called(DIRECTORY, "云洲市") == []
    below = Region(code="990129", name=f"{made_up.name}白沙县")
    for name in ("云洲市", "云洲"):
        assert regions_called(DIRECTORY, name, [below, made_up]) == [made_up], "a region before those below it"


@pytest.mark.parametrize(("code", "prefix"), [("44", "44"), ("440000", "44"), ("4407", "4407"), ("440783", "440783")])
def test_a_code_includes_what_is_below_it(code: str, prefix: str) -> None:
    assert is_region_code(code)
    assert code_prefix(code) == prefix


@pytest.mark.parametrize("text", ["4", "440", "44078", "4407831", "044", "江门", "", "４４"])
def test_what_is_no_code(text: str) -> None:
    assert not is_region_code(text)
