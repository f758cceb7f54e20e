"""A parsed page: its folded lines, its headings, and its elements by name."""

from __future__ import annotations

import datetime as dt
import re

from pipelines.model import Capture, Recipe
from pipelines.parse.extract.lines import lay_out
from pipelines.parse.extract.page import ParsedPage, fold, parsed_page
from pipelines.parse.extract.tree import parse_html


def page(body: str) -> ParsedPage:
    url = "http://news.example.cn/1.html"
    capture = Capture(url=url, final_url=url, fetched_at=dt.datetime(2024, 3, 5, tzinfo=dt.UTC), status=200)
    root = parse_html(f"<html><body>{body}</body></html>")
    assert root is not None
    return parsed_page(root, body, capture, Recipe(name="generic/1"), lay_out(root))


def test_lines_are_folded_together_as_one_by_one() -> None:
    odd = "<p>（Ａ）：１，２；３！？ ㈠ ﬁ ´</p><p>e\u0301 \u0301 …</p><p>\u3000开　春 ｶﾞ</p>"
    found = page(odd)
    assert found.folded_lines == tuple(fold(line.text) for line in found.lines)
    assert page("").folded_lines == ()


def test_headings_are_in_document_order_also_invisible_ones() -> None:
    found = page("<h2>甲</h2><noscript><h1>乙</h1></noscript><founder-title>丙</founder-title><h4>丁</h4>")
    assert [element.tag for element in found.headings] == ["h2", "h1", "founder-title"]


def test_elements_are_found_by_a_pattern_in_their_names() -> None:
    found = page('<p class="Art_Title">甲</p><p id="title">乙</p><p class="text">丙</p><p class="Art_Title">丁</p>')
    assert [element.text for element in found.elements_named(re.compile("title"))] == ["甲", "乙", "丁"]
