"""The operator's and the archivist's pages: runs, storage, verifications, charts as pictures."""

from __future__ import annotations

import datetime as dt
import re
import struct
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import get_args

import pytest
from starlette.testclient import TestClient

from crawler.frontier import Frontier
from crawler.frontier.run_policy import Ending
from crawler.records import LEVELS, RECORDS_FILE, CrawlRecord, LogLine, VerificationKind, Verified, opened_records
from crawler.web.rooms.custody import KINDS
from crawler.web.rooms.runs import COLUMNS, OUTCOMES
from crawler.web.rooms.storage import months_between
from pipelines.model import Entry
from tests.crawler.web.rooms import archived, opened, sample

AT = dt.datetime(2024, 3, 5, 1, 30, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
COUNTS = {
    "fetched": 9,
    "articles": 3,
    "duplicates": 2,
    "rejected": {"challenge": 1, "not-an-article": 2},
    "failed": {"status 502": 1},
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    archived(tmp_path, sample())
    return tmp_path


@pytest.fixture
def client(folder: Path) -> Iterator[TestClient]:
    with opened(folder) as made:
        yield made


def test_every_outcome_and_kind_has_its_word() -> None:
    assert set(OUTCOMES) == {*get_args(Ending), "running", "killed"}
    assert set(KINDS) == set(get_args(VerificationKind))


def test_runs_have_their_counts_and_problems(client: TestClient, folder: Path) -> None:
    assert client.get("/runs.json").json() == {"total": 0, "next": None, "runs": []}
    crawls = [
        CrawlRecord(
            site=site, started=AT + number * HOUR, ended=AT + number * HOUR + HOUR / 4, outcome=outcome, counts=COUNTS
        )
        for number, (site, outcome) in enumerate((("news", "done"), ("paper", "failed")))
    ]
    with opened_records(folder / RECORDS_FILE) as records:
        records.add_crawls(crawls)
    answer = client.get("/runs.json").json()
    assert [(each["site"], each["outcome"]) for each in answer["runs"]] == [("paper", "failed"), ("news", "done")]
    assert list(answer["runs"][0]) == list(COLUMNS)
    assert answer["runs"][0]["problems"] == {"challenge": 1, "status 502": 1}
    assert [each["site"] for each in client.get("/runs.json?site=news").json()["runs"]] == ["news"]
    assert '<span class="mark-wrong">failed</span>' in client.get("/runs", headers={"Accept-Language": "en"}).text
    assert client.get("/runs.csv").text.splitlines()[1].endswith("9,3,2,challenge: 1; status 502: 1")


def test_a_crawl_that_runs_or_was_killed_comes_from_the_frontier(client: TestClient, folder: Path) -> None:
    with closing(Frontier(folder / "frontier.sqlite")) as frontier:
        frontier.record_failed_run("news", AT, AT + HOUR)
        assert frontier.claim_site("paper", "", AT + HOUR)
        runs = {each["site"]: each["outcome"] for each in client.get("/runs.json").json()["runs"]}
    assert runs == {"news": "failed", "paper": "running"}


def log_of(folder: Path, lines: int, left_out: int = 0) -> str:
    """Record a crawl of `news` with a log of so many lines of each level, and return the address of its page."""
    crawl = CrawlRecord(site="news", started=AT, ended=AT + HOUR, outcome="failed", counts=COUNTS)
    made = [
        LogLine(at=AT, level=level, event="page-failed", site=site, message=f"{level} {number}")
        for number in range(lines)
        for level in LEVELS
        for site in ("news", "paper")
    ]
    with opened_records(folder / RECORDS_FILE) as records:
        records.add_crawls([crawl])
        run = records.logs.begin(["news", "paper"], AT - HOUR)
        records.logs.add(run, made, left_out, AT + 2 * HOUR)
    return "/runs/news/2024-03-05T01:30:00Z"


def test_a_crawl_has_its_log_by_level(client: TestClient, folder: Path) -> None:
    address = log_of(folder, 2, left_out=7)
    assert f'<a href="{address}" aria-label=' in client.get("/runs").text
    page = client.get(address, headers={"Accept-Language": "en"}).text
    assert page.count('class="message"') == 6
    assert "7 further lines are not kept" in page
    assert "all lines 6" in page
    errors = client.get(f"{address}.json?level=error").json()
    assert [each["message"] for each in errors["lines"]] == ["error 0", "error 1"]
    assert (errors["total"], errors["left_out"], errors["run"]["outcome"]) == (2, 7, "failed")
    assert {each["site"] for each in errors["lines"]} == {"news"}, "lines about other sites of the run stand with them"
    text = client.get(f"{address}.txt?level=warning")
    assert text.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert text.text.splitlines()[:2] == ["2024-03-05 09:30:00 ERROR error 0", "2024-03-05 09:30:00 WARNING warning 0"]
    rows = client.get(f"{address}.csv").text.splitlines()
    assert rows[1] == "2024-03-05T01:30:00.000Z,error,page-failed,news,error 0"
    assert client.get(f"{address}?level=loud").status_code == 400
    assert client.get("/runs/news/2024-03-05T01:30:01Z").status_code == 404
    assert client.get("/runs/nowhere/2024-03-05T01:30:00Z").status_code == 404


def test_pages_of_a_log_follow_each_other(client: TestClient, folder: Path) -> None:
    path, seen = f"{log_of(folder, 300)}.json?level=warning", []
    while path:
        answer = client.get(path).json()
        seen += [each["message"] for each in answer["lines"]]
        path = (answer["next"] or "").replace("Z?", "Z.json?")
    assert len(seen) == len(set(seen)) == answer["total"] == 600


def test_a_crawl_without_a_log_says_so(client: TestClient, folder: Path) -> None:
    with opened_records(folder / RECORDS_FILE) as records:
        records.add_crawls([CrawlRecord(site="news", started=AT, ended=AT, outcome="done")])
    page = client.get("/runs/news/2024-03-05T01:30:00Z", headers={"Accept-Language": "en"}).text
    assert "There is no log of this crawl" in page


def test_pages_of_runs_follow_each_other(client: TestClient, folder: Path) -> None:
    with opened_records(folder / RECORDS_FILE) as records:
        made = [
            CrawlRecord(site="news", started=AT + at * HOUR, ended=AT + at * HOUR, outcome="done") for at in range(120)
        ]
        records.add_crawls(made)
    seen, path = [], "/runs.json"
    while path:
        answer = client.get(path).json()
        seen += [each["started_at"] for each in answer["runs"]]
        path = (answer["next"] or "").replace("/runs?", "/runs.json?")
    assert len(seen) == len(set(seen)) == answer["total"] == 120


def test_storage_adds_up(client: TestClient, folder: Path) -> None:
    answer = client.get("/storage.json").json()
    files = [each.stat().st_size for each in (folder / "warc").rglob("*.warc.gz")]
    assert (answer["files"], answer["bytes"]) == (len(files), sum(files))
    assert sum(each["bytes"] for each in answer["sites"]) == answer["bytes"]
    assert {each["site"] for each in answer["sites"]} == {"news", "paper"}
    assert sum(each["bytes"] for each in answer["months"]) == answer["bytes"]
    assert answer["other_folders"]["ledger/"]["files"] > 0
    assert months_between([]) == []


def test_growth_is_a_chart_from_two_months_on(tmp_path: Path) -> None:
    archived(tmp_path, sample())
    for month, size in (("2023/11", 2_000_000), ("2024/01", 5_000_000)):
        place = tmp_path / f"warc/news/{month}/fangzhi-news-x.warc.gz"
        place.parent.mkdir(parents=True)
        place.write_bytes(b"x" * size)
    with opened(tmp_path) as client:
        page = client.get("/storage").text
        assert "2023-12" in page
        assert "2024-01: 5" in page
        assert client.get("/storage.svg").status_code == client.get("/storage.png").status_code == 200


def test_rooms_of_an_empty_archive_say_so(tmp_path: Path) -> None:
    archived(tmp_path, [])
    with opened(tmp_path, token="a-long-token") as client:
        for path, said in (
            ("/", "尚无文章"),
            ("/sites", "没有登记的网站"),
            ("/tray", "没有。"),
            ("/custody", "尚无条目"),
            ("/storage", "还没有 WARC 文件"),
            ("/runs", "没有抓取记录"),
            ("/hand-over", "没有选中任何捕获"),
        ):
            main = client.get(path).text.partition("<main")[2]
            assert said in main, path
            assert path == "/storage" or "<thead" not in main, path
            assert 'type="password"' not in main, path


def test_a_deep_verification_names_its_records(client: TestClient, folder: Path) -> None:
    counts = {"objects": 3, "files": 2, "bytes": 10, "records": 4681, "indexed": 0, "entries": 6, "ledger": 7}
    with opened_records(folder / RECORDS_FILE) as records:
        records.add_verification(Verified(at=AT, kind="deep", findings=0, seconds=1.5, counts=counts, first=[]))
    page = client.get("/custody").text
    assert re.search(r"<dt>记录</dt><dd[^>]*>4681</dd>", page)
    assert "4681，共 0" not in page


def test_months_below_a_megabyte_have_no_chart(tmp_path: Path) -> None:
    archived(tmp_path, sample())
    place = tmp_path / "warc/news/2023/11/fangzhi-news-x.warc.gz"
    place.parent.mkdir(parents=True)
    place.write_bytes(b"x" * 50_000)
    with opened(tmp_path) as client:
        assert "<svg" not in client.get("/storage").text
        assert client.get("/storage.svg").status_code == 404


def test_the_last_verification_is_shown(client: TestClient, folder: Path) -> None:
    assert "没有校验记录" in client.get("/custody").text
    counts = {"objects": 3, "files": 2, "bytes": 10, "records": 4, "indexed": 5, "entries": 6, "ledger": 7}
    finding = {"file": "warc/x", "kind": "wrong-size", "what": "2 bytes are missing", "offset": None, "record": None}
    with opened_records(folder / RECORDS_FILE) as records:
        records.add_verification(Verified(at=AT, kind="sample", seconds=1.5, findings=0, counts=counts))
        records.add_verification(
            Verified(at=AT + HOUR, kind="seal", seconds=2, findings=30, counts={}, first=[finding] * 20)
        )
    page = client.get("/custody", headers={"Accept-Language": "en"}).text
    assert '<b class="mark-wrong">30 findings</b> <time class="quiet">2024-03-05 10:30</time>' in page
    assert page.count("2 bytes are missing") == 20
    assert "prints all of them" in page
    last, before = client.get("/custody.json").json()["verifications"]
    assert (last["kind"], before["kind"], before["counts"]) == ("seal", "sample", counts)


def test_a_chart_is_also_a_picture(room: TestClient) -> None:
    query = "q=电梯&q=停水&by=month"
    page = room.get(f"/counts?{query}").text
    assert "/counts.png?" in page
    drawing = room.get(f"/counts.svg?{query}")
    assert drawing.headers["Content-Type"] == "image/svg+xml"
    root = ET.fromstring(drawing.content)
    assert {"电梯", "停水"} <= {"".join(each.itertext()) for each in root.iter("{http://www.w3.org/2000/svg}text")}
    assert "script" not in drawing.text
    picture = room.get(f"/counts.png?{query}")
    assert picture.headers["Content-Type"] == "image/png"
    width, height = struct.unpack(">II", picture.content[16:24])
    assert (width, height) == (2 * int(root.get("width") or 0), 2 * int(root.get("height") or 0))
    again = room.get(f"/counts.png?{query}", headers={"If-None-Match": picture.headers["ETag"]})
    assert again.status_code == 304
    assert room.get("/counts.png?by=source").status_code == 404
    assert room.get("/search.png").status_code == 404


def test_the_drawn_bars_have_the_heights_of_their_numbers(room: TestClient, entries: list[Entry]) -> None:
    root = ET.fromstring(room.get("/counts.svg?by=month").content)
    bars = [each for each in root.iter("{http://www.w3.org/2000/svg}rect") if each.get("class") == "bar"]
    names = [next(iter(each)).text for each in bars]
    assert names == ["2024-02: 1", "2024-03: 2"]
    assert float(bars[1].get("height") or 0) == pytest.approx(2 * float(bars[0].get("height") or 0), abs=0.2)
