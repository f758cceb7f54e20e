"""The catalogue's tables, for SQLite and PostgreSQL alike."""

from __future__ import annotations

from sqlalchemy import (
    DDL,
    BigInteger,
    Boolean,
    Column,
    Date,
    Float,
    Index,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    event,
)

from pipelines.times import from_us

METADATA = MetaData()

ENTRIES = Table(
    "entries",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("site", String(64)),
    Column("url", Text, nullable=False, index=True),
    Column("final_url", Text, nullable=False),
    Column("fetched_us", BigInteger, nullable=False, index=True),
    Column("outcome", String(16), nullable=False),
    Column("reason", String(32)),
    Column("verdict", String(16), nullable=False),
    Column("relation", String(8)),
    Column("copy_of", String(32)),
    Column("payload", LargeBinary(32), nullable=False),
    Column("text", LargeBinary(32)),
    Column("own", Boolean, nullable=False),
    Column("title", Text),
    Column("published_on", Date),
    Column("score", Float, index=True),
    Column("document", Text, nullable=False),
)
"""One row a capture: what is asked for by column, and the whole entry as JSON in `document`.

`relation`: of a near copy, how it stands to what it is near to; `copy_of`: of any copy, what that is. `score`: that of
the worst of its articles. `own`: we wrote its record into the archive of this catalogue; it was not imported, nor read
where it lies, and is a response or revisit: no rendering, whose record no revisit can name.
"""

Index("entries_history", ENTRIES.c.final_url, ENTRIES.c.fetched_us)
Index(
    "entries_counts",
    *(ENTRIES.c[name] for name in ("site", "outcome", "reason", "verdict", "published_on", "fetched_us")),
)
"""What sites are counted by: without it each count reads all documents, 8 GB for a million."""

COPIES = DDL("CREATE INDEX entries_copies ON entries (copy_of) WHERE copy_of IS NOT NULL")  # type: ignore[no-untyped-call]
"""The few rows of copies: most are none. As an `Index` it would load the dialect of each database that it names."""

event.listen(ENTRIES, "after_create", COPIES)

DIGESTS = Table(
    "digests",
    METADATA,
    Column("kind", SmallInteger, primary_key=True, autoincrement=False),
    Column("digest", LargeBinary(32), primary_key=True),
    Column("fetched_us", BigInteger, primary_key=True, autoincrement=False),
    Column("id", String(32), primary_key=True),
    sqlite_with_rowid=False,
)
"""Who had these bytes (kind 0) or this text (kind 1), the earliest capture first: the key is the whole row."""

PAYLOAD, TEXT = 0, 1

ANCHORS = Table(
    "anchors",
    METADATA,
    Column("anchor", BigInteger, primary_key=True, autoincrement=False),
    Column("fetched_us", BigInteger, primary_key=True, autoincrement=False),
    Column("mark", BigInteger, primary_key=True, autoincrement=False),
    Column("size", SmallInteger, nullable=False),
    sqlite_with_rowid=False,
)
"""Who has a passage that this anchor stands for, the earliest capture first; only those whose text was new then.

`mark` is the number behind a capture's second in its id, `size` how many anchors it has.
"""


def digest_bytes(digest: str) -> bytes:
    """Return the 32 bytes behind `sha256:HEX`.

    >>> digest_bytes("sha256:" + "ff" * 32) == bytes([255]) * 32
    True
    """
    return bytes.fromhex(digest.removeprefix("sha256:"))


def mark(of: str) -> int:
    """Return the number behind the second in a capture's id.

    >>> mark("20240305013000-0000000000ff")
    255
    """
    return int(of.rpartition("-")[2], 16)


def id_of(us: int, marked: int) -> str:
    """Return the id of the capture that was made then and has this mark.

    >>> id_of(1_709_602_200_123_456, 255)
    '20240305013000-0000000000ff'
    """
    return f"{from_us(us):%Y%m%d%H%M%S}-{marked:012x}"
