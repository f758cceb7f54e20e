"""The commands that only read: list, show, status and sites, for people and for programs."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from importlib.metadata import version
from pathlib import Path

import pytest

from crawler.monitoring.health import RECENT_CAPTURES
from tests.fangzhi import Entries, documents, environment, fangzhi, installed, one_line, start_installed, warcs
from tests.town import Town

KEYS = [
    *(
        "id",
        "site",
        "region",
        "url",
        "final_url",
        "status",
        "redirect_to",
        "fetched_at",
        "rendered",
        "outcome",
        "reason",
        "articles",
        "file",
    ),
    *("verdict", "digests", "location", "recipe", "version"),
]


@pytest.fixture(scope="module")
def entries(town: Town) -> Entries:
    return town.entries()


@pytest.fixture(scope="module")
def article(entries: Entries) -> dict:
    return next(entry for entry in entries if entry["outcome"] == "article")


def output_lines(town: Town, *arguments: str) -> list[str]:
    done = fangzhi(*arguments, "-q", *town.options)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.splitlines()


def test_list_prints_one_line_per_article_newest_first_and_with_all_one_per_entry(town: Town, entries: Entries) -> None:
    articles = [entry for entry in entries if entry["outcome"] == "article"]
    assert len(articles) < len(entries)
    for option, expected in ((), articles), (("--all",), entries):
        lines = output_lines(town, "list", *option)
        assert [line.split()[0] for line in lines] == [entry["id"] for entry in expected[::-1]]
        for line, entry in zip(lines, expected[::-1], strict=True):
            assert line.endswith(entry["articles"][0]["title"] if entry["articles"] else entry["final_url"])
            assert line.split()[3] == entry["site"]


def test_list_says_how_many_there_are(town: Town, entries: Entries) -> None:
    count = sum(entry["outcome"] == "article" for entry in entries)
    for options, message in (
        ((), f"{count} captures with articles"),
        (("--limit", "2"), f"{count} captures with articles, 2 shown"),
        (("--all", "--limit", "1"), f"{len(entries)} captures, 1 shown"),
        (("--since", "2001", "--until", "2001"), "No article was found. --all also lists files, list pages and"),
        (("--outcome", "rejected", "--captured-until", "2001"), "No capture was found."),
        (("--gone",), "No page is gone."),
    ):
        done = fangzhi("list", *options, *town.options)
        assert done.returncode == 0
        assert done.stderr.startswith(message), options
    assert fangzhi("list", "--json", "--limit", "1", *town.options).stderr == ""


def test_list_as_json_has_every_key_of_the_contract(entries: Entries) -> None:
    assert all(list(entry) == KEYS for entry in entries)
    times = [dt.datetime.fromisoformat(entry["fetched_at"]) for entry in entries]
    assert times == sorted(times)
    assert {time.tzinfo for time in times} == {dt.UTC}


@pytest.mark.parametrize(
    ("options", "matches"),
    [
        (("--site", "huawu"), lambda entry: entry["site"] == "huawu"),
        (("--outcome", "rejected"), lambda entry: entry["outcome"] == "rejected"),
        (("--verdict", "same-text"), lambda entry: entry["verdict"]["kind"] == "same-text"),
        (("--since", "2001-01-01", "--until", "2001-12-31"), lambda _: False),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_list_prints_what_its_filters_select(town: Town, entries: Entries, options: tuple, matches) -> None:
    assert town.run("list", "--json", *options)[::-1] == [entry for entry in entries if matches(entry)]


def test_list_limit_prints_the_newest(town: Town, entries: Entries) -> None:
    assert town.run("list", "--json", "--limit", "3") == entries[-3:][::-1]


def test_a_reader_may_close_the_pipe_after_the_first_line(town: Town, entries: Entries) -> None:
    with start_installed("list", "--json", *town.options, env=environment(PYTHONUNBUFFERED="1")) as listing:
        assert json.loads(listing.stdout.readline()) == entries[-1]
        listing.stdout.close()
        assert listing.stderr.read() == ""
    assert listing.returncode == 0


def test_show_finds_an_entry_by_id_and_by_url(town: Town, article: dict) -> None:
    assert town.run("show", article["id"], "--json") == [article]
    assert town.run("show", article["final_url"], "--json") == [article]
    lines = output_lines(town, "show", article["id"])
    (read,) = article["articles"]
    assert lines[0] == read["title"]
    assert set(read["text"].split("\n")) <= set(lines)


def test_show_of_an_unknown_url_prints_one_line(town: Town) -> None:
    done = fangzhi("show", "http://news.example.cn/none.html", *town.options)
    assert (done.returncode, done.stdout) == (1, "")
    assert one_line(done.stderr) == (
        "no capture of http://news.example.cn/none.html is in the catalogue (`fangzhi list --all` shows the captures)"
    )


def test_show_version_counts_from_the_oldest(town: Town, article: dict) -> None:
    assert town.run("show", article["final_url"], "--json", "--version", "1") == [article]
    done = fangzhi("show", article["final_url"], "--version", "9", *town.options)
    assert (done.returncode, done.stdout) == (1, "")
    assert one_line(done.stderr) == f"{article['final_url']} has 1 version, not 9"


def test_status_adds_up_to_the_entries(town: Town, entries: Entries) -> None:
    (status,) = town.run("status", "--json")
    assert status["archive"] == str(town.archive)
    files = warcs(town.archive)
    assert (status["warcs"], status["bytes"]) == (len(files), sum(path.stat().st_size for path in files))
    captures = Counter(entry["site"] for entry in entries)
    assert {site["site"]: site["captures"] for site in status["sites"]} == captures
    for site in status["sites"]:
        assert site["captures"] == site["articles"] + site["duplicates"] + sum(site["rejected"].values())
        assert site["health"]["captures"] == min(site["captures"], RECENT_CAPTURES)
    assert all(site["frontier"]["known"] and not site["frontier"]["waiting"] for site in status["sites"])
    first, *lines = output_lines(town, "status")
    assert first.split(":")[0] == str(town.archive)
    assert max(map(len, lines)) <= 100
    for site, count in captures.items():
        rows = [line.split() for line in lines if line.startswith(f"{site} ")]
        holdings, timetable, outcomes, _ = rows
        assert holdings[1] == str(count)
        assert timetable[1:4] == ["last", "crawl", "done"]
        assert outcomes[1] == "quiet", "nothing new was published since"


def test_status_of_a_site_shows_when_each_section_last_had_a_new_article(town: Town) -> None:
    (status,) = town.run("status", "huawu", "--json")
    (site,) = status["sites"]
    (registered,) = town.run("sites", "show", "huawu", "--json")
    assert {section["url"] for section in registered["sections"]} == {
        section["section"] for section in site["health"]["sections"] if section["showing"] and section["brought_at"]
    }
    lines = output_lines(town, "status", "huawu")
    assert all(any(line.startswith(section["url"]) for line in lines) for section in registered["sections"])
    assert not any(line.startswith("yunzhou") for line in lines)
    done = fangzhi("status", "huawoo", *town.options)
    assert done.returncode == 2
    assert "did you mean huawu?" in one_line(done.stderr)


def test_sites_of_the_registry_folder_are_listed_and_shown(town: Town) -> None:
    _, *lines = output_lines(town, "sites", "list")
    listed = town.run("sites", "list", "--json")
    assert [line.split()[0] for line in lines[: len(listed)]] == [site["slug"] for site in listed]
    reasons = {f"{site['slug']} is disabled: {site['reason']}" for site in listed if not site["enabled"]}
    assert set(lines[len(listed) :]) == reasons | {""}
    assert {"nanjing", "yunzhou", "huawu"} <= {site["slug"] for site in listed}
    (shown,) = town.run("sites", "show", "yunzhou")
    assert shown == next(site for site in listed if site["slug"] == "yunzhou")


def test_sites_of_a_region_are_listed(town: Town) -> None:
    listed = town.run("sites", "list", "--json")
    below = [site for site in listed if site["region"] and site["region"]["code"].startswith("9901")]
    assert town.run("sites", "list", "--region", "9901", "--json") == below != listed
    assert town.run("sites", "list", "--region", "云洲市", "--json") == below


def test_an_unknown_site_cannot_be_shown(town: Town) -> None:
    done = fangzhi("sites", "show", "yunzhuo", *town.options)
    assert done.returncode == 2
    assert "did you mean yunzhou" in one_line(done.stderr)


def test_version_is_that_of_the_package() -> None:
    done = installed("--version")
    assert (done.returncode, done.stdout.split()[-1]) == (0, version("fangzhi"))


@pytest.mark.parametrize("arguments", [("crwl",), ("list", "--sight", "x"), ("fetch",), ("list", "--since", "May")])
def test_wrong_usage_exits_with_2_and_mentions_help(arguments: tuple[str, ...]) -> None:
    done = fangzhi(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert "--help" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("option", "out", "err"), [(None, 0, True), ("-q", 0, False), ("--json", 1, False)], ids=["plain", "quiet", "json"]
)
def test_messages_go_to_stderr_and_documents_to_stdout(tmp_path: Path, option: str | None, out: int, err: bool) -> None:
    done = fangzhi("replay", *filter(None, (option,)), "--archive", str(tmp_path), "--workers", "1")
    assert done.returncode == 0
    assert len(documents(done)) == out
    assert ("0 unchanged" in done.stderr) is err
    assert bool(done.stderr) is err


def test_list_worst_sorts_articles_by_score_lowest_first(town: Town, entries: Entries) -> None:
    lines = [line.split() for line in output_lines(town, "list", "--worst")]
    assert {line[0] for line in lines} == {entry["id"] for entry in entries if entry["outcome"] == "article"}
    scores = [float(line[1]) for line in lines]
    assert scores == sorted(scores)
    assert len(output_lines(town, "list", "--worst", "--limit", "2")) == 2
