"""The disclosure table of official documents: a label is never a value, and a value ends at its cell."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.model import Capture, Draft, OfficialDocument, Recipe
from pipelines.parse.extract.article import extract
from pipelines.parse.extract.disclosure import document_number
from pipelines.parse.extract.disclosure_labels import FIELDS_BY_LABEL, OTHER_LABELS

NAME = "关于做好汛前检查工作的通知"
PROSE = "市水务局近日启动汛前检查，对全市三十二座水库、五十六公里堤防逐一排查，发现隐患立即整改，确保安全度汛。"
BODY = f"<div class=TRS_Editor><p>{PROSE}</p><p>{PROSE}</p></div>"
TABLE = OfficialDocument(
    index_number="LJ01-2022-0001",
    issuer="市水务局",
    written_on=dt.date(2022, 3, 30),
    document_number="临水〔2022〕8号",
    status="有效",
)


def read(html: str) -> Draft:
    url = "http://a.example/show.php?id=1"
    at = dt.datetime(2024, 3, 5, tzinfo=dt.UTC)
    found = extract(html, Capture(url=url, final_url=url, fetched_at=at, status=200), Recipe(name="generic/1"))
    assert isinstance(found, Draft), found
    return found


def document(table: str) -> OfficialDocument | None:
    return read(f"<title>{NAME}</title>{table}<h1>{NAME}</h1>{BODY}").document


@pytest.mark.parametrize(
    "table",
    [
        "<table><tr><td>[索引号]</td><td>LJ01-2022-0001</td><td>[发文字号]</td><td>临水〔2022〕8号</td></tr><tr><td>[有效性]"
        "</td><td>有效</td><td>[发布机构]</td><td>市水务局</td><td>[成文日期]</td><td>2022-03-30</td></tr></table>",
        "<dl><dt>索 引 号：</dt><dd>LJ01-2022-0001</dd>"
        "<dt>主题分类：</dt><dd>水利</dd><dt>发文机关：</dt><dd>市水务局</dd><dt>有 效 性</dt><dd>有效</dd>"
        "<dt>成文日期：</dt><dd>2022年03月30日</dd><dt>文　　号：</dt><dd>临水〔2022〕8号</dd>"
        "<dt>主 题 词：</dt><dd></dd></dl>",
        "<ul><li><b>索引号</b><span>LJ01-2022-0001</span></li><li><b>发布机构</b><span>市水务局</span></li>"
        "<li><b>文号</b><span>临水〔2022〕8号</span></li><li><b>生成日期</b><span>2022-03-30</span></li>"
        "<li><b>是否有效</b><span>是</span></li></ul>",
        "<p>索引号：LJ01-2022-0001　发布机构：市水务局　文号：临水〔2022〕8号　成文日期：2022-03-30　有效性：有效</p>",
        "<table><tr><td><b>索引号：</b>LJ01-2022-0001</td><td><b>文号：</b>临水〔2022〕8号</td></tr>"
        "<tr><td><b>发布机构：</b>市水务局</td><td><b>成文日期：</b>2022-03-30</td></tr>"
        "<tr><td><b>文件状态：</b>有效</td><td><b>主题词：</b></td><td>打印</td></tr></table>",
        "<div><div><div>索引号：</div><div>LJ01-2022-0001</div></div><div><div>发布单位：</div><div>市水务局</div></div>"
        "<div><div>发文字号：</div><div>临水〔2022〕8号</div></div><div><div>成文日期：</div><div>2022-03-30</div></div>"
        "<div><div>时效性：</div><div>有效</div></div><div><div>主题词：</div><div></div></div><div>【打印】</div></div>",
        "<p>索引号：LJ01-2022-0001<br>发布机构：市水务局<br>文　号：临水〔2022〕8号<br>成文日期：2022-03-30<br>"
        "时效：有效<br>主题词：<br>【打印】【字体：大 中 小】</p>",
        "<div><span>索引号：</span><span>LJ01-2022-0001</span><span>发文机关：</span><span>市水<font>务局</font></span>"
        "<span>浏览权限：</span><span>公众</span><span>文号：</span><span>临水〔2022〕8号</span><span>主题词：</span>"
        "<span></span><span>成文日期：</span><span>2022-03-30</span><span>有效性：</span><span>有效</span></div>",
        "<table><tr><td><div><b>索&nbsp;&nbsp;引&nbsp;&nbsp;号：</b></div></td><td><p>LJ01-2022-0001</p></td><td><div>"
        "<b>发文机关：</b></div></td><td><p>市水务局</p></td></tr><tr><td><b>发文字号</b>：</td><td>临水〔2022〕8号</td><td>"
        "<b>成文日期：</b></td><td>2022年3月30日</td></tr>"
        "<tr><td colspan=2>有效性：有效</td><td>主题词：</td><td></td></tr></table>",
        "<table><tr><th>索引号</th><th>文号</th><th>发文机关</th><th>成文日期</th><th>有效性</th></tr><tr><td>LJ01-2022-0001</td>"
        "<td>临水〔2022〕8号</td><td>市水务局</td><td>2022-03-30</td><td>有效</td></tr></table>",
    ],
    ids=["cells", "definitions", "items", "line", "in one cell", "blocks", "lines", "spans", "mixed", "below"],
)
@pytest.mark.parametrize("gap", ["", "\n        "])
def test_the_disclosure_table(table: str, gap: str) -> None:
    assert document(table.replace("><", f">{gap}<").replace("：</", f"：{gap}</")) == TABLE


FILLED = {
    "索引号": ("index_number", "LJ01-2022-0001"),
    "文　号": ("document_number", "临水〔2022〕8号"),
    "发文机关": ("issuer", "市水务局"),
    "关 键 词": ("keywords", "防汛；检查"),
    "标题": ("subject", "防汛检查"),
    "公开日期": (None, "2022-03-31"),
    "主题分类": (None, "水利"),
    "公文种类": (None, "通知"),
}

ROWS = {
    "cells": lambda pairs: f"<table><tr>{''.join(f'<td>{a}：</td><td>{b}</td>' for a, b in pairs)}</tr></table>",
    "rows": lambda pairs: f"<table>{''.join(f'<tr><th>{a}</th><td>{b}</td></tr>' for a, b in pairs)}</table>",
    "definitions": lambda pairs: f"<dl>{''.join(f'<dt>{a}</dt><dd>{b}</dd>' for a, b in pairs)}</dl>",
    "items": lambda pairs: f"<ul>{''.join(f'<li><span>{a}：</span><span>{b}</span></li>' for a, b in pairs)}</ul>",
    "bare items": lambda pairs: f"<ul>{''.join(f'<li><span>{a}：</span> {b} </li>' for a, b in pairs)}</ul>",
    "blocks": lambda pairs: "".join(f"<div><p>{a}：</p><p>{b}</p></div>" for a, b in pairs),
}


@settings(deadline=None, max_examples=100)
@given(
    labels=st.permutations(list(FILLED)),
    empty=st.sets(st.sampled_from(sorted(FILLED))),
    shape=st.sampled_from(sorted(ROWS)),
    tools=st.sampled_from(["", "<div>【打印】【字体：大 中 小】</div>", "<p><a>关闭窗口</a></p>"]),
)
def test_an_empty_cell_stays_empty_and_every_value_is_the_one_beside_its_label(
    labels: list[str], empty: set[str], shape: str, tools: str
) -> None:
    pairs = [(label, "" if label in empty else FILLED[label][1]) for label in labels]
    found = document(ROWS[shape](pairs) + tools)
    expected = {field: value for label, (field, value) in FILLED.items() if field and label not in empty}
    if not {"索引号", "文　号"} - empty:
        assert found is None
    else:
        assert found == OfficialDocument(**expected)


@pytest.mark.parametrize(
    ("html", "number"),
    [
        (f"<h1>{NAME}</h1><p>临水〔2022〕8号</p>", "临水〔2022〕8号"),
        (f"<h1>{NAME}</h1><p>（临水 [2022] 8 号）</p>", "临水[2022]8号"),
        (f"<h1>{NAME}（临水〔2022〕8号）</h1>", "临水〔2022〕8号"),
        (f"<h1>{NAME}</h1><p>文号：临水〔2022〕8号</p>", "临水〔2022〕8号"),
        (f"<h1>{NAME}</h1><p>临江市人民政府令</p><p>第179号</p>", "临江市人民政府令第179号"),
        (f"<h1>{NAME}</h1><p>根据临水〔2022〕8号文件，制定本办法。</p>", None),
        (f"<h1>{NAME}</h1><p>公告〔2022〕</p>", None),
    ],
)
def test_the_number_below_or_in_the_headline(html: str, number: str | None) -> None:
    found = read(f"<title>{NAME}</title>{html}{BODY}").document
    assert found == (OfficialDocument(document_number=number) if number else None)


def test_the_number_in_the_first_line_of_the_text() -> None:
    lines = f"<p>临水〔2022〕8号</p><p>{NAME}</p><p>{PROSE}</p><p>{PROSE}</p>"
    found = read(f"<title>{NAME}</title><div class=TRS_Editor>{lines}</div>")
    assert found.document == OfficialDocument(document_number="临水〔2022〕8号")


def test_a_hidden_template_without_values_is_no_document() -> None:
    cells = "".join(f"<tr><td>{label}</td><td></td></tr>" for label in ("索引号", "文号", "发布机构", "名称"))
    assert document(f"<table style='display:none'>{cells}</table><p>中国证券监督管理委员会</p>") is None


def test_a_list_of_documents_in_the_text_is_not_the_table_of_the_page() -> None:
    rows = "".join(f"<tr><td>{n}</td><td>办法{n}</td><td>临水〔2020〕{n}号</td></tr>" for n in range(1, 4))
    listed = f"<table><tr><td>序号</td><td>文件名称</td><td>文号</td></tr>{rows}</table>"
    html = f"<title>{NAME}</title><h1>{NAME}</h1><div class=TRS_Editor><p>{PROSE}</p>{listed}<p>{PROSE}</p></div>"
    assert read(html).document is None


def test_numbers_of_several_documents_are_not_that_of_the_page() -> None:
    listed = "".join(f"<p>{n}.关于防汛的通知　文号：临水〔2020〕{n}号</p>" for n in range(1, 4))
    html = f"<title>{NAME}</title><h1>{NAME}</h1><div class=TRS_Editor><p>{PROSE}</p>{listed}<p>{PROSE}</p></div>"
    assert read(html).document is None
    table = "<ul><li>文号：临水〔2022〕8号</li><li>发文机关：市水务局</li><li>成文日期：2022-03-30</li></ul>"
    found = read(html.replace("<h1>", f"{table}<h1>")).document
    assert found is not None
    assert found.document_number == "临水〔2022〕8号"


def test_a_search_form_above_the_table_does_not_hide_it() -> None:
    form = "<form><p>索引号：<input></p><p>文号：<input></p><p>名称：<input></p></form>" + "<p>导航</p>" * 80
    table = "<table><tr><td>索引号</td><td>LJ01-2022-0001</td></tr><tr><td>发布机构</td><td>市水务局</td></tr></table>"
    assert document(form + table) == OfficialDocument(index_number="LJ01-2022-0001", issuer="市水务局")


def test_days_in_the_future_are_read() -> None:
    days = "<li>实施日期：2024年7月1日</li><li>失效日期：2029-06-30</li>"
    assert document(f"<ul><li>文号：临水〔2022〕8号</li>{days}<li>文件状态：尚未生效</li></ul>") == OfficialDocument(
        document_number="临水〔2022〕8号",
        effective_on=dt.date(2024, 7, 1),
        expires_on=dt.date(2029, 6, 30),
        status="尚未生效",
    )


def test_prose_is_no_number() -> None:
    assert document_number([PROSE, "2024年3月5日", "第8号", ""]) is None


def test_a_label_of_the_disclosure_table_is_either_a_field_or_another_cell() -> None:
    assert FIELDS_BY_LABEL.keys().isdisjoint(OTHER_LABELS.split("|"))
