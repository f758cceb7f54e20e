"""The counts of a run and of a site add up, and say which fields the articles have."""

from __future__ import annotations

import datetime as dt

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from crawler.monitoring import Stats
from crawler.monitoring.outcomes import NOT_REJECTED
from pipelines.catalogue.history import Event
from pipelines.model import Entry, Quality, Repair
from tests.pipelines.made import START, capture, entry

ARTICLES = ("new", "new-version", "same-bytes", "same-text", "near-copy")
REASONS = ("challenge", "soft-404", "http-error", "not-modified", "redirect", "not-an-article", "parser-error")
ENTRIES = st.builds(
    lambda kind, reason, status: evolve(
        entry(capture(), text=None if reason else "正文", kind=kind), reason=reason, status=status
    ),
    st.sampled_from(ARTICLES),
    st.sampled_from((None, *REASONS)),
    st.sampled_from((200, 301, 304, 404, 412, 503, None)),
)
EVENTS = st.sampled_from(
    [Event(kind=kind, at=START, id="1", version=1) for kind in ("first", "edited", "gone", "back")]
)


@given(st.lists(st.tuples(ENTRIES, st.none() | EVENTS)), st.lists(st.sampled_from(["timeout", "robots"])))
def test_every_capture_counts_in_exactly_one_outcome(captures: list[tuple[Entry, Event | None]], causes: list) -> None:
    stats = Stats()
    for made, event in captures:
        stats.add(made)
        if event:
            stats.recount(made, event)
    for why in causes:
        stats.fail(why)
    document = stats.document()
    assert document["captures"] == len(captures)
    assert document["captures"] == sum(document[kind.replace("-", "_")] for kind in NOT_REJECTED) + sum(
        document["rejected"].values()
    )
    assert sum(document["statuses"].values()) == len(captures) + sum(document["failed"].values())
    assert document["forbidden"] == causes.count("robots")
    assert min(document["rejected"].values(), default=1) > 0


def test_fields_and_damage_are_shares_of_the_articles() -> None:
    stats, whole = Stats(), entry(capture())
    (article,) = whole.articles
    repair = Repair(rule="strip-pinyin", start=0, end=0, before="x", after="")
    bare = evolve(article, title=None, published_on=None)
    full = evolve(article, source="云洲日报", column=("要闻",), published_at=dt.date(2024, 3, 5))
    harmed = evolve(article, repairs=(repair,), quality=Quality(flags=("lost-characters",)))
    stats.add(evolve(whole, articles=(bare, full, harmed, evolve(article, repairs=(repair,)))))
    stats.add(evolve(entry(capture(), text=None), reason="challenge"))
    document = stats.document()
    assert document["coverage"] == {"title": 0.75, "date": 0.75, "source": 0.25, "column": 0.25}
    assert document["damage"] == {"articles": 4, "repaired": 0.5, "lossy": 0.25}
    assert document["challenge_rate"] == 0.5


def test_shares_of_zero_are_none() -> None:
    document = Stats().document()
    assert document["challenge_rate"] is document["coverage"]["title"] is document["damage"]["repaired"] is None


def rejected(reason: str | None) -> Entry:
    return evolve(entry(capture(), text=None), reason=reason)


@pytest.mark.parametrize(
    ("made", "counter"),
    [
        (entry(capture()), "articles"),
        (entry(capture(), kind="new-version"), "articles"),
        (entry(capture(), kind="same-bytes"), "duplicates"),
        (entry(capture(), kind="near-copy"), "duplicates"),
        (rejected("not-modified"), "duplicates"),
        (rejected("soft-404"), "rejected"),
    ],
)
def test_every_entry_counts_as_an_article_a_duplicate_or_a_rejection(made: Entry, counter: str) -> None:
    stats = Stats()
    stats.add(made)
    counts = {"articles": stats.articles, "duplicates": stats.duplicates, "rejected": stats.rejected.total()}
    assert counts == dict.fromkeys(counts, 0) | {counter: 1}


def test_fetched_is_the_sum_of_all_counts() -> None:
    stats = Stats()
    kinds = ("new", "new-version", "same-bytes", "same-text", "same-bytes")
    for number, kind in enumerate(kinds):
        stats.add(entry(capture(number), kind=kind))
    for reason in ("soft-404", "challenge", "soft-404"):
        stats.add(rejected(reason))
    for cause in ("timeout", "robots", "timeout"):
        stats.fail(cause)
    assert stats.summary() == {
        "fetched": 10,
        "articles": 2,
        "duplicates": 3,
        "rejected": {"challenge": 1, "soft-404": 2},
        "failed": {"timeout": 2},
        "forbidden": 1,
        "revisits": 2,
        "downgraded": 0,
        "requisites": {"archived": 0, "unchanged": 0, "redirects": 0, "missing": 0, "failed": {}},
    }


def test_a_rejected_page_with_known_bytes_is_a_revisit_and_not_a_duplicate() -> None:
    stats = Stats()
    stats.add(evolve(entry(capture(), text=None, kind="same-bytes"), reason="challenge"))
    assert (stats.fetched, stats.revisits, stats.duplicates) == (1, 1, 0)
