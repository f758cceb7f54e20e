"""Articles as rows of a table, one row an article: the capture, the article's columns, and where it came from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

from pipelines.model import Article, Entry, fields
from pipelines.model.fields import Cell, Column
from pipelines.printable import printable_cell
from pipelines.times import CHINA, rfc3339

NUMBER = "number"
"""The column that numbers the articles of a page, from 1."""

CAPTURE_COLUMNS: dict[str, tuple[type, Callable[[Entry], Cell]]] = {
    "id": (str, lambda entry: entry.id),
    NUMBER: (int, lambda _: None),
    "site": (str, lambda entry: entry.site),
    "region_code": (str, lambda entry: entry.region.code if entry.region else None),
    "region_name": (str, lambda entry: entry.region.name if entry.region else None),
    "url": (str, lambda entry: entry.url),
    "final_url": (str, lambda entry: entry.final_url),
    "status": (int, lambda entry: entry.status),
    "fetched_at": (dt.datetime, lambda entry: entry.fetched_at),
    "verdict": (str, lambda entry: entry.verdict.kind),
    "verdict_of": (str, lambda entry: entry.verdict.of),
    "similarity": (float, lambda entry: entry.verdict.similarity),
    "relation": (str, lambda entry: entry.verdict.relation),
}
"""The columns of the capture that stand before those of its article: type, and the cell of an entry."""

PROVENANCE_COLUMNS: dict[str, tuple[type, Callable[[Entry], Cell]]] = {
    "payload_digest": (str, lambda entry: entry.digests.payload),
    "text_digest": (str, lambda entry: entry.digests.text),
    "file": (str, lambda entry: entry.location.file if entry.location else None),
    "offset": (int, lambda entry: entry.location.offset if entry.location else None),
    "length": (int, lambda entry: entry.location.length if entry.location else None),
    "recipe": (str, lambda entry: entry.recipe),
    "fangzhi_version": (str, lambda entry: entry.version.fangzhi),
}
"""The columns of the capture that stand after those of its article; `file`, `offset` and `length` locate its record."""


def article_columns() -> list[Column]:
    """Return the columns of an article, in the order of the table of fields."""
    return [field.column for field in fields.FIELDS if field.column]


def columns() -> dict[str, type]:
    """Return the columns of a table by name, in their order, with the types of their cells."""
    before, after = ({name: kind for name, (kind, _) in part.items()} for part in (CAPTURE_COLUMNS, PROVENANCE_COLUMNS))
    return before | {column.name: column.type for column in article_columns()} | after


def rows(entry: Entry) -> Iterator[dict[str, Cell]]:
    """Yield a row for each article of an entry; a rejected page has none."""
    return (row(entry, number, article) for number, article in enumerate(entry.articles, 1))


def row(entry: Entry, number: int, article: Article) -> dict[str, Cell]:
    """Return the row of an article, the one with this number on its page, with every key of `columns()`."""
    before, after = (
        {name: cell(entry) for name, (_, cell) in part.items()} for part in (CAPTURE_COLUMNS, PROVENANCE_COLUMNS)
    )
    return before | {NUMBER: number} | {column.name: column.cell(article) for column in article_columns()} | after


LISTS: dict[str, dict[str, type]] = {
    "people": {"name": str, "role": str},
    "attachments": {"url": str, "title": str, "media_type": str, "size": int, "digest": str},
}
"""The columns of Parquet that hold lists, after all others, with the keys of their items and the types of values."""


def rows_with_lists(entry: Entry) -> Iterator[dict[str, Any]]:
    """Yield the rows of an entry with the columns of `LISTS`."""
    for number, article in enumerate(entry.articles, 1):
        found = {"people": article.authors, "attachments": article.attachments}
        lists = {
            name: [{key: getattr(item, key) for key in LISTS[name]} for item in items] for name, items in found.items()
        }
        yield {**row(entry, number, article), **lists}


def cell_text(value: Cell) -> str:
    """Return a cell as text: RFC 3339 in China's time for times, nothing for what is unknown.

    A text that a spreadsheet would take for a formula has an apostrophe before it.

    >>> cell_text(dt.datetime(2026, 3, 4, 5, 6, 7, tzinfo=dt.UTC)), cell_text(None)
    ('2026-03-04T13:06:07+08:00', '')
    """
    if isinstance(value, dt.datetime):
        return rfc3339(value.astimezone(CHINA))
    if isinstance(value, str):
        return printable_cell(value)
    return "" if value is None else str(value)
