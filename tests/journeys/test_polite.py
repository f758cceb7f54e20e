"""Politeness as a server sees it: which requests come when."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from crawler.frontier.availability import CHALLENGES_TO_SUSPEND, FAILURES_TO_STOP_RETRIES, FAILURES_TO_SUSPEND
from tests.crawler.wire import Wire
from tests.fangzhi import fangzhi
from tests.journeys.small import ARTICLES, PATHS, answer, asked, crawl, listing


def gaps(wire: Wire) -> list[float]:
    return [later - earlier for earlier, later in zip(wire.times[1:], wire.times[2:], strict=False)]


def test_a_crawl_delay_is_respected(wire: Wire, tmp_path: Path) -> None:
    wire.answers["/robots.txt"] = answer("User-agent: *\nCrawl-delay: 0.8\n", kind="text/plain")
    assert crawl(wire, tmp_path, "delay = 0.01")["articles"] == len(PATHS)
    assert min(gaps(wire)) > 0.35, "jitter shortens a delay by half at most"


def test_only_pages_that_robots_txt_allows_are_requested(wire: Wire, tmp_path: Path) -> None:
    wire.answers["/robots.txt"] = answer("User-agent: *\nDisallow: /private/\n", kind="text/plain")
    wire.answers["/list/"] = listing([*(f"/private/2026/0305/{number}.html" for number in range(5)), *PATHS])
    report = crawl(wire, tmp_path, "delay = 0.01")
    assert (report["articles"], report["forbidden"], report["failed"]) == (len(PATHS), 5, {})
    assert asked(wire) == ["/list/", *PATHS]


def test_a_group_for_a_word_of_the_contact_is_not_for_us(
    wire: Wire, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FANGZHI_CONTACT", "https://library.example.org/robot")
    rules = "User-agent: robot\nUser-agent: library\nDisallow: /\n\nUser-agent: fangzhi\nDisallow: /private/\n"
    wire.answers["/robots.txt"] = answer(rules, kind="text/plain")
    assert crawl(wire, tmp_path, "delay = 0.01")["articles"] == len(PATHS)


def test_unreadable_answers_make_no_other_page_wait(wire: Wire, tmp_path: Path) -> None:
    """They are no sign of load, so that the delay stays as it is."""
    broken = [f"/2026/0305/{number}9.html" for number in range(9)]
    wire.answers |= dict.fromkeys(broken, b"SSH-2.0-OpenSSH_9.6\r\n\r\n")
    urls = [wire.base + path for path in (*broken, *PATHS)]
    done = fangzhi("fetch", *urls, "--archive", str(tmp_path))
    assert (done.returncode, len(done.stdout.splitlines())) == (3, len(PATHS))
    # One request a second for this host, give or take a half; the doubled delays of before took 580 s.
    assert max(gaps(wire)) < 10


def test_no_request_is_sent_before_a_retry_after_is_over(wire: Wire, tmp_path: Path) -> None:
    wire.once = {PATHS[0]: answer("busy", "503 Service Unavailable", "Retry-After: 3")}
    report = crawl(wire, tmp_path, "delay = 0.01")
    assert (report["articles"], report["rejected"]["http-error"]) == (len(PATHS), 1)
    assert asked(wire).count(PATHS[0]) == 2, "it is retried"
    after = gaps(wire)[asked(wire).index(PATHS[0])]
    assert after > 2.9, "neither the page itself nor another one"


def test_a_long_retry_after_is_respected_by_the_next_crawl_too(wire: Wire, tmp_path: Path) -> None:
    wire.once = {PATHS[0]: answer("busy", "429 Too Many Requests", "Retry-After: 7200")}
    report = crawl(wire, tmp_path, "delay = 0.01")
    assert asked(wire) == ["/list/", PATHS[0]]
    assert (report["rejected"]["http-error"], report["failed"]) == (1, {}), "its answer is archived"
    (waiting,) = report["waiting"]
    assert (waiting["site"], waiting["pages"], waiting["why"]) == ("fu", len(PATHS) - 1, "it asked to be left alone")
    assert crawl(wire, tmp_path, "delay = 0.01")["fetched"] == 0
    assert len(asked(wire)) == 2


def test_a_site_that_is_down_is_suspended(wire: Wire, tmp_path: Path) -> None:
    paths = [f"/2026/0305/{number}.html" for number in range(1, 31)]
    wire.answers = {"/list/": listing(paths)} | {path: answer("", "502 Bad Gateway") for path in paths}
    report = crawl(wire, tmp_path, "delay = 0.01")
    assert len(asked(wire)) == 1 + FAILURES_TO_SUSPEND
    assert asked(wire)[1:4] == [paths[0]] * FAILURES_TO_STOP_RETRIES, (
        "pages are retried until the third failure in a row"
    )
    assert report["waiting"][0]["why"] == "it refused or did not answer again and again"


def test_a_site_that_answers_only_with_challenges_is_suspended_and_blocked(wire: Wire, tmp_path: Path) -> None:
    paths = [f"/2026/0305/{number}.html" for number in range(1, 41)]
    wire.answers["/list/"] = listing(paths)
    wire.answers |= {path: answer(f"<script>document.cookie='C3VK={path[-6]}'</script>") for path in paths}
    report = crawl(wire, tmp_path, "delay = 0.25")
    challenges = len(asked(wire)) - 1
    assert CHALLENGES_TO_SUSPEND <= challenges < len(paths), (
        "requests sent before the first challenges were read come on top"
    )
    assert report["rejected"]["challenge"] == challenges
    (site,) = report["sites"]
    assert (site["state"], site["challenge_rate"]) == ("blocked", round(challenges / (challenges + 1), 4))


def test_single_pages_behind_a_captcha_do_not_slow_the_crawl(wire: Wire, tmp_path: Path) -> None:
    wire.answers |= {path: answer("<p>请完成验证</p>") for path in PATHS[::2]}
    report = crawl(wire, tmp_path, "delay = 0.01")
    assert report["rejected"]["challenge"] == 3
    assert report["sites"][0]["state"] == "quiet"
    assert len(asked(wire)) == 1 + len(PATHS)


def test_a_daily_budget_ends_the_crawl_and_the_other_pages_stay_queued(wire: Wire, tmp_path: Path) -> None:
    first = crawl(wire, tmp_path, "delay = 0.01", "daily = 3")
    assert (first["fetched"], len(asked(wire))) == (3, 3)
    assert first["waiting"][0] | {"until": ""} == {
        "site": "fu", "pages": len(PATHS) - 2, "until": "", "why": "its daily budget is used up",
    }  # fmt: skip
    assert crawl(wire, tmp_path, "delay = 0.01", "daily = 3")["fetched"] == 0
    assert crawl(wire, tmp_path, "delay = 0.01")["articles"] == len(PATHS) - 2
    assert sorted(asked(wire)) == sorted(["/list/", *PATHS])


def test_outside_its_time_window_a_site_gets_no_request(wire: Wire, tmp_path: Path) -> None:
    hour = (time.gmtime().tm_hour + 8 + 3) % 24
    closed = f'windows = ["{hour:02}:00-{hour:02}:30"]'
    assert crawl(wire, tmp_path, "delay = 0.01", closed)["fetched"] == 0
    assert wire.requests == []
    assert crawl(wire, tmp_path, "delay = 0.01", 'windows = ["00:00-23:59", "23:59-00:01"]')["articles"] == len(PATHS)


def test_pages_that_wait_for_robots_txt_are_not_requested_if_it_forbids_them(wire: Wire, tmp_path: Path) -> None:
    wire.answers["/robots.txt"] = answer("User-agent: *\nDisallow: /private/\n", kind="text/plain")
    pages = [f"/private/{number}.html" for number in range(4)]
    wire.answers |= dict.fromkeys(pages, answer(ARTICLES[PATHS[0]]))
    done = fangzhi("fetch", *(wire.base + page for page in pages), "--archive", str(tmp_path / "archive"))
    assert done.returncode == 1, done.stderr
    assert [request.split(b" ")[1] for request in wire.requests] == [b"/robots.txt"]


def test_an_unavailable_robots_txt_forbids_all_for_now(wire: Wire, tmp_path: Path) -> None:
    wire.answers["/robots.txt"] = answer("", "500 Internal Server Error")
    report = crawl(wire, tmp_path, "delay = 0.01")
    assert asked(wire) == []
    assert report["failed"] == {"robots-unreachable": 1}


@pytest.mark.parametrize("status", ["404 Not Found", "403 Forbidden", "401 Unauthorized"])
def test_a_missing_robots_txt_allows_all(wire: Wire, tmp_path: Path, status: str) -> None:
    wire.answers["/robots.txt"] = answer("User-agent: *\nDisallow: /\n", status)
    assert crawl(wire, tmp_path, "delay = 0.01")["articles"] == len(PATHS)


def test_a_budget_counts_retries(wire: Wire, tmp_path: Path) -> None:
    wire.once = {PATHS[0]: answer("", "500 Internal Server Error")}
    crawl(wire, tmp_path, "delay = 0.01", "daily = 4")
    assert asked(wire) == ["/list/", PATHS[0], PATHS[0], PATHS[1]]


def test_a_file_host_that_is_down_does_not_slow_the_site(wire: Wire, tmp_path: Path) -> None:
    files = "".join(f'<p><a href="http://127.0.0.1:9/{number}.pdf">附件{number}</a></p>' for number in range(4))
    wire.answers[PATHS[0]] = answer(ARTICLES[PATHS[0]] + files)
    report = crawl(wire, tmp_path, "delay = 0.01")
    assert (report["articles"], report["failed"], report["waiting"]) == (len(PATHS), {"unreachable": 4}, [])
    assert sum(gaps(wire)) < 60, "if each failure doubled the delay, it would be an hour"
