"""A site's counts add up, whatever came, and say what its articles lack."""

from __future__ import annotations

import datetime as dt

from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from crawler.monitoring import Stats
from crawler.monitoring.report import KEPT
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
    tally = Stats()
    for made, event in captures:
        tally.add(made)
        if event:
            tally.recount(made, event)
    for why in causes:
        tally.fail(why)
    told = tally.document()
    assert told["captures"] == len(captures)
    assert told["captures"] == sum(told[kind.replace("-", "_")] for kind in KEPT) + sum(told["rejected"].values())
    assert sum(told["statuses"].values()) == len(captures) + sum(told["failed"].values())
    assert told["forbidden"] == causes.count("robots")
    assert min(told["rejected"].values(), default=1) > 0


def test_fields_and_damage_are_told_as_shares_of_the_articles() -> None:
    tally, whole = Stats(), entry(capture())
    (article,) = whole.articles
    repair = Repair(rule="strip-pinyin", start=0, end=0, before="x", after="")
    bare = evolve(article, title=None, published_on=None)
    full = evolve(article, source="云洲日报", column=("要闻",), published_at=dt.date(2024, 3, 5))
    harmed = evolve(article, repairs=(repair,), quality=Quality(flags=("lost-characters",)))
    tally.add(evolve(whole, articles=(bare, full, harmed, evolve(article, repairs=(repair,)))))
    tally.add(evolve(entry(capture(), text=None), reason="challenge"))
    told = tally.document()
    assert told["coverage"] == {"title": 0.75, "date": 0.75, "source": 0.25, "column": 0.25}
    assert told["damage"] == {"articles": 4, "repaired": 0.5, "lossy": 0.25}
    assert told["challenge_rate"] == 0.5


def test_of_nothing_there_are_no_shares() -> None:
    told = Stats().document()
    assert told["challenge_rate"] is told["coverage"]["title"] is told["damage"]["repaired"] is None
