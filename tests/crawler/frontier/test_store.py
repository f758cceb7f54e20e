"""The frontier's file: the queue, the leases of sites, and that nothing is lost when a process dies."""

from __future__ import annotations

import datetime as dt
import multiprocessing
import os
import signal
from collections.abc import Collection, Iterator
from contextlib import closing

import pytest
from attrs import evolve

from crawler.frontier import Frontier, ListStatus, Page, Run
from crawler.frontier.recovery import settle_stale_leases
from crawler.frontier.revisit_policy import ListResult, updated_history
from pipelines.errors import StoreUnavailable
from pipelines.model import Digests, Entry, Requisite, Verdict, Version
from tests.crawler.frontier.conftest import kill, run_sql

NOW = dt.datetime(2026, 3, 5, 8, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


def no_requisites(_urls: Collection[str]) -> dict[str, list[Requisite]]:
    return {}


def article(number: int, site: str = "fu") -> Page:
    return Page(url=f"http://{site}.cn/2026/{number}.html", site=site, section=f"http://{site}.cn/")


def list_page(site: str = "fu", number: int = 1) -> Page:
    url = f"http://{site}.cn/list_{number}"
    return Page(url=url, site=site, role="list", section=f"http://{site}.cn/", list_page_number=number)


@pytest.fixture
def frontier(address: str) -> Iterator[Frontier]:
    with closing(Frontier(address)) as opened:
        opened.claim_site("fu", "", NOW)
        yield opened


def queued(frontier: Frontier, now: dt.datetime = NOW, site: str = "fu") -> list[Page]:
    return [known.page for known in frontier.lease_pages(site, now, 100)]


def done(frontier: Frontier, page: Page, due: dt.datetime | None = None, now: dt.datetime = NOW) -> None:
    (known,) = [known for known in frontier.lease_pages(page.site, now, 100) if known.page == page]
    frontier.acknowledge(evolve(known, history=updated_history(known.history, "changed", now)), due, now)


def test_first_pages_come_before_articles_and_articles_before_older_list_pages(frontier: Frontier) -> None:
    frontier.enqueue([list_page(number=2), article(2), article(1), list_page()])
    assert queued(frontier) == [list_page(), article(2), article(1), list_page(number=2)]


def test_a_page_is_new_once_and_stays_queued_until_it_is_acknowledged(frontier: Frontier) -> None:
    assert frontier.enqueue([article(1), article(1), article(2)]) == [article(1), article(2)]
    done(frontier, article(1))
    assert frontier.enqueue([article(1)]) == []
    assert queued(frontier) == [article(2)]


def test_due_pages_are_queued_again_behind_new_pages(frontier: Frontier) -> None:
    frontier.enqueue([article(1)])
    done(frontier, article(1), due=NOW + DAY)
    frontier.enqueue([article(2)])
    assert queued(frontier, NOW + DAY / 2) == [article(2)]
    assert queued(frontier, NOW + DAY) == [article(2), article(1)]


def test_a_list_page_is_queued_once_in_each_crawl(frontier: Frontier) -> None:
    frontier.enqueue([list_page()])
    done(frontier, list_page())
    frontier.enqueue([list_page()])
    assert queued(frontier) == []
    frontier.release_site("fu", NOW)
    frontier.claim_site("fu", "", NOW + DAY)
    assert frontier.enqueue([list_page()]) == [], "it is known"
    assert queued(frontier) == [list_page()]


def test_the_history_of_a_page_is_stored(frontier: Frontier) -> None:
    frontier.enqueue([article(1)])
    (known,) = frontier.lease_pages("fu", NOW, 1)
    history = evolve(updated_history(known.history, "changed", NOW), etag='"x"', interval=DAY, misses=1, failures=2)
    frontier.acknowledge(evolve(known, history=history), NOW, NOW)
    (again,) = frontier.lease_pages("fu", NOW, 1)
    assert again == evolve(known, history=history)


def test_the_target_of_a_redirect_becomes_known_with_its_page(frontier: Frontier) -> None:
    frontier.enqueue([article(1)])
    assert frontier.was_requested(article(1).url)
    assert not frontier.was_requested(article(2).url)
    (known,) = frontier.lease_pages("fu", NOW, 1)
    frontier.acknowledge(known, None, NOW, targets=[article(2).url])
    assert frontier.was_requested(article(2).url)
    assert frontier.enqueue([article(2)]) == []


def test_a_site_belongs_to_one_process_and_is_free_when_the_process_dies(address: str, frontier: Frontier) -> None:
    frontier.enqueue([article(1), article(2)])
    ready, context = multiprocessing.get_context("spawn").Event(), multiprocessing.get_context("spawn")
    other = context.Process(target=hold, args=(address, "zhen", ready))
    other.start()
    assert ready.wait(60)
    assert not frontier.claim_site("zhen", "", NOW)
    assert frontier.leases() == {"fu": os.getpid(), "zhen": other.pid}
    assert frontier.stale_leases() == []
    os.kill(other.pid, signal.SIGKILL)
    other.join()
    assert [known.page for known, _ in frontier.stale_leases()] == [article(1, "zhen")], (
        "it was leased, and is not lost"
    )
    assert frontier.claim_site("zhen", "", NOW)
    assert queued(frontier, site="zhen") == [article(1, "zhen")]


def hold(address: str, site: str, ready: object) -> None:
    frontier = Frontier(address)
    assert frontier.claim_site(site, "", NOW)
    assert not frontier.claim_site("fu", "", NOW)
    frontier.enqueue([article(1, site)])
    frontier.lease_pages(site, NOW, 1)
    ready.set()
    signal.pause()


def test_an_unfinished_crawl_is_continued_and_a_finished_one_is_not(address: str) -> None:
    with closing(Frontier(address)) as first:
        first.claim_site("fu", "full", NOW)
        first.enqueue([list_page(), article(1)])
        done(first, list_page())
        first.release_site("fu", NOW)
    with closing(Frontier(address)) as second:
        second.claim_site("fu", "full", NOW + DAY)
        second.enqueue([list_page()])
        assert queued(second) == [article(1)], "its first page was fetched in this crawl"
        done(second, article(1))
        second.release_site("fu", NOW + DAY)
        second.claim_site("fu", "full", NOW + 2 * DAY)
        second.enqueue([list_page()])
        assert queued(second) == [list_page()]


def test_counts_of_known_queued_and_due_pages(frontier: Frontier) -> None:
    frontier.enqueue([article(1), article(2)])
    done(frontier, article(1), due=NOW + DAY)
    counts = frontier.counts(NOW)["fu"]
    assert counts == {"known": 2, "waiting": 1, "failing": 0, "gone": 0, "due": 1}


def status(frontier: Frontier) -> ListStatus:
    (found,) = frontier.list_statuses()["fu"]
    return found


def visit(frontier: Frontier, page: Page, result: ListResult, now: dt.datetime) -> None:
    """Run a crawl of the site that fetches this page only, with this result."""
    frontier.release_site("fu", now)
    frontier.claim_site("fu", "", now)
    frontier.enqueue([page])
    (known,) = [known for known in frontier.lease_pages("fu", now, 100) if known.page == page]
    frontier.acknowledge(known, None, now, result=result)


def test_the_status_of_a_section_says_when_its_lists_showed_articles_and_new_ones(frontier: Frontier) -> None:
    visit(frontier, list_page(), ListResult(links=20, new_articles=3, newest_on=NOW.date()), NOW)
    assert status(frontier) == ListStatus(
        section="http://fu.cn/", asked=True, showing=True, asked_at=NOW, shown_at=NOW, brought_at=NOW,
        newest_on=NOW.date(),
    )  # fmt: skip
    visit(frontier, list_page(), ListResult(links=20), NOW + DAY)
    second = status(frontier)
    assert (second.shown_at, second.brought_at, second.newest_on) == (NOW + DAY, NOW, NOW.date())
    visit(frontier, list_page(), ListResult(links=0), NOW + 2 * DAY)
    assert (status(frontier).asked, status(frontier).showing, status(frontier).shown_at) == (True, False, NOW + DAY)


@pytest.mark.parametrize(("before", "showing"), [(20, True), (0, False), (None, True)])
def test_a_list_that_is_not_modified_shows_as_many_links_as_before_and_some_if_that_is_unknown(
    frontier: Frontier, before: int | None, showing: bool
) -> None:
    visit(frontier, list_page(), ListResult(links=before), NOW)
    visit(frontier, list_page(), ListResult(links=None), NOW + DAY)
    assert status(frontier).showing is showing


def test_the_failure_of_a_list_is_its_answer_until_it_shows_articles_again(frontier: Frontier) -> None:
    visit(frontier, list_page(), ListResult(links=20), NOW)
    visit(frontier, list_page(), ListResult(answer="challenge"), NOW + DAY)
    assert (status(frontier).showing, status(frontier).answer) == (False, "challenge")
    visit(frontier, list_page(), ListResult(links=None), NOW + 2 * DAY)
    assert (status(frontier).showing, status(frontier).answer) == (True, "")


def test_a_section_shows_articles_if_one_list_does_and_is_unfinished_while_one_is_queued(
    frontier: Frontier,
) -> None:
    visit(frontier, list_page(), ListResult(links=0), NOW)
    frontier.enqueue([list_page(number=2)])
    assert status(frontier).asked is False
    (known,) = frontier.lease_pages("fu", NOW, 100)
    frontier.acknowledge(known, None, NOW, result=ListResult(links=20))
    assert (status(frontier).asked, status(frontier).showing) == (True, True)


def test_pages_with_different_request_bodies_are_different_pages_also_after_a_kill(address: str) -> None:
    first, second = (evolve(list_page(number=2), body=f"currpage={number}") for number in (2, 3))
    entry = catalogued(first, NOW + DAY)
    with closing(Frontier(address)) as frontier:
        frontier.claim_site("fu", "", NOW)
        assert frontier.enqueue([first, second]) == [first, second]
        assert queued(frontier) == [first, second]
        kill(address)
    with closing(Frontier(address)) as frontier:
        settle_stale_leases(frontier, lambda _: entry, NOW + DAY, lambda *_: (), no_requisites)
        frontier.claim_site("fu", "", NOW)
        assert queued(frontier) == [first, second]


def test_the_run_log_has_the_running_and_the_ended_crawl(frontier: Frontier, address: str) -> None:
    frontier.release_site("fu", NOW + DAY)
    assert frontier.runs() == {"fu": Run(started=NOW, ended=NOW + DAY, outcome="done")}
    frontier.claim_site("fu", "", NOW + 2 * DAY)
    with closing(Frontier(address)) as other:
        assert other.runs() == {"fu": Run(started=NOW + 2 * DAY, outcome="running", process=os.getpid())}


def test_failures_in_a_row_are_counted_until_a_run_is_done(frontier: Frontier) -> None:
    outcomes = ("failed", "interrupted", "failed", "done", "failed")
    counted = []
    for outcome in outcomes:
        frontier.release_site("fu", NOW, outcome)
        counted.append(frontier.runs()["fu"].failures)
        frontier.claim_site("fu", "", NOW)
    assert counted == [1, 1, 2, 0, 1]


def test_a_run_that_could_not_claim_its_site_is_a_failure(frontier: Frontier) -> None:
    frontier.record_failed_run("xian", NOW, NOW + DAY)
    frontier.record_failed_run("xian", NOW + DAY, NOW + 2 * DAY)
    assert frontier.runs()["xian"] == Run(started=NOW + DAY, ended=NOW + 2 * DAY, outcome="failed", failures=2)


def test_a_killed_run_counts_as_a_failure(address: str) -> None:
    for failures in (1, 2):
        process = multiprocessing.get_context("fork").Process(target=die_crawling, args=(address,))
        process.start()
        process.join()
        with closing(Frontier(address)) as frontier:
            assert frontier.runs() == {"fu": Run(started=NOW, outcome="killed", failures=failures)}


def die_crawling(address: str) -> None:
    Frontier(address).claim_site("fu", "", NOW)
    os.kill(os.getpid(), signal.SIGKILL)


def test_only_first_pages_that_are_due_by_their_interval_are_queued_again(frontier: Frontier) -> None:
    busy, quiet, new = (list_page(f"www{number}") for number in range(3))
    busy, quiet, new = (evolve(page, site="fu") for page in (busy, quiet, new))
    frontier.enqueue_due("fu", [busy, quiet], NOW)
    assert queued(frontier) == [busy, quiet]
    for page, hours in ((busy, 2), (quiet, 48)):
        known = next(known for known in frontier.lease_pages("fu", NOW, 9) if known.page == page)
        interval = dt.timedelta(hours=hours)
        history = evolve(updated_history(known.history, "changed", NOW), interval=interval)
        frontier.acknowledge(evolve(known, history=history), NOW + interval, NOW)
    frontier.release_site("fu", NOW)
    almost = NOW + dt.timedelta(hours=2) - dt.timedelta(minutes=5)
    frontier.claim_site("fu", "", almost)
    frontier.enqueue_due("fu", [busy, quiet, new], almost)
    assert queued(frontier, almost) == [busy, new], "90 % of the interval are enough"


def test_no_more_new_pages_are_queued_than_the_limit(frontier: Frontier) -> None:
    frontier.enqueue([article(1), article(2)])
    assert frontier.enqueue(map(article, range(1, 9)), limit=3) == [article(3), article(4), article(5)]
    assert frontier.enqueue([article(9)], limit=0) == []
    assert len(queued(frontier)) == 5


def test_pages_that_a_wrong_clock_dated_in_the_future_are_due_once_it_is_right(address: str) -> None:
    """A machine without a battery-backed clock can start in any year."""
    future = NOW + 3650 * DAY
    with closing(Frontier(address)) as frontier:
        frontier.claim_site("fu", "", future)
        frontier.enqueue([list_page(), article(1)])
        for page in (list_page(), article(1)):
            done(frontier, page, due=future + DAY, now=future)
        frontier.enqueue([article(2)])
        frontier.release_site("fu", future)
        frontier.claim_site("fu", "", NOW)
        frontier.enqueue([list_page()])
        assert queued(frontier) == [list_page(), article(2), article(1)]
        done(frontier, list_page())
        frontier.enqueue([list_page()])
        assert list_page() not in queued(frontier), "it is queued once in each crawl, and this crawl began now"
        frontier.release_site("fu", NOW)
        assert frontier.runs()["fu"] == Run(started=NOW, ended=NOW)


def test_a_killed_visit_is_not_settled_by_the_capture_of_an_earlier_visit_in_the_same_crawl(address: str) -> None:
    page, entry = article(1), catalogued(article(1), NOW)
    with closing(Frontier(address)) as frontier:
        frontier.claim_site("fu", "", NOW)
        frontier.enqueue([page])
        done(frontier, page, due=NOW + DAY, now=NOW + DAY / 24)
        assert queued(frontier, NOW + DAY) == [page], "it is due again during the crawl"
        kill(address)
    with closing(Frontier(address)) as frontier:
        settle_stale_leases(frontier, lambda _: entry, NOW + DAY, lambda *_: (), no_requisites)
        frontier.claim_site("fu", "", NOW + DAY)
        assert queued(frontier, NOW + DAY) == [page]
        kill(address)
    with closing(Frontier(address)) as frontier:
        settle_stale_leases(frontier, lambda _: catalogued(page, NOW + DAY), NOW + DAY, lambda *_: (), no_requisites)
        frontier.claim_site("fu", "", NOW + DAY)
        assert queued(frontier, NOW + DAY) == []


def catalogued(page: Page, at: dt.datetime) -> Entry:
    """Return the catalogue's entry of a page."""
    return Entry(
        id="1", site="fu", region=None, url=page.url, final_url=page.url, status=200, fetched_at=at,
        outcome="rejected", reason="not-an-article", articles=(), verdict=Verdict(kind="new"),
        digests=Digests(payload="sha256:1"), location=None,
        recipe="jcms/2", version=Version(fangzhi="", trafilatura=""),
    )  # fmt: skip


def test_every_method_raises_store_unavailable_if_the_file_breaks(frontier: Frontier, address: str) -> None:
    run_sql(address, *(f"DROP TABLE {table}" for table in ("pages", "sites", "crawlers", "lists", "days", "pauses")))
    calls = (
        frontier.list_statuses, frontier.leases, frontier.stale_leases, lambda: frontier.counts(NOW),
        lambda: frontier.was_requested(""),
        lambda: frontier.requests_today("fu", NOW), lambda: frontier.paused_until("fu"),
        lambda: frontier.count_queued("fu"),
        lambda: frontier.enqueue([article(1)]),
    )  # fmt: skip
    for call in calls:
        with pytest.raises(StoreUnavailable, match=r"no such table|does not exist"):
            call()


def test_only_the_process_that_leases_a_site_releases_it(frontier: Frontier, address: str) -> None:
    frontier.enqueue([article(1)])
    queued(frontier)
    (before,) = run_sql(address, "SELECT fence FROM sites")
    run_sql(address, "UPDATE sites SET fence = 99")
    frontier.release_site("fu", NOW)
    assert run_sql(address, "SELECT sites.fence, pages.fence AS of_page FROM sites, pages") == [(99, *before)]


def test_many_processes_can_open_a_frontier_at_once(address: str) -> None:
    context = multiprocessing.get_context("fork")
    go = context.Event()
    processes = [context.Process(target=crawl_one, args=(address, f"site{number}", go)) for number in range(8)]
    for process in processes:
        process.start()
    go.set()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0] * 8
    with closing(Frontier(address)) as frontier:
        assert {run.outcome for run in frontier.runs().values()} == {"done"}
        assert len(frontier.runs()) == 8


def crawl_one(address: str, site: str, go: object) -> None:
    go.wait()
    with closing(Frontier(address)) as frontier:
        assert frontier.claim_site(site, "", NOW)
        for number in range(20):
            frontier.enqueue([article(number, site)])
            done(frontier, article(number, site))
        frontier.release_site(site, NOW)
