"""References of pages: every element and attribute, relative to the page or its base."""

from __future__ import annotations

import pytest

from pipelines.model import Capture
from pipelines.references import FileReference, find, find_html, rewrite_html
from tests.pipelines.made import START

HOST = "http://www.example.cn"
PAGE = f"{HOST}/news/1.html"


def found(html: str) -> list[str]:
    return [f"{each.kind} {each.url.removeprefix(HOST)}" for each in find_html(html, PAGE)]


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<link rel=stylesheet href=a.css>", ["stylesheet /news/a.css"]),
        ("<link rel='alternate stylesheet' href=/a.css>", ["stylesheet /a.css"]),
        ("<link rel='shortcut icon' href=/favicon.ico>", ["icon /favicon.ico"]),
        ("<link rel=preload as=font href=a.woff2>", ["font /news/a.woff2"]),
        (
            "<link rel=preload as=image imagesrcset='a.png 1x, b.png 2x'>",
            ["picture /news/a.png", "picture /news/b.png"],
        ),
        ("<link rel=canonical href=a.html><link rel=next href=b.html>", []),
        (
            "<img src=a.png srcset='b.png, c.png 2x'>",
            ["picture /news/a.png", "picture /news/b.png", "picture /news/c.png"],
        ),
        ("<picture><source srcset=a.webp><img src=a.png></picture>", ["picture /news/a.webp", "picture /news/a.png"]),
        ("<img src=blank.gif data-original=a.png>", ["picture /news/blank.gif", "picture /news/a.png"]),
        ("<img data-src=a.png>", ["picture /news/a.png"]),
        ("<img _src='/u/a.png' file=b.png>", ["picture /u/a.png", "picture /news/b.png"]),
        ("<p style='background:url(a.png)'>", ["picture /news/a.png"]),
        ("<p style='background:url(&quot;a.png&quot;)'>", ["picture /news/a.png"]),
        ("<div data-bg=a.png>", ["picture /news/a.png"]),
        (
            "<style>@import 'a.css'; @font-face{src:url(b.ttf)} p{background:url(c.png)}</style>",
            ["stylesheet /news/a.css", "font /news/b.ttf", "picture /news/c.png"],
        ),
        ("<td background=a.gif><div background=b.gif>", ["picture /news/a.gif"]),
        ("<script src=a.js></script>", ["script /news/a.js"]),
        ("<script>document.write('<img src=a.png>')</script>", []),
        ("<iframe src=a.html></iframe>", ["frame /news/a.html"]),
        ("<frameset><frame src=a.html></frameset>", ["frame /news/a.html"]),
        ("<iframe srcdoc='<img src=a.png>'></iframe>", ["picture /news/a.png"]),
        (
            "<video src=a.mp4 poster=a.jpg><track src=a.vtt></video>",
            ["media /news/a.mp4", "picture /news/a.jpg", "media /news/a.vtt"],
        ),
        ("<audio><source src=a.mp3></audio>", ["media /news/a.mp3"]),
        ("<embed src=a.swf><object data=b.svg></object>", ["media /news/a.swf", "media /news/b.svg"]),
        ("<input type=image src=a.png><input src=b.png>", ["picture /news/a.png"]),
        ("<svg><use xlink:href='a.svg#x'/><image href=b.png /></svg>", ["picture /news/a.svg", "picture /news/b.png"]),
        ("<svg><path fill='url(#g)' mask='url(m.svg#g)'/></svg>", ["picture /news/m.svg"]),
        ("<noscript><img src=a.png></noscript>", ["picture /news/a.png"]),
        ("<a href=a.html><area href=b.html><form action=c>", []),
        ("<meta http-equiv=refresh content='0; url=a.html'>", []),
        ("<img src=a.png><base href='/b/'><base href='/c/'>", ["picture /b/a.png"]),
        ("<base target=_blank><img src=a.png>", ["picture /news/a.png"]),
        ("<img src='//cdn.example.com/a.png'>", ["picture http://cdn.example.com/a.png"]),
        (r"<img src='\u\a.png?b=\c'>", ["picture /u/a.png?b=%5Cc"]),
        ("<img src='data:image/gif,x'><img src=''><img src='#'><img src='javascript:x'>", []),
        ("<img src='http://[::1/a'><img src='file:///a'><img src='ftp://a/b'>", []),
        ("<img src=' a\n.png '>", ["picture /news/a.png"]),
        ("<img src='http://me:secret@www.example.cn/a.png'>", ["picture /a.png"]),
        ("<!-- <img src=a.png> -->", []),
    ],
)
def test_requisites_are_found(html: str, expected: list[str]) -> None:
    assert found(html) == expected


def new_address(reference: FileReference) -> str:
    return f"/{reference.kind}/" + reference.url.rpartition("/")[2]


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<IMG SRC=a.png ALT='x &amp; \"y\"'>", '<img src="/picture/a.png" alt="x &amp; &quot;y&quot;">'),
        ("<a href=a.html#top>", '<a href="/link/a.html#top">'),
        ("<img srcset='a.png, b.png 2x'>", '<img srcset="/picture/a.png, /picture/b.png 2x">'),
        ("<p style='background:url(a.png)'>", '<p style="background:url(&quot;/picture/a.png&quot;)">'),
        ("<style>p{background:url(a.png)}</style>", '<style>p{background:url("/picture/a.png")}</style>'),
        (
            "<meta http-equiv=Refresh content='0;URL=a.html'>",
            '<meta http-equiv="Refresh" content="0;URL=/link/a.html">',
        ),
        ("<iframe srcdoc='<img src=a>'>", '<iframe srcdoc="&lt;img src=&quot;/picture/a&quot;&gt;">'),
        ("<use href='a.svg#x'/>", '<use href="/picture/a.svg#x"/>'),
    ],
)
def test_references_are_replaced(html: str, expected: str) -> None:
    assert rewrite_html(html, PAGE, new_address) == expected


def test_everything_else_stays_as_it_is() -> None:
    html = "<!DOCTYPE html>\r\n<P  Class=x >1 < 2 &nbsp;<b><i>x</b></i><img src=a.png><!--c--><script>'<a>'</script>"
    assert rewrite_html(html, PAGE, lambda each: None) == html
    assert rewrite_html(html, PAGE, new_address) == html.replace("<img src=a.png>", '<img src="/picture/a.png">')


def test_an_address_cannot_leave_the_style_in_which_it_stands() -> None:
    html = "<style>p{background:url(a.png)}</style>"
    assert rewrite_html(html, PAGE, lambda each: "</style><script>").count("</style>") == 1


def test_queries_are_encoded_as_the_page() -> None:
    body = "<meta charset=gb2312><p>我市启动改造工程<img src='/图.jsp?n=图'>".encode("gbk")
    capture = Capture(url=PAGE, final_url=PAGE, fetched_at=START, status=200, body=body)
    assert [each.url for each in find(capture)] == [f"{HOST}/%E5%9B%BE.jsp?n=%CD%BC"]


def test_a_stylesheet_is_recognised_by_its_media_type() -> None:
    headers = (("Content-Type", "text/css; charset=gbk"),)
    body = "p{background:url(a.png?n=图)}".encode("gbk")
    capture = Capture(url=PAGE, final_url=PAGE, fetched_at=START, status=200, headers=headers, body=body)
    assert [each.url for each in find(capture)] == [f"{HOST}/news/a.png?n=%CD%BC"]


def test_other_files_have_no_references() -> None:
    capture = Capture(url=PAGE, final_url=PAGE, fetched_at=START, status=200, body=b"\x89PNG\r\n\x1a\n<img src=a>")
    assert find(capture) == ()
