"""Entries as JSON lines, CSV and Parquet."""

from __future__ import annotations

import csv
import io
import json

import pytest
from attrs import evolve

from pipelines.export import write_csv, write_jsonl, write_parquet
from pipelines.export.rows import LISTS, columns
from pipelines.model import Article, Attachment, Entry, Person
from pipelines.model.serialize import entry_document
from tests.pipelines.made import capture, entry

TEXT = '第一段，有“引号”和"直引号"。\n第二段，a,b;c。'


def page() -> Entry:
    """Return an entry of a page with two articles."""
    one = entry(capture(1), text=TEXT)
    people = (Person(name="何明珠", role="editor"), Person(name="吴敏", role="reporter"))
    return evolve(one, articles=(evolve(one.articles[0], authors=people, column=("新闻", "要闻")), other()))


def other() -> Article:
    return evolve(entry(capture(2)).articles[0], title=None)


def test_jsonl_is_the_output_of_list() -> None:
    entries = [page(), entry(capture(3), text=None)]
    file = io.BytesIO()
    assert write_jsonl(entries, file) == 2
    assert [json.loads(line) for line in file.getvalue().splitlines()] == [entry_document(each) for each in entries]


@pytest.mark.parametrize("marked", [True, False])
def test_csv_has_a_row_for_each_article_and_none_for_rejected_pages(marked: bool) -> None:
    file = io.BytesIO()
    assert write_csv([page(), entry(capture(3), text=None)], file, marked=marked) == 2
    assert file.getvalue().startswith(b"\xef\xbb\xbf") == marked
    text = file.getvalue().decode("utf-8-sig" if marked else "utf-8")
    assert text.count("\r\n") == 3
    first, second = csv.DictReader(io.StringIO(text, newline=""))
    assert list(first) == list(columns())
    assert (first["text"], first["number"], first["title"]) == (TEXT, "1", "标题")
    assert (first["authors"], first["column"]) == ("何明珠 (editor); 吴敏 (reporter)", "新闻 > 要闻")
    assert (first["fetched_at"], first["published_on"]) == ("2024-03-05T09:30:01.123456+08:00", "2024-03-05")
    assert (second["number"], second["title"], second["id"]) == ("2", "", first["id"])


def test_parquet_has_the_same_rows_typed() -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason="pyarrow is not installed: pip install 'fangzhi[parquet]'")
    file = io.BytesIO()
    assert write_parquet([page(), entry(capture(3), text=None)], file) == 2
    first, second = parquet.read_table(file).to_pylist()
    assert list(first) == [*columns(), *LISTS]
    assert (first["text"], first["number"], first["fetched_at"]) == (TEXT, 1, page().fetched_at)
    assert (second["title"], second["number"], second["similarity"]) == (None, 2, None)


def test_parquet_has_people_and_attachments_as_lists() -> None:
    import pyarrow.parquet as pq

    attachments = (Attachment(url="http://a.cn/1.pdf", title="附件1", size=9),)
    made = evolve(page(), articles=(evolve(page().articles[0], attachments=attachments), other()))
    file = io.BytesIO()
    write_parquet([made], file)
    table = pq.read_table(file)
    assert table.column_names == [*columns(), "people", "attachments"]
    people = [{"name": "何明珠", "role": "editor"}, {"name": "吴敏", "role": "reporter"}]
    assert table["people"].to_pylist() == [people, []]
    first = {"url": "http://a.cn/1.pdf", "title": "附件1", "media_type": None, "size": 9, "digest": None}
    assert table["attachments"].to_pylist() == [[first], []]
