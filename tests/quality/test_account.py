"""On real pages and on generated ones, every visible line of the article's block is in the article, in some field."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterator

import pytest

from pipelines.model import Capture, Draft, Recipe
from pipelines.model.codes import LEFT_OUT_RULES
from pipelines.parse.decode import decode
from pipelines.parse.extract import container, tree
from pipelines.parse.extract.article import extract
from pipelines.parse.extract.lines import lay_out
from pipelines.parse.extract.page import fold
from tests.benchmarks.quality import AT
from tests.quality.test_corpus import CORPUS

RECIPE = Recipe(name="generic/1")
PARTS = (
    "<p>发布时间：2024-03-05 09:15　来源：县水务局　浏览次数：12</p>",
    "<p>【字体：大 中 小】 <a href=#>打印</a></p>",
    "<p>分享到：微信 微博</p>",
    "<div>时间：2026年3月2日8时</div>",
    "".join(f"<li><a href=/{number}.html>县水务局发布第{number}号通知</a></li>" for number in range(3)),
    "<p>相关阅读</p>",
    "<table><tr><td>单位</td><td>金额</td></tr><tr><td>县水务局</td><td>12</td></tr></table>",
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


def generated() -> Iterator[tuple[str, str]]:
    """Yield pages whose body has these parts in random order, in a known container and in an unknown one."""
    choose = random.Random(7)
    for number in range(300):
        parts = "".join(choose.choices(PARTS, k=choose.randint(3, 14)))
        above, below = ("".join(choose.choices(PARTS[:5], k=choose.randint(0, 3))) for _ in range(2))
        name = choose.choice(("id=zoom", "class=article-content", ""))
        title = "汛前检查启动"
        yield (
            f"generated {number}",
            f"<title>{title}</title><h1>{title}</h1>{above}<div {name}>{parts}{PARTS[-1]}{PARTS[-2]}</div>{below}",
        )


def corpus() -> Iterator[tuple[str, str]]:
    for path in sorted(CORPUS.glob("pages/*/*.html")):
        url = json.loads(path.with_suffix(".json").read_text("utf-8")).get("url") or "http://page.example/"
        html = decode(Capture(url=url, final_url=url, fetched_at=AT, status=200, body=path.read_bytes()), None)
        if isinstance(html, str):
            yield path.name, html


def missing(html: str) -> list[str]:
    """Return the visible lines between the headline and the end of the text that are in no field of the article."""
    url = "http://page.example/"
    draft = extract(html, Capture(url=url, final_url=url, fetched_at=AT, status=200), RECIPE)
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
    return [
        line.text for line in layout.lines[start:end] if fold(line.text) not in known and fold(line.text) not in values
    ]


def test_no_line_of_a_generated_page_is_lost() -> None:
    assert {name: lost for name, html in generated() if (lost := missing(html))} == {}


def test_every_rule_is_documented() -> None:
    captures = (
        (html, Capture(url="http://a.example/", final_url="http://a.example/", fetched_at=AT, status=200))
        for _, html in generated()
    )
    drafts = [extract(html, capture, RECIPE) for html, capture in captures]
    rules = {each.rule for draft in drafts if isinstance(draft, Draft) for each in draft.left_out}
    assert {rule for rule in rules if rule not in LEFT_OUT_RULES} == set()
    assert len(rules) >= 8  # the parts of the pages have lines of at least so many rules


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the evaluation corpus is not next to this checkout")
def test_no_line_of_a_real_page_is_lost() -> None:
    assert {name: lost for name, html in corpus() if (lost := missing(html))} == {}
