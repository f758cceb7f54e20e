"""Entries as rows of the tables, and rows as references to captures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipelines.catalogue.facts import facts_of
from pipelines.catalogue.packing import unpack
from pipelines.catalogue.tables import PAYLOAD, TEXT, digest_bytes, id_mark
from pipelines.dedupe.winnowing import fingerprints_of
from pipelines.model import Digests, Entry, Reference
from pipelines.model.serialize import entry_json
from pipelines.times import from_us, to_us

EXACT_COPIES = ("same-bytes", "same-text")
"""The verdicts on a capture whose text is, word for word, that of an earlier one."""


def entry_row(entry: Entry) -> dict[str, Any]:
    """Return an entry as a row of the table `entries`."""
    first = entry.articles[0] if entry.articles else None
    return {
        "id": entry.id,
        "site": entry.site,
        "region": entry.region.code if entry.region else None,
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
        "flags": _flags(entry),
        "facts": facts_of(entry).text,
        "document": entry_json(entry),
    }


def _flags(entry: Entry) -> str | None:
    """Return the quality flags of all articles, each between two commas, or None if there is none."""
    flags = dict.fromkeys(flag for article in entry.articles for flag in article.quality.flags)
    return f",{','.join(flags)}," if flags else None


def digest_rows(row: Mapping[Any, Any], digests: Digests) -> list[dict[str, Any]]:
    """Return the rows of the table `digests` for a row of `entries`: its bytes, its text, and each article's text."""
    texts = dict.fromkeys([row["text"], *map(digest_bytes, digests.articles)])
    found = ((PAYLOAD, row["payload"]), *((TEXT, text) for text in texts))
    capture = {"fetched_us": row["fetched_us"], "id": row["id"]}
    return [{"kind": kind, "digest": digest} | capture for kind, digest in found if digest]


def indexed_fingerprints(entry: Entry) -> frozenset[int]:
    """Return the winnowing fingerprints by which an entry can be found: none for an exact copy of an earlier text."""
    return frozenset() if entry.verdict.kind in EXACT_COPIES else frozenset(fingerprints_of(entry.articles))


def moment_of(capture: Reference | Entry) -> tuple[int, int]:
    """Return when a capture was made, in microseconds, and the mark in its id."""
    return to_us(capture.fetched_at), id_mark(capture.id)


def moment_values(capture: Reference | Entry) -> dict[str, Any]:
    """Return the parameters `us` and `id` for a capture's moment: captures are ordered by this pair."""
    return {"id": capture.id, "us": to_us(capture.fetched_at)}


def stored_text(document: bytes | str) -> str:
    """Return the JSON of an entry from what a prepared statement gives; that of earlier versions is not compressed."""
    return document if isinstance(document, str) else unpack(document)


def reference_from_row(row: Any) -> Reference:
    """Return the capture of a row that has the columns `id`, `final_url` and `fetched_us`."""
    return Reference(id=row.id, url=row.final_url, fetched_at=from_us(row.fetched_us))
