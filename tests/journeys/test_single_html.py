"""`show --format single-html`: a page of the demo city, its stylesheet and picture as one file."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.crawler.wire import Wire
from tests.fangzhi import Done, fangzhi, one_line
from tests.journeys.small import answer

PAGE = "<title>防汛</title><link rel=stylesheet href=/a.css><p>我市启动改造工程<img src=/a.png>"


@pytest.fixture
def site(wire: Wire) -> Wire:
    wire.answers["/a.html"] = answer(PAGE)
    wire.answers["/a.css"] = answer("p{color:red;background:url(b.png)}", kind="text/css")
    wire.answers["/a.png"] = answer("picture", kind="image/png")
    return wire


def shown(site: Wire, folder: Path, *options: str) -> Done:
    return fangzhi("show", f"{site.base}/a.html", "--archive", str(folder), "--format", "single-html", *options)


def test_a_page_is_printed_as_one_file(site: Wire, tmp_path: Path) -> None:
    site.answers["/b.png"] = answer("other", kind="image/png")
    fangzhi(
        "fetch", *(site.base + path for path in ("/a.html", "/a.css", "/a.png", "/b.png")), "--archive", str(tmp_path)
    )
    done = shown(site, tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert f'<meta name="dcterms.source" content="{site.base}/a.html">' in done.stdout
    assert done.stdout.count("data:image/png;base64,") == 2
    assert re.search(r'name="fangzhi.payload-digest" content="sha256:[0-9a-f]{64}"', done.stdout)


def test_what_is_missing_is_named_and_shows_in_the_exit_code(site: Wire, tmp_path: Path) -> None:
    fangzhi(
        "fetch", *(site.base + path for path in ("/a.html", "/a.css")), "--page", "text", "--archive", str(tmp_path)
    )
    done = shown(site, tmp_path)
    assert done.returncode == 3
    assert "2 files of the page are not in it, because they are not archived" in done.stderr
    assert f"{site.base}/a.png" in done.stderr


def test_a_file_is_no_page(site: Wire, tmp_path: Path) -> None:
    fangzhi("fetch", f"{site.base}/a.png", "--archive", str(tmp_path))
    done = fangzhi("show", f"{site.base}/a.png", "--archive", str(tmp_path), "--format", "single-html")
    assert done.returncode != 0
    assert "it is a file and no page" in one_line(done.stderr)


def test_it_is_not_for_differences(site: Wire, tmp_path: Path) -> None:
    assert shown(site, tmp_path, "--diff").returncode == 2
