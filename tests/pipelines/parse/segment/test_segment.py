"""Segmentation of a whole page: where it is cut, the evidence of each article, conservation of characters."""

from __future__ import annotations

from collections import Counter

from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from opencc import OpenCC

from pipelines.model import Block, Draft, Evidence, Person, TableRow
from pipelines.parse.repair import language_model, repair
from pipelines.parse.repair.edits import undo
from pipelines.parse.segment import segment

PAGE = (
    "续上版：各镇街要抓好落实。",
    "东堤街区开街 首日客流超万人",
    "江门日报讯（记者/何晓岚）昨日，东堤历史街区开街。",
    "2小时内集结到位",
    "志愿者维持秩序，市民有序游览。",
    "全市春耕备耕有序推进",
    "本报讯 （记者 陈立）市农业农村局消息，全市已备足种子。",
)


def draft(*texts: str) -> Draft:
    return Draft(title="A03：城事", blocks=tuple(Block(text=text) for text in texts), source="江门日报")


def test_a_page_of_articles_is_cut_before_each_headline() -> None:
    head, first, second = segment(draft(*PAGE), language_model)
    assert (head.title, first.title, second.title) == ("A03：城事", PAGE[1], PAGE[5])
    assert [block.text for block in first.blocks] == list(PAGE[2:5])
    assert first.dateline == "江门日报讯（记者/何晓岚）"
    assert second.source == "江门日报"


def test_a_page_in_traditional_characters_is_cut_at_the_same_places() -> None:
    convert = OpenCC("s2t").convert
    simple, own = segment(draft(*PAGE), language_model), segment(draft(*map(convert, PAGE)), language_model)
    assert [part.blocks for part in own] == [draft(*(convert(b.text) for b in part.blocks)).blocks for part in simple]
    assert [part.title for part in own][1:] == [convert(part.title or "") for part in simple][1:]
    assert [part.dateline for part in own][1:] == [convert(part.dateline or "") for part in simple][1:]
    assert [part.authors for part in own][1:] == [
        tuple(evolve(person, name=convert(person.name)) for person in part.authors) for part in simple
    ][1:]


def test_each_article_has_the_evidence_of_its_own_fields() -> None:
    fields = {"text": "#ozoom", "title": "h1", "kicker": "h3", "source": "meta:source", "authors": "body"}
    whole = evolve(
        draft(*PAGE),
        kicker="城事",
        authors=(Person(name="何晓岚", role="reporter"),),
        evidence=tuple(Evidence(field=field, origin=origin) for field, origin in fields.items()),
    )
    head, *parts = segment(whole, language_model)
    assert {proof.field: proof.origin for proof in head.evidence} == {
        name: origin for name, origin in fields.items() if name != "authors"
    }
    for part in parts:
        found = {proof.field: proof.origin for proof in part.evidence}
        own = dict.fromkeys(("title", "dateline", "authors"), "body")
        assert found == {"text": "#ozoom", "source": "meta:source"} | own


def test_the_rows_of_a_table_are_in_the_article_that_has_them() -> None:
    rows = [TableRow(table=0, number=n, cells=(f"{n}区", f"{n}户"), columns=((n, 0), (n, 1))) for n in range(2)]
    table = tuple(Block(text="\t".join(row.cells), kind="row", table_row=row) for row in rows)
    blocks = draft(*PAGE).blocks
    head, first, second = segment(evolve(draft(), blocks=(*blocks[:5], *table, *blocks[5:])), language_model)
    assert (repair(head).tables, repair(second).tables) == ((), ())
    assert [each.rows for each in repair(first).tables] == [(("0区", "0户"), ("1区", "1户"))]


def test_one_dateline_is_one_article() -> None:
    whole = draft(*PAGE[:5])
    assert segment(whole, language_model) == (whole,)


def test_datelines_without_headlines_are_one_article() -> None:
    whole = draft("市场回暖。", "本报讯 今日开盘。", "股市上扬。", "本报讯 今日收盘。")
    assert segment(whole, language_model) == (whole,)


@given(st.lists(st.sampled_from(PAGE), max_size=20))
def test_no_character_is_lost(texts: list[str]) -> None:
    whole = draft(*texts)
    out = []
    for part in segment(whole, language_model):
        out += [] if part.title == whole.title else [part.title]
        out += undo("\n".join(block.text for block in part.blocks), part.repairs).split("\n")
    assert Counter("".join(out).replace(" ", "")) == Counter("".join(texts).replace(" ", ""))
