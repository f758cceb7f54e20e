"""Digests of captures, and the verdicts that follow from exact digests."""

from __future__ import annotations

import datetime as dt

from pipelines.dedupe.verdict import classify, fingerprint
from pipelines.model import Article, Capture, Digests, PriorCaptures, Reference, Rejection

AT = dt.datetime(2024, 3, 6, tzinfo=dt.UTC)


def capture(body: bytes) -> Capture:
    return Capture(url="http://a.example/", final_url="http://a.example/", fetched_at=AT, status=200, body=body)


def article(hans: str) -> Article:
    return Article(title=None, text=hans, script="hans", text_hans=hans)


def reference(name: str) -> Reference:
    return Reference(id=name, url="http://a.example/", fetched_at=AT)


BYTES, TEXT, BEFORE = reference("bytes"), reference("text"), reference("before")


def test_punctuation_widths_and_line_breaks_do_not_change_the_text_digest() -> None:
    left = fingerprint(capture(b"1"), (article("３月４日,市住建局\n召开“会议”!"),))
    right = fingerprint(capture(b"2"), (article("3月4日，市住建局"), article("召开会议。")))
    assert left.text == right.text
    assert left.payload != right.payload


def test_each_of_several_articles_has_the_digest_of_a_single_article() -> None:
    first, second = article("市住建局召开会议。"), article("春耕开始。")
    page = fingerprint(capture(b"1"), (first, second))
    assert page.articles == tuple(fingerprint(capture(b"2"), (each,)).text for each in (first, second))
    assert fingerprint(capture(b"2"), (first,)).articles == ()


def test_other_words_change_the_text_digest() -> None:
    assert fingerprint(capture(b""), (article("一"),)).text != fingerprint(capture(b""), (article("二"),)).text


def test_without_an_article_there_is_no_text_digest() -> None:
    found = fingerprint(capture(b"x"), Rejection(reason="empty"))
    assert found.text is None
    assert found.payload == "sha256:2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"


def test_the_strongest_match_decides() -> None:
    digests = Digests(payload="sha256:1", text="sha256:2")
    every = PriorCaptures(same_bytes=BYTES, same_text=TEXT, previous=BEFORE)
    assert (classify(digests, every).kind, classify(digests, every).of) == ("same-bytes", "bytes")
    assert classify(digests, PriorCaptures(same_text=TEXT, previous=BEFORE)).kind == "same-text"
    assert classify(digests, PriorCaptures(previous=BEFORE)).kind == "new-version"
    assert classify(digests, PriorCaptures()).kind == "new"


def test_an_empty_body_is_never_a_copy() -> None:
    empty = fingerprint(capture(b""), Rejection(reason="empty"))
    assert classify(empty, PriorCaptures(same_bytes=BYTES, previous=BEFORE)).kind == "new"
