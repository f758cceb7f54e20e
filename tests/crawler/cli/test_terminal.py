"""What commands print on a terminal: whole lines above the progress bar, wrapped at words."""

from __future__ import annotations

import os
import re
from contextlib import closing
from pathlib import Path

import pytest

from crawler.cli.columns import width
from crawler.cli.demo_steps import continued
from crawler.cli.tables import TableLayout, TextColumn
from crawler.cli.verify import shortened_digests
from crawler.cli.wrapping import wrapped
from pipelines.catalogue.catalogue import Catalogue
from tests.fangzhi import environment, start
from tests.pipelines.archive.sealed import build, catalogue_url
from tests.pipelines.made import capture, entry

URL = "http://news.example/" + 9 * "2026/yaowen/" + "t20260305_1.html"
ERASED = re.compile(r"[^\n]*(?:\r\x1b\[2K|\n(?:\x1b\[\?25h)?\r\x1b\[1A\x1b\[2K)")
COLOURS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def screen_lines(*arguments: str, **changes: str) -> list[str]:
    """Return the lines that a command leaves on a terminal that is both its stdout and its stderr."""
    ours, theirs = os.openpty()
    with os.fdopen(theirs, "w") as terminal:
        running = start(*arguments, stdout=terminal, stderr=terminal, env=environment(**changes))
    shown = b""
    try:
        while chunk := os.read(ours, 65536):
            shown += chunk
    except OSError:  # the end of a terminal that nobody writes to any more
        pass
    os.close(ours)
    running.wait(60)
    text = shown.decode().replace("\r\n", "\n")
    assert "\r\x1b[2K" in text, "a bar was shown and erased"
    return [COLOURS.sub("", line).strip("\r") for line in ERASED.sub("", text).split("\n")]


@pytest.mark.parametrize("columns", [80, 120])
def test_findings_appear_above_the_bar_each_with_its_parts_on_lines_of_their_own(columns: int, tmp_path: Path) -> None:
    build(folder := tmp_path / "archive")
    path = max(folder.glob("warc/**/*.gz"))
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    options = ("--archive", str(folder), "--catalogue", catalogue_url(folder))
    lines = screen_lines("verify", "--deep", *options, COLUMNS=str(columns))
    at = lines.index(path.relative_to(folder).as_posix())
    end = lines.index("    wrong-digest")
    problem = " ".join(line.strip() for line in lines[at + 1 : end])
    assert re.fullmatch(r"its SHA-256 is [0-9a-f]{12}…, \S+ says [0-9a-f]{12}…", problem)
    assert all(width(line) <= columns or len(line.split()) == 1 for line in lines), "a long file name stays whole"
    assert not any("files" in line and "warc/" in line for line in lines), "no line is glued to the bar"


def test_a_warning_is_a_line_of_its_own(tmp_path: Path) -> None:
    address = "http://127.0.0.1:9/gone.html"
    (tmp_path / "sites").mkdir()
    site = (
        f'name = "府"\nfamily = "generic"\nhosts = ["127.0.0.1:9"]\nsections = [{{ name = "a", url = "{address}" }}]\n'
    )
    (tmp_path / "sites/fu.toml").write_text(site, encoding="utf-8")
    options = ("--archive", str(tmp_path / "archive"), "--registry", str(tmp_path / "sites"))
    lines = screen_lines("crawl", "fu", *options, COLUMNS="80")
    assert any(line.startswith(f"WARNING: {address}: ") for line in lines)


def test_a_line_is_wrapped_at_words_with_an_indent_and_a_long_value_stays_whole() -> None:
    text = f"  WARNING: {URL}: the server did not answer within 60 seconds, the page is requested again in 5 minutes"
    first, address, *others = wrapped(text, 60)
    assert (first, address) == ("  WARNING:", f"{URL}:")
    assert all(line.startswith("    ") and width(line) <= 60 for line in others)
    assert " ".join(line.strip() for line in (first, address, *others)) == text.strip()
    assert wrapped(text, None) == [text]
    assert URL + ":" in wrapped(text, width(URL) + 1), "with a smaller indent it fits"


def test_chinese_is_wrapped_by_its_columns_and_no_line_begins_with_a_comma() -> None:
    text = "抓取了一百二十三个页面，其中四十五篇文章（含三篇新版本），另有六个栏目列表页；没有失败。"
    for columns in range(20, 60):
        lines = wrapped(text, columns)
        assert all(width(line) <= columns for line in lines)
        assert not any(line.strip()[0] in "，。；）" or line[-1] == "（" for line in lines)
        assert "".join(line.strip() for line in lines) == text


def test_a_command_is_not_broken_unless_a_shell_can_still_read_it() -> None:
    assert wrapped("there is no catalogue: `fangzhi rebuild` makes it", 36)[1] == "  `fangzhi rebuild` makes it"
    hint = "DEAD fu: its section showed no article: 1 × timeout (fangzhi sites check fu)"
    assert wrapped(hint, 70)[1] == "  (fangzhi sites check fu)"
    assert continued("  fangzhi show 2026 --diff", 20) == "  fangzhi show \\\n    2026 --diff"


def test_only_digests_are_shortened() -> None:
    name = "warc/fu/20260305093000-00000.warc.gz: sha1:"
    assert shortened_digests(name + 32 * "A") == f"{name}{12 * 'A'}…"


def test_a_table_drops_empty_columns_first_and_names_the_others_that_it_leaves_out() -> None:
    columns = [
        TextColumn(head="site", cells=["yunzhou"], is_text=True),
        TextColumn(head="gone", cells=[""], meaning="pages that are missing"),
        TextColumn(head="files", cells=["12"], meaning="attachments", rank=1),
        TextColumn(head="lists", cells=["34"], meaning="list pages", rank=2),
    ]
    head, row, *legend = TableLayout(width=20).table(columns)
    assert (head.split(), row.split()) == (["site", "files", "lists"], ["yunzhou", "12", "34"])
    assert legend == ["files: attachments", "lists: list pages"]
    head, _, *legend = TableLayout(width=14).table(columns)
    assert head.split() == ["site", "files"]
    assert " ".join(map(str.strip, legend)) == "files: attachments no room for lists: use a wider terminal, or --json"


def test_a_shortened_id_is_named_as_such(tmp_path: Path) -> None:
    with closing(Catalogue(f"sqlite:///{tmp_path}/catalogue.sqlite")) as catalogue:
        catalogue.put(entry(capture(0), text="云洲市召开防汛会议。"))
    ours, theirs = os.openpty()
    with (
        os.fdopen(theirs, "w") as stdout,
        start("list", "--archive", str(tmp_path), stdout=stdout, env=environment()) as run,
    ):
        _, errors = run.communicate(60)
    os.close(ours)
    assert errors == "1 capture with articles; ids are shortened, `fangzhi show` accepts them\n"
