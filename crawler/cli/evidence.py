"""`fangzhi show --evidence`: where on the page each field of an article was found; what its text lacks."""

from __future__ import annotations

import datetime as dt

from attrs import fields

from pipelines.model import Article, Attachment, Document, Edition, Person
from pipelines.model.fields import minute, newspaper_page

MAX_VALUE_CHARS = 40
"""Characters shown of a field's value: Chinese characters take two columns, so these fit a line of 80 columns."""

FIELD_COLUMNS = 2 + max(len(field.name) for field in fields(Article))
"""Width of the first column: the longest name of a field, and two spaces."""


def evidence_lines(article: Article) -> list[str]:
    """Return a line for each field of an article: its name, where on the page it was found, and its beginning.

    After these, each line that was left out of the text has a line: the rule, the place, and its beginning.

    >>> from pipelines.model import Evidence
    >>> evidence = Evidence(field="title", origin="h1")
    >>> evidence_lines(Article(title="春耕", text="春", script="hans", text_hans="春", evidence=(evidence,)))
    ['title         h1                      春耕']
    """
    read = [(each.field, each.origin, _beginning(getattr(article, each.field))) for each in article.evidence]
    left_out = [("left_out", f"{each.rule}, {each.place}", _beginning(each.text)) for each in article.left_out]
    return [f"{name:<{FIELD_COLUMNS}}{origin:<23} {text}".rstrip() for name, origin, text in (*read, *left_out)]


def _beginning(value: object) -> str:
    """Return the first characters of a field's value, formatted for people."""
    if isinstance(value, Document):
        shown = "、".join(filter(None, (value.index_number, value.document_number)))
    elif isinstance(value, Edition):
        shown = newspaper_page(value)
    elif isinstance(value, tuple):
        shown = "、".join(_name(part) for part in value)
    else:
        shown = minute(value) if isinstance(value, dt.date) else str(value or "")
    return shown.replace("\n", " ")[:MAX_VALUE_CHARS]


def _name(part: object) -> str:
    if isinstance(part, Person):
        return part.name
    return part.title if isinstance(part, Attachment) else str(part)
