"""Where each field of an article was read, for reading."""

from __future__ import annotations

import datetime as dt

from pipelines.model import Article, Attachment, Document, Edition, Person
from pipelines.model.fields import minute, newspaper_page

SHOWN = 40
"""Characters of a field's value beside its evidence: they fit a line of 80 columns twice as wide as Latin ones."""


def proofs(article: Article) -> list[str]:
    """Return a line for each field of an article: its name, where on the page it was read, and how it begins.

    >>> from pipelines.model import Evidence
    >>> proof = Evidence(field="title", origin="h1")
    >>> proofs(Article(title="春耕", text="春", script="hans", text_hans="春", evidence=(proof,)))
    ['title         h1                      春耕']
    """
    return [
        f"{proof.field:<14}{proof.origin:<23} {_begins(getattr(article, proof.field))}".rstrip()
        for proof in article.evidence
    ]


def _begins(value: object) -> str:
    """Return the first characters of a field's value, as people write it."""
    if isinstance(value, Document):
        shown = "、".join(filter(None, (value.index_number, value.document_number)))
    elif isinstance(value, Edition):
        shown = newspaper_page(value)
    elif isinstance(value, tuple):
        shown = "、".join(_name(part) for part in value)
    else:
        shown = minute(value) if isinstance(value, dt.date) else str(value or "")
    return shown.replace("\n", " ")[:SHOWN]


def _name(part: object) -> str:
    if isinstance(part, Person):
        return part.name
    return part.title if isinstance(part, Attachment) else str(part)
