"""How many articles there are, in each format."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

import pytest
from attrs import evolve

from crawler.cli.counts import HEADS
from pipelines.catalogue.dimensions import DIMENSIONS
from pipelines.model import Region
from tests.crawler.cli.test_show import catalogued, output
from tests.fangzhi import documents, fangzhi, one_line
from tests.pipelines.made import capture, entry

TEXTS = ("电梯加装补贴。", "防汛会议。", "电梯安全检查。")
DAYS = (dt.date(2024, 1, 5), dt.date(2024, 1, 31), dt.date(2024, 3, 5))


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Three articles of January and March, captured on one day; the first was captured twice, and printed by others."""
    found = [entry(capture(number), text=text) for number, text in enumerate(TEXTS)]
    found = [
        evolve(each, articles=(evolve(each.articles[0], published_on=day),))
        for each, day in zip(found, DAYS, strict=True)
    ]
    again = entry(capture(9, url=found[0].url), text=TEXTS[0], kind="same-text", of=found[0].id)
    reprint = entry(capture(10), text=TEXTS[0], kind="same-text", of=found[0].id)
    copies = [evolve(each, articles=found[0].articles) for each in (again, reprint)]
    return catalogued(tmp_path, [*found, *copies])


def test_a_month_without_news_and_one_without_a_crawl_can_be_told_apart(archive: Path) -> None:
    done = fangzhi("counts", "--by", "month", "--archive", str(archive))
    assert done.stdout.splitlines() == [
        "month   articles crawled",
        "2024-01        3       0",
        "2024-02        0       0",
        "2024-03        1       1",
        "crawled: days on which a site was crawled",
    ]
    assert done.stderr == "4 articles\n"


def test_tables_have_the_names_of_regions_and_verdicts(tmp_path: Path) -> None:
    codes = ("440700", "440700", "999999")
    regions = [Region(code=code, name="") for code in codes]
    found = [evolve(entry(capture(number)), region=region) for number, region in enumerate(regions)]
    folder = str(catalogued(tmp_path, found))
    counted = fangzhi("counts", "--by", "region", "--archive", folder)
    assert counted.stdout.splitlines()[1:3] == [
        "440700 广东省江门市        2       1",
        "999999                     1       1",
    ]
    searched = fangzhi("search", "标题", "--facets", "--archive", folder, FANGZHI_LANG="zh")
    assert "440700 广东省江门市" in searched.stdout
    assert "new 文章" in searched.stdout
    facets = documents(fangzhi("search", "标题", "--facets", "--json", "--archive", folder))[-1]["facets"]
    assert facets["region"] == [{"value": "440700", "articles": 2}, {"value": "999999", "articles": 1}]


def test_shares_are_those_of_all_articles(archive: Path) -> None:
    found = documents(fangzhi("counts", "电梯", "--by", "month", "--share", "--json", "--archive", str(archive)))
    assert found == [
        {"month": "2024-01", "articles": 2, "all": 3, "share": 0.6667, "crawled_days": 0},
        {"month": "2024-02", "articles": 0, "all": 0, "share": None, "crawled_days": 0},
        {"month": "2024-03", "articles": 1, "all": 1, "share": 1.0, "crawled_days": 1},
    ]


def test_csv_has_a_header_and_a_row_for_each_combination(archive: Path) -> None:
    rows = list(
        csv.reader(output(archive, "counts", "--by", "site", "--by", "verdict", "--format", "csv").splitlines())
    )
    assert rows == [
        ["site", "verdict", "articles"],
        ["news", "new", "3"],
        ["news", "same-text", "2"],
    ]
    assert output(archive, "counts", "没有", "--by", "verdict", "--format", "csv") == "verdict,articles\n"


@pytest.mark.parametrize(("options", "number"), [((), 4), (("--copies",), 5), (("--no-copies",), 3), (("-防汛",), 3)])
def test_an_article_counts_once_wherever_it_was_printed_unless_captures_are_counted(
    archive: Path, options: tuple[str, ...], number: int
) -> None:
    (found,) = documents(fangzhi("counts", *options, "--by", "site", "--json", "--archive", str(archive)))
    assert found == {"site": "news", "articles": number, "crawled_days": 1}


def test_limit_is_a_number_of_rows(archive: Path) -> None:
    done = fangzhi("counts", "--by", "day", "--limit", "1", "--archive", str(archive))
    assert done.stderr == "4 articles\n", "the sum is that of all rows"
    assert len(output(archive, "counts", "--by", "day", "--limit", "2", "--format", "csv").splitlines()) == 3


def test_an_order_is_refused(archive: Path) -> None:
    done = fangzhi("counts", "--by", "day", "--sort", "score", "--archive", str(archive))
    assert done.returncode == 2
    assert "leave out --sort" in done.stderr


def test_a_missing_catalogue_is_named(tmp_path: Path) -> None:
    done = fangzhi("counts", "--by", "day", "--archive", str(tmp_path / "none"))
    assert done.returncode == 2
    assert "there is no catalogue" in one_line(done.stderr)


def test_all_values_of_the_catalogue_can_be_counted_by() -> None:
    assert tuple(HEADS) == DIMENSIONS
