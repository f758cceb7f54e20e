"""The exit code of `fetch`, and what it prints where there is no article."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crawler.wire import Wire, wired
from tests.fangzhi import documents, fangzhi

ARTICLE = (
    "<title>防汛会议</title><h1>防汛会议</h1><div class=TRS_Editor>"
    + "<p>市政府昨日召开防汛工作会议，部署工作。</p>" * 5
)
HOME = "<title>首页</title>" + "".join(f"<li><a href=/{number}.html>第{number}条新闻</a></li>" for number in range(40))
GONE = "<title>提示</title><p>您访问的页面不存在或已被删除</p>"


@pytest.fixture(scope="module")
def wire() -> Iterator[Wire]:
    with wired() as opened:
        for path, html in (("/a.html", ARTICLE), ("/", HOME), ("/soft.html", GONE)):
            head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
            opened.answers[path] = head + f"<html><body>{html}</body></html>".encode()
        yield opened


@pytest.mark.parametrize(
    ("paths", "code"),
    [
        (("/a.html",), 0),
        (("/",), 0),
        (("/none.html",), 3),
        (("/soft.html",), 3),
        (("/a.html", "/none.html"), 3),
    ],
    ids=str,
)
def test_the_exit_code_says_whether_an_error_of_the_server_left_no_article(
    wire: Wire, tmp_path: Path, paths: tuple[str, ...], code: int
) -> None:
    done = fangzhi("fetch", *(wire.base + path for path in paths), "--archive", str(tmp_path))
    assert done.returncode == code, done.stderr
    assert [entry["url"] for entry in documents(done)] == [wire.base + path for path in paths]
    assert bool(done.stderr) == bool(code), "an error has a line on stderr, too"


def test_a_format_for_reading_has_articles_on_stdout_and_errors_on_stderr(wire: Wire) -> None:
    done = fangzhi("fetch", f"{wire.base}/none.html", f"{wire.base}/a.html", "--format", "md", "--no-archive")
    assert done.returncode == 3
    assert done.stdout.startswith("# 防汛会议\n")
    assert done.stderr == f"fangzhi: {wire.base}/none.html: no article (http-error, status 404)\n"
    chinese = fangzhi("fetch", f"{wire.base}/none.html", "--format", "md", "--no-archive", FANGZHI_LANG="zh")
    assert chinese.stderr == f"fangzhi: {wire.base}/none.html：没有文章（HTTP 错误，状态码 404）\n"


@pytest.mark.parametrize(
    "arguments",
    [("list",), ("list", "--gone"), ("search", "x"), ("show", "2024"), ("export", "-"), ("export", "a.wacz")],
)
def test_reading_commands_make_no_archive(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    done = fangzhi(*arguments, "--archive", "none", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "name the archive with --archive" in done.stderr
    assert list(tmp_path.iterdir()) == []
