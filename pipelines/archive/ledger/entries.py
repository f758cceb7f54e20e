"""Entries of the ledger and their JSON."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any, Literal, get_args

from attrs import asdict, field, frozen

LEDGER_FOLDER = "ledger/"
FORMAT = "fangzhi-ledger/1"

ENTRIES_PER_FOLDER = 10_000
"""Entries in one folder: file managers and backup programs become slow with much larger ones."""

Act = Literal["begin", "put", "import", "index", "digests", "forget", "lost"]
"""`begin`: what was there before the ledger; `index`: a derived index was replaced; `digests`: all
digests of objects that had only a manifest before; `forget`: a person removed objects;
`lost`: a rebuild found captures in the catalogue, or objects in the ledger, that the archive no longer has."""

ACTS: tuple[Act, ...] = get_args(Act)

_KEY = re.compile(rf"{LEDGER_FOLDER}[0-9]{{6}}/(?P<number>[0-9]{{10}})\.json")


@frozen(kw_only=True)
class RecordedObject:
    """An object of the archive: its key, its size in bytes, and its digests in hexadecimal digits.

    `sm3` and `md5` are None for objects that were there before the ledger: to begin it, nothing is read but manifests.
    """

    key: str
    size: int
    sha256: str
    sm3: str | None = None
    md5: str | None = None


@frozen(kw_only=True)
class LedgerEntry:
    """An entry; `previous` is the digest of the entry before it, None in the first.

    `captures` are the ids of captures that were removed or are lost, `objects` what was put, removed or lost. `source`
    is where an import came from, `reason` what the person who ordered a removal gave.
    """

    number: int
    previous: str | None
    at: str
    host: str
    software: str
    act: Act
    objects: tuple[RecordedObject, ...] = ()
    captures: tuple[str, ...] = ()
    reason: str | None = None
    source: str | None = None
    format: str = field(default=FORMAT)


def entry_key(number: int) -> str:
    """Return the key of an entry; the order of the keys is that of the numbers.

    >>> entry_key(12_345)
    'ledger/000001/0000012345.json'
    """
    return f"{LEDGER_FOLDER}{number // ENTRIES_PER_FOLDER:06d}/{number:010d}.json"


def entry_number(key: str) -> int | None:
    """Return the number of the entry with a key, or None if the key is not that of an entry.

    >>> entry_number("ledger/000001/0000012345.json"), entry_number("ledger/seals/x.json")
    (12345, None)
    """
    match = _KEY.fullmatch(key)
    return int(match["number"]) if match and entry_key(int(match["number"])) == key else None


def entry_content(entry: LedgerEntry) -> bytes:
    """Return the JSON of an entry: one line, keys sorted, no spaces, UTF-8. Equal entries have equal bytes."""
    return canonical_json(asdict(entry))


def canonical_json(document: dict[str, Any]) -> bytes:
    """Return JSON whose bytes depend on the values only."""
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return f"{text}\n".encode()


def entry_digest(content: bytes) -> str:
    """Return the digest of an entry's bytes, which the next entry names as `previous`."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def parse_entry(content: bytes) -> LedgerEntry | None:
    """Return the entry with this JSON, or None if fangzhi did not write these bytes.

    >>> entry = LedgerEntry(number=1, previous=None, at="2026-01-01T00:00:00Z", host="a", software="b", act="put")
    >>> parse_entry(entry_content(entry)) == entry, parse_entry(entry_content(entry)[:-9])
    (True, None)
    """
    try:
        values = json.loads(content)
        objects = tuple(RecordedObject(**each) for each in values.pop("objects"))
        entry = LedgerEntry(**values | {"objects": objects, "captures": tuple(values["captures"])})
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    is_valid = entry.act in ACTS and entry.format == FORMAT
    return entry if is_valid and entry_content(entry) == content else None
