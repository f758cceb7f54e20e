"""Pages and files of an archive as responses: rewritten, tamed, with a bar, and marked where something is missing."""

from __future__ import annotations

import datetime as dt

import pytest
from attrs import evolve

from crawler.player import Address, parse_path, play
from pipelines.model import Rendering
from tests.crawler.player.held import AT, HOST, PAGE, STAMP, Memory, capture

DAY = dt.timedelta(days=1)


def shown(*captures, path: str = f"/play/{STAMP}mp_/{PAGE}", lang: str = "en"):
    response = play(Memory(captures), path, lang=lang)
    assert response is not None
    return response


def page(html: str) -> str:
    return shown(capture(body=html)).body.decode()


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<img src=a.png>", f'<img src="/play/{STAMP}im_/{HOST}/news/a.png">'),
        ("<link rel=stylesheet href=/a.css>", f'<link rel="stylesheet" href="/play/{STAMP}cs_/{HOST}/a.css">'),
        ("<a href='2.html#x'>2</a>", f'<a href="/play/{STAMP}/{HOST}/news/2.html#x" target="_top">2</a>'),
        ("<a href='#x' target=y>2</a>", '<a href="#x">2</a>'),
        ("<iframe src=f.html></iframe>", f'<iframe src="/play/{STAMP}if_/{HOST}/news/f.html"></iframe>'),
        ("<img src=blank.gif data-original=a.png>", f'src="/play/{STAMP}im_/{HOST}/news/a.png"'),
        ("<p style='background:url(a.png)'>", f"url(&quot;/play/{STAMP}im_/{HOST}/news/a.png&quot;)"),
        ("<img src='data:image/gif;base64,R0'>", '<img src="data:image/gif;base64,R0">'),
        ("<!DOCTYPE html><p>1 < 2<!-- c --></p>", "<!DOCTYPE html><p>1 &lt; 2</p>"),
        ("<xmp><b>&lt;</xmp>", "<pre>&lt;b&gt;&amp;lt;</pre>"),
    ],
)
def test_references_lead_into_the_archive(html: str, expected: str) -> None:
    assert expected in page(html)


@pytest.mark.parametrize(
    "html",
    [
        "<script>alert(1)</script>",
        "<script src=a.js></script>",
        "<p onclick=alert(1)>",
        "<p/onclick=alert(1)/ONMOUSEOVER='x'>",
        "<a href='javascript:alert(1)'>x</a>",
        "<a href=' java\nscript:alert(1)'>x</a>",
        "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
        "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
        "<meta http-equiv=Content-Security-Policy content=alert>",
        "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
        "<svg><animate attributeName=href values='javascript:alert(1)'></svg>",
        "<svg><style><img src=x onerror=alert(1)></style></svg>",
        "<select><style></select><img src=x onerror=alert(1)></style>",
        "<textarea><script>alert(1)</script></textarea>",
        "<svg><title><script>alert(1)</script></title></svg>",
        "<<!-- -->script>alert(1)<<!-- -->/script>",
        "<iframe><script>alert(1)</script></iframe>",
        "<iframe srcdoc='&lt;script&gt;alert(1)&lt;/script&gt;'></iframe>",
        "<iframe src='javascript:alert(1)'></iframe>",
        "<object data='javascript:alert(1)'></object>",
        "<embed src='data:image/svg+xml,<script>alert(1)</script>'>",
        "<form action='javascript:alert(1)'><button formaction='javascript:alert(1)'>",
        "<base href='javascript:alert(1)//'>",
        "<math><a xlink:href='javascript:alert(1)'>x</a></math>",
        "<![CDATA[<script>alert(1)</script>]]>",
        "<plaintext><script>alert(1)",
        "<noembed><script>alert(1)</script></noembed>",
        "<script><!--<script></script>alert(1)--></script>",
    ],
)
def test_nothing_that_acts_is_left(html: str) -> None:
    made = page(html).lower().replace("&lt;script&gt;alert(1)&lt;/script&gt;", "")
    assert "<script" not in made
    for word in ("javascript:", "onclick", "onmouseover", 'onerror="', "http-equiv", "action="):
        assert word not in made.replace("&lt;img src=x onerror=alert(1)&gt;", "")
    assert not [tag for tag in ("<img", "<meta", "<base", "<animate") if tag in made]


def test_a_removed_element_is_still_counted_by_selectors() -> None:
    assert page("<body><script>x</script><p>y") == "<body><template></template><p>y"


def test_everything_has_the_policy() -> None:
    css = capture(f"{HOST}/a.css", "p{background:url(b.png)}", "text/css")
    for mode, url in (
        ("mp_", PAGE),
        ("if_", PAGE),
        ("im_", PAGE),
        ("cs_", css.url),
        ("id_", PAGE),
        ("im_", f"{HOST}/no"),
    ):
        response = shown(capture(body="<p>"), css, path=f"/play/{STAMP}{mode}/{url}")
        policy = response.header("Content-Security-Policy")
        links = mode in ("mp_", "if_") or (url == PAGE and mode != "id_")
        assert policy.startswith("sandbox allow-top-navigation-by-user-activation;" if links else "sandbox;")
        assert "script-src 'none'" in policy
        assert response.header("X-Content-Type-Options") == "nosniff"


def test_a_stylesheet_leads_into_the_archive_and_keeps_its_charset() -> None:
    html = capture(
        body="<link rel=stylesheet href=/图.css><p>我市启动改造工程".encode("gbk"), kind="text/html; charset=gb2312"
    )
    address = f"/play/{STAMP}cs-gb18030_/{HOST}/%E5%9B%BE.css"
    assert address in shown(html).body.decode()
    css = capture(f"{HOST}/%E5%9B%BE.css", "p{font-family:宋体;background:url(a.png)}".encode("gbk"), "text/css")
    made = shown(css, path=address).body.decode()
    assert made == f'p{{font-family:宋体;background:url("/play/{STAMP}im_/{HOST}/a.png")}}'


def test_the_nearest_capture_is_shown_and_a_success_is_preferred() -> None:
    captures = [
        capture(body="old", at=AT - 3 * DAY),
        capture(body="now", at=AT),
        capture(body="gone", status=404, at=AT + 2 * DAY),
    ]
    assert shown(*captures).body == b"now"
    assert shown(*captures, path=f"/play/20260301/{PAGE}".replace("/http", "mp_/http")).body == b"old"
    assert shown(*captures, path=f"/play/2030mp_/{PAGE}").body == b"now"
    gone = shown(*captures, path=f"/play/20260306050607mp_/{PAGE}")
    assert (gone.status, gone.body) == (404, b"gone")


def test_a_response_that_says_unchanged_stands_for_the_capture_before() -> None:
    captures = [capture(body="one"), capture(status=304, at=AT + DAY), capture(body="two", at=AT + 9 * DAY)]
    assert shown(*captures, path=f"/play/20260305050607mp_/{PAGE}").body == b"one"


def test_a_rendered_page_is_preferred_because_no_script_runs() -> None:
    rendering = Rendering(browser="Chromium/150.0", record_id="<urn:uuid:1>", fetched_at=AT)
    after = evolve(capture(body="written", at=AT + dt.timedelta(seconds=9)), rendered=rendering)
    captures = [capture(body="shell"), after]
    assert shown(*captures).body == b"written"
    assert b"as Chromium/150.0 showed it" in shown(*captures, path=f"/play/{STAMP}/{PAGE}").body


def test_a_redirect_leads_to_where_it_led() -> None:
    moved = evolve(capture(body="<img src=a>"), url=f"{HOST}/old")
    response = shown(moved, path=f"/play/{STAMP}mp_/{HOST}/old")
    assert (response.status, response.header("Location")) == (302, f"/play/{STAMP}mp_/{PAGE}")


@pytest.mark.parametrize(
    ("lang", "texts"),
    [
        ("en", ["Captured 2026-03-04 13:06:07 (China)", "1 of 2 files are not archived", "1 of 2 · ", "next"]),
        ("zh", ["捕获时间：2026-03-04 13:06:07（北京时间）", "2 个文件中有 1 个未存档", "第 1 个，共 2 个", "后一个"]),
    ],
)
def test_the_bar_says_when_and_what_is_missing(lang: str, texts: list[str]) -> None:
    html = "<title>防汛 &amp; \u202e</title><img src=a.png><img src=b.png>"
    captures = [capture(body=html), capture(f"{HOST}/news/a.png", "x", "image/png"), capture(at=AT + DAY)]
    made = shown(*captures, path=f"/play/{STAMP}/{PAGE}", lang=lang).body.decode()
    for text in (
        *texts,
        f"<li>{HOST}/news/b.png</li>",
        "<title>防汛 &amp; \\u202e</title>",
        f'src="/play/{STAMP}mp_/{PAGE}"',
    ):
        assert text in made


def test_the_page_cannot_reach_the_bar() -> None:
    made = shown(
        capture(body="<style>header{display:none}</style><title></title><h1>x</h1>"), path=f"/play/{STAMP}/{PAGE}"
    )
    assert b"display:none" not in made.body
    assert b'sandbox="allow-top-navigation-by-user-activation"' in made.body
    assert "style-src 'sha256-" in made.header("Content-Security-Policy")


def test_what_is_not_archived_is_marked_and_not_requested() -> None:
    assert shown(path=f"/play/{STAMP}im_/{HOST}/a.png").header("Content-Type") == "image/svg+xml"
    assert shown(path=f"/play/{STAMP}cs_/{HOST}/a.css").status == 404
    missing = shown(path=f"/play/{STAMP}/{HOST}/<script>")
    assert (missing.status, b"This page is not archived" in missing.body) == (404, True)
    assert b"<script>" not in missing.body


def test_a_file_is_offered_and_not_shown() -> None:
    pdf = capture(f"{HOST}/附件.pdf", b"%PDF-1.4", "application/pdf")
    assert b"Save the file (application/pdf, 8 bytes)" in shown(pdf, path=f"/play/{STAMP}/{pdf.url}").body
    saved = shown(pdf, path=f"/play/{STAMP}id_/{pdf.url}")
    assert saved.header("Content-Disposition") == "attachment; filename*=UTF-8''%E9%99%84%E4%BB%B6.pdf"
    assert saved.body == b"%PDF-1.4"


@pytest.mark.parametrize(
    "path",
    ["/", "/play/", "/play/x/http://a/", "/play/2026/ftp://a/", "/play/20269999/http://a/", "/other/2026/http://a"],
)
def test_other_paths_are_not_the_players(path: str) -> None:
    assert play(Memory([]), path) is None


def test_an_address_is_the_same_after_parsing() -> None:
    address = Address(url=f"{HOST}/a?b=1&c=%20", at=AT, mode="cs_", charset="gbk")
    assert parse_path(address.path("/a/b"), "/a/b") == address
