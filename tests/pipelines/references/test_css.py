"""References of stylesheets: every way of writing them, every charset."""

from __future__ import annotations

import codecs

import pytest

from pipelines.references import FileReference, decode_css, find_css, rewrite_css

BASE = "http://www.example.cn/css/main.css"


def found(css: str) -> list[str]:
    return [f"{each.kind} {each.url.removeprefix('http://www.example.cn')}" for each in find_css(css, BASE)]


@pytest.mark.parametrize(
    ("css", "expected"),
    [
        ("@import 'a.css';", ["stylesheet /css/a.css"]),
        ("@IMPORT url(a.css) layer(x) supports(display: grid) screen;", ["stylesheet /css/a.css"]),
        ('@import url("../a.css");', ["stylesheet /a.css"]),
        ("p { background: #fff url( 'a b.png' ) no-repeat }", ["picture /css/a%20b.png"]),
        ("p { background: u\\72l(a.png) }", ["picture /css/a.png"]),
        ("p { background: url(a\\).png), url(b.png) }", ["picture /css/a).png", "picture /css/b.png"]),
        ("@media print { li { list-style: url(a.gif) } }", ["picture /css/a.gif"]),
        ("p { background: image-set('a.png' 1x, url(b.png) 2x) }", ["picture /css/a.png", "picture /css/b.png"]),
        ("p { background: image-set('a.webp' type('image/webp')) }", ["picture /css/a.webp"]),
        (
            "@font-face { font-family: 'x'; src: url(a.eot); src: url(a.eot?#iefix) format('eot'), url(a.woff2) }",
            ["font /css/a.eot", "font /css/a.woff2"],
        ),
        ("@font-face { src: url(a.ttf) } p { background: url(b.png) }", ["font /css/a.ttf", "picture /css/b.png"]),
        ("@namespace svg url(http://www.w3.org/2000/svg);", []),
        ("/* url(a.png) */ p { content: 'url(b.png)' }", []),
        ("p { background: url(data:image/gif;base64,R0) }", []),
        ("p { fill: url(#gradient) }", []),
        ("p { background: url(a.png", ["picture /css/a.png"]),
        ("background: url(图.png)", ["picture /css/%E5%9B%BE.png"]),
    ],
)
def test_references_are_found(css: str, expected: list[str]) -> None:
    assert found(css) == expected


def new_address(reference: FileReference) -> str:
    return "/archived/" + reference.url.rpartition("/")[2]


@pytest.mark.parametrize(
    ("css", "expected"),
    [
        ("@import 'a.css' screen;", '@import "/archived/a.css" screen;'),
        ("@import url(a.css);", '@import url("/archived/a.css");'),
        ("p{background:url('a.png')}", 'p{background:url("/archived/a.png")}'),
        ("p{background:image-set('a.png' 1x)}", 'p{background:image-set("/archived/a.png" 1x)}'),
        ("p{src:url(a.eot?#iefix)}", 'p{src:url("/archived/a.eot#iefix")}'),
        ("p{*zoom:1;filter:progid:X(a=1)} q{background:url(a)}", None),
    ],
)
def test_references_are_replaced(css: str, expected: str | None) -> None:
    new = rewrite_css(css, BASE, new_address)
    assert new == (expected or css.replace("url(a)", 'url("/archived/a")'))


def test_a_style_without_replaced_references_stays_as_it_is() -> None:
    css = "p { background : URL( 'a.png' ) } /* x */ } {"
    assert rewrite_css(css, BASE, lambda each: None) == css


def test_an_address_cannot_end_the_string_in_which_it_stands() -> None:
    new = rewrite_css("p{background:url(a)}", BASE, lambda each: 'x"); } q { color: red; "')
    assert find_css(new, BASE)[0].url.endswith("q%20%7B%20color:%20red;%20%22")
    assert len(find_css(new, BASE)) == 1


@pytest.mark.parametrize(
    ("body", "header", "document", "encoding"),
    [
        ("文".encode(), "", "", "utf-8"),
        ("文".encode("gbk"), "", "gb2312", "gbk"),
        ("文".encode("gbk"), "gbk", "utf-8", "gbk"),
        ('@charset "gb2312";文'.encode("gbk"), "", "utf-8", "gbk"),
        ('@charset "gb2312";文'.encode(), "utf-8", "", "utf-8"),
        ("文".encode("big5"), "", "big5", "big5"),
        (codecs.BOM_UTF8 + "文".encode(), "gbk", "gbk", "utf-8"),
        (codecs.BOM_UTF16_LE + "文".encode("utf-16-le"), "", "", "utf-16le"),
        ("文".encode(), "no-such-charset", "", "utf-8"),
    ],
)
def test_the_charset_is_that_of_the_bytes_header_or_document(
    body: bytes, header: str, document: str, encoding: str
) -> None:
    text, found_encoding = decode_css(body, header, document)
    assert (text[-1], found_encoding) == ("文", encoding)


@pytest.mark.parametrize("piece", ["(", "{", "[", "url(", "@import ", "image-set("])
def test_deep_nesting_is_cut_off(piece: str) -> None:
    css = "p{background:url(a)}" + piece * 100_000 + "url(b)"
    assert "/archived/a" in rewrite_css(css, BASE, new_address)
