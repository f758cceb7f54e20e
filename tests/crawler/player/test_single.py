"""A page as one file: everything is in it, its head says where it comes from, and it requests nothing."""

from __future__ import annotations

import base64
from pathlib import Path
from urllib.parse import unquote

import pytest

from crawler.demo.assets import png
from crawler.player.single import SingleFile, single_file
from tests.crawler.player.held import AT, HOST, PAGE, Memory, capture
from tests.crawler.player.served import chromium, needs_browser

PNG = png("a.png")
FILES = (
    capture(f"{HOST}/a.css", "@import 'b.css'; p{background:url(a.png)}", "text/css"),
    capture(f"{HOST}/b.css", "@import 'a.css'; p{width:120px;height:80px}", "text/css"),
    capture(f"{HOST}/a.png", PNG, "image/png"),
    capture(f"{HOST}/f.html", "<p>in a frame<img src=/a.png><script>x</script>"),
)
HTML = """<!DOCTYPE html><html><head><title>防汛</title><meta charset=gbk><link rel=stylesheet href=/a.css>
<script src=/a.js></script></head><body><p id=p>text</p><img id=i src=/a.png srcset='/a.png 1x, /a.png 2x'>
<a href=2.html>2</a><a href='javascript:x'>3</a><iframe src=/f.html></iframe></body></html>"""


def single(html: str, *files) -> SingleFile:
    held = Memory([capture(body=html), *files])
    page = held.locate(PAGE, AT)
    made = single_file(held, page, "sha256:00", "en") if page else None
    assert made is not None
    return made


def test_everything_is_in_it() -> None:
    made = single(HTML, *FILES)
    assert (made.files, made.missing) == (4, ())
    assert made.html.startswith('<!DOCTYPE html>\n<meta charset="utf-8">\n<meta http-equiv="Content-Security-Policy"')
    assert f'<meta name="dcterms.source" content="{PAGE}">' in made.html
    assert '<meta name="fangzhi.captured" content="2026-03-04T05:06:07' in made.html
    picture = "data:image/png;base64," + base64.b64encode(PNG).decode()
    assert f'src="{picture}" srcset="{picture} 1x, {picture} 2x"' in made.html
    assert f'<a href="{HOST}/news/2.html" target="_top">2</a><a href="#fangzhi-removed">3</a>' in made.html
    assert "<script" not in made.html
    style = unquote(made.html.partition("data:text/css;charset=utf-8,")[2].partition('"')[0])
    assert f'url("{picture}")' in style
    frame = base64.b64decode(made.html.partition("data:text/html;base64,")[2].partition('"')[0]).decode()
    assert frame.startswith('<meta charset="utf-8"><p>in a frame<img src="data:image/png')
    assert "<script" not in frame


def test_what_is_not_archived_is_named() -> None:
    made = single("<img src=/no.png><link rel=stylesheet href=/no.css><p style='background:url(/no.png)'>")
    assert made.missing == (f"{HOST}/no.png", f"{HOST}/no.css")
    assert f'<meta name="fangzhi.missing" content="{HOST}/no.png">' in made.html
    assert made.html.count("data:image/svg+xml;base64,") == 2


def test_a_file_that_is_shown_very_often_does_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crawler.player.single.MAX_FILE_CHARS", 1000)
    made = single("<img src=/a.png>" * 100, *FILES)
    assert made.missing == (f"{HOST}/a.png",)


@pytest.mark.parametrize(
    "html",
    [
        "<a href='data:text/html,<script>x</script>'>x</a>",
        "<iframe src='data:text/html,<script>x</script>'></iframe>",
        "<embed src='data:text/html,<script>x</script>'>",
        "<img src='http://[evil/a.png'>",
    ],
)
def test_addresses_of_the_page_that_are_no_files_are_removed(html: str) -> None:
    made = single(html).html.rpartition("\n")[2]
    assert "data:" not in made
    assert "evil" not in made


@needs_browser[0]
@needs_browser[1]
def test_it_opens_anywhere_and_requests_nothing(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(single(HTML, *FILES).html, "utf-8")
    with chromium(offline=True) as context:
        page = context.new_page()
        requested: list[str] = []
        problems: list[str] = []
        page.on("request", lambda request: requested.append(request.url))
        page.on("console", lambda message: problems.append(message.text))
        page.goto((tmp_path / "page.html").as_uri(), wait_until="load")
        assert page.title() == "防汛"
        assert page.evaluate("document.querySelector('#i').naturalWidth") > 0
        assert page.evaluate("getComputedStyle(document.querySelector('#p')).width") == "120px"
        assert page.evaluate("getComputedStyle(document.querySelector('#p')).backgroundImage").startswith('url("data:')
        assert page.frames[1].evaluate("document.body.innerText.trim()") == "in a frame"
        assert page.frames[1].evaluate("document.images[0].naturalWidth") > 0
    assert [url for url in requested if not url.startswith(("data:", "file:"))] == []
    assert problems == []
