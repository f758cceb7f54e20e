"""The texts with which a new text is compared: read from their entries, and kept for the next comparisons."""

from __future__ import annotations

import functools
from collections.abc import Sequence

import sqlalchemy as sa

from pipelines.catalogue.queries import documents_by_ids
from pipelines.catalogue.rows import stored_text
from pipelines.model.serialize import texts_from_json

MAX_KEPT_TEXTS, MAX_KEPT_BYTES = 128, 8_000
"""How many texts are kept, and how many bytes the entry of each may have in the catalogue at most: some 10,000
characters. A text that circulates is compared with the same few texts again and again."""


def texts_of(connection: sa.Connection, ids: Sequence[str]) -> dict[str, str]:
    """Return the simplified texts of all articles of some entries, by id."""
    return {
        key: _kept_text(document) if len(document) <= MAX_KEPT_BYTES else _text(document)
        for key, document in documents_by_ids(connection, ids)
    }


def _text(document: bytes | str) -> str:
    """Return the text of an entry as it is stored; those of earlier versions are not compressed."""
    return "\n".join(texts_from_json(stored_text(document)))


_kept_text = functools.lru_cache(MAX_KEPT_TEXTS)(_text)
"""The same from a cache, whose key is the whole entry: another process may have replaced it."""
