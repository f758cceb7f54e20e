"""The interface for programs."""

from __future__ import annotations

import csv
import io
import json
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from starlette.testclient import TestClient
from warcio.archiveiterator import ArchiveIterator

from crawler.web.api.openapi import description
from crawler.web.content import content_application
from crawler.web.room import Room
from crawler.web.serving import Serving
from pipelines.export.citation import FORMS
from pipelines.model import Entry
from tests.crawler.web.rooms import config_of

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(scope="session")
def content(sample_archive: Path) -> Iterator[TestClient]:
    """A client of the origin of archived content."""
    made = Room(config_of(sample_archive), Serving())
    with TestClient(content_application(made), base_url="http://127.0.0.1:8941") as client:
        yield client
    made.close()


def test_a_record_is_a_warc_record(room: TestClient, entries: list[Entry]) -> None:
    answer = room.get(f"/api/record/{entries[0].id}")
    assert answer.headers["Content-Type"] == "application/warc"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    (record,) = ArchiveIterator(io.BytesIO(answer.content))
    assert record.rec_headers.get_header("WARC-Target-URI") == entries[0].final_url
    assert room.get("/api/record/20200101000000-000000000000").status_code == 404


def test_a_package_has_one_capture(room: TestClient, entries: list[Entry]) -> None:
    answer = room.get(f"/api/wacz/{entries[0].id}")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as package:
        pages = package.read("pages/pages.jsonl").decode().splitlines()[1:]
    assert [json.loads(page)["url"] for page in pages] == [entries[0].final_url]


def test_an_export_is_the_whole_result(room: TestClient, entries: list[Entry]) -> None:
    lines = room.get("/api/export.jsonl").text.splitlines()
    assert {json.loads(line)["id"] for line in lines} == {each.id for each in entries}
    found = list(csv.DictReader(io.StringIO(room.get("/api/export.csv?q=电梯").text)))
    assert [row["title"] for row in found] == ["老旧小区加装电梯"] * 3
    assert room.get("/api/export.csv?sort=relevance").status_code == 400


def test_more_exports_than_slots_are_told_to_wait_and_slots_are_given_back(room: TestClient) -> None:
    for _ in range(5):
        assert room.get("/api/export.csv?q=(").status_code == 400
        assert room.get("/api/export.csv").status_code == 200


def test_the_time_gate_leads_to_the_nearest_capture(
    room: TestClient, content: TestClient, entries: list[Entry]
) -> None:
    url = entries[0].final_url
    early = {"Accept-Datetime": "Tue, 05 Mar 2024 01:00:00 GMT"}
    answer = room.get(f"/timegate/{url}", headers=early, follow_redirects=False)
    assert answer.status_code == 302
    assert answer.headers["Vary"] == "accept-datetime"
    assert answer.headers["Location"] == f"http://127.0.0.1:8941/play/20240305013000id_/{url}"
    assert 'rel="original"' in answer.headers["Link"]
    memento = content.get(answer.headers["Location"])
    assert memento.content == b"<p>0</p>"
    assert memento.headers["Memento-Datetime"] == "Tue, 05 Mar 2024 01:30:00 GMT"
    assert memento.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert memento.headers["Content-Disposition"].startswith("attachment")
    newest = room.get(f"/timegate/{url}", follow_redirects=False).headers["Location"]
    assert "20240305013001id_" in newest
    assert room.get(f"/timegate/{url}", headers={"Accept-Datetime": "soon"}).status_code == 400
    assert room.get("/timegate/http://nowhere.example/").status_code == 404


def test_a_time_without_a_capture_leads_to_the_nearest(content: TestClient, entries: list[Entry]) -> None:
    url = entries[0].final_url
    answer = content.get(f"/play/2024id_/{url}", follow_redirects=False)
    assert answer.headers["Location"].endswith(f"/play/20240305013000id_/{url}")
    for path in (
        f"/play/xid_/{url}",
        f"/play/{'9' * 5000}id_/{url}",
        "/play/2024id_/http://nowhere.example/",
        "/search",
    ):
        assert content.get(path).status_code == 404, path[:40]


def test_the_time_map_lists_all_captures(room: TestClient, entries: list[Entry]) -> None:
    url = entries[0].final_url
    text = room.get(f"/timemap/link/{url}").text
    assert text.count('rel="first memento"') == text.count('rel="last memento"') == 1
    assert 'rel="self"' in text
    document = room.get(f"/timemap/json/{url}").json()
    assert [each["datetime"] for each in document["mementos"]["list"]] == [
        "2024-03-05T01:30:00Z",
        "2024-03-05T01:30:01Z",
    ]


@pytest.mark.parametrize(
    ("query", "stamps"),
    [
        ("url={url}", ["20240305013000", "20240305013001"]),
        ("url={url}&from=20240305013001", ["20240305013001"]),
        ("url={url}&to=20240305013000", ["20240305013000"]),
        ("url={url}&sort=reverse&limit=1", ["20240305013001"]),
        ("url={url}&closest=20240305013005&limit=1", ["20240305013001"]),
        ("url=http://news.example/gone*&filter=!=status:200", ["20240305013003"]),
        ("url=news.example/gone&matchType=prefix", ["20240305013002", "20240305013003"]),
        ("url=http://news.example/x&matchType=host&filter==status:404", ["20240305013003"]),
        ("url=http://news.example/x&matchType=host&filter=~status:[45]..", ["20240305013003"]),
        ("url=http://news.example/gone*&filter=!~status:4", ["20240305013002"]),
        ("url=example&matchType=domain&filter=~url:.*gone\\.html$", ["20240305013002", "20240305013003"]),
        ("url=news.example&matchType=domain&limit=1", ["20240305013000"]),
        ("url=ews.example&matchType=domain", []),
    ],
)
def test_the_cdx_server(room: TestClient, entries: list[Entry], query: str, stamps: list[str]) -> None:
    answer = room.get(f"/cdx?{query.format(url=entries[0].final_url)}&output=json&fl=timestamp,url")
    assert answer.status_code == 200, answer.text
    assert [json.loads(line)["timestamp"] for line in answer.text.splitlines()] == stamps


@pytest.mark.parametrize(
    "query",
    [
        *("", "url=x&matchType=colour", "url=x&fl=secret", "url=x&filter=~url:(a", "url=x&from=soon"),
        *("url=x&limit=-1", "url=x&sort=up", "url=x&closest=99999999999999", "url=x&colour=red", "url=x&filter=status"),
        *("url=x&filter=~url:(?R)", "url=x&filter=~url:a{1,99}", "url=x&filter=~url:(.)%5C1", "url=x&filter=~colour:a"),
        "url=x" + "&filter=url:x" * 11,
    ],
)
def test_wrong_parameters_of_the_cdx_server(room: TestClient, query: str) -> None:
    answer = room.get(f"/cdx?{query.replace('url=x', 'url=http://news.example/a.html')}")
    assert answer.status_code == 400, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("path", "titles"),
    [
        ("/search.atom?q=停水", ["供水通告"]),
        ("/sites/paper.atom", ["老旧小区加装电梯"]),
        ("/regions/4407.atom", ["老旧小区加装电梯"]),
        ("/gone.atom", ["供水通告"]),
        ("/changed.atom", ["老旧小区加装电梯"]),
    ],
)
def test_feeds(room: TestClient, path: str, titles: list[str]) -> None:
    answer = room.get(path)
    assert answer.headers["Content-Type"] == "application/atom+xml"
    root = ET.fromstring(answer.content)
    assert [each.findtext(f"{ATOM}title") for each in root.iter(f"{ATOM}entry")] == titles
    for entry in root.iter(f"{ATOM}entry"):
        address = entry.find(f"{ATOM}link").get("href")  # type: ignore[union-attr]
        assert room.get(str(address)).status_code == 200
    assert room.get(path, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304


def test_metrics_have_units_and_a_value_for_each_site(room: TestClient) -> None:
    text = room.get("/metrics").text
    assert 'fangzhi_site_state{site="news",state=' in text
    assert 'fangzhi_captures_total{site="news",outcome=' in text
    assert 'fangzhi_readable{part="catalogue"} 1' in text


def test_the_room_is_alive_and_ready(room: TestClient) -> None:
    assert room.get("/healthz").text == "ok\n"
    assert room.get("/readyz").text == "ok\n"


def test_the_description_names_every_operation(room: TestClient) -> None:
    document = room.get("/api/openapi.json").json()
    assert document == json.loads(json.dumps(description()))
    assert document["openapi"].startswith("3.1")
    assert {"/search.json", "/a/{id}.json", "/cdx", "/timegate/{url}", "/metrics"} <= set(document["paths"])


def test_entries_are_answered_page_by_page(room: TestClient, entries: list[Entry]) -> None:
    found: list[str] = []
    address = "/api/entries?limit=2&outcome=article"
    while address:
        answer = room.get(address).json()
        found += [each["id"] for each in answer["items"]]
        address = answer["next"]
    wanted = sorted((each for each in entries if each.articles), key=lambda each: (each.fetched_at, each.id))
    assert found == [each.id for each in reversed(wanted)]
    assert answer["total"] == len(found)
    assert room.get("/api/entries?sort=relevance").status_code == 400


def test_what_has_a_page_is_data_too(room: TestClient, entries: list[Entry]) -> None:
    edited = entries[1].id
    for data, page in (
        (f"/api/entries/{edited}", f"/a/{edited}.json"),
        ("/api/counts?q=电梯&by=month", "/counts.json?q=电梯&by=month"),
        ("/api/sites", "/sites.json"),
    ):
        assert room.get(data).json() == room.get(page).json(), data
    found = room.get("/api/search?q=电梯&limit=1").json()
    assert {"total", "facets", "items", "next"} <= set(found)
    assert found["next"].startswith("/api/search?")
    assert room.get(found["next"]).json()["items"] != found["items"]


def test_a_capture_is_cited_in_each_form(room: TestClient, entries: list[Entry]) -> None:
    found = room.get(f"/api/cite/{entries[0].id}").json()
    assert set(found) == set(FORMS)
    assert all(entries[0].final_url in text for text in found.values())


def test_the_directory_of_the_country_is_searched(room: TestClient) -> None:
    found = room.get("/api/directory?q=开平").json()
    assert found["total"] == len(found["items"])
    assert "440783" in {each["code"] for each in found["items"]}
    assert room.get("/api/directory?q=不存在的地方").json() == {"total": 0, "items": []}


SKIPPED = ("/api/fetch/{job}/events", "/timegate/{url}")
"""A stream without an end, and an address that leads elsewhere."""

ASKED = [path for path, operations in description()["paths"].items() if "get" in operations and path not in SKIPPED]


@pytest.fixture(scope="module")
def schema() -> Any:
    """The description as schemathesis reads it; its import takes over a second, which only one worker needs."""
    import schemathesis

    return schemathesis.openapi.from_dict(description())


@pytest.mark.parametrize("path", ASKED)
def test_the_api_keeps_its_description(room: TestClient, schema: Any, path: str) -> None:
    """Schemathesis makes parameters; each answer must have a status and a type that the description names."""
    operation = schema[path]["GET"]

    @given(case=operation.as_strategy())
    @settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
    def ask(case: Any) -> None:
        query = {name: value for name, value in (case.query or {}).items() if value is not None}
        asked = case.path.format(**{name: quote(str(value), safe="") for name, value in case.path_parameters.items()})
        answer = room.get(asked, params=query)
        described = operation.definition.raw["responses"]
        assert f"{answer.status_code}" in described or answer.status_code in (414, 405), answer.text
        assert answer.status_code != 500
        kinds = described.get(f"{answer.status_code}", {}).get("content", {})
        assert not kinds or answer.headers["Content-Type"].partition(";")[0] in kinds or answer.status_code == 400

    ask()
