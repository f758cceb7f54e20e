"""A new field of an article appears in all outputs, or a test here fails."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterator
from typing import Any

import attrs
import pytest
from attrs import evolve

from crawler.cli.diff_page import diff_page
from crawler.cli.render import render
from pipelines.export.formats import write_csv
from pipelines.model import About, Article, Attachment, Draft, Edition, Image, LeftOut, OfficialDocument, Person, fields
from pipelines.model.draft import Block
from pipelines.model.fields import FIELDS, Column, Field
from pipelines.model.serialize import article_document
from pipelines.parse.repair import repair
from tests.pipelines.made import capture, entry

NESTED = {"document": OfficialDocument, "edition": Edition}
"""Fields with nested keys; each nested key has a row in the table."""

FILLED: dict[str, Any] = {
    "title": "市政府召开会议",
    "subtitle": "部署全市防汛工作",
    "kicker": "安全度汛",
    "published_at": dt.datetime(2026, 3, 5, 9, 30, tzinfo=dt.UTC),
    "modified_at": dt.date(2026, 3, 6),
    "source": "云洲日报",
    "authors": (Person(name="何榕", role="reporter"),),
    "dateline": "本报讯",
    "column": ("首页", "要闻"),
    "document": OfficialDocument(index_number="1"),
    "images": (Image(url="http://a.cn/1.jpg"),),
    "attachments": (Attachment(url="http://a.cn/1.pdf", title="附件"),),
    "parts": ("http://a.cn/2.html",),
    "site_name": "云洲市人民政府",
    "keywords": ("防汛",),
    "description": "市政府部署防汛工作",
    "column_type": "工作动态",
    "column_keywords": ("政务",),
    "column_description": "本市政务要闻",
    "site_domain": "www.yunzhou.example",
    "site_code": "4407000001",
    "edition": Edition(paper="云洲日报"),
    "left_out": (LeftOut(rule="tool", text="打印", place="tail"),),
}
"""A value for each field of `About` that differs from its default."""


def keys_of_an_article() -> Iterator[str]:
    """Yield the keys of an article's JSON; nested keys follow a dot."""
    for field in attrs.fields(Article):
        if field.name in NESTED:
            yield from (f"{field.name}.{nested.name}" for nested in attrs.fields(NESTED[field.name]))
        elif field.name != "fingerprints":
            yield field.name


def test_every_field_of_an_article_has_a_row_in_the_table() -> None:
    listed = {field.key for field in FIELDS}
    assert set(keys_of_an_article()) <= listed
    tops = {key.partition(".")[0] for key in listed}
    assert tops == {field.name for field in attrs.fields(Article)} - {"fingerprints"}
    assert len(listed) == len(FIELDS)
    assert all(field.zh and field.en for field in FIELDS)


def test_repair_copies_every_field_of_the_draft_to_the_article() -> None:
    assert set(FILLED) == {field.name for field in attrs.fields(About)}, "give the new field a value in FILLED"
    article = repair(Draft(blocks=(Block(text="市政府今天召开会议，部署全市防汛工作。"),), **FILLED))
    assert {name: getattr(article, name) for name in FILLED} == FILLED


def test_drafts_and_articles_share_the_fields_of_about_and_their_repairs_and_evidence() -> None:
    draft, article, about = ({field.name for field in attrs.fields(kind)} for kind in (Draft, Article, About))
    assert draft & article - about == {"repairs", "evidence"}


def test_the_json_of_an_article_has_every_field_whatever_class_declares_it() -> None:
    article = entry(capture(0), text="云洲市召开会议。").articles[0]
    assert set(article_document(article)) == {field.name for field in attrs.fields(Article)} - {"fingerprints"}


def test_csv_show_and_the_diff_page_follow_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    changed = Field(
        key="source",
        zh="出处",
        en="Origin",
        column=Column(name="origin", type=str, cell=lambda article: f"<{article.source}>"),
        line=lambda article: f"<{article.source}>",
    )
    table = tuple(field for field in FIELDS if field.key != "source")
    monkeypatch.setattr(fields, "FIELDS", (*table, changed))
    before = entry(capture(0), text="云洲市召开会议。")
    after = evolve(before, articles=(evolve(before.articles[0], source="云洲日报"),))
    out = io.BytesIO()
    write_csv([after], out, marked=False)
    (row,) = csv.DictReader(io.StringIO(out.getvalue().decode()))
    assert row["origin"] == "<云洲日报>"
    assert "source" not in row
    assert "出处：<云洲日报>" in render(after, "text", "zh")
    assert "来源" not in render(after, "text", "zh")
    assert '<th scope="row">出处</th>' in diff_page(before, after, ("1", "2"), lang="zh", archive="")
