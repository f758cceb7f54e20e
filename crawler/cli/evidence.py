"""`fangzhi show --evidence`: where on the page each field of an article was found."""

from __future__ import annotations

import datetime as dt

from crawler.cli.columns import padded, shortened, width
from crawler.config.language import in_language
from pipelines.model import Article, Attachment, Document, Edition, Person
from pipelines.model.fields import label_of
from pipelines.model.readable import minute, newspaper_page

MAX_VALUE_CHARS = 40
"""Characters shown of a field's value: enough to recognise it."""


def evidence_lines(article: Article, lang: str, columns: int | None = None) -> list[str]:
    """Return a line for each field of an article: its label, where on the page it was found, and its beginning.

    `columns` is the width of a terminal.

    >>> from pipelines.model import Evidence
    >>> evidence = Evidence(field="title", origin="h1")
    >>> evidence_lines(Article(title="春耕", text="春", script="hans", text_hans="春", evidence=(evidence,)), "en")
    ['Title  h1                      春耕']
    """
    labels = [label_of(each.field, lang) for each in article.evidence]
    label_columns = max(map(width, labels), default=0)
    lines = (
        f"{padded(label, label_columns)}  {each.origin:<23} {_beginning(getattr(article, each.field), lang)}".rstrip()
        for label, each in zip(labels, article.evidence, strict=True)
    )
    return [shortened(line, columns) for line in lines]


def _beginning(value: object, lang: str) -> str:
    """Return the first characters of a field's value, formatted for people."""
    if isinstance(value, Document):
        shown = "、".join(filter(None, (value.index_number, value.document_number)))
    elif isinstance(value, Edition):
        shown = in_language(newspaper_page(value), lang)
    elif isinstance(value, tuple):
        shown = "、".join(_name(part) for part in value)
    else:
        shown = minute(value) if isinstance(value, dt.date) else str(value or "")
    return shown.replace("\n", " ")[:MAX_VALUE_CHARS]


def _name(part: object) -> str:
    if isinstance(part, Person):
        return part.name
    return part.title if isinstance(part, Attachment) else str(part)
