"""Search for words in captured articles."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.crawler.cli.test_show import catalogued, output
from tests.fangzhi import documents, fangzhi
from tests.pipelines.made import capture, entry

TEXTS = ("老旧小区加装电梯。", "加裝電梯的補貼。", "防汛会议。", None)


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """An archive with three articles and a page without an article."""
    return catalogued(tmp_path, [entry(capture(number), text=text) for number, text in enumerate(TEXTS)])


def test_each_matching_article_has_a_row_and_a_passage_newest_first(archive: Path) -> None:
    made = entry(capture(0), text=TEXTS[0])
    assert output(archive, "search", "电梯", "小区").splitlines() == [
        f"{made.id}  article  2024-03-05  news  标题",
        "    老旧小区加装电梯。",
    ]
    assert output(archive, "search", "电梯 小区") == output(archive, "search", "小区", "电梯")


def test_limit_counts_matching_captures(archive: Path) -> None:
    assert "防汛" in output(archive, "search", "标题", "--limit", "1")
    assert len(output(archive, "search", "标题").splitlines()) == 6


def test_json_is_the_entry_with_its_matches(archive: Path) -> None:
    (document,) = documents(fangzhi("search", "防汛", "--json", "--archive", str(archive)))
    assert document["articles"][0]["text"] == "防汛会议。"
    assert document["found"] == [{"article": 0, "passage": "防汛会议。"}]


def test_a_word_without_matches_is_reported_on_stderr(archive: Path) -> None:
    done = fangzhi("search", "泵站", "--archive", str(archive))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "No article contains 泵站.\n")


@pytest.mark.parametrize(
    ("options", "message"),
    [((), "3 captures"), (("--limit", "1"), "1 capture shown, the search ended there (--limit)")],
)
def test_the_number_of_matches_is_reported(archive: Path, options: tuple[str, ...], message: str) -> None:
    done = fangzhi("search", "标题", *options, "--archive", str(archive))
    assert (done.returncode, done.stderr) == (0, f"{message}\n")
    assert fangzhi("search", "标题", "--json", *options, "--archive", str(archive)).stderr == ""


@pytest.mark.parametrize("word", ["OR", "-防汛", "NOT"])
def test_what_looks_like_an_operator_is_said_to_be_searched_literally(archive: Path, word: str) -> None:
    done = fangzhi("search", "--archive", str(archive), "--", "电梯", word)
    assert done.stderr.splitlines() == [
        f"{word} is searched literally: a query has words and no operators",
        f"No article contains 电梯, {word}.",
    ]


def test_a_query_without_a_word_is_refused(archive: Path) -> None:
    done = fangzhi("search", " ", "--archive", str(archive))
    assert done.returncode == 2
    assert "contains no word" in done.stderr
