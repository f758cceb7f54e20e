"""The report of a run: its numbers add up, and files and list pages do not look like losses."""

from __future__ import annotations

from collections import Counter

import pytest

from crawler.cli.report import report_lines
from crawler.config.language import translations
from crawler.monitoring import Stats
from pipelines.messages import translate

STATS = Stats(
    outcomes=Counter(
        {"new": 2, "duplicate": 3, "file": 262, "not-an-article": 123, "soft-404": 2, "challenge": 1, "not-modified": 0}
    ),
    failed=Counter(timeout=2),
    forbidden=1,
    revisits=2,
    downgraded=1,
)


def test_a_run_is_reported_with_files_and_lists_apart_from_rejected_pages() -> None:
    assert report_lines(STATS) == [
        "fetched 395 = 2 articles + 3 duplicates + 262 files + 123 list pages + 3 rejected + 2 failed",
        "  rejected       2  soft-404",
        "  rejected       1  challenge",
        "  failed         2  timeout",
        "2 had the bytes of an earlier capture and were stored as revisits",
        "1 was requested over https and answered over http",
        "1 was not requested: robots.txt forbids it",
    ]


def test_a_run_is_reported_in_chinese() -> None:
    lines = [translate(line, translations("zh")) for line in report_lines(STATS)]
    assert lines[:2] == [
        "共抓取 395 = 2 篇文章 + 3 个重复 + 262 个文件 + 123 个列表页 + 3 个拒收 + 2 个失败",
        "  拒收       2  内容不存在",
    ]
    assert lines[-1] == "1 个网页没有请求：robots.txt 禁止"


def test_the_json_report_keeps_files_and_lists_among_the_rejections() -> None:
    assert STATS.summary()["rejected"] == {"challenge": 1, "file": 262, "not-an-article": 123, "soft-404": 2}


@pytest.mark.parametrize(("count", "part"), [(0, "0 articles"), (1, "1 article "), (2, "2 articles")])
def test_counts_have_their_plural(count: int, part: str) -> None:
    assert report_lines(Stats(outcomes=Counter(new=count)))[0].startswith(f"fetched {count} = {part}")


def test_an_empty_run_has_a_line() -> None:
    assert report_lines(Stats()) == ["fetched 0 = 0 articles + 0 duplicates + 0 rejected + 0 failed"]
