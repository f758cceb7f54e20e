"""Data tables: their cells stay apart, spans are resolved, and page layout is not a table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.line.order import read_page
from pipelines.model import Article, Capture, Job, Recipe, Rejection, Table

TITLE = "关于公布补贴标准的通知"
PROSE = "经市政府同意，现将二〇二四年度补贴标准予以公布，请各区结合实际认真贯彻执行，及时足额发放到位。"
MORE = "执行中遇到的问题，请及时向市民政局反映，联系电话和办理地点见市民政局门户网站，有效期三年。"


def read(html: str) -> Article:
    url = "http://a.example/show.php?id=1"
    at = dt.datetime(2024, 3, 5, tzinfo=dt.UTC)
    page = f"<meta charset=utf-8><title>{TITLE}</title><h1>{TITLE}</h1><div id=zoom>{html}</div>"
    body = page.encode("utf-8")
    found = read_page(
        Job(capture=Capture(url=url, final_url=url, fetched_at=at, status=200, body=body), recipe=Recipe(name="a/1"))
    )
    assert not isinstance(found, Rejection), found
    assert len(found) == 1
    return found[0]


def around(table: str) -> str:
    return f"<p>{PROSE}</p>{table}<p>{MORE}</p>"


def only_table(article: Article) -> Table:
    (table,) = article.tables
    return table


def test_cells_stay_apart_however_the_markup_is_indented() -> None:
    cells = ("类别", "标准", "备注"), ("低保对象", "每月 1238元", "按月发放"), ("特困人员", "", "按季发放")
    flat = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in cells)
    indented = "".join(
        "  <tr>\n" + "".join(f"    <td>\n      {cell}\n    </td>\n" for cell in row) + "  </tr>\n" for row in cells
    )
    found = [read(around(f"<table>{rows}</table>")) for rows in (flat, indented)]
    assert found[0].text == found[1].text
    assert found[0].text.split("\n")[1:-1] == [
        "类别\t标准\t备注",
        "低保对象\t每月 1238元\t按月发放",
        "特困人员\t\t按季发放",
    ]
    assert found[0].tables == found[1].tables
    assert only_table(found[0]).rows == cells


def test_a_table_has_its_caption_its_header_cells_and_its_place_in_the_text() -> None:
    head = "<tr><th>区</th><th>人数</th></tr>"
    found = read(around(f"<table><caption>发放情况</caption>{head}<tr><td>越秀</td><td>12</td></tr></table>"))
    table = only_table(found)
    assert table.caption == "发放情况"
    assert table.rows == (("区", "人数"), ("越秀", "12"))
    assert table.headers == ((0, 0), (0, 1))
    assert found.text[table.start : table.end] == "发放情况\n区\t人数\n越秀\t12"


def test_a_first_row_of_one_cell_is_the_caption() -> None:
    rows = "<tr><td>区</td><td>人数</td><td>金额</td></tr><tr><td>越秀</td><td>12</td><td>3</td></tr>"
    table = only_table(read(around(f"<table><tr><td colspan=99>发放情况表</td></tr>{rows}</table>")))
    assert table.caption == "发放情况表"
    assert table.rows == (("区", "人数", "金额"), ("越秀", "12", "3"))


def test_a_long_cell_leaves_a_data_table_a_table() -> None:
    long = PROSE * 4
    rows = f"<tr><td>1</td><td>申请</td><td>{long}</td></tr><tr><td>2</td><td>审核</td><td>区民政局</td></tr>"
    found = read(around(f"<table border=1><tr><td>序号</td><td>事项</td><td>说明</td></tr>{rows}</table>"))
    assert only_table(found).rows[1] == ("1", "申请", long)
    assert f"1\t申请\t{long}" in found.text.split("\n")


def test_paragraphs_of_a_long_cell_are_lines_of_the_text_and_one_cell() -> None:
    rows = f"<tr><td>1</td><td><p>{PROSE}</p><p>{PROSE}{MORE}</p></td></tr><tr><td>2</td><td>区民政局</td></tr>"
    found = read(around(f"<table><tr><td>序号</td><td>说明</td></tr>{rows}</table>"))
    assert only_table(found).rows == (("序号", "说明"), ("1", f"{PROSE}\n{PROSE}{MORE}"), ("2", "区民政局"))
    assert found.text.split("\n")[1:-1] == ["序号\t说明", "1", PROSE, f"{PROSE}{MORE}", "2\t区民政局"]


@pytest.mark.parametrize(
    "layout",
    [
        f"<table><tr><td>{PROSE}</td></tr><tr><td>{MORE}</td></tr></table>",
        f"<table><tr><td>{PROSE}{MORE}{PROSE}{MORE}</td><td>{PROSE}{MORE}{PROSE}{MORE}</td></tr></table>",
        f"<table><tr><td><h3>要闻</h3>{PROSE}</td><td>二</td></tr><tr><td>{MORE}</td><td>三</td></tr></table>",
        "<table role=presentation><tr><td>一</td><td>二</td></tr><tr><td>三</td><td>四</td></tr></table>",
        "<table><tr><td><table><tr><td>一</td></tr></table></td><td>二</td></tr><tr><td>三</td><td>四</td></tr></table>",
    ],
    ids=["one column", "two columns of text", "headings", "declared", "nested"],
)
def test_page_layout_is_not_a_table(layout: str) -> None:
    assert read(around(layout)).tables == ()


def test_cells_have_the_repairs_of_the_text_which_are_on_record() -> None:
    rows = "<tr><td>类别</td><td>人数</td></tr><tr><td>低保\u200b对象</td><td>１2﹒5万</td></tr>"
    found = read(around(f"<table>{rows}</table>"))
    table = only_table(found)
    assert table.rows[1] == ("低保对象", "12.5万")
    assert found.text[table.start : table.end] == "类别\t人数\n低保对象\t12.5万"
    assert {repair.rule for repair in found.repairs} == {"clean-characters"}


Rectangle = tuple[int, int, int, int]


@st.composite
def tilings(draw: st.DrawFn) -> list[Rectangle]:
    """Return rectangles (top, left, bottom, right) that fill a grid: the cells of a table with spans."""

    def split(top: int, left: int, bottom: int, right: int) -> Iterator[Rectangle]:
        ways = ["keep"] + ["rows"] * (bottom - top > 1) + ["columns"] * (right - left > 1)
        way = draw(st.sampled_from(ways))
        if way == "rows":
            at = draw(st.integers(top + 1, bottom - 1))
            yield from split(top, left, at, right)
            yield from split(at, left, bottom, right)
        elif way == "columns":
            at = draw(st.integers(left + 1, right - 1))
            yield from split(top, left, bottom, at)
            yield from split(top, at, bottom, right)
        else:
            yield top, left, bottom, right

    rows, columns = draw(st.integers(2, 6)), draw(st.integers(2, 6))
    head = [(0, column, 1, column + 1) for column in range(columns)]
    return [*head, *split(1, 0, rows + 1, columns)]


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(tiling=tilings(), indent=st.sampled_from(["", "\n", "\n      "]))
def test_spans_are_resolved(tiling: list[Rectangle], indent: str) -> None:
    height = max(bottom for _, _, bottom, _ in tiling)
    width = max(right for _, _, _, right in tiling)
    names = {rectangle: f"格{number}" for number, rectangle in enumerate(sorted(tiling))}
    rows = [
        indent.join(
            f"<td rowspan={bottom - top} colspan={right - left}>{indent}{names[top, left, bottom, right]}</td>"
            for top, left, bottom, right in sorted(tiling)
            if top == row
        )
        for row in range(height)
    ]
    expected = [
        tuple(
            next(name for (top, left, bottom, right), name in names.items() if top <= y < bottom and left <= x < right)
            for x in range(width)
        )
        for y in range(height)
        if any(top == y for top, _, _, _ in tiling)  # a row without cells of its own repeats the one above
    ]
    html = "".join(f"<tr>{row}</tr>{indent}" for row in rows)
    assert list(only_table(read(around(f"<table border=1>{html}</table>"))).rows) == expected


@pytest.mark.parametrize("span", ["999999999", "0", "-3", "２", "x", "1e9", "9" * 5000])
def test_hostile_spans_are_bounded(span: str) -> None:
    row = f"<tr><td colspan={span} rowspan={span}>一</td><td>二</td></tr><tr><td>三</td><td>四</td><td>五</td></tr>"
    table = only_table(read(around(f"<table border=1>{row}</table>")))
    assert table.rows[0][:2] in (("一", "二"), ("一", "一"))
    assert max(map(len, table.rows)) <= 4


def test_a_table_too_large_for_its_spans_keeps_its_cells_and_is_flagged() -> None:
    rows = "".join(f"<tr><td rowspan=99999 colspan=100>甲{n}</td><td>乙{n}</td></tr>" for n in range(300))
    found = read(around(f"<table border=1>{rows}</table>"))
    assert "table-spans" in found.quality.flags
    assert only_table(found).rows[-1] == ("甲299", "乙299")
