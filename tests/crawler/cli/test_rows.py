"""Rows of captures fit the terminal, in both languages, and are complete in a pipe."""

from __future__ import annotations

import os
import re
from pathlib import Path

import click
import pytest
from attrs import evolve

from crawler.cli.columns import padded, shortened, width
from crawler.cli.rows import PrintedRow, Screen, row_lines
from pipelines.catalogue.search import Passage
from pipelines.model import Entry, Quality, Verdict
from tests.crawler.cli.test_show import catalogued
from tests.fangzhi import environment, fangzhi, start
from tests.pipelines.made import capture, entry

LONG_SITE = "shenzhen-guangming-zhufanghejiansheju"
TITLE = "云洲市人民政府办公室关于进一步做好2024年老旧小区改造工程征地补偿安置工作的通知"
TEXT = "为贯彻落实上级部署，结合我市实际，全市今年计划改造老旧小区二十六个，惠及居民一万二千户，请遵照执行。"
KINDS = ("new", "same-bytes", "same-text", "near-copy", "new-version")


def made(number: int, site: str, kind: str = "new") -> Entry:
    one = entry(capture(number), text=TEXT)
    articles = (evolve(one.articles[0], title=TITLE, quality=Quality(score=0.5)),)
    return evolve(one, site=site, articles=articles, verdict=Verdict(kind=kind, of="1"))


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    entries = [made(number, ("news", LONG_SITE)[number % 2], kind) for number, kind in enumerate(KINDS)]
    rejected = evolve(entry(capture(9), text=None), site="news", reason="not-an-article")
    return catalogued(tmp_path_factory.mktemp("rows"), [*entries, rejected])


def on_a_terminal(columns: int, *arguments: str) -> list[str]:
    """Return what a command prints on a terminal of so many columns."""
    ours, theirs = os.openpty()
    with (
        os.fdopen(theirs, "w") as stdout,
        start(*arguments, stdout=stdout, env=environment(COLUMNS=str(columns))) as done,
    ):
        assert done.wait(60) == 0
    shown = b""
    try:
        while chunk := os.read(ours, 65536):
            shown += chunk
    except OSError:  # the end of a terminal that nobody writes to any more
        pass
    os.close(ours)
    return shown.decode().splitlines()


@pytest.mark.parametrize("columns", [80, 120])
@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize(
    "arguments",
    [("list", "--all"), ("list", "--worst"), ("search", "老旧小区", "--copies"), ("show", "ID", "--evidence")],
    ids=" ".join,
)
def test_no_line_is_wider_than_the_terminal(archive: Path, columns: int, lang: str, arguments: tuple[str, ...]) -> None:
    given = [made(0, "news").id if each == "ID" else each for each in arguments]
    lines = on_a_terminal(columns, *given, "--lang", lang, "--archive", str(archive))
    assert len(lines) >= (0 if "--evidence" in arguments else 5)
    assert all(width(line) <= columns for line in lines), max(lines, key=width)
    cut = [line for line in lines if "…" in line]
    assert all(line.endswith("…") or "    " in line[:4] for line in cut), "only the end of a title is left out"
    if arguments[0] == "search":
        assert all("老旧小区" in line for line in lines if line.startswith("    ") and TITLE[:9] not in line)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_columns_other_than_the_title_are_never_cut(archive: Path, lang: str) -> None:
    for columns in (60, 80, 120):
        shown = "\n".join(on_a_terminal(columns, "list", "--all", "--lang", lang, "--archive", str(archive)))
        assert shown.count(LONG_SITE) == 2
        assert shown.count("2024-03-05") == 5
        english = ("article", "same-bytes", "same-text", "near-copy", "new-version", "not-an-article")
        chinese = ("文章", "字节相同", "正文相同", "近似稿", "新版本", "非文章页")
        assert all(word in shown for word in (english if lang == "en" else chinese))


def test_a_pipe_gets_complete_ids_and_titles(archive: Path) -> None:
    lines = fangzhi("list", "-q", "--archive", str(archive), COLUMNS="40").stdout.splitlines()
    assert [line.split()[0] for line in lines] == [made(number, "").id for number in range(4, -1, -1)]
    assert all(line.endswith(TITLE) for line in lines)


def test_shortened_ids_find_their_captures(archive: Path) -> None:
    lines = on_a_terminal(160, "list", "--archive", str(archive))
    for line in lines:
        shown = fangzhi("show", line.split()[0], "--json", "--archive", str(archive))
        assert (shown.returncode, TITLE in shown.stdout) == (0, True)


def test_a_screen_in_chinese_has_no_english_words(archive: Path) -> None:
    known = re.compile(
        rf"{LONG_SITE}|news(?:\.example)?|--[a-z]+|https?|warc\S*|sha256:\w+|html|t2024\w+|[0-9a-f]{{12}}"
    )
    for arguments in (
        ("list", "--all", "--limit", "2"),
        ("search", "老旧小区", "--limit", "1"),
        ("list", "--gone"),
        ("show", made(1, "").id),
        ("show", made(2, "").url, "--history"),
        ("show", made(2, "").id, "--reprints"),
        ("export", "-", "--format", "csv", "--until", "2001"),
    ):
        done = fangzhi(*arguments, "--archive", str(archive), FANGZHI_LANG="zh")
        assert done.returncode == 0
        words = re.findall(
            "[A-Za-z]{2,}", known.sub("", done.stderr + ("" if arguments[0] == "export" else done.stdout))
        )
        assert not words, arguments


def test_the_site_is_dimmed_and_the_word_is_bold_only_where_there_are_colours() -> None:
    row = PrintedRow(cells=("1",), site="news", title="标题", passage=Passage("改造", "小区", "电梯"))
    assert list(row_lines([row], Screen(columns=80))) == ["1  news  标题", "    改造小区电梯"]
    assert list(row_lines([row], Screen(columns=80, coloured=True))) == [
        f"1  {click.style('news', dim=True)}  标题",
        f"    改造{click.style('小区', bold=True)}电梯",
    ]


def test_widths_count_chinese_characters_twice_and_combining_ones_not_at_all() -> None:
    assert [width(text) for text in ("ab", "防汛", "Ａ", "é", "e\u0301")] == [2, 4, 2, 1, 1]
    assert padded("防", 4) == "防  "
    assert [shortened("防汛会议", columns) for columns in (8, 7, 6, 3, 1)] == [
        "防汛会议",
        "防汛会…",
        "防汛…",
        "防…",
        "…",
    ]
