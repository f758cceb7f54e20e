"""Hostile pages in Chromium: no script runs, nothing outside the archive is requested, and the bar stays as it is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from crawler.player import Response
from tests.crawler.player.held import PAGE, STAMP, Memory, capture
from tests.crawler.player.served import chromium, needs_browser, player, server

pytestmark = needs_browser

RUN = "document.title=&quot;RAN&quot;;new Image().src=&quot;EVIL/script&quot;"
FRAGMENTS = (
    "<script>RUNS</script>",
    "<script src=EVIL/a.js></script>",
    "<img src=x onerror='RUNS'>",
    "<img src=EVIL/img srcset='EVIL/srcset 1x, javascript:RUNS 2x'>",
    "<body onload='RUNS'>",
    "<svg onload='RUNS'><script href=EVIL/svg.js></script><image href=EVIL/image /><use href=EVIL/use.svg#a /></svg>",
    "<svg><a><animate attributeName=href values='javascript:RUNS' /><text y=20>x</text></a></svg>",
    "<svg><image><set attributeName=href to=EVIL/set /></image></svg>",
    "<svg><style><img src=EVIL/svgstyle onerror='RUNS'></style></svg>",
    "<svg><title><img src=EVIL/svgtitle></title><desc><img src=EVIL/desc></desc></svg>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=EVIL/mxss onerror=RUNS&gt;'>",
    "<select><style></select><img src=EVIL/select></style></select>",
    "<noscript><p title='</noscript><img src=EVIL/noscript onerror=RUNS>'></noscript>",
    "<textarea></textarea x><img src=EVIL/textarea></textarea>",
    "<style>@import 'EVIL/import.css'; p{background:url(EVIL/css)} @font-face{font-family:f;src:url(EVIL/font)}"
    " p{font-family:f;background-image:image-set('EVIL/set' 1x);cursor:u\\72l(EVIL/cursor),auto}</style><p>x</p>",
    "<style><!-- @import url(EVIL/cdo.css); --></style>",
    "<p style='background:url(EVIL/style)'>x</p><table background=EVIL/table><tr><td>x</table>",
    "<link rel=stylesheet href=EVIL/link.css><link rel=icon href=EVIL/icon>",
    "<link rel=preload as=image href=EVIL/preload>",
    "<link rel=prefetch href=EVIL/prefetch><link rel=dns-prefetch href=EVIL><link rel=preconnect href=EVIL>",
    "<link rel=manifest href=EVIL/manifest><link rel=modulepreload href=EVIL/module.js>",
    "<meta http-equiv=refresh content='0;url=EVIL/refresh'>",
    "<meta http-equiv=refresh content='0;url=javascript:RUNS'>",
    "<base href=EVIL/base/><img src=relative.png>",
    "<iframe src=EVIL/frame></iframe><iframe src='javascript:RUNS'></iframe>",
    "<iframe src='data:text/html,<script>RUNS</script><img src=EVIL/data>'></iframe>",
    "<iframe srcdoc=\"<script>RUNS</script><img src=EVIL/srcdoc onerror='RUNS'>\"></iframe>",
    "<object data=EVIL/object></object><embed src=EVIL/embed><object data='javascript:RUNS'></object>",
    "<applet code=x archive=EVIL/applet></applet><bgsound src=EVIL/sound>",
    "<video autoplay src=EVIL/video poster=EVIL/poster></video><audio autoplay src=EVIL/audio></audio>",
    "<video autoplay><source src=EVIL/source onerror='RUNS'><track default src=EVIL/track></video>",
    "<input type=image src=EVIL/input><input autofocus onfocus='RUNS'>",
    "<details open ontoggle='RUNS'><summary>x</summary></details><marquee onstart='RUNS'>x</marquee>",
    "<template shadowrootmode=open><img src=EVIL/shadow onerror='RUNS'><script>RUNS</script></template>",
    "<img src=EVIL/attribution attributionsrc=EVIL/register><a ping=EVIL/ping href=#>x</a>",
    "<<!-- -->script>RUNS<<!-- -->/script><<!-- -->img src=EVIL/joined>",
    "<![CDATA[<img src=EVIL/cdata>]]><?php <img src=EVIL/pi> ?><svg><![CDATA[><img src=EVIL/svgcdata>]]></svg>",
    "<style>body,html,header{display:none!important} *{visibility:hidden!important}</style>",
    "<img/src='EVIL/slash'/onerror='RUNS'><IMG\x0cSRC=EVIL/ff><img\nsrc\n=\nEVIL/lf>",
    "<img src='\\\\EVILHOST/backslash'><img src='//EVILHOST/protocol'><img src='/\tEVILHOST/../tab'>",
    "<a href='EVIL/click'>click</a>",
    "<form action=EVIL/form method=post><button>send</button></form>",
    "<a href='javascript:RUNS'>click</a>",
    "<xmp><img src=EVIL/xmp></xmp><plaintext><img src=EVIL/plaintext onerror='RUNS'>",
)


HOSTILE_SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" onload="RUNS"><script>RUNS</script><image href="EVIL/svgimage"/>'
    '<style>@import "EVIL/svgimport.css"; rect { fill: url(EVIL/svgfill#a) }</style><rect width="9" height="9"/>'
    '<foreignObject><iframe xmlns="http://www.w3.org/1999/xhtml" src="EVIL/foreign"/></foreignObject></svg>'
)
"""Shown by `object` and `embed`, it is a document of its own."""


@pytest.fixture(scope="module")
def evil() -> Iterator[tuple[str, list[str]]]:
    with server(lambda path: html_response("x")) as served:
        yield served


@pytest.fixture(scope="module")
def context() -> Iterator[object]:
    with chromium() as opened:
        yield opened


def fragment(number: int, evil: str) -> str:
    host = evil.removeprefix("http://")
    made = FRAGMENTS[number].replace("RUNS", RUN).replace("EVILHOST", host).replace("EVIL", evil)
    return f"<!DOCTYPE html><title>quiet</title><p id=first>text</p>{made}"


def filled(text: str, evil: str) -> str:
    return text.replace("RUNS", RUN.replace("&quot;", "'")).replace("EVIL", evil)


def html_response(html: str) -> Response:
    return Response(status=200, headers=(("Content-Type", "text/html"),), body=html.encode())


def test_the_fragments_act_in_a_browser_without_the_player(evil: tuple[str, list[str]], context) -> None:
    """Most of them do something by themselves; if they did not, the test below would prove nothing."""
    del evil[1][:]
    with server(lambda path: html_response(fragment(int(path[1:]), f"{evil[0]}/{path[1:]}"))) as (base, _):
        for number in range(len(FRAGMENTS)):
            page = context.new_page()
            page.goto(f"{base}/{number}", wait_until="domcontentloaded")
        page.wait_for_timeout(500)
        for page in context.pages:
            page.close()
    acting = {path.split("/")[1] for path in evil[1]}
    assert len(acting) >= 28, sorted(acting)


@pytest.mark.parametrize("number", range(len(FRAGMENTS)))
def test_nothing_runs_and_nothing_leaves_the_archive(number: int, evil: tuple[str, list[str]], context) -> None:
    held = Memory([capture(body=fragment(number, evil[0]))])
    del evil[1][:]
    with player(held) as (base, asked):
        requested: list[str] = []
        page = context.new_page()
        page.on("request", lambda request: requested.append(request.url))
        page.goto(f"{base}/play/{STAMP}/{PAGE}", wait_until="load")
        page.wait_for_timeout(50)
        inner = page.frames[1]
        assert inner.evaluate("document.title") == "quiet"
        assert page.locator("header").is_visible()
        assert page.locator("header strong").inner_text() == "Captured 2026-03-04 13:06:07 (China)"
        for control in inner.locator("a,button,text").all()[:1]:  # a link replaces the page
            if control.is_visible():
                control.click(force=True)
        page.wait_for_timeout(50)
        title = page.title()
        page.close()
    assert evil[1] == []
    assert title != "RAN"
    outside = [url for url in requested if not url.startswith((f"{base}/play/", "data:"))]
    assert outside == []
    assert [path for path in asked if not path.startswith("/play/") and path != "/favicon.ico"] == []


def test_frames_and_pictures_of_the_archive_do_no_more(evil: tuple[str, list[str]], context) -> None:
    """What an archived page shows in frames is archived, too, and as hostile as the page."""
    del evil[1][:]
    every = [fragment(number, evil[0]) for number in range(len(FRAGMENTS))]
    frames = {f"http://www.example.cn/{number}.html": html for number, html in enumerate(every)}
    shown = "".join(f"<iframe src={url}></iframe>" for url in frames)
    shown += "<object data=/a.svg type=image/svg+xml></object><embed src=/a.svg><iframe src=/a.svg></iframe>"
    svg = capture(url="http://www.example.cn/a.svg", body=filled(HOSTILE_SVG, evil[0]), kind="image/svg+xml")
    held = Memory([capture(body=shown), svg, *(capture(url=url, body=html) for url, html in frames.items())])
    with player(held) as (base, asked):
        requested: list[str] = []
        page = context.new_page()
        page.on("request", lambda request: requested.append(request.url))
        page.goto(f"{base}/play/{STAMP}/{PAGE}", wait_until="load")
        page.wait_for_timeout(200)
        texts = [frame.evaluate("document.title") for frame in page.frames if "if_/" in frame.url]
        title = page.title()
        page.close()
    assert texts.count("quiet") == len(FRAGMENTS), "the frames are shown"
    assert [path for path in asked if path.endswith("/a.svg")], "the picture is shown"
    assert (evil[1], title != "RAN") == ([], True)
    assert [url for url in requested if not url.startswith((f"{base}/play/", "data:"))] == []
    assert [path for path in asked if not path.startswith("/play/") and path != "/favicon.ico"] == []
