"""The catalogue in SQLite and in PostgreSQL: lookups, transactions, and several writers."""

from __future__ import annotations

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from attrs import evolve

from pipelines.catalogue.catalogue import Catalogue
from pipelines.catalogue.filters import Filter
from pipelines.catalogue.query import parse_query
from pipelines.errors import ConfigError, StoreUnavailable
from pipelines.model import Location, PriorCaptures, Quality, Region
from tests.pipelines.made import START, capture, entry, reference


def test_an_entry_is_found_by_id_and_by_both_urls(catalogue: Catalogue) -> None:
    made = entry(evolve(capture(1), url="http://news.example/moved"))
    catalogue.put(made)
    assert catalogue.get(made.id) == catalogue.get(made.url) == catalogue.get(made.final_url) == made
    assert catalogue.get("http://news.example/other") is None


def test_ids_are_found_by_their_beginning_and_by_their_order(catalogue: Catalogue) -> None:
    made = [entry(capture(number)) for number in (0, 1, 100)]
    for each in made:
        catalogue.put(each)
    ids = [each.id for each in made]
    assert catalogue.ids("20240305", 9) == ids
    assert catalogue.ids("20240305", 2) == ids[:2]
    assert catalogue.ids(ids[1][:14], 9) == catalogue.ids(ids[1], 9) == [ids[1]]
    assert catalogue.ids("2025", 9) == catalogue.ids("2024%", 9) == []
    assert [catalogue.adjacent_ids(each) for each in ids] == [[ids[1]], [ids[0], ids[2]], [ids[1]]]
    assert [catalogue.count(Filter(site=site)) for site in (None, "news", "other")] == [3, 3, 0]


def test_a_rendering_is_never_the_original_of_a_304_or_a_revisit(catalogue: Catalogue) -> None:
    page = entry(capture(1))
    rendering = evolve(entry(evolve(capture(2), final_url=page.final_url, body=b"rendered")), rendered="Chromium/150.0")
    for each in (page, rendering):
        catalogue.put(each)
    later = reference(evolve(capture(3), final_url=page.final_url))
    confirmed = catalogue.confirmed_capture(later)
    assert confirmed
    assert confirmed.id == page.id
    prior = catalogue.prior(rendering.digests, later)
    assert prior.same_bytes
    assert prior.same_bytes.id == rendering.id
    assert catalogue.first_own_capture(rendering.digests.payload, later) is None


def test_put_ignores_an_equal_entry_and_replaces_a_changed_one(catalogue: Catalogue) -> None:
    made = entry(capture(1))
    catalogue.put(made)
    catalogue.put(made)
    assert list(catalogue.entries()) == [made]
    changed = entry(capture(1), text="修改后的正文")
    catalogue.put(changed)
    assert list(catalogue.entries()) == [changed]
    later = capture(2, b"other")
    assert catalogue.prior(made.digests, reference(later)).same_text is None, (
        "the digest of the replaced text is deleted"
    )
    assert catalogue.prior(changed.digests, reference(later)).same_text is not None


def test_prior_has_the_first_capture_with_bytes_or_text_and_the_last_article_of_the_url(
    catalogue: Catalogue,
) -> None:
    first, second = capture(1, b"same"), capture(2, b"same")
    edited = capture(3, b"edited", url=first.final_url)
    entries = [entry(first), entry(second), entry(edited, text="改过")]
    for made in entries:
        catalogue.put(made)
    now = capture(9, b"same", url=first.final_url)
    prior = catalogue.prior(entries[0].digests, reference(now))
    assert (prior.same_bytes.id, prior.same_text.id, prior.previous.id) == (entries[0].id, entries[0].id, entries[2].id)
    assert (prior.same_bytes.url, prior.same_bytes.fetched_at) == (first.final_url, first.fetched_at)


def test_an_article_of_a_page_with_several_is_found_by_its_own_digest(catalogue: Catalogue) -> None:
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
    assert catalogue.prior(alone[0].digests, reference(others[0])).same_text is None, (
        "digests of single articles are deleted"
    )


def test_prior_excludes_the_capture_itself_and_later_ones(catalogue: Catalogue) -> None:
    captures = [capture(number, b"same") for number in (1, 2, 3)]
    entries = [entry(made) for made in captures]
    for made in reversed(entries):
        catalogue.put(made)
    assert catalogue.prior(entries[0].digests, reference(captures[0])) == PriorCaptures()
    assert catalogue.prior(entries[1].digests, reference(captures[1])).same_bytes.id == entries[0].id


def test_bytes_in_a_file_outside_the_archive_are_found_but_not_for_revisits(catalogue: Catalogue) -> None:
    outside = evolve(entry(capture(1, b"same")), location=Location(file="/their/x.warc.gz", offset=0, length=1))
    own = entry(capture(2, b"same"))
    catalogue.put(outside)
    now = capture(9, b"same")
    assert catalogue.prior(outside.digests, reference(now)).same_bytes.id == outside.id
    assert catalogue.first_own_capture(outside.digests.payload, reference(now)) is None
    catalogue.put(own)
    assert catalogue.first_own_capture(outside.digests.payload, reference(now)).id == own.id


def test_entries_are_filtered_and_sorted_newest_first(catalogue: Catalogue) -> None:
    made = [
        entry(capture(0)),
        entry(capture(60), text=None),
        entry(evolve(capture(120), fetched_at=dt.datetime(2024, 3, 5, 16, tzinfo=dt.UTC))),  # the next day in China
    ]
    for one in made:
        catalogue.put(one)
    assert list(catalogue.entries()) == made[::-1]
    assert list(catalogue.entries(limit=1)) == made[2:]
    assert list(catalogue.entries(Filter(outcome="rejected"))) == [made[1]]
    assert list(catalogue.entries(Filter(captured_until=dt.date(2024, 3, 5)))) == [made[1], made[0]]
    assert list(catalogue.entries(Filter(captured_since=dt.date(2024, 3, 6)))) == [made[2]]
    assert list(catalogue.entries(Filter(site="elsewhere"))) == []


def test_entries_are_filtered_by_their_region_and_all_below_it(catalogue: Catalogue) -> None:
    regions = [Region(code=code, name=code) for code in ("440700", "440783", "441700")]
    made = [evolve(entry(capture(number)), region=region) for number, region in enumerate([*regions, None])]
    url = 'http://news.example/a?x="region":{"code":"440700'
    made.append(evolve(entry(capture(9, url=url)), site="s" * 64))
    for one in made:
        catalogue.put(one)
    for prefix, found in (("44", made[2::-1]), ("4407", made[1::-1]), ("440783", made[1:2]), ("45", [])):
        assert list(catalogue.entries(Filter(region=prefix))) == found
        assert catalogue.count(Filter(region=prefix)) == len(found)


def test_entries_are_filtered_by_the_day_of_publication(catalogue: Catalogue) -> None:
    march, rejected, undated = entry(capture(1)), entry(capture(2), text=None), entry(capture(3))
    undated = evolve(undated, articles=(evolve(undated.articles[0], published_on=None),))
    for each in (march, rejected, undated):
        catalogue.put(each)
    day = dt.date(2024, 3, 5)
    for wanted in (Filter(published_since=day), Filter(published_until=day)):
        assert list(catalogue.entries(wanted)) == [march]
    assert not list(catalogue.entries(Filter(published_since=day + dt.timedelta(days=1))))
    assert not list(catalogue.entries(Filter(published_until=day - dt.timedelta(days=1))))


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("电梯", 2),
        ("电梯 防汛", 1),
        ("電梯", 2),
        ("5%", 2),
        ("长5_", 1),
        ("一梯一", 0),
        ("BA.5", 1),
        ("泵", 0),
        ("-梯", 0),
    ],
)
def test_entries_are_filtered_by_a_query(catalogue: Catalogue, query: str, count: int) -> None:
    for number, text in enumerate(("加装电梯，增长5%。", "电梯和防汛。ba.5", '"一梯"一户')):
        catalogue.put(entry(capture(number), text=text))
    wanted = Filter(query=parse_query(query))
    assert catalogue.count(wanted) == len(list(catalogue.entries(wanted))) == count


def test_entries_are_filtered_by_score_flags_and_reason(catalogue: Catalogue) -> None:
    qualities = (Quality(score=0.5, flags=("torn",)), Quality(score=0.9, flags=("torn-end", "pinyin")), Quality())
    made = [entry(capture(number)) for number in range(3)]
    made = [
        evolve(each, articles=(evolve(each.articles[0], quality=quality),))
        for each, quality in zip(made, qualities, strict=True)
    ]
    rejected = entry(capture(9), text=None)
    for each in (*made, rejected):
        catalogue.put(each)
    for wanted, found in (
        (Filter(min_score=0.5), made[1::-1]),
        (Filter(min_score=0.51), made[1:2]),
        (Filter(flags=("torn",)), made[:1]),
        (Filter(flags=("pinyin", "torn-end")), made[1:2]),
        (Filter(flags=("torn", "pinyin")), []),
        (Filter(flags=("%",)), []),
        (Filter(reason="empty"), [rejected]),
        (Filter(ids=frozenset((made[2].id, "no"))), made[2:]),
        (Filter(ids=frozenset()), []),
    ):
        assert list(catalogue.entries(wanted)) == found
        if not wanted.reason:
            searched = catalogue.search(wanted, order="captured", folded=False)
            assert [each.id for each in searched.found] == [each.id for each in found]


def test_orders(catalogue: Catalogue) -> None:
    days, scores = (dt.date(2024, 3, 7), None, dt.date(2024, 3, 8)), (0.2, 0.1, None)
    made = []
    for number, (day, score) in enumerate(zip(days, scores, strict=True)):
        one = entry(capture(number))
        article = evolve(one.articles[0], published_on=day, quality=Quality(score=score))
        made.append(evolve(one, articles=(article,)))
        catalogue.put(made[-1])
    assert list(catalogue.entries(order="published")) == [made[2], made[0], made[1]]
    assert list(catalogue.entries(order="score")) == [made[1], made[0]]
    for order, numbers in (("published", (2, 0, 1)), ("score", (1, 0, 2)), ("captured", (2, 1, 0))):
        found = catalogue.search(Filter(), order=order).found  # type: ignore[arg-type]
        assert [each.id for each in found] == [made[number].id for number in numbers]


def test_the_filter_excludes_copies(catalogue: Catalogue) -> None:
    kinds = ("new", "same-bytes", "same-text", "near-copy", "new-version")
    for number, kind in enumerate(kinds):
        catalogue.put(entry(capture(number), kind=kind))
    assert [each.verdict.kind for each in catalogue.entries(Filter(copies=False))] == ["new-version", "new"]
    assert len(list(catalogue.entries(Filter(copies=True)))) == len(kinds)


def test_captures_have_the_url_as_requested_or_after_redirects(catalogue: Catalogue) -> None:
    here, elsewhere = "http://news.example/a", "http://news.example/old"
    made = [entry(capture(number, url=here)) for number in (2, 0)]
    moved = entry(evolve(capture(1, url=here), url=elsewhere))
    for one in (*made, moved, entry(capture(3))):
        catalogue.put(one)
    assert catalogue.captures(here) == [made[1], moved, made[0]]
    assert catalogue.captures(elsewhere) == [moved]


def test_possibly_missing_urls_had_an_article_and_a_missing_answer(catalogue: Catalogue) -> None:
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


def test_sites_are_listed_and_found_by_host(catalogue: Catalogue) -> None:
    assert (catalogue.sites(), catalogue.site_of_host("news.example")) == ([], None)
    for number, (site, url) in enumerate(
        [("b", "http://b.cn:81/1"), ("a", "https://a.cn/1"), ("b", "http://b.cn:81/2"), (None, "http://c.cn/1")]
    ):
        catalogue.put(evolve(entry(capture(number, url=url)), site=site))
    assert catalogue.sites() == ["a", "b"]
    hosts = ("a.cn", "b.cn:81", "b.cn", "c.cn")
    assert [catalogue.site_of_host(host) for host in hosts] == ["a", "b", None, None]


def test_counts_add_up(catalogue: Catalogue) -> None:
    for number in range(3):
        catalogue.put(entry(capture(number)))
    catalogue.put(entry(capture(9), text=None))
    counts = {(row["outcome"], row["reason"], row["verdict"]): row["captures"] for row in catalogue.counts()}
    assert counts == {("article", None, "new"): 3, ("rejected", "empty", "new"): 1}


def test_a_transaction_is_committed_completely_or_not_at_all(catalogue: Catalogue) -> None:
    one, other = entry(capture(1)), entry(capture(2, b"other"), text="另一篇")

    def fail() -> None:
        with catalogue.transaction():
            catalogue.put(one)
            with catalogue.transaction():
                assert catalogue.get(one.id) == one, "reads in the transaction see its writes"
            raise InterruptedError

    with pytest.raises(InterruptedError):
        fail()
    assert catalogue.get(one.id) is None
    with catalogue.transaction():
        catalogue.put(one)
        catalogue.put(other)
    assert list(catalogue.entries()) == [other, one]


def test_others_do_not_see_a_transaction_before_its_commit(url: str) -> None:
    one = entry(capture(1))
    with closing(Catalogue(url)) as writer, closing(Catalogue(url)) as reader:
        with writer.transaction():
            writer.put(one)
            assert reader.get(one.id) is None
        assert reader.get(one.id) == one


def test_a_capture_that_arrives_in_order_affects_no_other(catalogue: Catalogue) -> None:
    early, late = entry(capture(1)), entry(capture(2))
    catalogue.put(early)
    prior = catalogue.prior(late.digests, reference(capture(2)))
    assert catalogue.later_captures(late, prior, catalogue.put(late)) == []
    before = entry(capture(0))
    assert catalogue.later_captures(before, PriorCaptures(), catalogue.put(before)) != []


def test_two_connections_write_alternately(url: str) -> None:
    with closing(Catalogue(url)) as one, closing(Catalogue(url)) as other:
        for number in range(20):
            (one, other)[number % 2].put(entry(capture(number)))
        assert len(list(one.entries())) == len(list(other.entries())) == 20


def test_errors_name_the_url_or_the_path(tmp_path: Path) -> None:
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


def test_several_threads_create_and_fill_one_catalogue_at_once(url: str) -> None:
    barrier = threading.Barrier(4)

    def write(writer: int) -> None:
        barrier.wait()
        with closing(Catalogue(url)) as catalogue:
            for text in range(20):
                catalogue.put(entry(capture(1), text=f"{writer} {text}"))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(4)))
    with closing(Catalogue(url)) as catalogue:
        (last,) = catalogue.entries()
        assert catalogue.prior(last.digests, reference(capture(2))).same_text.id == last.id


def test_errors_never_contain_the_password_of_a_url() -> None:
    with pytest.raises(StoreUnavailable) as caught:
        Catalogue("postgresql+psycopg://me:secret@127.0.0.1:1/none", create=False)  # which does not wait for it
    assert "secret" not in str(caught.value)
    assert "127.0.0.1:1" in str(caught.value)


def test_worst_lists_articles_with_a_score_lowest_first(catalogue: Catalogue) -> None:
    scores = {1: 0.9, 2: 0.2, 3: 0.5}
    for number, score in scores.items():
        made = entry(capture(number))
        graded = [evolve(made.articles[0], quality=Quality(score=value)) for value in (1.0, score)]
        catalogue.put(evolve(made, articles=tuple(graded)))
    catalogue.put(entry(capture(4), text=None))
    catalogue.put(entry(capture(5)))
    assert [found.score for found in catalogue.entries(order="score")] == [0.2, 0.5, 0.9]
    assert [found.score for found in catalogue.entries(Filter(site="news"), 1, order="score")] == [0.2]


def test_captures_of_a_period_or_a_reason_are_selected_by_an_index_with_all_columns(tmp_path: Path) -> None:
    statements: list[str] = []
    with closing(Catalogue(f"sqlite:///{tmp_path}/catalogue.sqlite")) as catalogue:
        catalogue.put(entry(capture(1)))
        catalogue.put(evolve(entry(capture(2), text=None), reason="http-error"))

        def note(_conn: object, _cursor: object, statement: str, *_: object) -> None:
            statements.append(statement)

        sa.event.listen(catalogue._database._engine, "before_cursor_execute", note)
        for wanted in (Filter(published_since=dt.date(2024, 3, 1)), Filter(reason="http-error")):
            assert catalogue.count(wanted) == len(list(catalogue.entries(wanted, 5))) == 1
    assert sum("INDEXED BY entries_filters" in each for each in statements) == 4


def test_origins_and_the_captures_under_an_address(catalogue: Catalogue) -> None:
    addresses = [
        "http://a.example",
        "http://a.example/x",
        "http://a.example:81/",
        "http://a-b.example/",
        "https://z.cn/y",
    ]
    for number, url in enumerate(addresses):
        catalogue.put(entry(capture(number, url=url)))
    origins = ["http://a-b.example", "http://a.example", "http://a.example:81", "https://z.cn"]
    assert sorted(catalogue.origins(10)) == origins
    assert len(catalogue.origins(2)) == 2
    assert len(catalogue.ids_under("http://a.example/", 10)) == 1
    assert len(catalogue.ids_under("http://a", 10)) == 4
