"""The texts with which a new text is compared: read from their entries, and kept for the next comparisons."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from pipelines.catalogue.queries import documents_by_ids
from pipelines.catalogue.rows import stored_text
from pipelines.model.serialize import texts_from_json
from pipelines.text.recent import RecentlyMade

MAX_KEPT_BYTES = 1_000_000
"""How many bytes the entries of which the texts are kept have in the catalogue together: some 800 pages of the demo
city. Their texts take another MB. A text that circulates is compared with the same few texts again and again."""


def texts_of(connection: sa.Connection, ids: Sequence[str]) -> dict[str, str]:
    """Return the simplified texts of all articles of some entries, by id."""
    return {key: _kept_text(document) for key, document in documents_by_ids(connection, ids)}


def _text(document: bytes | str) -> str:
    """Return the text of an entry as it is stored; those of earlier versions are not compressed."""
    return "\n".join(texts_from_json(stored_text(document)))


_kept_text = RecentlyMade(_text, MAX_KEPT_BYTES)
"""The same for entries that were read lately. The key is the whole entry: another process may have replaced it."""
