"""The health tables of sites: they are readable for three sites and for sixty, and in 80 columns."""

from __future__ import annotations

import datetime as dt
import random
import re
from collections import Counter
from collections.abc import Callable

import pytest
from rich.cells import cell_len

from crawler.cli.health import alarms, holdings, sections, tables
from crawler.cli.tables import TableLayout, TextColumn
from crawler.config.language import translations
from crawler.frontier import ListStatus
from crawler.monitoring import Frequency, Health, SiteStatus, Stats
from pipelines.messages import translate

TODAY = dt.date(2026, 3, 5)
NOW = dt.datetime(2026, 3, 5, 8, tzinfo=dt.UTC)
KINDS = ("new", "changed", "gone", "back", "duplicate", "not-modified", "not-an-article", "http-error", "challenge")

LONG_SLUG = "huhehaote-saihanqu-rongmeiti-zhongxin-xinwen-wang-2026-new-site"
SCREENS = [(width, language) for width in (80, 120) for language in ("en", "zh")]


def in_language(language: str) -> Callable[[str], str]:
    return lambda text: translate(text, translations(language))


def health(slug: str, chance: random.Random, status: SiteStatus | None = None) -> Health:
    """Return the health of a random site."""
    outcomes = Counter({kind: chance.choice((0, 3, 47, 812, 9_400, 51_000)) for kind in (*KINDS, "file", "soft-404")})
    articles = outcomes["new"] or 1
    stats = Stats(
        outcomes=outcomes,
        failed=Counter({"timeout": 2, "robots-unreachable": 12_345}),
        statuses=Counter({"2xx": outcomes.total(), "4xx": 3, "5xx": 123_456, "none": 2}),
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


def holding(slug: str | None, size: int) -> dict[str, object]:
    """Return a row of `fangzhi status --json` with numbers of some size."""
    return {
        "site": slug,
        **dict.fromkeys(("captures", "articles", "duplicates"), size),
        "rejected": {"file": size, "not-an-article": size, "http-error": size},
        "newest": "2026-03-04T22:15:00Z",
        "frontier": dict.fromkeys(("known", "waiting", "due", "failing", "gone"), size),
        "process": size,
    }


@pytest.mark.parametrize("count", [1, 3, 60])
@pytest.mark.parametrize(("width", "language"), SCREENS)
def test_each_site_has_one_row_in_each_table(count: int, width: int, language: str) -> None:
    chance = random.Random(count)
    slugs = [f"{chance.choice(('nanjing', 'foshan', 'yan'))}-gulou-{number}" for number in range(count)]
    lines = tables([health(slug, chance) for slug in slugs], TableLayout(width=width, translate=in_language(language)))
    for slug in slugs:
        assert sum(line.split()[:1] == [slug] for line in lines) == 2, "one in each table, in full"
    head = lines[0].split()
    assert head[:4] == {"en": ["site", "state", "days", "new"], "zh": ["网站", "状态", "天数", "新增"]}[language]


@pytest.mark.parametrize("slugs", [["fu"], ["yunzhou", "lintan-ribao", "qinghe-wanbao"], ["fu", LONG_SLUG]], ids=len)
@pytest.mark.parametrize(("width", "language"), SCREENS)
def test_no_value_is_cut_and_no_line_is_longer_than_the_terminal(slugs: list[str], width: int, language: str) -> None:
    chance, layout = random.Random(3), TableLayout(width=width, translate=in_language(language))
    sites = [health(slug, chance) for slug in slugs]
    rows = [holding(slug, 1_234_567) for slug in slugs]
    for lines in (tables(sites, layout), holdings(rows, layout), sections(sites, layout)):
        assert max(map(cell_len, lines)) <= width
        assert not any("…" in line for line in lines)
        for slug in slugs:
            assert any(slug in line for line in lines)
    assert sum("1234567" in line for line in holdings(rows, layout)) == len(slugs), "one line a site"


@pytest.mark.parametrize(("width", "language"), SCREENS)
def test_the_legend_explains_every_head_that_is_not_a_plain_word(width: int, language: str) -> None:
    translated = in_language(language)
    head, *rest = tables([health("fu", random.Random(1))], TableLayout(width=width, translate=translated))
    legend = "\n".join(rest)
    for name in head.split()[2:]:
        assert re.search(rf"(?:^|[;；] ?){name}[:：]", legend, re.MULTILINE), name


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_wider_terminal_shows_more_columns(language: str) -> None:
    made = [health("nanjing-gulou-rongmei", random.Random(1))]
    heads = [
        tables(made, TableLayout(width=width, translate=in_language(language)))[0].split() for width in (60, 80, 120)
    ]
    assert len(heads[0]) < len(heads[1]) <= len(heads[2])
    assert set(heads[0]) < set(heads[2])


def test_a_chinese_screen_has_no_english_word_except_names() -> None:
    layout = TableLayout(width=120, translate=in_language("zh"))
    made = [health("fu", random.Random(3))]
    text = "\n".join([*tables(made, layout), *holdings([holding("fu", 7), holding(None, 7)], layout)])
    text += "\n".join(sections(made, layout)).replace("http://fu.cn/", "")
    assert set(re.findall("[A-Za-z][A-Za-z-]*", text)) <= {"fu", "HTTP", "robots", "txt", "xx", "k"}


def test_rejections_and_failures_are_counted_by_reason() -> None:
    made = health("fu", random.Random(3))
    text = " ".join(" ".join(tables([made], TableLayout(width=200))).split())
    for reason, count in {**made.stats.refused, "timeout": 2}.items():
        assert f"{count} {reason}" in text
    assert (made.stats.files, made.stats.lists) == (made.stats.rejected["file"], made.stats.rejected["not-an-article"])


def test_counts_for_which_there_is_no_room_are_added_up() -> None:
    column = TextColumn(head="site", cells=["fu"], is_text=True)
    counts = [[(7, "http-error"), (5, "challenge"), (3, "soft-404"), (2, "timeout")]]
    assert TableLayout(width=40).table([column], ("reasons", counts))[1] == "fu   7 http-error, 5 challenge, +5"
    assert TableLayout(width=32).table([column], ("reasons", counts))[1] == "fu   7 http-error, +10"


def test_times_are_in_china() -> None:
    _, row, *_ = holdings([holding("fu", 1)], TableLayout(width=120))
    assert "2026-03-05 06:15" in row


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
    assert "\x1b[1;31mdead" in "\n".join(tables(made, TableLayout(width=140, coloured=True)))
    assert "\x1b" not in "\n".join(tables(made, TableLayout(width=140)))


def test_sections_show_when_they_last_had_articles_and_a_new_one() -> None:
    name, _, row, *_ = sections([health("fu", random.Random(1))])
    assert name == "fu"
    assert row.split() == ["http://fu.cn/", "2026-03-05", "16:00", "never", "never", "2026-03-05"]
