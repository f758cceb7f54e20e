"""Answers of list APIs of any CMS: JSON in any wrapping, and answers without content."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.families import FAMILIES
from crawler.families.answers import api_link, json_answer, with_page_number

BASE = "http://www.example.gov.cn/api"
APIS = (
    "/gkmlpt/index#7",
    "/gkmlpt/api/all/7?page=1&sid=1",
    "/module/web/jpage/dataproxy.jsp?page=1&columnid=7",
    "/module/xxgk/search.jsp#currpage=1&area=7",
    "/api-gateway/jpaas-publish-server/front/page/build/unit?paramJson=%7B%22pageNo%22%3A1%7D",
    f"/common/search/{'0a' * 16}?page=1",
    "/inf/info/getInfoCommon/?currpage=1",
    '/EWB-FRONT/rest/lightfrontaction/getgovinfolist#{"categorynum":"1","pageIndex":0}',
    "/js/webBuilderCommon.js?categorynum=7",
)
KEYS = (
    "data",
    "articles",
    "custom",
    "results",
    "infolist",
    "html",
    "total",
    "title",
    "url",
    "link",
    "infourl",
    "children",
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.sampled_from(["/art/2024/3/5/art_1_2.html"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('\ufeff{"a": 1}', {"a": 1}),
        ('jQuery18_1({"a": 1});', {"a": 1}),
        ("[1]", {}),
        ("<html>", {}),
        ('{"a": ' * 5000, {}),
    ],
)
def test_json_is_found_in_its_wrapping(text: str, found: dict[str, Any]) -> None:
    assert json_answer(text) == found


@pytest.mark.parametrize("day", ["2024-03-05 23:30:00", 1709652600, "1709652600000", "2024年3月5日"])
def test_dates_are_those_of_chinas_time_zone(day: str | int) -> None:
    found = api_link(BASE, "/1.html", "会议<em>召开</em>", day)
    assert found
    assert (found.title, found.listed_on) == ("会议召开", dt.date(2024, 3, 5))


@pytest.mark.parametrize("url", [None, "", "javascript:void(0)", "/a.pdf", 7, "http://[broken"])
def test_a_url_of_no_page_is_no_article(url: object) -> None:
    assert api_link(BASE, url, "标题") is None


def test_a_page_number_is_added_where_there_is_none() -> None:
    assert with_page_number("/search?mypage=3", "page", 2) == "/search?mypage=3&page=2"
    assert with_page_number("/search", "page", 2) == "/search?page=2"


@given(JSON | st.text(max_size=60))
def test_no_answer_raises_an_error(found: object) -> None:
    text = found if isinstance(found, str) else json.dumps(found)
    for family in FAMILIES.values():
        for api in APIS:
            listing = family.listing(text, f"http://www.example.gov.cn{api}")
            assert all(each.url.startswith("http") for each in (*listing.articles, *listing.pages, *listing.lists))


@pytest.mark.parametrize(
    "piece",
    [
        "<record><![CDATA[",
        "<nextgroup><![CDATA[",
        "<script unitbuild.js ",
        "<script ",
        "dataproxy.jsp'",
        "共 ",
        "<",
        "f(",
    ],
)
def test_unclosed_answers_are_read_quickly(piece: str) -> None:
    for family in FAMILIES.values():
        assert family.listing(f"dataproxy.jsp {piece * 20_000}", "http://www.example.gov.cn/col/col7/").articles == ()
