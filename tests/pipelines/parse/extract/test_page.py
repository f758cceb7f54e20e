"""What is found once on a page for all who ask: its lines folded, its headings, the names in use."""

from __future__ import annotations

import datetime as dt
import re

from pipelines.model import Capture, Recipe
from pipelines.parse.extract.lines import lay_out
from pipelines.parse.extract.page import Page, fold, survey
from pipelines.parse.extract.tree import parse


def page(body: str) -> Page:
    url = "http://news.example.cn/1.html"
    capture = Capture(url=url, final_url=url, fetched_at=dt.datetime(2024, 3, 5, tzinfo=dt.UTC), status=200)
    root = parse(f"<html><body>{body}</body></html>")
    assert root is not None
    return survey(root, body, capture, Recipe(name="generic/1"), lay_out(root))


def test_lines_are_folded_as_each_is_by_itself() -> None:
    odd = "<p>（Ａ）：１，２；３！？ ㈠ ﬁ ´</p><p>e\u0301 \u0301 …</p><p>\u3000开　春 ｶﾞ</p>"
    found = page(odd)
    assert found.folded == tuple(fold(line.text) for line in found.lines)
    assert page("").folded == ()


def test_headings_come_in_document_order_also_where_nobody_sees_them() -> None:
    found = page("<h2>甲</h2><noscript><h1>乙</h1></noscript><founder-title>丙</founder-title><h4>丁</h4>")
    assert [element.tag for element in found.headings] == ["h2", "h1", "founder-title"]


def test_elements_are_found_by_a_pattern_in_their_names() -> None:
    found = page('<p class="Art_Title">甲</p><p id="title">乙</p><p class="text">丙</p><p class="Art_Title">丁</p>')
    assert [element.text for element in found.called(re.compile("title"))] == ["甲", "乙", "丁"]
