"""Leaves out parts of the catalogue's work in each process that imports it, for comparisons.

The environment variable LEFT_OUT names the table that stays empty: `anchors`, by which near copies are found,
`article_index`, the full-text index (with that of single characters), or `articles` with this index and the sums. The
process of the line is forked from a server that imports what `leave_out` adds to its modules.
"""

from __future__ import annotations

import os

from pipelines.catalogue import catalogue, character_index, sums, text_index
from pipelines.catalogue.catalogue import Catalogue


def leave_out(table: str) -> None:
    """Leave a table empty in the processes that are started from now on; before the first one."""
    from pipelines.line import process

    os.environ["LEFT_OUT"] = table
    process.STAGES = (*process.STAGES, __name__)  # type: ignore[attr-defined]


class _Nothing:
    """A statement that is not executed."""

    def execute(self, *_: object) -> None:
        """Do nothing."""


match os.environ.get("LEFT_OUT"):
    case "anchors":
        Catalogue.near_candidates = lambda *_: []  # type: ignore[method-assign]
        catalogue.indexed_fingerprints = lambda _: frozenset()
    case "article_index":
        text_index.canonical_forms = lambda _: {}  # type: ignore[assignment]
        text_index._INSERT_FTS = character_index._INSERT = _Nothing()  # type: ignore[assignment]
        text_index._tokens = character_index._tokens = lambda _: {}  # type: ignore[assignment]
    case "articles":
        sums.change = lambda *_: None
        text_index.put = lambda *_: None
