"""Crawls of what is due: by `schedule`, once and for ever, and by `crawl` without a site."""

from __future__ import annotations

import json
import re
import signal
from collections import Counter
from pathlib import Path

import pytest

from crawler.sites.folders import load
from tests.fangzhi import documents, fangzhi, start, start_installed, warcio_check, warcs
from tests.town import SITES, Town
from tests.wait import wait_until

SCHEDULES = {"yunzhou": "every 1h", "huawu": "every 2d"}
HOUR = 1 / 24


@pytest.fixture
def town(new_town: Town) -> Town:
    """A city whose registry has two enabled sites, each with a schedule, and no others."""
    for site in load(new_town.registry).enabled():
        if site.slug in SCHEDULES:
            file = new_town.registry / f"{site.slug}.toml"
            file.write_text(f'schedule = "{SCHEDULES[site.slug]}"\n{file.read_text("utf-8")}', "utf-8")
        else:
            off = f'name = "{site.name}"\nfamily = "{site.family}"\nhosts = ["{site.slug}.invalid"]\n'
            (new_town.registry / f"{site.slug}.toml").write_text(f'{off}enabled = false\nreason = "others"\n', "utf-8")
    return new_town


def targets(town: Town, since: int = 0) -> set[str]:
    """Return the requested targets, without robots.txt."""
    return {visit.target for visit in town.server.log[since:]} - {"/robots.txt"}


def first_pages(town: Town, slug: str) -> set[str]:
    base = town.server.base_urls[slug]
    return {section.url.removeprefix(base) for section in load(town.registry).get(slug).sections}


def test_schedule_once_crawls_only_what_is_due(town: Town) -> None:
    first = town.run("schedule", "--once", "--json")
    assert {run["site"]: run["exit"] for run in first} == dict.fromkeys(SITES, 0)
    assert {run["outcome"] for run in first} == {"done"}
    assert sum(run["report"]["fetched"] for run in first) == len(town.entries())
    assert {entry["url"] for entry in town.entries()} == {truth.url for truth in town.truths()}

    done = fangzhi("schedule", "--once", "--json", *town.options)
    assert (done.returncode, done.stdout) == (0, "")
    assert "No site is due: the next is yunzhou" in done.stderr

    town.pass_time(days=2 * HOUR)
    done = fangzhi("schedule", "--once", *town.options)
    assert done.returncode in (0, 3)
    assert re.search(
        r"^yunzhou: done.* \d+ fetched, \d+ articles in 0:.*; next due 20.* in China\.$", done.stderr, re.MULTILINE
    )
    assert "huawu: " not in done.stderr
    town.pass_time(days=30)
    assert len(town.run("schedule", "yunzhou", "--once", "--json")) == 1, "once, however many turns have gone by"
    assert warcio_check(town.archive).returncode == 0


def test_the_schedule_names_the_pages_that_a_crawl_leaves_to_a_later_one(town: Town) -> None:
    file = town.registry / "huawu.toml"
    file.write_text(f"daily = 1\n{file.read_text('utf-8')}", "utf-8")
    done = fangzhi("schedule", "huawu", "--once", *town.options)
    assert done.returncode == 0
    assert re.search(r"^huawu: \d+ pages wait until 20.*: its daily budget is used up\.$", done.stderr, re.MULTILINE)


def test_a_crawl_without_a_site_crawls_due_sites_and_fetches_their_due_first_pages(town: Town) -> None:
    town.run("crawl", "--json")
    assert {entry["url"] for entry in town.entries()} == {truth.url for truth in town.truths()}
    done = fangzhi("crawl", "--json", *town.options)
    assert (done.returncode, documents(done)[0]["fetched"]) == (0, 0)
    assert len(done.stderr.splitlines()) == 1
    assert "No site is due" in done.stderr

    town.pass_time(days=2 * HOUR)
    before = len(town.server.log)
    done = fangzhi("crawl", "--json", *town.options)
    assert done.returncode in (0, 3), "pages that failed are tried again"
    assert "huawu is skipped: it is due" in done.stderr
    assert "yunzhou" not in done.stderr
    assert not targets(town, before) & first_pages(town, "yunzhou"), "they had new articles: they are due after 3 hours"

    town.pass_time(days=1 * HOUR)
    before = len(town.server.log)
    fangzhi("crawl", "--json", *town.options)
    assert targets(town, before) >= first_pages(town, "yunzhou")
    assert not targets(town, before) & first_pages(town, "huawu")
    fangzhi("crawl", "huawu", "--json", *town.options)
    assert targets(town, before) >= first_pages(town, "huawu"), "a named site is crawled, due or not"


def test_timetable_and_status_show_the_last_and_the_next_run(town: Town) -> None:
    never = town.run("schedule", "--dry-run", "--json")
    assert [(row["outcome"], row["is_due"]) for row in never] == [(None, True)] * 2
    assert not Path(town.archive).exists(), "reading the timetable creates no file"
    town.run("crawl", "yunzhou", "--json")
    rows = {row["site"]: row for row in town.run("schedule", "--dry-run", "--json")}
    assert (rows["yunzhou"]["outcome"], rows["yunzhou"]["is_due"]) == ("done", False)
    assert (rows["huawu"]["outcome"], rows["huawu"]["is_due"]) == (None, True)
    (status,) = [document for document in town.run("status", "--json")[0]["sites"] if document["site"] == "yunzhou"]
    assert status["schedule"] == rows["yunzhou"]
    assert "last crawl done" in fangzhi("status", *town.options).stdout


def test_two_concurrent_schedules_crawl_each_site_once(town: Town) -> None:
    runs = []
    processes = [start("schedule", "--once", "--json", *town.options) for _ in range(2)]
    for process in processes:
        out, errors = process.communicate(timeout=120)
        assert process.returncode == 0, errors
        runs += [json.loads(line) for line in out.splitlines()]
    assert sum(run["report"]["fetched"] for run in runs) == len(town.entries())
    requests = Counter((visit.portal, visit.target) for visit in town.server.log if visit.status == 200)
    assert {place for place, times in requests.items() if times > 1 and place[1] != "/robots.txt"} == set()
    assert {entry["url"] for entry in town.entries()} == {truth.url for truth in town.truths()}


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGTERM, 0), pytest.param(signal.SIGINT, 130, marks=pytest.mark.soak)]
)
def test_a_signal_lets_the_running_crawls_close_their_files(town: Town, number: signal.Signals, code: int) -> None:
    slow_down(town)
    with start_installed("schedule", "--json", *town.options) as process:
        try:
            wait_until(lambda: len(list(Path(town.archive).rglob("*.open"))) == len(SITES))
            process.send_signal(number)
            out, errors = process.communicate(timeout=60)
        finally:
            process.kill()
    assert process.returncode == code, errors
    assert not list(Path(town.archive).rglob("*.open"))
    assert len(warcs(town.archive)) == 2
    assert '"outcome":"interrupted"' in out
    rows = town.run("schedule", "--dry-run", "--json")
    assert [(row["outcome"], row["is_due"]) for row in rows] == [("interrupted", True)] * 2


def slow_down(town: Town) -> None:
    """Set delays with which no crawl can end during the test."""
    for slug in SITES:
        file = town.registry / f"{slug}.toml"
        file.write_text(file.read_text("utf-8").replace("delay = 0 ", "delay = 0.3 ").replace("= 8 ", "= 1 "), "utf-8")


def test_a_failing_crawl_is_reported_and_not_retried_at_once(town: Town) -> None:
    town.archive.mkdir()
    Path(town.archive, "warc").write_text("a file is in the way")
    done = fangzhi("schedule", "--once", "--json", *town.options)
    assert done.returncode == 1
    assert {run["exit"] for run in documents(done)} == {1}
    rows = town.run("schedule", "--dry-run", "--json")
    assert [(row["outcome"], row["failures"], row["is_due"]) for row in rows] == [("failed", 1, False)] * 2
