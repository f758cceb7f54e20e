"""Hostile pages give an article or a rejection, never a parser error, and within a short time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.line.order import read_page
from pipelines.model import Capture, Job, Outcome, Recipe, Rejection
from pipelines.parse.extract.tree import parse_html

PROSE = "市水务局近日启动汛前检查，对全市三十二座水库、五十六公里堤防逐一排查，发现隐患立即整改。"
LABEL = "文号："
TABLE = f"<div id=zoom><p>{PROSE}</p><table border=1>"
MILLION = 1_000_000


def read(body: bytes) -> Outcome:
    url = "http://a.example/1.html"
    at = dt.datetime(2024, 3, 5, tzinfo=dt.UTC)
    return read_page(
        Job(capture=Capture(url=url, final_url=url, fetched_at=at, status=200, body=body), recipe=Recipe(name="a/1"))
    )


TOO_LARGE: dict[str, Callable[[], str]] = {
    "30 MB of one tag": lambda: "<br>" * (30 * MILLION // 4),
    "paragraphs": lambda: f"<div id=zoom>{f'<p>{PROSE}</p>' * 200_000}",
    "links": lambda: "<a href=/1.html>汛前检查启动</a>" * 200_000,
    "headings": lambda: "<h1>汛前检查启动</h1>" * 50_000,
    "comments": lambda: "<!--enpcontent-->" * 100_000,
    "meta tags": lambda: "<meta http-equiv=refresh" * 100_000,
}
"""Pages that are rejected before they are parsed."""

READABLE: dict[str, Callable[[], str]] = {
    "depth": lambda: "<div>" * 50_000,
    "inline depth": lambda: "<b>" * 50_000,
    "tables": lambda: "<table><tr><td>" * 10_000,
    "spans": lambda: f"{TABLE}{'<tr><td rowspan=99999 colspan=1000>甲<td>乙' * 10_000}",
    "a diagonal of spans": lambda: TABLE + "".join(f"<tr><td colspan={n}>甲<td rowspan=999>乙" for n in range(2_000)),
    "wide rows": lambda: f"{TABLE}{('<tr>' + '<td>甲' * 300) * 60}",
    "labels": lambda: f"<div id=zoom><p>{PROSE}</p>{'<div>文号：</div>' * 20_000}",
    "labels in one text": lambda: f"<div id=zoom><p>{PROSE}</p>{f'<b>{chr(32).join([LABEL] * 90)}</b>' * 1_000}",
    "labels in cells": lambda: f"{TABLE}<tr>{'<td>文号</td>' * 20_000}",
    "a label before a long text": lambda: f"<p>文号：</p><div>{f'<p>{PROSE}</p>' * 20_000}</div>",
    "one attribute": lambda: f'<p a="{"x" * (20 * MILLION)}">',
    "many attributes": lambda: "<p " + " ".join(f"a{number}=1" for number in range(100_000)) + ">",
    "many classes": lambda: f'<div class="{"trs_editor " * 200_000}">',
    "NUL": lambda: "\0" * MILLION,
    "open comments": lambda: "<!--" * 40_000,
    "marks in a row": lambda: "<!--enpcontent-->" * 40_000,
    "properties": lambda: "<!--enpproperty " * 2_000,
    "siblings with a mark": lambda: f"<div id=zoom>{PROSE}</div>" * 5_000,
    "JSON": lambda: f'<script type="application/ld+json">{"[" * 100_000}</script>',
    "script JSON": lambda: f"<script>_CONFIG={{DETAIL:{'{' * 100_000}</script>",
    "white space": lambda: f"<p>{' ' * MILLION}中{chr(10) * MILLION}",
    "entities": lambda: "&#20013;" * 200_000,
    "broken tags": lambda: "<" * 50_000,
    "notices": lambda: "<div id=zoom><p>正文。</p>" + "<p>未经授权不得转载</p>" * 10_000,
    "boxes": lambda: f"<div id=zoom><p>{PROSE * 3}</p>" + "<p>相关阅读</p><p><a href=/1>题</a></p>" * 5_000,
    "same headline": lambda: "<title>汛前检查启动</title>" + "<h1>汛前检查启动</h1>" * 5_000,
}
"""Pages that are read as far as possible."""


@pytest.mark.parametrize("name", TOO_LARGE)
def test_a_page_that_would_cost_gigabytes_is_rejected_before_parsing(name: str) -> None:
    found = read(TOO_LARGE[name]().encode())
    assert isinstance(found, Rejection)
    assert found.reason == "too-large"


@pytest.mark.parametrize("name", READABLE)
def test_hostile_markup_ends_in_an_outcome(name: str) -> None:
    found = read(READABLE[name]().encode())
    assert not isinstance(found, Rejection) or found.reason != "parser-error", found


def test_text_after_a_tag_of_too_many_words_is_read() -> None:
    bomb = "<p " + " ".join(f"a{number}=1" for number in range(100_000)) + ">"
    found = read(f"{bomb}</p><div id=zoom><p>{PROSE}</p></div>".encode())
    assert not isinstance(found, Rejection)
    assert found[0].text == PROSE


PIECES = st.sampled_from(
    [
        *("<div id=zoom>", "</div>", "<p>", "</p>", "<table>", "<tr>", "<td>", "</table>", "<br>", "<a href='/a.pdf'>"),
        *("</a>", "<h1>", "</h1>", "<title>", "</title>", "<!--", "-->", "<!--enpcontent-->", "<!--/enpcontent-->"),
        *(
            "<script>_CONFIG={DETAIL:",
            '{"content":"',
            "</script>",
            "<meta name=PubDate content='2024-03-05'>",
            "</html>",
        ),
        *("<!--enpproperty <title>", "/enpproperty-->", "<base href='http://[/'>", "<img src='http://['>", "\0", "<"),
        *(PROSE, "相关阅读", "责任编辑：李华", "发布时间：2024-13-45", "来源：", "附件：", "\u200b", "&#0;", "\ud7ff"),
    ]
)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(PIECES, max_size=40))
def test_markup_in_any_order_is_read_the_same_way_twice(pieces: list[str]) -> None:
    body = "".join(pieces).encode()
    found = read(body)
    assert not isinstance(found, Rejection) or found.reason != "parser-error", found
    assert read(body) == found


@given(st.binary(max_size=400), st.sampled_from([b"", b"<meta charset=gbk>", b"\xff\xfe", b"<div id=zoom>"]))
def test_any_bytes_are_read(body: bytes, prefix: bytes) -> None:
    found = read(prefix + body)
    assert not isinstance(found, Rejection) or found.reason != "parser-error", found


@pytest.mark.parametrize("before", range(0, 12_000, 1_999))
def test_a_tag_of_too_many_words_is_not_read_wherever_it_begins(before: int) -> None:
    root = parse_html("<p>" + "x" * before + "<a " + "b " * 6_000 + ">link</a>")
    assert root is not None
    assert not list(root.iter("a"))
