"""What a page or an archive contains never controls a terminal, a spreadsheet, or a page that shows it."""

from __future__ import annotations

import csv
import io
import json
import logging
import re

import click
import pytest
from attrs import evolve
from click.testing import CliRunner

from crawler.cli.diff import version_diff_lines
from crawler.cli.diff_markdown import diff_markdown
from crawler.cli.diff_page import diff_page
from crawler.cli.log import start_logging
from crawler.cli.output import echo
from crawler.cli.render import render
from crawler.cli.rows import PrintedRow, Screen, row_lines
from crawler.cli.tables import TableLayout, TextColumn
from pipelines.export.formats import write_csv, write_jsonl
from pipelines.model import Article, Attachment, Entry
from tests.pipelines.made import capture, entry

HOSTILE = "\x1b[31m红\x1b]0;title\x07\x9b2J\u202eabc\u2066\u200e\r\u2028\x00\x7f\U000e0041"
UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufff9-\ufffb\U000e0000-\U000e007f]"
)
HTML = "<script>alert(1)</script><img src=x onerror=alert(1)> &lt;b&gt; <!-- a --> [x](javascript:alert(1))"


def made(text: str) -> Entry:
    article = Article(
        title=text,
        subtitle=text,
        source=text,
        text=f"{text}\n第二段。",
        script="hans",
        text_hans=text,
        attachments=(Attachment(url="http://a.cn/a.pdf", title=text),),
    )
    return evolve(entry(capture()), final_url=f"http://a.cn/{text}", articles=(article,))


def printed(text: str, **options: bool) -> str:
    @click.command()
    def command() -> None:
        echo(text, **options)

    return CliRunner().invoke(command, color=True).output


@pytest.mark.parametrize("form", ["json", "text", "md", "html"])
def test_no_format_of_an_article_controls_the_terminal(form: str) -> None:
    assert not UNSAFE.search(printed(render(made(HOSTILE), form, "zh")))


def test_json_keeps_the_value() -> None:
    line = printed(render(made(HOSTILE), "json", "zh"))
    assert json.loads(line)["articles"][0]["title"] == HOSTILE


@pytest.mark.parametrize("coloured", [True, False])
def test_rows_differences_and_tables_have_their_own_colours_alone(coloured: bool) -> None:
    row = PrintedRow(cells=(HOSTILE,), site=HOSTILE, title=HOSTILE, address=HOSTILE)
    lines = [
        *row_lines([row], Screen(columns=80, coloured=coloured)),
        *version_diff_lines(made("旧"), made(HOSTILE), coloured=coloured, lang="zh"),
        *TableLayout(coloured=coloured).table([TextColumn(head="a", cells=[HOSTILE], is_text=True)]),
    ]
    for line in lines:
        shown = printed(line, styled=True)
        assert not UNSAFE.search(click.unstyle(shown))
        assert "\x1b[31m红" not in shown
        assert coloured or "\x1b" not in shown


def test_the_pages_of_a_difference_have_no_control_characters() -> None:
    versions = made("旧"), made(HOSTILE + HTML)
    html = diff_page(*versions, ("1", "2"), lang="zh", archive="/srv")
    markdown = diff_markdown(*versions, ("1", "2"), lang="zh")
    assert not UNSAFE.search(printed(html) + printed(markdown))
    assert "<script>alert" not in html + markdown
    assert "<img src" not in html + markdown


def test_a_log_line_has_no_control_characters(capsys: pytest.CaptureFixture[str]) -> None:
    start_logging(quiet=False, verbose=0)
    logging.getLogger("pipelines.line.order").warning("%s cannot be read", HOSTILE)
    assert not UNSAFE.search(capsys.readouterr().err)


def test_markdown_shows_html_and_marks_of_a_text() -> None:
    shown = render(made(HTML + "\n# 一\n- 二\n1. 三\n> 四\n---\n*五* _六_"), "md", "zh")
    assert "&lt;script&gt;" in shown
    assert "&lt;img src=x onerror=alert(1)&gt;" in shown
    assert "&amp;lt;b&amp;gt;" in shown
    assert "&lt;!-- a --&gt;" in shown
    assert "\\[x\\](javascript" in shown
    assert all(
        f"\n\n{line}\n" in shown for line in ("\\# 一", "\\- 二", "1\\. 三", "\\> 四", "\\---", "\\*五\\* \\_六\\_")
    )


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_a_cell_of_csv_is_no_formula(start: str) -> None:
    file = io.BytesIO()
    write_csv([made(f"{start}HYPERLINK(1)")], file, marked=False)
    row = next(csv.DictReader(io.StringIO(file.getvalue().decode(), newline="")))
    assert row["title"].startswith(f"'{start}" if start != "\r" else "'\\x0d")
    assert not UNSAFE.search("".join(row.values()))
    assert row["status"] == "200"


def test_exported_lines_of_json_keep_the_value() -> None:
    file = io.BytesIO()
    write_jsonl([made(HOSTILE)], file)
    assert not UNSAFE.search(file.getvalue().decode())
    assert json.loads(file.getvalue())["articles"][0]["title"] == HOSTILE
