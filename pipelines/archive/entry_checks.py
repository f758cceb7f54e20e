"""Comparison of a catalogue entry with its record."""

from __future__ import annotations

from pipelines.archive.headers import parse_warc_date
from pipelines.archive.record_index import IndexedRecord
from pipelines.archive.records import NOT_MODIFIED_PROFILE
from pipelines.model import Entry, Requisite


def contradiction(entry: Entry | Requisite, found: IndexedRecord) -> str:
    """Return the differences between an entry and its record; a 304 record has the payload digest of its original."""
    payload = entry.payload if isinstance(entry, Requisite) else entry.digests.payload
    values = {
        "address": (entry.final_url, found.fields.url),
        "time": (entry.fetched_at, parse_warc_date(found.fields.date)),
        "payload digest": (payload, found.fields.payload),
    }
    if found.fields.profile == NOT_MODIFIED_PROFILE:
        del values["payload digest"]
    return "; ".join(
        f"its {name} is {one}, that of its record {other}" for name, (one, other) in values.items() if one != other
    )
