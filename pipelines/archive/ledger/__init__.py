"""The ledger: a hash-chained, append-only list of every object that was put into an archive or removed from it.

Each entry is an object of its own, `ledger/000000/0000000017.json`, and names the SHA-256 of the entry before it. An
entry is created under the next free number and never overwritten: a folder creates a file, and S3 an object, only if
there is none of this name. So any number of processes and machines can append to one chain without a lock; whoever
finds a number taken tries the next one. Each entry has a manifest, like every object of the archive.
"""

from pipelines.archive.ledger.append import append, begin
from pipelines.archive.ledger.entries import (
    LEDGER_FOLDER,
    LedgerEntry,
    RecordedObject,
    entry_digest,
    entry_key,
)
from pipelines.archive.ledger.read import Ledger, read_ledger
from pipelines.archive.ledger.recorded import ObjectDigests, recorded_content, recorded_file, recorded_object

__all__ = [
    "LEDGER_FOLDER",
    "Ledger",
    "LedgerEntry",
    "ObjectDigests",
    "RecordedObject",
    "append",
    "begin",
    "entry_digest",
    "entry_key",
    "read_ledger",
    "recorded_content",
    "recorded_file",
    "recorded_object",
]
