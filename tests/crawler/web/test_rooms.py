"""The other rooms: what they show of the sample, and that each page and its twins answer."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json

import pytest
from starlette.testclient import TestClient

from crawler.config.labels import STATES
from crawler.web.cache import MAX_RESULTS, ResultCache
from crawler.web.charts import DASHES, Series, chart
from crawler.web.links import Links
from crawler.web.rooms import PAGES
from crawler.web.rooms.gone import COLUMNS as GONE_COLUMNS
from crawler.web.rooms.site import months
from crawler.web.rooms.sites import ATTENTION, HEADS, ORDERS
from pipelines.model import Entry
from pipelines.times import rfc3339
from tests.crawler.web.rooms import CRAWLED


def address(path: str, entries: list[Entry]) -> str:
    """Return the address of a page for the sample."""
    parts = {"id": entries[1].id, "before": entries[0].id, "after": entries[1].id, "slug": "news"}
    parts["started"] = rfc3339(CRAWLED, "seconds")
    return path.format(**parts)


def test_the_tables_of_the_board_are_complete() -> None:
    assert set(ATTENTION) == set(STATES)
    assert {key for key, _label, _number in HEADS if key} <= set(ORDERS)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.path)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_page_answers_with_its_twins(room: TestClient, entries: list[Entry], page, lang: str) -> None:  # type: ignore[no-untyped-def]
    path = address(page.path, entries)
    html = room.get(path, headers={"Accept-Language": lang})
    assert html.status_code == 200, html.text
    assert "<h1" in html.text
    bare = "/index" if path == "/" else path
    assert f'href="{bare}.json"' in html.text
    assert room.get(f"{bare}.json").json() is not None
    head, *rows = csv.reader(io.StringIO(room.get(f"{bare}.csv").text))
    assert all(len(row) == len(head) for row in rows)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.path)
def test_a_twin_is_the_same_in_every_language(room: TestClient, entries: list[Entry], page) -> None:  # type: ignore[no-untyped-def]
    bare = "/index" if page.path == "/" else address(page.path, entries)
    for form in ("json", "csv"):
        answers = {room.get(f"{bare}.{form}", headers={"Accept-Language": lang}).text for lang in ("zh", "en")}
        assert len(answers) == 1


def test_two_versions_are_compared(room: TestClient, entries: list[Entry]) -> None:
    page = room.get(f"/compare/{entries[0].id}/{entries[1].id}").text
    assert "<del>12</del><ins>15</ins>" in page
    document = room.get(f"/compare/{entries[0].id}/{entries[1].id}.json").json()
    assert document["articles"][0]["text"] == [{"before": "全市加装电梯12部。", "after": "全市加装电梯15部。"}]
    assert room.get(f"/compare/{entries[0].id}/x").status_code == 404


def test_what_is_gone_is_listed_with_its_evidence(room: TestClient, entries: list[Entry]) -> None:
    answer = room.get("/gone.json").json()
    assert answer["total"] == 1
    assert answer["pages"][0]["last"] == entries[2].id
    assert list(answer["pages"][0]) == list(GONE_COLUMNS)
    assert room.get("/gone.json?captured_since=7d").json()["total"] == 0
    assert room.get("/gone.json?captured_since=2024-03-05&site=news").json()["total"] == 1


def test_what_changed_is_listed(room: TestClient, entries: list[Entry]) -> None:
    answer = room.get("/changed.json").json()
    assert [row["id"] for row in answer["items"]] == [entries[1].id]


def test_the_prints_of_a_text(room: TestClient, entries: list[Entry]) -> None:
    answer = room.get(f"/reprints/{entries[4].id}.json").json()
    assert {each["id"] for each in answer} == {entries[0].id, entries[4].id}


def test_counts_of_several_words_side_by_side(room: TestClient) -> None:
    answer = room.get("/counts.json", params=[("q", "电梯"), ("q", "停水"), ("by", "month")]).json()
    by_month = {row["month"]: row["articles"] for row in answer}
    assert by_month["2024-03"] == {"电梯": 2, "停水": 0}
    assert by_month["2024-02"] == {"电梯": 0, "停水": 1}
    page = room.get("/counts", params=[("q", "电梯"), ("q", "停水"), ("share", "true")]).text
    assert 'class="line line-1"' in page
    assert "100.0%" in page


@pytest.mark.parametrize("query", ["by=colour", "by=", "by=month&q=("])
def test_counts_by_something_else_are_refused(room: TestClient, query: str) -> None:
    assert room.get(f"/counts.json?{query}").status_code == (200 if query == "by=" else 400)


def test_the_calendar_of_a_site(room: TestClient) -> None:
    days = {each["day"]: each for each in room.get("/sites/news.json?year=2024").json()["days"]}
    assert days["2024-03-01"]["articles"] == 1
    assert days["2024-03-05"] == {"day": "2024-03-05", "articles": 0, "changed": 1, "gone": 1}
    assert room.get("/sites/news.json?year=99999").status_code == 400
    assert room.get("/sites/nowhere").status_code == 404


def test_every_day_of_a_year_is_in_its_calendar_once() -> None:
    found = months(2024, {}, {}, {}, Links(), "x")
    days = [day.day for month in found for week in month.weeks for day in week if day]
    assert days == [dt.date(2024, 1, 1) + dt.timedelta(days=number) for number in range(366)]


def test_a_day_with_changes_or_losses_alone_leads_to_them() -> None:
    days = [dt.date(2024, 3, number) for number in (1, 2, 3, 4)]
    made = months(2024, {days[0]: 1}, {days[0]: 1, days[1]: 1}, {days[2]: 1}, Links(), "news")
    found = {day.day: day.href for week in made[2].weeks for day in week if day}
    assert [found[day] for day in days] == [
        "/search?site=news&since=2024-03-01&until=2024-03-01",
        "/changed?site=news&captured_since=2024-03-02&captured_until=2024-03-02",
        "/gone?site=news&captured_since=2024-03-03&captured_until=2024-03-03",
        "",
    ]


def test_changed_articles_say_when_they_were_changed(room: TestClient) -> None:
    assert "2024-03-05 09:30 改动" in room.get("/changed", headers={"Accept-Language": "zh"}).text


def test_regions_add_up(room: TestClient) -> None:
    answer = room.get("/regions.json").json()
    (province,) = answer["regions"]
    assert (province["code"], province["articles"]) == ("440000", 1)
    assert province["below"][0]["below"][0]["code"] == "440783"
    assert answer["without_region"] == 4


def test_the_ledger_is_shown(room: TestClient) -> None:
    answer = room.get("/custody.json").json()
    assert answer["ledger"]["entries"] > 0
    assert answer["findings"] == []


def test_a_chart_has_its_numbers_and_its_gaps() -> None:
    names = [f"2024-{month:02}" for month in range(1, 13)]
    one = chart(names, [Series(name="", values=list(range(12)))], [month == 3 for month in range(12)])
    assert len(one.bars) == 11
    assert len(one.gaps) == 1
    several = chart(names, [Series(name=f"{at}", values=[None, *[1.0] * 11]) for at in range(2)], [False] * 12)
    assert [line.dash for line in several.lines] == list(DASHES[:2])
    assert all(line.path.startswith("M") and line.path.count("M") == 1 for line in several.lines)
    json.dumps([one.width, several.height])


def test_a_result_is_kept_for_its_time_and_the_oldest_is_dropped() -> None:
    now, made = [0.0], []
    kept = ResultCache(lambda: now[0])

    def compute() -> int:
        made.append(1)
        return len(made)

    assert [kept.get("a", 10, compute), kept.get("a", 10, compute)] == [1, 1]
    now[0] = 11
    assert kept.get("a", 10, compute) == 2
    for number in range(MAX_RESULTS):
        kept.get(f"{number}", 10, compute)
    assert kept.get("a", 10, compute) == len(made)
