"""Search in the room finds what the command finds, by the same parameters."""

from __future__ import annotations

import csv
import html
import io
import json
import re
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from crawler.cli.filters import ORDERS
from crawler.web.applied import FIELDS
from crawler.web.facets import FACETS, facet, parameters_of
from crawler.web.parameters import FILTERS, filter_parameters
from crawler.web.results import COLUMNS
from crawler.web.rooms.article import CITATION_NAMES
from crawler.web.rooms.search import ORDER_NAMES
from pipelines.catalogue.dimensions import DIMENSIONS
from pipelines.export.citation import FORMS
from pipelines.model import Entry
from tests.crawler.web.rooms import archived, made_entry, opened


def found(room: TestClient, **parameters: str) -> list[str]:
    answer = room.get("/search.json", params=parameters)
    assert answer.status_code == 200, answer.text
    return [row["id"] for row in answer.json()["items"]]


def test_the_tables_of_the_room_are_those_of_the_commands() -> None:
    assert set(ORDER_NAMES) == set(ORDERS)
    assert set(CITATION_NAMES) == set(FORMS)
    assert {name for name, _label, _example in FIELDS} <= set(FILTERS())
    assert set(FACETS) <= set(DIMENSIONS)


@pytest.mark.parametrize(
    ("parameters", "numbers"),
    [
        ({"q": "电梯"}, [1, 4]),
        ({"q": "電梯"}, [1, 4]),
        ({"q": '"加装电梯" -供水'}, [1, 4]),
        ({"q": "电梯", "copies": "true"}, [4, 1, 0]),
        ({"q": "电梯 OR 停水", "copies": "false"}, [1, 0, 2]),
        ({"since": "2024-03"}, [1, 4]),
        ({"until": "2024-02"}, [2]),
        ({"site": "paper"}, [4]),
        ({"region": "4407"}, [0]),
        ({"region": "开平市"}, [0]),
        ({"source": "日报"}, [1, 0]),
        ({"column": "要闻"}, [1, 0]),
        ({"verdict": "new-version"}, [1]),
        ({"gone": "true"}, [2]),
        ({"q": "电梯", "limit": "1"}, [4]),
        ({"q": "不存在"}, []),
        ({"q": "", "site": "paper"}, [4]),
    ],
    ids=str,
)
def test_filters(room: TestClient, entries: list[Entry], parameters: dict[str, str], numbers: list[int]) -> None:
    ids = [each.id for each in entries]
    assert sorted(found(room, **parameters)) == sorted(ids[number] for number in numbers)


@pytest.mark.parametrize(
    ("parameters", "word"),
    [
        ({"q": '"电梯'}, '"'),
        ({"q": "("}, "("),
        ({"since": "soon"}, "since"),
        ({"min_score": "2"}, "min_score"),
        ({"verdict": "unknown"}, "verdict"),
        ({"site": "nowhere"}, "nowhere"),
        ({"region": "999"}, "999"),
        ({"region": "新华区"}, "新华区"),
        ({"colour": "red"}, "colour"),
        ({"limit": "0"}, "limit"),
        ({"page": "aaaa"}, "page"),
    ],
    ids=str,
)
def test_a_parameter_that_is_not_valid_is_named(room: TestClient, parameters: dict[str, str], word: str) -> None:
    answer = room.get("/search.json", params=parameters, headers={"Accept-Language": "en"})
    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert word in answer.json()["detail"]
    page = room.get("/search", params=parameters)
    assert page.status_code == 400
    assert page.headers["Content-Type"].startswith("text/html")


def test_every_option_of_the_commands_is_a_parameter() -> None:
    assert {"since", "captured_until", "min_score", "flag", "copies", "files", "gone", "sort"} <= {
        each.name for each in filter_parameters()
    }


def test_pages_follow_each_other_and_their_tokens_belong_to_one_selection(room: TestClient) -> None:
    first = room.get("/search.json", params={"copies": "true", "limit": "2"}).json()
    assert first["total"] == 5
    seen = [row["id"] for row in first["items"]]
    following = first
    while following["next_page"]:
        following = room.get(following["next"].replace("/search?", "/search.json?")).json()
        seen += [row["id"] for row in following["items"]]
    assert len(seen) == len(set(seen)) == 5
    stolen = room.get("/search.json", params={"q": "电梯", "page": first["next_page"]})
    assert stolen.status_code == 400


def test_copies_are_folded_and_counted(room: TestClient) -> None:
    answer = room.get("/search.json", params={"q": "电梯"}).json()
    assert (answer["total"], answer["captures"]) == (2, 3)
    assert sum(row["copies"] for row in answer["items"]) == 1
    assert "另有 1 个副本" in room.get("/search", params={"q": "电梯"}, headers={"Accept-Language": "zh"}).text


def test_facets_have_the_numbers_of_what_they_lead_to(room: TestClient) -> None:
    facets = room.get("/search.json").json()["facets"]
    assert {value["value"]: value["count"] for value in facets["site"]} == {"news": 3, "paper": 1}
    assert {value["value"]: value["count"] for value in facets["month"]} == {"2024-03": 2, "2024-02": 1, None: 1}
    for name, values in facets.items():
        for value in (each for each in values if each["value"]):
            assert found(room, **parameters_of(name, value["value"])), (name, value)


def test_an_empty_archive_says_so(tmp_path: Path) -> None:
    archived(tmp_path, [made_entry(1, None, reason="challenge")])
    with opened(tmp_path) as room:
        for path in ("/", "/search", "/regions"):
            page = room.get(path, headers={"Accept-Language": "en"}).text
            assert "There is no article yet" in page, path
            assert "Fewer words" not in page
        for path in ("/coverage", "/counts?by=site", "/search?q=x"):
            page = room.get(path, headers={"Accept-Language": "en"}).text
            assert "No article matches." in page, path


def test_months_are_in_a_row() -> None:
    counts = [(f"2024-{month:02}", 20 - month) for month in range(1, 13)]
    shown = facet("month", [*counts, (None, 99)], (), str, str)
    assert [value.code for value in shown.values] == [f"2024-{month:02}" for month in range(12, 4, -1)]
    assert shown.more == 5


def test_what_is_wrong_in_a_query_is_marked_and_can_be_corrected(room: TestClient) -> None:
    answer = room.get("/search", params={"q": "电梯 tittle:停水 OR 医保"})
    assert answer.status_code == 400
    assert '<p class="wrong-query" lang="zh">电梯 <mark>tittle:停水</mark> OR 医保</p>' in answer.text
    assert 'value="电梯 tittle:停水 OR 医保"' in answer.text


@pytest.mark.parametrize("path", ["/search", "/counts", "/gone", "/changed", "/coverage", "/tray"])
def test_a_page_says_which_filters_are_in_force(room: TestClient, path: str) -> None:
    page = room.get(path, params={"site": "paper", "since": "2024-03"}, headers={"Accept-Language": "en"}).text
    assert 'Site <b lang="zh">paper</b>' in page
    assert f'href="{path}?since=2024-03">without it</a>' in page
    assert "without it" not in room.get(path, headers={"Accept-Language": "en"}).text


def test_the_twins_have_the_same_rows(room: TestClient) -> None:
    rows = room.get("/search.json", params={"q": "电梯"}).json()["items"]
    assert list(rows[0]) == list(COLUMNS)
    table = list(csv.reader(io.StringIO(room.get("/search.csv", params={"q": "电梯"}).text)))
    assert table[0] == list(COLUMNS)
    assert [row[0] for row in table[1:]] == [row["id"] for row in rows]


def test_a_form_with_empty_fields_leads_to_the_short_address(room: TestClient) -> None:
    answer = room.get("/search?q=电梯&site=&since=", follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/search?q=%E7%94%B5%E6%A2%AF"


def test_data_that_a_client_has_is_not_sent_again(room: TestClient) -> None:
    first = room.get("/search.json", params={"q": "电梯"})
    again = room.get("/search.json", params={"q": "电梯"}, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = room.get("/search.json", headers={"If-None-Match": first.headers["ETag"]})
    assert other.status_code == 200


def test_the_whole_result_can_be_saved_and_followed(room: TestClient) -> None:
    page = room.get("/search?q=电梯&site=news&sort=published&limit=1").text
    links = re.findall(r'href="(/(?:api/export|search\.atom)[^"]*)"', page)
    assert len(links) == 3
    csv_link, jsonl_link, feed = map(html.unescape, links)
    assert "电梯" in room.get(csv_link).text
    found = [json.loads(line) for line in room.get(jsonl_link).text.splitlines()]
    assert {each["site"] for each in found} == {"news"}
    assert len(found) == room.get("/search.json?q=电梯&site=news&copies=true").json()["captures"]
    assert room.get(feed).headers["Content-Type"].startswith("application/atom+xml")
