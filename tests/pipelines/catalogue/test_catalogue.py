from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from attrs import evolve

from pipelines.catalogue.catalogue import Catalogue
from pipelines.catalogue.queries import Filter
from pipelines.errors import ConfigError, StoreUnavailable
from pipelines.model import Location, PriorCaptures, Quality
from tests.pipelines.made import START, capture, entry, reference


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty catalogue in each database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/new/folder/catalogue.sqlite"
    return str(request.getfixturevalue("database"))


@pytest.fixture
def catalogue(address: str) -> Iterator[Catalogue]:
    with closing(Catalogue(address)) as opened:
        yield opened


def test_an_entry_comes_back_equal_by_id_and_by_address(catalogue: Catalogue) -> None:
    made = entry(evolve(capture(1), url="http://news.example/moved"))
    catalogue.put(made)
    assert catalogue.get(made.id) == catalogue.get(made.url) == catalogue.get(made.final_url) == made
    assert catalogue.get("http://news.example/other") is None


def test_what_a_browser_made_is_no_answer_that_another_can_stand_for(catalogue: Catalogue) -> None:
    page = entry(capture(1))
    shown = evolve(entry(evolve(capture(2), final_url=page.final_url, body=b"shown")), rendered="Chromium/150.0")
    for each in (page, shown):
        catalogue.put(each)
    later = reference(evolve(capture(3), final_url=page.final_url))
    confirmed = catalogue.confirmed_capture(later)
    assert confirmed
    assert confirmed.id == page.id
    seen = catalogue.prior(shown.digests, later)
    assert seen.same_bytes
    assert (seen.same_bytes.id, seen.kept) == (shown.id, None)


def test_putting_an_entry_again_changes_nothing_and_a_changed_one_replaces_it(catalogue: Catalogue) -> None:
    made = entry(capture(1))
    catalogue.put(made)
    catalogue.put(made)
    assert list(catalogue.entries()) == [made]
    changed = entry(capture(1), text="修改后的正文")
    catalogue.put(changed)
    assert list(catalogue.entries()) == [changed]
    later = capture(2, b"other")
    assert catalogue.prior(made.digests, reference(later)).same_text is None, "the text that was replaced is forgotten"
    assert catalogue.prior(changed.digests, reference(later)).same_text is not None


def test_seen_is_the_earliest_with_the_bytes_and_text_and_the_latest_article_of_the_address(
    catalogue: Catalogue,
) -> None:
    first, second = capture(1, b"same"), capture(2, b"same")
    edited = capture(3, b"edited", url=first.final_url)
    entries = [entry(first), entry(second), entry(edited, text="改过")]
    for made in entries:
        catalogue.put(made)
    now = capture(9, b"same", url=first.final_url)
    seen = catalogue.prior(entries[0].digests, reference(now))
    assert (seen.same_bytes.id, seen.same_text.id, seen.previous.id) == (entries[0].id, entries[0].id, entries[2].id)
    assert (seen.same_bytes.url, seen.same_bytes.fetched_at) == (first.final_url, first.fetched_at)


def test_an_article_of_a_page_is_found_by_its_own_digest_in_either_order(catalogue: Catalogue) -> None:
    first, *others = captures = [capture(1, b"page"), capture(2, b"alone"), capture(3, b"other")]
    alone = [entry(made, text=text) for made, text in zip(others, ("春耕开始", "夏粮入仓"), strict=True)]
    whole = entry(first, text="春耕开始夏粮入仓")
    page = evolve(whole, digests=evolve(whole.digests, articles=tuple(each.digests.text or "" for each in alone)))
    for each in alone:
        catalogue.put(each)
    changed = catalogue.put(page)
    later = catalogue.later_captures(page, catalogue.prior(page.digests, reference(first)), changed)
    assert sorted(each.id for each in later) == [each.id for each in alone]
    for made, each in zip(captures[1:], alone, strict=True):
        found = catalogue.prior(each.digests, reference(made)).same_text
        assert found is not None
        assert found.id == page.id
    catalogue.put(whole)
    assert catalogue.prior(alone[0].digests, reference(others[0])).same_text is None, "what was cut is forgotten"


def test_seen_leaves_out_the_capture_itself_and_all_that_came_after_it(catalogue: Catalogue) -> None:
    captures = [capture(number, b"same") for number in (1, 2, 3)]
    entries = [entry(made) for made in captures]
    for made in reversed(entries):
        catalogue.put(made)
    assert catalogue.prior(entries[0].digests, reference(captures[0])) == PriorCaptures()
    assert catalogue.prior(entries[1].digests, reference(captures[1])).same_bytes.id == entries[0].id


def test_bytes_that_lie_in_a_foreign_file_are_seen_but_no_revisit_may_refer_to_them(catalogue: Catalogue) -> None:
    theirs = evolve(entry(capture(1, b"same")), location=Location(file="/their/x.warc.gz", offset=0, length=1))
    ours = entry(capture(2, b"same"))
    catalogue.put(theirs)
    now = capture(9, b"same")
    assert catalogue.prior(theirs.digests, reference(now)).same_bytes.id == theirs.id
    assert catalogue.prior(theirs.digests, reference(now)).kept is None
    catalogue.put(ours)
    assert catalogue.prior(theirs.digests, reference(now)).kept.id == ours.id


def test_entries_are_filtered_and_newest_first(catalogue: Catalogue) -> None:
    made = [
        entry(capture(0)),
        entry(capture(60), text=None),
        entry(evolve(capture(120), fetched_at=dt.datetime(2024, 3, 6, tzinfo=dt.UTC))),
    ]
    for one in made:
        catalogue.put(one)
    assert list(catalogue.entries()) == made[::-1]
    assert list(catalogue.entries(limit=1)) == made[2:]
    assert list(catalogue.entries(Filter(outcome="rejected"))) == [made[1]]
    assert list(catalogue.entries(Filter(until=dt.date(2024, 3, 5)))) == [made[1], made[0]]
    assert list(catalogue.entries(Filter(since=dt.date(2024, 3, 6)))) == [made[2]]
    assert list(catalogue.entries(Filter(site="elsewhere"))) == []


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ((("电梯",),), 2),
        ((("电梯",), ("防汛",)), 1),
        ((("電梯", "电梯"),), 2),
        ((("5%",),), 1),
        ((("长5_",),), 0),
        ((('"一梯"',),), 1),
        ((("BA.5",),), 1),
        ((("泵",),), 0),
    ],
)
def test_entries_are_found_by_words_in_any_of_their_spellings(
    catalogue: Catalogue, words: tuple[tuple[str, ...], ...], found: int
) -> None:
    for number, text in enumerate(("加装电梯，增长5%。", "电梯和防汛。ba.5", '"一梯"一户')):
        catalogue.put(entry(capture(number), text=text))
    assert len(list(catalogue.entries(Filter(words=words)))) == found


def test_copies_can_be_left_out(catalogue: Catalogue) -> None:
    kinds = ("new", "same-bytes", "same-text", "near-copy", "new-version")
    for number, kind in enumerate(kinds):
        catalogue.put(entry(capture(number), kind=kind))
    assert [each.verdict.kind for each in catalogue.entries(Filter(copies=False))] == ["new-version", "new"]
    assert len(list(catalogue.entries(Filter(copies=True)))) == len(kinds)


def test_captures_of_an_address_are_those_that_were_asked_or_answered_under_it(catalogue: Catalogue) -> None:
    here, elsewhere = "http://news.example/a", "http://news.example/old"
    made = [entry(capture(number, url=here)) for number in (2, 0)]
    moved = entry(evolve(capture(1, url=here), url=elsewhere))
    for one in (*made, moved, entry(capture(3))):
        catalogue.put(one)
    assert catalogue.captures(here) == [made[1], moved, made[0]]
    assert catalogue.captures(elsewhere) == [moved]


def test_missed_are_addresses_that_had_an_article_and_an_answer_without(catalogue: Catalogue) -> None:
    def put(name: str, number: int, reason: str | None = None, site: str = "news") -> None:
        made = entry(capture(number, url=f"http://{site}.example/{name}"), text=None if reason else "正文")
        catalogue.put(evolve(made, reason=reason, site=site))

    put("gone", 0)
    put("gone", 10, "http-error")
    put("said-so", 1)
    put("said-so", 11, "soft-404", site="news")
    put("never-there", 2, "http-error")
    put("refused", 3)
    put("refused", 12, "challenge")
    put("other", 4, site="other")
    put("other", 13, "http-error", site="other")
    assert catalogue.possibly_missing() == [
        f"http://{name}" for name in ("news.example/gone", "news.example/said-so", "other.example/other")
    ]
    assert catalogue.possibly_missing("other") == ["http://other.example/other"]
    assert catalogue.possibly_missing("news", START + dt.timedelta(seconds=11)) == ["http://news.example/said-so"]


def test_counts_add_up(catalogue: Catalogue) -> None:
    for number in range(3):
        catalogue.put(entry(capture(number)))
    catalogue.put(entry(capture(9), text=None))
    counts = {(row["outcome"], row["reason"], row["verdict"]): row["captures"] for row in catalogue.counts()}
    assert counts == {("article", None, "new"): 3, ("rejected", "empty", "new"): 1}


def test_what_is_done_together_is_kept_wholly_or_not_at_all(catalogue: Catalogue) -> None:
    one, other = entry(capture(1)), entry(capture(2, b"other"), text="另一篇")

    def fail() -> None:
        with catalogue.transaction():
            catalogue.put(one)
            with catalogue.transaction():
                assert catalogue.get(one.id) == one, "what is done within knows of it"
            raise InterruptedError

    with pytest.raises(InterruptedError):
        fail()
    assert catalogue.get(one.id) is None
    with catalogue.transaction():
        catalogue.put(one)
        catalogue.put(other)
    assert list(catalogue.entries()) == [other, one]


def test_what_is_done_together_is_not_known_to_others_before_its_end(address: str) -> None:
    one = entry(capture(1))
    with closing(Catalogue(address)) as writer, closing(Catalogue(address)) as reader:
        with writer.transaction():
            writer.put(one)
            assert reader.get(one.id) is None
        assert reader.get(one.id) == one


def test_a_capture_that_comes_in_its_order_changes_nothing_for_others(catalogue: Catalogue) -> None:
    early, late = entry(capture(1)), entry(capture(2))
    catalogue.put(early)
    seen = catalogue.prior(late.digests, reference(capture(2)))
    assert catalogue.later_captures(late, seen, catalogue.put(late)) == []
    before = entry(capture(0))
    assert catalogue.later_captures(before, PriorCaptures(), catalogue.put(before)) != []


def test_two_processes_worth_of_connections_write_side_by_side(address: str) -> None:
    with closing(Catalogue(address)) as one, closing(Catalogue(address)) as other:
        for number in range(20):
            (one, other)[number % 2].put(entry(capture(number)))
        assert len(list(one.entries())) == len(list(other.entries())) == 20


def test_mistakes_are_told_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="the catalogue URL 'nonsense' is not valid"):
        Catalogue("nonsense")
    with pytest.raises(ConfigError, match="there is no catalogue"):
        Catalogue(f"sqlite:///{tmp_path}/none.sqlite", create=False)
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreUnavailable, match="cannot be created"):
        Catalogue(f"sqlite:///{tmp_path}/file/catalogue.sqlite")
    (tmp_path / "garbage.sqlite").write_bytes(b"no database" * 100)
    with pytest.raises(StoreUnavailable, match="not a database"):
        Catalogue(f"sqlite:///{tmp_path}/garbage.sqlite")


def test_several_may_make_and_fill_one_catalogue_at_once(address: str) -> None:
    together = threading.Barrier(4)

    def write(writer: int) -> None:
        together.wait()
        with closing(Catalogue(address)) as catalogue:
            for text in range(20):
                catalogue.put(entry(capture(1), text=f"{writer} {text}"))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(4)))
    with closing(Catalogue(address)) as catalogue:
        (held,) = catalogue.entries()
        assert catalogue.prior(held.digests, reference(capture(2))).same_text.id == held.id


def test_an_address_with_a_password_is_never_told_with_it() -> None:
    with pytest.raises(StoreUnavailable) as told:
        Catalogue("postgresql+psycopg://me:secret@127.0.0.1:1/none")
    assert "secret" not in str(told.value)
    assert "127.0.0.1:1" in str(told.value)


def test_the_worst_articles_come_first_and_what_is_none_does_not_come(catalogue: Catalogue) -> None:
    scores = {1: 0.9, 2: 0.2, 3: 0.5}
    for number, score in scores.items():
        made = entry(capture(number))
        graded = [evolve(made.articles[0], quality=Quality(score=value)) for value in (1.0, score)]
        catalogue.put(evolve(made, articles=tuple(graded)))
    catalogue.put(entry(capture(4), text=None))
    catalogue.put(entry(capture(5)))
    assert [found.score for found in catalogue.entries(worst=True)] == [0.2, 0.5, 0.9]
    assert [found.score for found in catalogue.entries(Filter(site="news"), 1, worst=True)] == [0.2]
