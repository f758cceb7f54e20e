"""Search for words in captured articles."""

from __future__ import annotations

from pathlib import Path

import pytest
from attrs import evolve

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
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "No article matches 泵站.\n")


@pytest.mark.parametrize(
    ("options", "message"),
    [((), "3 captures"), (("--limit", "1"), "3 captures, 1 shown")],
)
def test_the_number_of_matches_is_reported(archive: Path, options: tuple[str, ...], message: str) -> None:
    done = fangzhi("search", "标题", *options, "--archive", str(archive))
    assert (done.returncode, done.stderr) == (0, f"{message}\n")
    assert fangzhi("search", "标题", "--json", *options, "--archive", str(archive)).stderr == ""


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (("电梯", "OR", "防汛"), 3),
        (("电梯", "-小区"), 1),
        (("电梯", "NOT", "小区"), 1),
        (("-电梯",), 1),
        (("电梯", "-title:小区"), 2),
        (("-site:news",), 0),
        (("(防汛", "OR", "小区)", "電梯"), 1),
        (('"加裝電梯的"',), 1),
        (("title:标题", "region:440700"), 0),
        (("title:标题", "site:news"), 3),
    ],
)
def test_operators_phrases_and_fields(archive: Path, query: tuple[str, ...], found: int) -> None:
    assert len(documents(fangzhi("search", *query, "--json", "--archive", str(archive)))) == found


@pytest.mark.parametrize(
    ("query", "message", "column"),
    [
        (" ", "the query is empty", 0),
        ("电梯 (小区", "this parenthesis is not closed", 5),
        ("电梯 OR", "a word is missing here", 5),
        ("titel:电梯", "there is no field 'titel'", 0),
    ],
)
def test_a_query_that_is_not_valid_is_shown_with_the_place(
    archive: Path, query: str, message: str, column: int
) -> None:
    done = fangzhi("search", query, "--archive", str(archive))
    assert (done.returncode, done.stdout) == (2, "")
    said, shown, caret = done.stderr.splitlines()
    assert said.startswith(f"fangzhi: {message}")
    assert shown == f"  {query}"
    assert caret == "  " + " " * column + "^"


def test_copies_are_one_result_with_their_number(tmp_path: Path) -> None:
    first = entry(capture(0), text="加装电梯。")
    same = [entry(capture(number), text="加装电梯。", kind="same-text", of=first.id) for number in (1, 2)]
    again = entry(capture(3), text="加装电梯。", kind="same-bytes", of=same[0].id)
    other = entry(capture(4), text="电梯安全。")
    archive = catalogued(tmp_path, [first, *same, again, other])
    done = fangzhi("search", "电梯", "--archive", str(archive))
    assert done.stderr == "2 captures and 3 copies\n"
    assert done.stdout.splitlines()[2].startswith(again.id), "the newest one stands for all"
    assert done.stdout.splitlines()[4] == "    and 3 copies"
    assert [each["copies"] for each in documents(fangzhi("search", "电梯", "--json", "--archive", str(archive)))] == [
        0,
        3,
    ]
    for option, count in (("--copies", 5), ("--no-copies", 2)):
        found = documents(fangzhi("search", "电梯", "--json", option, "--archive", str(archive)))
        assert [each["copies"] for each in found] == [0] * count


def test_titles_come_first_unless_sorted(tmp_path: Path) -> None:
    in_title = entry(capture(0), text="老旧小区。")
    in_title = evolve(in_title, articles=(evolve(in_title.articles[0], title="加装电梯"),))
    archive = catalogued(tmp_path, [in_title, entry(capture(1), text="电梯。")])

    def ids(*options: str) -> list[str]:
        return [
            each["id"] for each in documents(fangzhi("search", "电梯", "--json", *options, "--archive", str(archive)))
        ]

    assert ids() == ids("--sort", "captured")[::-1]
    assert ids()[0] == in_title.id
    assert ids("--limit", "1") == [in_title.id]


def test_source_and_column_select_by_words(tmp_path: Path) -> None:
    one = entry(capture(0))
    one = evolve(one, articles=(evolve(one.articles[0], source="海門日報", column=("首页", "今日要闻")),))
    archive = catalogued(tmp_path, [one, entry(capture(1))])
    for options, count in (
        (("--source", "海门"), 1),
        (("--source", "海门日报", "--column", "要闻"), 1),
        (("--column", "首页 今日"), 1),
        (("--source", "标题"), 0),
    ):
        for name in (("list",), ("search", "正文"), ("export", "-")):
            found = documents(fangzhi(*name, "--json", *options, "--archive", str(archive)))
            assert len(found) == count, (name, options)
