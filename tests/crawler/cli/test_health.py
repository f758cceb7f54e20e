"""The health tables of sites: they are readable for three sites and for sixty."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter

import pytest

from crawler.cli.health import LEGEND, alarms, sections, tables
from crawler.frontier import ListStatus
from crawler.monitoring import Frequency, Health, SiteStatus, Stats

TODAY = dt.date(2026, 3, 5)
NOW = dt.datetime(2026, 3, 5, 8, tzinfo=dt.UTC)
KINDS = ("new", "changed", "gone", "back", "duplicate", "not-modified", "not-an-article", "http-error", "challenge")


def health(slug: str, chance: random.Random, status: SiteStatus | None = None) -> Health:
    """Return the health of a random site."""
    outcomes = Counter({kind: chance.choice((0, 3, 47, 812, 9_400, 51_000)) for kind in KINDS})
    articles = outcomes["new"] or 1
    stats = Stats(
        outcomes=outcomes,
        failed=Counter(timeout=2),
        statuses=Counter({"2xx": outcomes.total(), "4xx": 3, "none": 2}),
        fields=Counter(title=articles, date=articles, source=articles // 2, column=0),
        extracted=articles,
        repaired=articles // 3,
    )
    return Health(
        site=slug,
        stats=stats,
        frequency=Frequency(articles=articles, newest_on=TODAY - dt.timedelta(days=chance.choice((0, 2, 968)))),
        status=status or SiteStatus(state=chance.choice(("alive", "blocked"))),
        today=TODAY,
        lists=(ListStatus(section=f"http://{slug}.cn/", asked=True, showing=True, asked_at=NOW, newest_on=TODAY),),
    )


@pytest.mark.parametrize("count", [1, 3, 60])
def test_each_site_has_a_row_of_100_columns_with_every_number(count: int) -> None:
    chance = random.Random(count)
    slugs = [f"{chance.choice(('nanjing', 'foshan', 'yan'))}-gulou-{number}" for number in range(count)]
    lines = tables([health(slug, chance) for slug in slugs])
    assert max(map(len, lines)) <= 100
    for slug in slugs:
        assert sum(line.split()[:1] == [slug] for line in lines) == 2, "one in each table, in full"
    head = lines[0].split()
    assert head[:4] == ["site", "state", "days", "new"]
    assert not any("…" in line for line in lines)
    assert LEGEND in lines


def test_rejections_and_failures_are_counted_by_reason() -> None:
    chance = random.Random(3)
    made = health("fu", chance)
    text = " ".join(" ".join(tables([made])).split())
    for reason, count in {**made.stats.rejected, "timeout": 2}.items():
        assert f"{count} {reason}" in text


def test_sites_that_need_attention_come_last_the_dead_before_the_empty() -> None:
    chance = random.Random(1)
    statuses = {
        "a": SiteStatus(state="empty", why="nothing yet", hint="look"),
        "b": SiteStatus(state="alive"),
        "c": SiteStatus(state="dead", why="no list could be had", hint="fangzhi sites check c"),
    }
    sites = [health(slug, chance, status) for slug, status in statuses.items()]
    expected = ["DEAD c: no list could be had (fangzhi sites check c)", "empty a: nothing yet (look)"]
    assert alarms(sites) == tables(sites)[-2:] == expected
    assert alarms(sites[1:2]) == []


def test_a_terminal_gets_colours_and_its_own_width() -> None:
    made = [health("fu", random.Random(1), SiteStatus(state="dead", why="x", hint="y"))]
    assert "\x1b[1;31mdead" in "\n".join(tables(made, 140, True))
    assert "\x1b" not in "\n".join(tables(made, 140))


def test_sections_show_when_they_last_had_articles_and_a_new_one() -> None:
    _, row = sections([health("fu", random.Random(1))])
    assert row.split() == ["fu", "2026-03-05", "08:00", "never", "never", "2026-03-05", "http://fu.cn/"]
