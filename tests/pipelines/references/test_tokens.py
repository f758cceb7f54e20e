"""HTML is split as in browsers, and nothing of it is lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.references.tokens import _attributes, _unusual_attributes, tokens

PIECES = [
    "<",
    ">",
    "/",
    "!",
    "-",
    "--",
    "=",
    '"',
    "'",
    " ",
    "a",
    "<p ",
    "<script",
    "</script>",
    "<!--",
    "-->",
    "<style>",
]


def names(html: str) -> list[str]:
    return [f"{token.kind[0]}:{token.name}" for token in tokens(html) if token.kind in ("start", "end")]


@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def test_the_tokens_together_are_the_document(html: str) -> None:
    together = "".join(token.source for token in tokens(html))
    assert html.startswith(together)
    assert html == together or "<" in html[len(together) :], "only a tag without end is dropped"


@pytest.mark.parametrize(
    ("html", "attributes"),
    [
        ("<img src=a.png/>", {"src": "a.png/"}),
        ("<img/src='a.png'/alt>", {"src": "a.png", "alt": ""}),
        ('<IMG SRC = "a>b" src=c>', {"src": "a>b"}),
        ("<img src=?a=1&copy=2&amp;b=&lt;&#x41;&notit;>", {"src": "?a=1&copy=2&b=<A&notit;"}),
        ("<img =a=b>", {"=a": "b"}),
        ("<img src=\n'a'id=b>", {"src": "a", "id": "b"}),
    ],
)
def test_attributes_are_read_as_in_browsers(html: str, attributes: dict[str, str]) -> None:
    assert next(tokens(html)).attributes == attributes


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<!-- <a> --><b>", ["s:b"]),
        ("<!--><b>", ["s:b"]),
        ("<!-- --!><b>", ["s:b"]),
        ("<!-- <b>", []),
        ("<?xml ?><b>", ["s:b"]),
        ("</ x><b>", ["s:b"]),
        ("<![CDATA[<a>]]>", []),
        ("<script>'<a>'</script><b>", ["s:script", "e:script", "s:b"]),
        ("<script><!--<script></script><a>--></script><b>", ["s:script", "e:script", "s:b"]),
        ("<script><!--></script><b>", ["s:script", "e:script", "s:b"]),
        ("<title><a></title><b>", ["s:title", "e:title", "s:b"]),
        ("<style><a></styles></style ><b>", ["s:style", "e:style", "s:b"]),
        ("<plaintext></plaintext><b>", ["s:plaintext"]),
        ("1 < 2 <b", []),
        ('<a href="<b>', []),
    ],
)
def test_markup_that_is_no_tag_is_passed_over(html: str, expected: list[str]) -> None:
    assert names(html) == expected


@pytest.mark.parametrize("piece", ['<a x="', "<!--", "<script>", "<a ", "</", "<style>", "<!--<script>", "&amp"])
def test_time_grows_with_the_length_only(piece: str) -> None:
    """Two million characters end within the time limit of the tests; a search for each piece would take hours."""
    assert sum(1 for _ in tokens(piece * (2_000_000 // len(piece)))) >= 0


TAG_PIECES = [
    *PIECES,
    "\n",
    "\t",
    "`",
    "A",
    "href",
    "x:y",
    "&amp;",
    "&copy=",
    "图",
    "/>",
    "'>",
    '">',
    " a='b'",
    ' c="d"',
    "e=f ",
]


@given(st.lists(st.sampled_from(TAG_PIECES), max_size=14).map("".join))
def test_attributes_are_the_same_whether_they_are_read_at_once_or_step_by_step(rest: str) -> None:
    at_once, stepwise = _attributes(rest, 0), _unusual_attributes(rest, 0)
    assert (at_once[0], [*at_once[1].items()]) == (stepwise[0], [*stepwise[1].items()])
