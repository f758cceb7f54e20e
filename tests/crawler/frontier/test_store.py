"""The frontier's file: what waits, who crawls what, and that nothing of it is lost when a process dies."""

from __future__ import annotations

import datetime as dt
import multiprocessing
import os
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from attrs import evolve

from crawler.frontier import Frontier, ListStatus, Page, Run
from crawler.frontier.recovery import settle
from crawler.frontier.revisit_policy import ListResult, visited
from pipelines.errors import StoreUnavailable
from pipelines.model import Digests, Entry, Verdict, Version

NOW = dt.datetime(2026, 3, 5, 8, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


def article(number: int, site: str = "fu") -> Page:
    return Page(url=f"http://{site}.cn/2026/{number}.html", site=site, section=f"http://{site}.cn/")


def head(site: str = "fu", walked: int = 1) -> Page:
    return Page(
        url=f"http://{site}.cn/list_{walked}", site=site, role="list", section=f"http://{site}.cn/", walked=walked
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "frontier.sqlite"


@pytest.fixture
def frontier(path: Path) -> Iterator[Frontier]:
    with closing(Frontier(path)) as opened:
        opened.take("fu", "", NOW)
        yield opened


def waiting(frontier: Frontier, now: dt.datetime = NOW, site: str = "fu") -> list[Page]:
    return [known.page for known in frontier.next(site, now, 100)]


def done(frontier: Frontier, page: Page, due: dt.datetime | None = None, now: dt.datetime = NOW) -> None:
    (known,) = [known for known in frontier.next(page.site, now, 100) if known.page == page]
    frontier.acknowledge(evolve(known, history=visited(known.history, "changed", now)), due, now)


def test_heads_come_before_articles_and_those_before_older_list_pages(frontier: Frontier) -> None:
    frontier.add([head(walked=2), article(2), article(1), head()])
    assert waiting(frontier) == [head(), article(2), article(1), head(walked=2)]


def test_a_page_is_new_once_and_waits_until_it_is_acknowledged(frontier: Frontier) -> None:
    assert frontier.add([article(1), article(1), article(2)]) == [article(1), article(2)]
    done(frontier, article(1))
    assert frontier.add([article(1)]) == []
    assert waiting(frontier) == [article(2)]


def test_what_is_due_waits_again_behind_what_is_new(frontier: Frontier) -> None:
    frontier.add([article(1)])
    done(frontier, article(1), due=NOW + DAY)
    frontier.add([article(2)])
    assert waiting(frontier, NOW + DAY / 2) == [article(2)]
    assert waiting(frontier, NOW + DAY) == [article(2), article(1)]


def test_a_list_page_waits_once_in_each_crawl(frontier: Frontier) -> None:
    frontier.add([head()])
    done(frontier, head())
    frontier.add([head()])
    assert waiting(frontier) == []
    frontier.release("fu", NOW)
    frontier.take("fu", "", NOW + DAY)
    assert frontier.add([head()]) == [], "it is known"
    assert waiting(frontier) == [head()]


def test_what_a_visit_showed_is_there_at_the_next(frontier: Frontier) -> None:
    frontier.add([article(1)])
    (known,) = frontier.next("fu", NOW, 1)
    history = evolve(visited(known.history, "changed", NOW), etag='"x"', interval=DAY, missed=1, failed=2)
    frontier.acknowledge(evolve(known, history=history), NOW, NOW)
    (again,) = frontier.next("fu", NOW, 1)
    assert again == evolve(known, history=history)


def test_the_target_of_a_redirect_is_known_with_the_page_that_led_there(frontier: Frontier) -> None:
    frontier.add([article(1)])
    assert frontier.was_asked(article(1).url)
    assert not frontier.was_asked(article(2).url)
    (known,) = frontier.next("fu", NOW, 1)
    frontier.acknowledge(known, None, NOW, targets=[article(2).url])
    assert frontier.was_asked(article(2).url)
    assert frontier.add([article(2)]) == []


def test_a_site_belongs_to_one_process_and_is_free_when_that_dies(path: Path, frontier: Frontier) -> None:
    frontier.add([article(1), article(2)])
    ready, context = multiprocessing.get_context("spawn").Event(), multiprocessing.get_context("spawn")
    other = context.Process(target=hold, args=(path, "zhen", ready))
    other.start()
    assert ready.wait(60)
    assert not frontier.take("zhen", "", NOW)
    assert frontier.owners() == {"fu": os.getpid(), "zhen": other.pid}
    assert frontier.stale_leases() == []
    os.kill(other.pid, signal.SIGKILL)
    other.join()
    assert [known.page for known, _ in frontier.stale_leases()] == [article(1, "zhen")], (
        "it was handed out, and is not lost"
    )
    assert frontier.take("zhen", "", NOW)
    assert waiting(frontier, site="zhen") == [article(1, "zhen")]


def hold(path: Path, site: str, ready: object) -> None:
    frontier = Frontier(path)
    assert frontier.take(site, "", NOW)
    assert not frontier.take("fu", "", NOW)
    frontier.add([article(1, site)])
    frontier.next(site, NOW, 1)
    ready.set()
    signal.pause()


def test_a_crawl_that_did_not_end_goes_on_and_one_that_ended_begins_anew(path: Path) -> None:
    with closing(Frontier(path)) as first:
        first.take("fu", "full", NOW)
        first.add([head(), article(1)])
        done(first, head())
        first.release("fu", NOW)
    with closing(Frontier(path)) as second:
        second.take("fu", "full", NOW + DAY)
        second.add([head()])
        assert waiting(second) == [article(1)], "its head was asked for in this crawl"
        done(second, article(1))
        second.release("fu", NOW + DAY)
        second.take("fu", "full", NOW + 2 * DAY)
        second.add([head()])
        assert waiting(second) == [head()]


def test_counts_tell_what_is_known_and_what_is_to_come(frontier: Frontier) -> None:
    frontier.add([article(1), article(2)])
    done(frontier, article(1), due=NOW + DAY)
    counts = frontier.counts(NOW)["fu"]
    assert counts == {"known": 2, "waiting": 1, "failing": 0, "gone": 0, "due": 1}


def look(frontier: Frontier) -> ListStatus:
    (found,) = frontier.looks()["fu"]
    return found


def visit(frontier: Frontier, page: Page, shown: ListResult, now: dt.datetime) -> None:
    """Let a site's next crawl, of this page alone, show something."""
    frontier.release("fu", now)
    frontier.take("fu", "", now)
    frontier.add([page])
    (known,) = [known for known in frontier.next("fu", now, 100) if known.page == page]
    frontier.acknowledge(known, None, now, shown=shown)


def test_a_section_is_remembered_by_what_its_lists_showed_and_brought(frontier: Frontier) -> None:
    visit(frontier, head(), ListResult(links=20, found=3, newest_on=NOW.date()), NOW)
    assert look(frontier) == ListStatus(
        section="http://fu.cn/", asked=True, showing=True, asked_at=NOW, shown_at=NOW, brought_at=NOW,
        newest_on=NOW.date(),
    )  # fmt: skip
    visit(frontier, head(), ListResult(links=20), NOW + DAY)
    second = look(frontier)
    assert (second.shown_at, second.brought_at, second.newest_on) == (NOW + DAY, NOW, NOW.date())
    visit(frontier, head(), ListResult(links=0), NOW + 2 * DAY)
    assert (look(frontier).asked, look(frontier).showing, look(frontier).shown_at) == (True, False, NOW + DAY)


@pytest.mark.parametrize(("before", "showing"), [(20, True), (0, False), (None, True)])
def test_a_list_that_is_as_it_was_shows_what_it_did_and_something_where_that_is_not_known(
    frontier: Frontier, before: int | None, showing: bool
) -> None:
    visit(frontier, head(), ListResult(links=before), NOW)
    visit(frontier, head(), ListResult(links=None), NOW + DAY)
    assert look(frontier).showing is showing


def test_what_stood_in_the_way_of_a_list_is_told_until_it_shows_again(frontier: Frontier) -> None:
    visit(frontier, head(), ListResult(links=20), NOW)
    visit(frontier, head(), ListResult(answer="challenge"), NOW + DAY)
    assert (look(frontier).showing, look(frontier).answer) == (False, "challenge")
    visit(frontier, head(), ListResult(links=None), NOW + 2 * DAY)
    assert (look(frontier).showing, look(frontier).answer) == (True, "")


def test_a_section_shows_what_any_of_its_lists_does_and_is_not_judged_while_one_waits(frontier: Frontier) -> None:
    visit(frontier, head(), ListResult(links=0), NOW)
    frontier.add([head(walked=2)])
    assert look(frontier).asked is False
    (known,) = frontier.next("fu", NOW, 100)
    frontier.acknowledge(known, None, NOW, shown=ListResult(links=20))
    assert (look(frontier).asked, look(frontier).showing) == (True, True)


def test_a_frontier_of_before_lists_were_remembered_opens_and_remembers_them(path: Path) -> None:
    with closing(Frontier(path)) as frontier:
        frontier.take("fu", "", NOW)
        frontier.add([head()])
        done(frontier, head())
        frontier.release("fu", NOW)
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("DROP TABLE lists")
    with closing(Frontier(path)) as frontier:
        assert frontier.looks() == {}
        visit(frontier, head(), ListResult(links=None), NOW + DAY)
        assert look(frontier).showing


def test_a_broken_file_is_told_with_its_remedy(tmp_path: Path) -> None:
    (tmp_path / "frontier.sqlite").write_bytes(b"no database" * 1000)
    with pytest.raises(StoreUnavailable, match="not a database") as told:
        Frontier(tmp_path / "frontier.sqlite")
    assert "remove it" in (told.value.hint or "")


def test_pages_that_differ_by_their_form_are_two_and_neither_is_taken_for_the_other_after_a_kill(path: Path) -> None:
    first, second = (evolve(head(walked=2), form=f"currpage={number}") for number in (2, 3))
    entry = seen(first, NOW + DAY)
    with closing(Frontier(path)) as frontier:
        frontier.take("fu", "", NOW)
        assert frontier.add([first, second]) == [first, second]
        assert waiting(frontier) == [first, second]
        kill(path)
        settle(frontier, lambda _: entry, NOW + DAY, lambda *_: ())
        frontier.take("fu", "", NOW)
        assert waiting(frontier) == [first, second]


def test_a_run_is_remembered_from_its_begin_to_its_end(frontier: Frontier, path: Path) -> None:
    frontier.release("fu", NOW + DAY)
    assert frontier.runs() == {"fu": Run(started=NOW, ended=NOW + DAY, outcome="done")}
    frontier.take("fu", "", NOW + 2 * DAY)
    with closing(Frontier(path)) as other:
        assert other.runs() == {"fu": Run(started=NOW + 2 * DAY, outcome="running", process=os.getpid())}


def test_failures_in_a_row_are_counted_until_a_run_is_done(frontier: Frontier) -> None:
    outcomes = ("failed", "interrupted", "failed", "done", "failed")
    counted = []
    for outcome in outcomes:
        frontier.release("fu", NOW, outcome)
        counted.append(frontier.runs()["fu"].failures)
        frontier.take("fu", "", NOW)
    assert counted == [1, 1, 2, 0, 1]


def test_a_run_that_could_not_take_its_site_is_a_failure_as_well(frontier: Frontier) -> None:
    frontier.fail("xian", NOW, NOW + DAY)
    frontier.fail("xian", NOW + DAY, NOW + 2 * DAY)
    assert frontier.runs()["xian"] == Run(started=NOW + DAY, ended=NOW + 2 * DAY, outcome="failed", failures=2)


def test_a_killed_run_is_told_and_counts_as_a_failure(path: Path) -> None:
    for failures in (1, 2):
        process = multiprocessing.get_context("fork").Process(target=die_crawling, args=(path,))
        process.start()
        process.join()
        with closing(Frontier(path)) as frontier:
            assert frontier.runs() == {"fu": Run(started=NOW, outcome="killed", failures=failures)}


def die_crawling(path: Path) -> None:
    Frontier(path).take("fu", "", NOW)
    os.kill(os.getpid(), signal.SIGKILL)


def test_only_heads_that_are_due_by_their_interval_are_asked_for_again(frontier: Frontier) -> None:
    busy, quiet, new = (head(f"www{number}", walked=1) for number in range(3))
    busy, quiet, new = (evolve(page, site="fu") for page in (busy, quiet, new))
    frontier.add_due("fu", [busy, quiet], NOW)
    assert waiting(frontier) == [busy, quiet]
    for page, hours in ((busy, 2), (quiet, 48)):
        known = next(known for known in frontier.next("fu", NOW, 9) if known.page == page)
        interval = dt.timedelta(hours=hours)
        history = evolve(visited(known.history, "changed", NOW), interval=interval)
        frontier.acknowledge(evolve(known, history=history), NOW + interval, NOW)
    frontier.release("fu", NOW)
    almost = NOW + dt.timedelta(hours=2) - dt.timedelta(minutes=5)
    frontier.take("fu", "", almost)
    frontier.add_due("fu", [busy, quiet, new], almost)
    assert waiting(frontier, almost) == [busy, new], "nine tenths of its interval are enough"


def test_a_file_of_before_there_were_runs_is_opened(path: Path) -> None:
    with closing(Frontier(path)) as frontier:
        frontier.take("fu", "", NOW)
    with closing(sqlite3.connect(path)) as db:
        db.execute("DROP TABLE runs")
    with closing(Frontier(path)) as frontier:
        assert frontier.runs() == {}


def test_of_many_pages_only_so_many_new_ones_are_taken(frontier: Frontier) -> None:
    frontier.add([article(1), article(2)])
    assert frontier.add(map(article, range(1, 9)), most=3) == [article(3), article(4), article(5)]
    assert frontier.add([article(9)], most=0) == []
    assert len(waiting(frontier)) == 5


def test_what_a_wrong_clock_wrote_of_the_future_is_due_once_it_is_right(path: Path) -> None:
    """A machine without a clock of its own can start in any year."""
    future = NOW + 3650 * DAY
    with closing(Frontier(path)) as frontier:
        frontier.take("fu", "", future)
        frontier.add([head(), article(1)])
        for page in (head(), article(1)):
            done(frontier, page, due=future + DAY, now=future)
        frontier.add([article(2)])
        frontier.release("fu", future)
        frontier.take("fu", "", NOW)
        frontier.add([head()])
        assert waiting(frontier) == [head(), article(2), article(1)]
        done(frontier, head())
        frontier.add([head()])
        assert head() not in waiting(frontier), "it waits once in each crawl, and this one began now"
        frontier.release("fu", NOW)
        assert frontier.runs()["fu"] == Run(started=NOW, ended=NOW)


def test_a_visit_that_was_killed_is_not_settled_by_what_an_earlier_one_of_the_same_crawl_brought(path: Path) -> None:
    page, entry = article(1), seen(article(1), NOW)
    with closing(Frontier(path)) as frontier:
        frontier.take("fu", "", NOW)
        frontier.add([page])
        done(frontier, page, due=NOW + DAY, now=NOW + DAY / 24)
        assert waiting(frontier, NOW + DAY) == [page], "it is due again while the crawl goes on"
        kill(path)
        settle(frontier, lambda _: entry, NOW + DAY, lambda *_: ())
        frontier.take("fu", "", NOW + DAY)
        assert waiting(frontier, NOW + DAY) == [page]
        kill(path)
        settle(frontier, lambda _: seen(page, NOW + DAY), NOW + DAY, lambda *_: ())
        frontier.take("fu", "", NOW + DAY)
        assert waiting(frontier, NOW + DAY) == []


def test_while_one_start_settles_what_was_left_no_other_process_can_begin(path: Path) -> None:
    with closing(Frontier(path)) as frontier, closing(sqlite3.connect(path, timeout=0)) as other:
        frontier.take("fu", "", NOW)
        frontier.add([article(1), article(2)])
        waiting(frontier)
        kill(path)
        asked = []

        def newest(url: str) -> Entry | None:
            asked.append(url)
            with pytest.raises(sqlite3.OperationalError, match="locked"):
                other.execute("BEGIN IMMEDIATE")
            return None

        settle(frontier, newest, NOW, lambda *_: ())
        other.execute("BEGIN IMMEDIATE")
    assert asked == [article(1).url, article(2).url]


def kill(path: Path) -> None:
    """Let the process that crawls be one that is gone."""
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE sites SET owner = '0@0'")


def seen(page: Page, at: dt.datetime) -> Entry:
    """Return what a catalogue has of a page."""
    return Entry(
        id="1", site="fu", region=None, url=page.url, final_url=page.url, status=200, fetched_at=at,
        outcome="rejected", reason="not-an-article", articles=(), verdict=Verdict(kind="new"),
        digests=Digests(payload="sha256:1"), location=None,
        recipe="jcms/2", version=Version(fangzhi="", trafilatura=""),
    )  # fmt: skip


def test_a_store_that_breaks_is_told_by_whatever_asks_it(frontier: Frontier, path: Path) -> None:
    with closing(sqlite3.connect(path)) as db, db:
        for table in ("pages", "sites", "lists", "days", "pauses"):
            db.execute(f"DROP TABLE {table}")
    asks = (
        frontier.looks, frontier.owners, frontier.stale_leases, lambda: frontier.counts(NOW),
        lambda: frontier.was_asked(""),
        lambda: frontier.spent("fu", NOW), lambda: frontier.paused("fu"), lambda: frontier.waiting("fu"),
        lambda: frontier.add([article(1)]),
    )  # fmt: skip
    for ask in asks:
        with pytest.raises(StoreUnavailable, match="no such table"):
            ask()


def test_only_the_process_that_has_a_site_gives_it_back(frontier: Frontier, path: Path) -> None:
    frontier.add([article(1)])
    waiting(frontier)
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE sites SET owner = 'another'")
    frontier.release("fu", NOW)
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("SELECT owner, (SELECT sum(leased) FROM pages) FROM sites").fetchall() == [("another", 1)]


def test_many_processes_that_open_a_frontier_at_once_all_get_it(path: Path) -> None:
    context = multiprocessing.get_context("fork")
    go = context.Event()
    processes = [context.Process(target=crawl_one, args=(path, f"site{number}", go)) for number in range(8)]
    for process in processes:
        process.start()
    go.set()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0] * 8
    with closing(Frontier(path)) as frontier:
        assert {run.outcome for run in frontier.runs().values()} == {"done"}
        assert len(frontier.runs()) == 8


def crawl_one(path: Path, site: str, go: object) -> None:
    go.wait()
    with closing(Frontier(path)) as frontier:
        assert frontier.take(site, "", NOW)
        for number in range(20):
            frontier.add([article(number, site)])
            done(frontier, article(number, site))
        frontier.release(site, NOW)
