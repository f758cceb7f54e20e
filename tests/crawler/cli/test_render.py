"""Rendered entries: nothing of the article is lost, and all of it is escaped."""

from __future__ import annotations

import datetime as dt
import json

import lxml.html
import pytest
from attrs import evolve

from crawler.cli.render import article_facts, capture_facts, render
from pipelines.model import Article, Attachment, Entry, Image, OfficialDocument, Parts, Person, Quality, Table, Verdict
from pipelines.model.readable import minute
from pipelines.model.serialize import entry_document
from tests.pipelines.made import capture, entry

CHINA = dt.timezone(dt.timedelta(hours=8))
ARTICLE = Article(
    title="关于<防汛>工作的通知",
    subtitle="各县区、各部门：",
    text="第一段 & 其他。\n第二段<b>不是标记</b>。",
    script="hans",
    text_hans="",
    published_at=dt.datetime(2024, 3, 5, 9, 30, tzinfo=CHINA),
    source="云洲日报",
    authors=(Person(name="王芳", role="reporter"), Person(name="李强", role="editor")),
    column=("首页", "通知公告"),
    document=OfficialDocument(document_number="云政发〔2024〕3号"),
    images=(Image(url="http://news.example/a.jpg?x=1&y=2", caption="会场"),),
    attachments=(Attachment(url="http://news.example/a.pdf", title="附件<1>"),),
)


@pytest.fixture
def made() -> Entry:
    return evolve(entry(capture()), articles=(ARTICLE,))


def test_json_is_one_line_and_the_contracts_document(made: Entry) -> None:
    line = render(made, "json", "zh")
    assert "\n" not in line
    assert json.loads(line) == entry_document(made)


def test_a_value_that_is_too_long_for_the_terminal_is_below_its_label(made: Entry) -> None:
    lines = render(made, "text", "zh", 80).split("\n")
    assert lines[lines.index("内容摘要：") + 1] == f"  {made.digests.payload}"
    assert f"捕获编号：{made.id}" in lines


def test_text_has_title_metadata_paragraphs_and_attachments_in_this_order(made: Entry) -> None:
    head, metadata, text, attachments, capture_lines = render(made, "text", "zh").split("\n\n")
    assert head == "关于<防汛>工作的通知\n各县区、各部门："
    assert metadata.split("\n")[:3] == ["发布：2024-03-05 09:30", "来源：云洲日报", "作者：记者 王芳、编辑 李强"]
    assert text == ARTICLE.text
    assert attachments == "附件：附件<1> http://news.example/a.pdf"
    assert capture_lines.split("\n") == [
        "网站：news",
        f"网址：{made.final_url}",
        "捕获时间：2024-03-05 09:30:00 +08:00",
        f"捕获编号：{made.id}",
        "查重结论：新文本",
        f"内容摘要：{made.digests.payload}",
        "存档位置：warc/news/x.warc.gz，0 起 1 字节",
    ]


def test_labels_and_values_are_in_the_language_of_the_user(made: Entry) -> None:
    quality = Quality(
        truncated=True, omitted_chars=1, score=0.5, parts=Parts(intact=1, chinese=1, complete=1, length=1)
    )
    shown = evolve(made, articles=(evolve(ARTICLE, quality=quality),))
    assert dict(article_facts(shown.articles[0], "en")) == {
        "Published": "2024-03-05 09:30",
        "Source": "云洲日报",
        "Authors": "王芳 (reporter), 李强 (editor)",
        "Column": "首页 > 通知公告",
        "Document number": "云政发〔2024〕3号",
        "Missing text": "text incomplete, 1 character left out",
        "Quality": "0.5 (intact 1, Chinese 1, complete 1, length 1)",
    }
    for form in ("text", "md", "html"):
        chinese = render(shown, form, "zh")
        assert "缺失" in chinese
        assert "Missing text" not in chinese
    assert '<html lang="en">' in render(shown, "html", "en")
    assert '<article lang="zh-Hans">' in render(shown, "html", "en")


@pytest.mark.parametrize(
    ("kind", "relation", "line"),
    [
        ("same-bytes", None, "the same bytes as 1"),
        ("same-text", None, "the same text as 1"),
        ("new-version", None, "a new version of 1"),
        ("near-copy", "equal", "nearly the same text as 1 (similarity 0.75)"),
        ("near-copy", "contains", "the text of 1 and more (similarity 0.75)"),
        ("near-copy", "within", "a part of the text of 1 (similarity 0.75)"),
    ],
)
def test_the_verdict_names_the_capture_that_it_compares_with(made: Entry, kind: str, relation: str, line: str) -> None:
    verdict = Verdict(kind=kind, of="1", similarity=0.75, relation=relation)
    facts = dict(capture_facts(evolve(made, verdict=verdict), "en"))
    assert facts["Verdict"] == line


def test_the_kicker_is_above_the_title(made: Entry) -> None:
    shown = render(evolve(made, articles=(evolve(ARTICLE, kicker="全市动员"),)), "text", "zh")
    assert shown.startswith("全市动员\n关于<防汛>工作的通知\n各县区、各部门：\n")


def test_markdown_separates_paragraphs_and_links_attachments(made: Entry) -> None:
    lines = render(made, "md", "zh").split("\n")
    assert lines[0] == "# 关于<防汛>工作的通知"
    assert "- 文号：云政发〔2024〕3号" in lines
    assert "- [附件<1>](http://news.example/a.pdf)" in lines
    assert "第一段 & 其他。" in lines
    assert "第二段&lt;b&gt;不是标记&lt;/b&gt;。" in lines
    assert lines[lines.index("第一段 & 其他。") + 1] == ""


def test_html_shows_the_article_escaped(made: Entry) -> None:
    page = lxml.html.document_fromstring(render(made, "html", "zh"))
    assert page.get("lang") == "zh-Hans"
    assert page.findtext(".//h1") == ARTICLE.title
    assert [each.text for each in page.iterfind(".//article/p")] == ARTICLE.text.split("\n")
    assert page.find(".//b") is None
    assert page.find(".//img").get("src") == ARTICLE.images[0].url
    assert (page.find(".//li/a").get("href"), page.find(".//li/a").text) == ("http://news.example/a.pdf", "附件<1>")


def test_several_articles_of_a_page_are_separated(made: Entry) -> None:
    both = evolve(made, articles=(ARTICLE, evolve(ARTICLE, title="另一篇")))
    assert render(both, "md", "zh").count("\n\n---\n\n") == 2, "the second one is before what is known of the capture"
    assert [line for line in render(both, "text", "zh").split("\n") if line in (ARTICLE.title, "另一篇")] == [
        ARTICLE.title,
        "另一篇",
    ]
    assert len(lxml.html.document_fromstring(render(both, "html", "zh")).findall(".//article")) == 2


@pytest.mark.parametrize("form", ["text", "md", "html"])
def test_a_rejected_page_shows_the_reason(form: str) -> None:
    refused = entry(capture(), text=None)
    assert f"{refused.final_url}: no article (empty, status 200)" in render(refused, form, "en")
    assert f"{refused.final_url}：没有文章（无内容，状态码 200）" in render(refused, form, "zh")


def test_unknown_fields_are_left_out(made: Entry) -> None:
    bare = Article(title=None, text="正文", script="hant", text_hans="正文")
    assert article_facts(bare, "zh") == []
    shown = evolve(made, articles=(bare,))
    assert render(shown, "text", "zh").startswith("（无题）\n")
    assert 'lang="zh-Hant"' in render(shown, "html", "zh")


def test_a_date_has_no_time_and_a_time_has_no_seconds() -> None:
    assert minute(None) == ""
    assert minute(dt.datetime(2024, 3, 5, 9, 30, 59, tzinfo=CHINA)) == "2024-03-05 09:30"


@pytest.mark.parametrize("form", ["text", "md", "html"])
def test_missing_text_and_quality_are_shown(made: Entry, form: str) -> None:
    parts = Parts(intact=1, chinese=1, complete=0.5, length=0.9)
    quality = Quality(truncated=True, omitted_chars=725, masked_chars=3, score=0.45, parts=parts)
    cut = evolve(ARTICLE, quality=quality, outline=("一、抓早", "二、抓小"))
    shown = render(evolve(made, articles=(cut,)), form, "zh")
    for expected in (
        "不全、省略 725 字、遮盖 3 字",
        "0.45（完好 1，中文 1，完整 0.5，篇幅 0.9）",
        "一、抓早；二、抓小",
    ):
        assert expected in shown


TABLE = Table(
    rows=(("区", "人数|户数"), ("越秀", "12"), ("天河", "")),
    caption="发放<1>",
    headers=((0, 0), (0, 1)),
    start=4,
    end=30,
)
TABLE_TEXT = "第一段。\n发放<1>\n区\t人数|户数\n越秀\t12\n天河\n第二段。"


@pytest.fixture
def with_table(made: Entry) -> Entry:
    table = evolve(TABLE, start=TABLE_TEXT.index("发放"), end=TABLE_TEXT.index("\n第二段"))
    return evolve(made, articles=(evolve(ARTICLE, text=TABLE_TEXT, tables=(table,)),))


def test_a_table_is_a_table_in_markdown(with_table: Entry) -> None:
    table = ["发放<1>", "", "| 区 | 人数\\|户数 |", "| --- | --- |", "| 越秀 | 12 |", "| 天河 |  |"]
    shown = render(with_table, "md", "zh")
    assert "\n".join(["第一段。", "", *table, "", "第二段。"]) in shown
    without_header = evolve(with_table.articles[0].tables[0], headers=(), caption=None)
    shown = render(evolve(with_table, articles=(evolve(with_table.articles[0], tables=(without_header,)),)), "md", "zh")
    assert "第一段。\n\n|  |  |\n| --- | --- |\n| 区 | 人数\\|户数 |\n" in shown


def test_a_table_is_a_table_in_html_with_its_header_cells(with_table: Entry) -> None:
    page = lxml.html.document_fromstring(render(with_table, "html", "zh"))
    assert page.findtext(".//table/caption") == "发放<1>"
    assert [[cell.text or "" for cell in row] for row in page.iterfind(".//table//tr")] == [*map(list, TABLE.rows)]
    assert [cell.text for cell in page.iterfind(".//table//th")] == ["区", "人数|户数"]
    assert [each.text for each in page.iterfind(".//article/p")] == ["第一段。", "第二段。"]


def test_the_rows_of_a_table_are_lines_with_tabs_in_plain_text(with_table: Entry) -> None:
    assert TABLE_TEXT in render(with_table, "text", "zh")
