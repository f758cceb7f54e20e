"""What the tables hold of an entry, and what is told of a row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipelines.catalogue.tables import PAYLOAD, TEXT, digest_bytes
from pipelines.dedupe.winnowing import fingerprints_of
from pipelines.model import Digests, Entry, Reference
from pipelines.model.serialize import entry_json
from pipelines.times import from_us, to_us

EXACT = ("same-bytes", "same-text")
"""Verdicts on what says word for word what was there before."""


def row_of(entry: Entry) -> dict[str, Any]:
    """Return an entry as a row of the entries' table."""
    first = entry.articles[0] if entry.articles else None
    return {
        "id": entry.id,
        "site": entry.site,
        "url": entry.url,
        "final_url": entry.final_url,
        "fetched_us": to_us(entry.fetched_at),
        "outcome": entry.outcome,
        "reason": entry.reason,
        "verdict": entry.verdict.kind,
        "relation": entry.verdict.relation,
        "copy_of": None if entry.verdict.kind == "new-version" else entry.verdict.of,
        "payload": digest_bytes(entry.digests.payload),
        "text": digest_bytes(entry.digests.text) if entry.digests.text else None,
        "own": entry.location is not None and entry.location.own and entry.rendered is None,
        "title": first.title if first else None,
        "published_on": first.published_on if first else None,
        "score": entry.score,
        "document": entry_json(entry),
    }


def digests_of(row: Mapping[Any, Any], digests: Digests) -> list[dict[str, Any]]:
    """Return an entry's row as rows of the digests' table: of several articles each has its text's."""
    texts = dict.fromkeys([row["text"], *map(digest_bytes, digests.articles)])
    found = ((PAYLOAD, row["payload"]), *((TEXT, text) for text in texts))
    at = {"fetched_us": row["fetched_us"], "id": row["id"]}
    return [{"kind": kind, "digest": digest} | at for kind, digest in found if digest]


def anchors_under(entry: Entry) -> frozenset[int]:
    """Return the anchors under which an entry is found: none where its text was there before."""
    return frozenset() if entry.verdict.kind in EXACT else frozenset(fingerprints_of(entry.articles))


def moment_of(made: Reference | Entry) -> dict[str, Any]:
    """Return when a capture was made, as statements are given it: `us` and `id`, by which captures are ordered."""
    return {"id": made.id, "us": to_us(made.fetched_at)}


def reference_of(row: Any) -> Reference:
    """Return the capture of a row with `queries.REFERENCE`'s columns."""
    return Reference(id=row.id, url=row.final_url, fetched_at=from_us(row.fetched_us))
