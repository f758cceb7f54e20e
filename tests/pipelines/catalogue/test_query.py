"""The query language: what a query means, and what is said of one that means nothing."""

from __future__ import annotations

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from pipelines.catalogue.query import MAX_DEPTH, MAX_TERMS, Node, parse_query, terms, with_places
from pipelines.catalogue.query_match import matches, searched
from pipelines.catalogue.query_words import FIELDS, QueryError
from pipelines.errors import ConfigError
from pipelines.model import OfficialDocument, Person, Region
from tests.pipelines.made import capture, entry

MADE = entry(capture(1), text="国办发〔2017〕47号要求加装电梯，改造老旧小区。5G和BA.5。")
ARTICLE = evolve(
    MADE.articles[0],
    title="加裝電梯的補貼",
    source="海門日報",
    column=("首页", "今日要闻"),
    authors=(Person(name="张三", role="reporter"), Person(name="李四", role="editor")),
    document=OfficialDocument(index_number="014000335/2024-00012", document_number="江府办〔2024〕5号"),
)
ENTRY = evolve(MADE, articles=(ARTICLE,), region=Region(code="440783", name="开平"))


@pytest.mark.parametrize(
    "query",
    [
        *("电梯", "電梯", "梯", "５Ｇ", "ba.5", "ba5 OR 电梯", "电梯 小区", "小区　电梯", '"加装电梯"', "「加装电梯」"),
        *("电梯，改造", "国办发2017 47号", "国办发〔２０１７〕47號", "国办发（2017）47号", "2017 47 号要求"),
        *("-防汛", "电梯 -防汛", "电梯 NOT 防汛", "电梯 －防汛", "NOT 防汛", "-防汛 OR 泵"),
        *(
            "防汛 OR 电梯",
            "电梯 ＯＲ 防汛",
            "防汛 x OR 电梯",
            "(防汛 OR 电梯) 小区",
            "（防汛 OR 电梯） AND 小区",
            "-(防汛 OR 泵)",
        ),
        *(
            "title:补贴",
            "标题：補貼",
            "TITLE:电梯",
            'title:"加装电梯"',
            "source:海门",
            "来源:日报",
            "column:今日",
            "栏目：要聞",
        ),
        *("author:张三", "作者:李四 -author:王五", "number:江府办〔2024〕5号", "文号:014000335", "文号:2024-00012"),
        *("site:news", "region:4407", "地区:44 网站:news", "-site:other", '"OR" OR 电梯', "电梯(改造"),
    ],
)
def test_a_query_that_matches(query: str) -> None:
    assert matches(parse_query(query), searched(ENTRY, ARTICLE)), parse_query(query)


@pytest.mark.parametrize(
    "query",
    [
        *("防汛", "-电梯", "电梯 防汛", "电梯改造", "梯装", '"5 47"', "01", "201", "G", '"电梯 小区"'),
        *("title:小区", "source:电梯", "column:首页今日", "author:张三李四", "number:2025", "site:new", "region:45"),
        *("电梯 -(小区 OR 防汛)", "-title:电梯", "NOT NOT 防汛"),
    ],
)
def test_a_query_that_does_not_match(query: str) -> None:
    assert not matches(parse_query(query), searched(ENTRY, ARTICLE))


@pytest.mark.parametrize(
    ("query", "at", "problem"),
    [
        ("", 0, "the query is empty"),
        (" \n", 0, "the query is empty"),
        ("电梯 OR", 3, "a word is missing here"),
        ("OR 电梯", 0, "a word is missing here"),
        ("电梯 OR OR 小区", 3, "a word is missing here"),
        ("()", 1, "a word is missing here"),
        ("电梯 NOT", 3, "a word is missing after this"),
        ("(电梯 -)", 4, "a word is missing after this"),
        ("title:", 0, "a word is missing after this"),
        ("(电梯", 0, "this parenthesis is not closed"),
        ("电梯)", 2, "this parenthesis closes nothing"),
        ("小区 “电梯", 3, "this quotation mark is not closed"),
        ("titel:电梯", 0, "there is no field 'titel'"),
        ("电梯 、 小区", 3, "no letter, digit or Chinese character"),
        ("(" * (MAX_DEPTH + 1) + "电", MAX_DEPTH, "more than 40 levels"),
        ("电 " * (MAX_TERMS + 1), 2 * MAX_TERMS, "more than 200 words"),
    ],
)
def test_an_error_names_the_problem_and_shows_the_place(query: str, at: int, problem: str) -> None:
    with pytest.raises(QueryError, match=problem) as raised:
        parse_query(query)
    assert raised.value.at == at
    caret = str(raised.value).splitlines()[-1]
    shown = str(raised.value).splitlines()[-2]
    wide = sum(char > "\u2e80" for char in shown[: at + 2])
    assert caret.index("^") == at + 2 + wide


@given(st.text(st.one_of(st.sampled_from('电梯5a -()（）"“”:：|OR NOT title:'), st.characters()), max_size=30))
def test_every_text_is_a_query_or_an_error_with_a_place(query: str) -> None:
    tree, at = None, 0
    try:
        tree = parse_query(query)
    except QueryError as error:
        at = error.at
    assert 0 <= at <= len(query)
    assert all(term.pattern for term in terms(tree, positive=False))
    matches(tree, searched(ENTRY, ARTICLE))


def test_places_are_replaced_wherever_they_are() -> None:
    def upper(tree: Node) -> list[str]:
        return [term.pattern for term in terms(with_places(tree, {"site": str.upper}), positive=False)]

    assert upper(parse_query("site:a -(site:b OR title:电)")) == ["A", "B", "电"]


def test_the_fields_in_an_error_are_those_of_the_language() -> None:
    with pytest.raises(ConfigError) as raised:
        parse_query("x:1")
    assert all(name in str(raised.value) for name in FIELDS)
