"""A page with every kind of requisite is fetched, its site is switched off, and the players show it whole."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from crawler.demo import assets
from crawler.player import Address
from tests.crawler.player.served import chromium, needs_browser
from tests.crawler.wire import Wire
from tests.fangzhi import documents, fangzhi
from tests.journeys.played import Seen, faults, seen
from tests.journeys.small import asked
from tests.journeys.test_player import WITHOUT_FRAME, light_player
from tests.journeys.test_pywb import needs_pywb, playing
from tests.journeys.wabac import shown, wabac

pytestmark = needs_browser

COLOURS = "c33 3c3 33c cc3 c3c 3cc 963 396 639 693 369 936 888 444 f80 08f f08 80f"
"""Pictures of one colour each: a page that lacks one differs in 2,400 pixels."""


def svg(colour: str, inner: str = "") -> bytes:
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="60" height="40">'
        f'<rect width="60" height="40" fill="#{colour}"/>{inner}</svg>'
    ).encode()


INNER = '<image href="图/14.svg" x="10" y="10" width="40" height="20"/>'
"""A picture in a picture: browsers load it if the outer one is a document of its own, in `object`."""

CSS = """@charset "gbk";
@import "下级/b.css"; @import url(print.css) print;
@font-face { font-family: 字; src: url(a.eot); src: url(a.eot?#iefix) format("embedded-opentype"),
  url("a.woff") format("woff") }
body { margin: 0; background: #fff url('../图/0.svg') 300px 10px no-repeat }
.b { width: 60px; height: 40px; background: url(../图/1.svg) }
.c { width: 60px; height: 40px; background-image: image-set(url("../图/2.svg") 1x, url("../图/3.svg") 2x) }
.e { width: 60px; height: 40px; border: 9px solid; border-image: url(../图/15.svg) 9;
  cursor: url(../图/16.svg), auto }
li { list-style-image: url("../图/4.svg") }
.icon { font-family: 字 }
"""

PAGE = """<!DOCTYPE html><html><head><meta charset="gbk"><title>全部种类</title>
<link rel="stylesheet" href="/样式/a.css"><link rel="icon" href="/favicon.ico">
<style>.d { width: 60px; height: 40px; background: url(图/5.svg) }</style>
<script src="/js/a.js"></script></head>
<body background="/图/0.svg"><p class="b"></p><p class="c"></p><p class="d"></p><p class="e"></p><ul><li>项目</li></ul>
<p style="width:60px;height:40px;background:url(&quot;图/6.svg&quot;)"></p>
<img src="图/7.svg" srcset="图/7.svg 1x, 图/8.svg 2x"><picture><source srcset="图/9.svg"><img src="图/7.svg"></picture>
<img src="/blank.gif" data-src="图/10.svg" width="60" height="40">
<table background="图/11.svg"><tr><td background="图/12.svg" width="60" height="40"></td></tr></table>
<video poster="图/13.svg" width="60" height="40"></video><input type="image" src="图/1.svg">
<svg width="60" height="40"><image href="图/2.svg" width="60" height="40"/></svg>
<object data="图/3.svg" type="image/svg+xml"></object><embed src="图/4.svg" type="image/svg+xml">
<img src="含图.svg"><object data="含图.svg" type="image/svg+xml"></object>
<img src="/blank.gif" data-original="图/17.svg" width="60" height="40">
<iframe src="/框架.html" width="200" height="80"></iframe>
<script src="/js/b.js" charset="gbk"></script><p class="icon">字</p></body></html>
"""

FRAME = '<meta charset="utf-8"><link rel="stylesheet" href="/样式/frame.css"><p>框架</p><img src="/图/5.svg">'
SCRIPT = """for (const each of document.querySelectorAll("[data-src],[data-original]"))
  each.src = each.dataset.src || each.dataset.original"""
"""What the site does to show a lazy picture."""


NAMES = {
    "图/": "pictures/",
    "样式/": "styles/",
    "下级/": "lower/",
    "框架.html": "frame.html",
    "含图.svg": "inner.svg",
    "页.html": "page.html",
}
"""pywb 2.10 does not find what a style sheet names in unescaped Chinese characters, and wabac.js 2.27 does not find
what a page in GBK names so. Pages and style sheets are in GBK also with names in ASCII."""

TOML = """name = "府"
family = "generic"
hosts = ["{host}"]
delay = 0
sections = [{{ name = "要闻", url = "http://{host}/" }}]
"""


def files(*, chinese: bool) -> dict[str, tuple[str, bytes]]:
    """Return media type and content of each file of the site by its path; the paths are `chinese`, or else in ASCII."""
    page, css, frame, inner = (named(text, chinese=chinese) for text in (PAGE, CSS, FRAME, INNER))
    frame_css = 'body { background: url("/图/7.svg") }'
    found: dict[str, tuple[str, bytes]] = {
        "/页.html": ("text/html", page.encode("gbk")),
        "/样式/a.css": ("text/css", css.encode("gbk")),
        "/样式/下级/b.css": ("text/css", b"h1 { color: black }"),
        "/样式/print.css": ("text/css", b"p { color: black }"),
        "/样式/frame.css": ("text/css", named(frame_css, chinese=chinese).encode()),
        "/样式/a.eot": ("application/vnd.ms-fontobject", b"eot"),
        "/样式/a.woff": ("font/woff", b"wOFF"),
        "/favicon.ico": ("image/x-icon", assets.icon("favicon")),
        "/blank.gif": ("image/gif", assets.gif("blank")),
        "/含图.svg": ("image/svg+xml", svg("222", inner)),
        "/框架.html": ("text/html", frame.encode()),
        "/js/a.js": ("text/javascript", b"/* a */"),
        "/js/b.js": ("text/javascript", SCRIPT.encode()),
    }
    found |= {f"/图/{number}.svg": ("image/svg+xml", svg(colour)) for number, colour in enumerate(COLOURS.split())}
    return {named(path, chinese=chinese): file for path, file in found.items()}


def named(text: str, *, chinese: bool) -> str:
    """Return a text with the names of files in it as they are, or in ASCII."""
    for name, ascii_name in () if chinese else NAMES.items():
        text = text.replace(name, ascii_name)
    return text


def mirrored(wire: Wire, folder: Path, context: Any, *, chinese: bool) -> tuple[Seen, dt.datetime]:
    """Fetch the page into an archive and switch the site off; return the page as it was shown, and its entry."""
    host = wire.base.removeprefix("http://")
    wire.answers = {
        quote(path): b"HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s"
        % (kind.encode(), len(body), body)
        for path, (kind, body) in files(chinese=chinese).items()
    }
    page = wire.base + quote(named("/页.html", chinese=chinese))
    live = seen(context, page)
    (folder / "sites").mkdir()
    (folder / "sites/fu.toml").write_text(TOML.format(host=host), "utf-8")
    options = ("--archive", str(folder / "archive"), "--registry", str(folder / "sites"))
    seen_by_browser = {urlsplit(url).path for url, status in live.statuses.items() if status == 200}
    del wire.requests[:]
    done = fangzhi("fetch", page, *options)
    wire.close()
    (entry,) = documents(done)
    assert set(asked(wire)) >= seen_by_browser, "every file that the browser requested"
    assert len(set(asked(wire))) > 30, "the page and 30 requisites"
    return live, dt.datetime.fromisoformat(entry["fetched_at"])


def test_the_light_player_shows_the_page_whole(wire: Wire, tmp_path: Path) -> None:
    with chromium() as context:
        live, at = mirrored(wire, tmp_path, context, chinese=True)
        with light_player(tmp_path / "archive") as base:
            place = Address(url=live.url, at=at, mode="mp_").path()
            assert faults(context, live, seen(context, base + place), f"{base}/play/", tmp_path) == ""


@needs_pywb
def test_pywb_shows_the_page_whole(wire: Wire, tmp_path: Path) -> None:
    with chromium() as context:
        live, at = mirrored(wire, tmp_path, context, chinese=False)
        with playing(tmp_path, WITHOUT_FRAME.format(folder=tmp_path)) as base:
            again = seen(context, f"{base}/{at:%Y%m%d%H%M%S}/{live.url}")
            assert faults(context, live, again, base.removesuffix("archive"), tmp_path) == ""


@needs_pywb
def test_the_player_of_replayweb_page_shows_the_page_whole(wire: Wire, tmp_path: Path) -> None:
    """ReplayWeb.page is wabac.js with a frame around it; pywb brings wabac.js along."""
    with chromium() as context:
        live, at = mirrored(wire, tmp_path, context, chinese=False)
        package = tmp_path / "a.wacz"
        done = fangzhi("export", str(package), "--archive", str(tmp_path / "archive"))
        assert done.returncode == 0, done.stderr
        with wabac(context, package) as base:
            again = shown(context, f"{base}/{at:%Y%m%d%H%M%S}mp_/{live.url}", live.picture)
            assert faults(context, live, again, base.removesuffix("w/archive"), tmp_path) == ""
