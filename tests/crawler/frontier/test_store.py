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

from crawler.frontier import Frontier, Page
from crawler.frontier.recovery import settle
from crawler.frontier.visits import visited
from pipelines.errors import StoreUnavailable
from pipelines.model import Entry, Prints, Verdict, Version

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
    assert frontier.orphans() == []
    os.kill(other.pid, signal.SIGKILL)
    other.join()
    assert [known.page for known, _ in frontier.orphans()] == [article(1, "zhen")], "it was handed out, and is not lost"
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


def test_a_broken_file_is_told_with_its_remedy(tmp_path: Path) -> None:
    (tmp_path / "frontier.sqlite").write_bytes(b"no database" * 1000)
    with pytest.raises(StoreUnavailable, match="not a database") as told:
        Frontier(tmp_path / "frontier.sqlite")
    assert "remove it" in (told.value.hint or "")


def test_pages_that_differ_by_their_form_are_two_and_neither_is_taken_for_the_other_after_a_kill(path: Path) -> None:
    first, second = (evolve(head(walked=2), form=f"currpage={number}") for number in (2, 3))
    entry = Entry(
        id="1", site="fu", region=None, url=first.url, final_url=first.url, status=200, fetched_at=NOW + DAY,
        outcome="rejected", reason="not-an-article", articles=(), verdict=Verdict(kind="new"),
        digests=Prints(payload="sha256:1"), location=None, recipe="jcms/2", version=Version(fangzhi="", trafilatura=""),
    )  # fmt: skip
    with closing(Frontier(path)) as frontier:
        frontier.take("fu", "", NOW)
        assert frontier.add([first, second]) == [first, second]
        assert waiting(frontier) == [first, second]
        with closing(sqlite3.connect(path)) as db, db:
            db.execute("UPDATE sites SET owner = '0@0'")
        settle(frontier, lambda _: entry, NOW + DAY, lambda *_: ())
        frontier.take("fu", "", NOW)
        assert waiting(frontier) == [first, second]
