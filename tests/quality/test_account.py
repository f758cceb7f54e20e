"""On real pages and on generated ones, every visible line of the article's block is in the article, in some field.

The cells of a data table are held by `tables`. No visible character is lost on the way from the page to its lines.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterator

import pytest
from lxml.html import HtmlElement

from pipelines.model import Capture, Draft, Recipe
from pipelines.model.codes import LEFT_OUT_RULES
from pipelines.parse.decode import decode
from pipelines.parse.extract import container, tree
from pipelines.parse.extract.article import extract
from pipelines.parse.extract.lines import Line, lay_out
from pipelines.parse.extract.page import fold
from pipelines.parse.extract.roles import is_hiding
from pipelines.parse.repair import repair
from tests.benchmarks.quality import AT
from tests.quality.test_corpus import CORPUS

TITLE = "<title>汛前检查启动</title><h1>汛前检查启动</h1>"
CAPTURE = Capture(url="http://page.example/", final_url="http://page.example/", fetched_at=AT, status=200)
RECIPE = Recipe(name="generic/1")
PARTS = (
    "<p>发布时间：2024-03-05 09:15　来源：县水务局　浏览次数：12</p>",
    "<p>【字体：大 中 小】 <a href=#>打印</a></p>",
    "<p>分享到：微信 微博</p>",
    "<div>时间：2026年3月2日8时</div>",
    "".join(f"<li><a href=/{number}.html>县水务局发布第{number}号通知</a></li>" for number in range(3)),
    "<p>相关阅读</p>",
    "<table><tr><td>单位</td><td>金额</td></tr><tr><td>县水务局</td><td>12</td></tr></table>",
    "<table border=1><tr><th rowspan=2>预算单位</th><th colspan=2>收入</th></tr><tr><th>一般预算</th><th>基金</th></tr>"
    "<tr><td>县水务局</td><td>1,200.50</td><td>—</td></tr><tr><td colspan=3>注：单位为万元</td></tr></table>",
    "<table><tr><td><table><tr><td>堤防</td><td>56公里</td></tr><tr><td>水库</td><td>32座</td></tr></table></td>"
    "<td><p>左侧为检查范围</p>以上数据截至三月</td></tr></table>",
    "<table><tr><td>行政相对人名称</td><td>临江砂石有限公司</td></tr><tr><td>违法事实</td><td><p>未经批准采砂</p>"
    "<p>拒不改正</p></td></tr><tr><td>处罚内容</td><td>罚款人民币壹万元整<br>没收违法所得</td></tr></table>",
    "<table><caption>补贴标准</caption><tr><td rowspan=0>低保</td><td>甲类</td></tr>"
    "<tr><td>乙类<a href=#>说明</a></td></tr></table>",
    "<p>免责声明：本文仅代表作者本人观点，与本网无关。</p>",
    "<p>附件：<a href=/a.pdf>汛前检查名单.pdf</a></p>",
    "<figure><img src=a.jpg><figcaption>检查现场</figcaption></figure>",
    "<p>责任编辑：李华</p>",
    "<p>一、检查范围</p>",
    "<p>上一篇：无</p>",
    "<p style='display:none'>看不见的一句话。</p>",
    "<p>县水务局近日启动汛前检查，对全县三十二座水库、五十六公里堤防逐一排查，发现隐患立即整改，确保安全度汛。</p>",
    "<p>各镇街组织巡查队伍，对山塘、泵站和低洼易涝点开展拉网式排查，登记造册，逐项销号，并备足沙袋。</p>",
)


CELLS = {
    7: ("预算单位", "收入", "一般预算", "基金", "1,200.50", "—", "注：单位为万元"),
    8: ("堤防", "56公里", "水库", "32座"),
    9: ("行政相对人名称", "违法事实", "未经批准采砂 拒不改正", "处罚内容", "罚款人民币壹万元整 没收违法所得"),
    10: ("补贴标准", "低保", "甲类", "乙类说明"),
}
"""The cells of the tables among the parts."""


def generated() -> Iterator[tuple[str, str]]:
    """Yield pages whose body has these parts in random order, in a known container and in an unknown one."""
    choose = random.Random(7)
    for number in range(300):
        parts = "".join(choose.choices(PARTS, k=choose.randint(3, 14)))
        above, below = ("".join(choose.choices(PARTS[:5], k=choose.randint(0, 3))) for _ in range(2))
        tail = "".join(choose.choices(PARTS[:-2], k=choose.choice((0, 0, 1, 2, 4))))
        name = choose.choice(("id=zoom", "class=article-content", ""))
        yield (
            f"generated {number}",
            f"{TITLE}{above}<div {name}>{parts}{PARTS[-1]}{PARTS[-2]}{tail}</div>{below}",
        )


def corpus() -> Iterator[tuple[str, str]]:
    for path in sorted(CORPUS.glob("pages/*/*.html")):
        url = json.loads(path.with_suffix(".json").read_text("utf-8")).get("url") or "http://page.example/"
        html = decode(Capture(url=url, final_url=url, fetched_at=AT, status=200, body=path.read_bytes()), None)
        if isinstance(html, str):
            yield path.name, html


def missing(html: str) -> list[str]:
    """Return the visible lines between the headline and the end of the text that are in no field of the article."""
    draft = extract(html, CAPTURE, RECIPE)
    root = tree.parse_html(html)
    if not isinstance(draft, Draft) or root is None or draft.evidence[0].origin == "whole-page":
        return []
    tree.unwrap_unclosed_links(root)
    layout = lay_out(root, with_hidden=draft.evidence[0].origin.startswith("hidden:"))
    found = container.find_body(root, layout, html, (), draft.title)
    if found is None or not found.spans:
        return []
    start, end = found.spans[-1][1] - len(found.lines), found.spans[-1][1]
    headlines = container.headline_numbers(layout, draft.title, max(0, found.spans[0][0] - 30), found.spans[0][0])
    start = headlines[-1] if headlines else start
    texts = (
        *(block.text for block in draft.blocks),
        *(each.text for each in draft.left_out),
        *(draft.title or "", draft.subtitle or "", draft.kicker or "", draft.source or ""),
        *(draft.description or "", draft.site_name or "", *(draft.column or ())),
        *(file.title for file in draft.attachments),
        *(image.caption or "" for image in draft.images),
    )
    known = Counter(map(fold, texts))
    document = draft.document
    values = {fold(value) for value in (document.document_number, document.issuer) if value} if document else set()
    cells = {
        fold(cell) for table in repair(draft).tables for row in (*table.rows, (table.caption or "",)) for cell in row
    }
    return [
        line.text
        for line in layout.lines[start:end]
        if fold(line.text) not in known and fold(line.text) not in values and not set(map(fold, parts(line))) <= cells
    ]


def parts(line: Line) -> list[str]:
    """Return the texts of the filled cells of a line in a data table, or else its text."""
    return [cell for cell in line.table_row.cells if cell] if line.table_row else [line.text]


def lost_characters(html: str) -> str:
    """Return the visible characters of a page that are in none of its lines, by a second, simpler reading."""
    root = tree.parse_html(html)
    if root is None:
        return ""
    tree.unwrap_unclosed_links(root)
    seen, lines = visible("".join(shown(root))), "".join(line.text for line in lay_out(root).lines)
    return "".join(sorted((Counter(seen) - Counter(lines)).elements()))


def shown(root: HtmlElement) -> Iterator[str]:
    """Yield the texts of an element, in no order, without those of elements that are not shown."""
    waiting = [root]
    while waiting:
        element = waiting.pop()
        is_element = isinstance(element.tag, str)
        if is_element and is_unseen(element):
            continue
        yield (element.text or "") if is_element else ""
        for child in element:
            yield child.tail or ""
            waiting.append(child)


def visible(text: str) -> str:
    """Return a text without white space and characters that are not seen."""
    return "".join(text.translate(dict.fromkeys(map(ord, "\u200b\ufeff"))).split())


def is_unseen(element: HtmlElement) -> bool:
    is_styled = is_hiding(element.get("style") or "") or element.get("hidden") is not None
    return element.tag in tree.SKIPPED or is_styled or "ng-hide" in (element.get("class") or "").split()


def test_no_line_of_a_generated_page_is_lost() -> None:
    assert {name: lost for name, html in generated() if (lost := missing(html))} == {}


def test_no_character_of_a_generated_page_is_lost() -> None:
    assert {name: lost for name, html in generated() if (lost := lost_characters(html))} == {}


def test_every_cell_of_a_generated_table_is_in_a_table() -> None:
    for table, cells in CELLS.items():
        html = (
            f"<title>汛前检查启动</title><h1>汛前检查启动</h1><div id=zoom>{PARTS[-2]}{PARTS[table]}{PARTS[-1]}</div>"
        )
        draft = extract(
            html, Capture(url="http://a.example/", final_url="http://a.example/", fetched_at=AT, status=200), RECIPE
        )
        assert isinstance(draft, Draft)
        article = repair(draft)
        found = {cell for each in article.tables for row in each.rows for cell in (*row, each.caption)}
        assert set(cells) <= found


def test_every_rule_is_documented() -> None:
    drafts = [extract(html, CAPTURE, RECIPE) for _, html in generated()]
    rules = {each.rule for draft in drafts if isinstance(draft, Draft) for each in draft.left_out}
    assert {rule for rule in rules if rule not in LEFT_OUT_RULES} == set()
    assert len(rules) >= 8  # the parts of the pages have lines of at least so many rules


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the evaluation corpus is not next to this checkout")
def test_no_character_of_a_real_page_is_lost() -> None:
    assert {name: lost for name, html in corpus() if (lost := lost_characters(html))} == {}


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the evaluation corpus is not next to this checkout")
def test_no_line_of_a_real_page_is_lost() -> None:
    assert {name: lost for name, html in corpus() if (lost := missing(html))} == {}
