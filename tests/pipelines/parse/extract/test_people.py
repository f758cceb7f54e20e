"""People in bylines at either end of a text, and names that are not people."""

from __future__ import annotations

import pytest

from pipelines.parse.extract.byline import people_in
from tests.pipelines.parse.extract.test_metadata import BODY, HEAD, NAME, PROSE, people, read


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("（评论员 罗博 萧海川）", ["罗博 author", "萧海川 author"]),
        (f"{PROSE}（评论员 罗博 萧海川）", ["罗博 author", "萧海川 author"]),
        ("新华社记者王优玲、何宗渝", ["王优玲 reporter", "何宗渝 reporter"]),
        ("(作者：方敏北京大学马克思主义学院教授)", ["方敏 author"]),
        ("（作者：王小明系市委党校教师）", ["王小明 author"]),
        ("（作者单位：市委党校）", []),
        ("编辑：化成雨_NBJ11143", ["化成雨 editor"]),
        ("白溪青年报·白青网记者 陈一帆 来源：白溪青年报", ["陈一帆 reporter"]),
        ("文/图 记者陈一帆", ["陈一帆 reporter"]),
        ("白青网记者陈一帆 文/图", ["陈一帆 reporter"]),
        ("责任编辑：张　三", ["张三 editor"]),
        ("供稿：李明 摄影：王五 校对：王小二 审核：钱七",
         ["李明 correspondent", "王五 photographer", "王小二 proofreader", "钱七 editor"]),
        ("作者：买买提·吐尔逊·艾力", ["买买提·吐尔逊·艾力 author"]),
        ("本报记者 王乐文", ["王乐文 reporter"]),
        ("作者：综合报道", []),
        ("记者从市水务局获悉", []),
        (f"{PROSE}（王小明）的讲话。", []),
    ],
)  # fmt: skip
def test_bylines(text: str, expected: list[str]) -> None:
    assert [f"{person.name} {person.role}" for person in dict.fromkeys(people_in(text))] == expected


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>作者：</p><p>记者王敬照</p>", ["王敬照 reporter"]),
        ("<meta name=Author content=网易>", []),
        ("<meta name=Author content=白溪在线>", []),
        ("<meta name=Author content='白溪 admin'>", []),
        ("<meta name=Author content='市水务局办公室'>", []),
        ("<meta name=Author content='网易 高艳'>", ["高艳 author"]),
        ("<meta name=Author content='财经、股票与外汇市场的金融资讯'>", []),
    ],
)
def test_people_of_a_page(html: str, expected: list[str]) -> None:
    assert people(read(HEAD + html + BODY)) == expected


def test_the_name_of_the_site_in_the_page_title_is_no_person() -> None:
    html = f"<title>{NAME}_白溪</title><h1>{NAME}</h1><meta name=Author content=白溪>"
    assert people(read(html + BODY)) == []
