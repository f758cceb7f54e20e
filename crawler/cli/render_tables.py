"""The text of an article in Markdown and HTML, with its data tables as tables."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from crawler.cli.markdown import markdown_escaped
from pipelines.model import Article, Table

TABLE_STYLE = "<style>table{border-collapse:collapse}td,th{border:1px solid;padding:.2em .5em}</style>"
"""Draws the lines of tables in HTML: without them, cells of several lines run together."""


def markdown_paragraphs(article: Article) -> Iterator[str]:
    """Yield the paragraphs and tables of a text; a table is one of GitHub Flavored Markdown."""
    for part in text_parts(article):
        yield from (_markdown(part),) if isinstance(part, Table) else map(markdown_escaped, part.split("\n"))


def html_paragraphs(article: Article) -> Iterator[str]:
    """Yield the paragraphs and tables of a text as HTML elements."""
    for part in text_parts(article):
        yield from (
            (_html(part),) if isinstance(part, Table) else (f"<p>{escape(line)}</p>" for line in part.split("\n"))
        )


def text_parts(article: Article) -> Iterator[str | Table]:
    """Yield the text without its tables and the tables, in order."""
    start = 0
    for table in article.tables:
        before = article.text[start : table.start].strip("\n")
        if before:
            yield before
        yield table
        start = table.end
    after = article.text[start:].strip("\n") if start else article.text
    if after or not article.tables:
        yield after


def _markdown(table: Table) -> str:
    """Return a table in Markdown; it needs a header, which is empty unless the first row has header cells alone."""
    width = max(map(len, table.rows))
    has_header = {column for row, column in table.headers if row == 0} == set(range(len(table.rows[0])))
    rows = table.rows if has_header else ((), *table.rows)
    lines = [_markdown_row(row, width) for row in rows]
    caption = [markdown_escaped(table.caption), ""] if table.caption else []
    return "\n".join([*caption, lines[0], f"|{' --- |' * width}", *lines[1:]])


def _markdown_row(row: tuple[str, ...], width: int) -> str:
    cells = (markdown_escaped(cell).replace("\n", "<br>") for cell in row)
    return f"| {' | '.join([*cells, *[''] * (width - len(row))])} |"


def _html(table: Table) -> str:
    headers = frozenset(table.headers)
    caption = f"<caption>{_html_text(table.caption)}</caption>\n" if table.caption else ""
    rows = (
        "".join(_html_cell(cell, (number, column) in headers) for column, cell in enumerate(row))
        for number, row in enumerate(table.rows)
    )
    return f"<table>\n{caption}" + "\n".join(f"<tr>{row}</tr>" for row in rows) + "\n</table>"


def _html_cell(text: str, is_header: bool) -> str:
    tag = "th" if is_header else "td"
    return f"<{tag}>{_html_text(text)}</{tag}>"


def _html_text(text: str) -> str:
    return escape(text).replace("\n", "<br>")
