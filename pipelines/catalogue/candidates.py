"""The texts with which a new text is compared: read from their entries, and kept for the next comparisons."""

from __future__ import annotations

import functools
import json
from collections.abc import Sequence

import sqlalchemy as sa

from pipelines.catalogue.packing import unpack
from pipelines.catalogue.prepared import Prepared
from pipelines.model.serialize import texts_from_json

MAX_KEPT_TEXTS, MAX_KEPT_BYTES = 128, 8_000
"""How many texts are kept, and how many bytes the entry of each may have in the catalogue at most: some 10,000
characters. A text that circulates is compared with the same few texts again and again."""

_DOCUMENTS = {
    "sqlite": "SELECT id, document FROM entries WHERE id IN (SELECT value FROM json_each(:ids))",
    "postgresql": "SELECT id, document FROM entries WHERE id IN (SELECT json_array_elements_text(CAST(:ids AS JSON)))",
}
"""The entries with some ids, which are passed as one JSON list: so the statement is always the same."""

_PREPARED = {dialect: Prepared(sa.text(statement)) for dialect, statement in _DOCUMENTS.items()}


def texts_of(connection: sa.Connection, ids: Sequence[str]) -> dict[str, str]:
    """Return the simplified texts of all articles of some entries, by id."""
    if not ids:
        return {}
    rows = _PREPARED[connection.dialect.name].execute(connection, {"ids": json.dumps(ids)}).fetchall()
    return {key: _kept_text(document) if len(document) <= MAX_KEPT_BYTES else _text(document) for key, document in rows}


def _text(document: bytes | str) -> str:
    """Return the text of an entry as it is stored; those of earlier versions are not compressed."""
    return "\n".join(texts_from_json(document if isinstance(document, str) else unpack(document)))


_kept_text = functools.lru_cache(MAX_KEPT_TEXTS)(_text)
"""The same from a cache, whose key is the whole entry: another process may have replaced it."""
