"""Repair removes the same places from a text in either script, and keeps the characters of the text."""

from __future__ import annotations

import datetime as dt

import pytest

from pipelines.parse.people import byline, dateline, reporters
from pipelines.parse.repair import RULES
from pipelines.parse.repair.boilerplate import column_from_breadcrumb
from pipelines.parse.repair.credits import read_credits
from pipelines.parse.repair.drop_stubs import missing_text
from pipelines.parse.repair.lift_captions import captions
from pipelines.parse.repair.part_outline import outline
from pipelines.text.script import opencc_table, simplified_copy

PROSE = "县水务局昨日启动汛前检查，各镇组织巡查队伍，对山塘和泵站开展排查，逐项销号，确保安全度汛。"
TEXTS = {
    "drop-spam": f"{PROSE}\n澳门新葡京_老虎机_百家乐\n{PROSE}",
    "drop-furniture": f"当前位置：首页 > 要闻 > 正文\n{PROSE}\n浏览次数：12\n责任编辑：张丽华\n上一篇：无",
    "lift-captions": f"{PROSE}\n▲检查现场（张丽华 摄）\n{PROSE}",
    "drop-stubs": f"{PROSE}（未完，全文共4031字，当前仅显示2036字）\n登录后阅读全文",
    "join-lines": f"{PROSE}县政府要求各镇落实责任，并且\n{PROSE}",
    "part-outline": f"目录\n一、抓早\n二、抓小\n三、抓实\n……\n一、抓早。{PROSE}\n二、抓小。{PROSE}",
    "close-gaps": "县 水 务 局 启 动 检 查， 对 山 塘 和 泵 站 排 查。",
    "widen-punctuation": '本报讯 "检查"昨日启动,县水务局 "报告" 称,对山塘,泵站,水库排查。',
}
"""A text for each rule that knows words or characters."""

FORMS = {char: forms[0] for char, forms in opencc_table("STCharacters").items()}
TRADITIONAL = str.maketrans({char: form for char, form in FORMS.items() if simplified_copy(form) == char})


@pytest.mark.parametrize("rule", TEXTS)
def test_a_rule_acts_on_the_same_places_in_both_scripts(rule: str) -> None:
    text, mend = TEXTS[rule], dict(RULES)[rule]
    own, repaired = text.translate(TRADITIONAL), mend(text)
    assert own != text
    assert repaired.edits
    assert [(edit.start, edit.end) for edit in mend(own).edits] == [(edit.start, edit.end) for edit in repaired.edits]
    assert mend(own).text == repaired.text.translate(TRADITIONAL)


def test_credits_have_the_characters_of_their_line() -> None:
    found = read_credits(["發佈時間：2024年3月5日9時30分　來源：縣水務局", "責任編輯：張麗華"])
    assert found.source == "縣水務局"
    assert [(person.name, person.role) for person in found.people] == [("張麗華", "editor")]
    assert isinstance(found.published_at, dt.datetime)
    assert found.published_at.hour == 9


def test_what_is_read_from_removed_lines_has_the_characters_of_the_text() -> None:
    assert captions("▲檢查現場（張麗華 攝）\n") == ("檢查現場（張麗華 攝）",)
    assert outline(TEXTS["part-outline"].translate(TRADITIONAL)) == ("一、抓早", "二、抓小", "三、抓實")
    assert column_from_breadcrumb("當前位置：首頁 > 政務公開 > 部門動態 > 正文") == ("政務公開", "部門動態")


def test_the_numbers_of_a_notice_are_read_in_both_scripts() -> None:
    found = missing_text("（未完，全文共4031字，當前僅顯示2036字）", ["登錄後閱讀全文"])
    assert (found.full, found.shown, found.paywall) == (4031, 2036, True)


def test_people_have_the_characters_of_their_byline() -> None:
    assert [(person.name, person.role) for person in byline("記者 張麗華　攝影 劉雲")] == [
        ("張麗華", "reporter"),
        ("劉雲", "photographer"),
    ]
    text = "雲洲日報訊（記者 張麗華 通訊員 劉雲）縣水務局昨日啟動檢查。"
    assert dateline(text) == "雲洲日報訊（記者 張麗華 通訊員 劉雲）"
    assert [person.name for person in reporters(text)] == ["張麗華", "劉雲"]
