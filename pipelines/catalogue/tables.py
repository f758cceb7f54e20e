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
    Integer,
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
    Column("region", String(12)),
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
    Column("flags", Text),
    Column("document", Text, nullable=False),
)
"""One row for each capture: the columns that queries need, and the whole entry as JSON in `document`.

`copy_of` is the id of the capture that a copy repeats, `relation` how the text of a near copy relates to it. `score` is
the lowest quality score of the articles. `own` is whether fangzhi wrote the capture's record into the archive of this
catalogue as a response or revisit. It is false for records that were imported or that stay in files outside the
archive, and for renderings, whose records no revisit can refer to.
"""

Index("entries_history", ENTRIES.c.final_url, ENTRIES.c.fetched_us)
Index(
    "entries_counts",
    *(ENTRIES.c[name] for name in ("site", "outcome", "reason", "verdict", "published_on", "fetched_us")),
)
"""The columns by which captures are counted. Without it each count reads all documents: 8 GB for a million captures."""

Index("entries_region", ENTRIES.c.region, ENTRIES.c.fetched_us)
Index("entries_published", ENTRIES.c.published_on, ENTRIES.c.fetched_us)

COPIES = DDL("CREATE INDEX entries_copies ON entries (copy_of) WHERE copy_of IS NOT NULL")  # type: ignore[no-untyped-call]
"""A partial index, because most captures are not copies. An `Index` object would load the dialect of each database that
it names."""

FLAGS = DDL("CREATE INDEX entries_flags ON entries (flags) WHERE flags IS NOT NULL")  # type: ignore[no-untyped-call]
"""A partial index for the same reason: most texts have no flag. It is read as a whole to find one flag."""

event.listen(ENTRIES, "after_create", COPIES)
event.listen(ENTRIES, "after_create", FLAGS)

DIGESTS = Table(
    "digests",
    METADATA,
    Column("kind", SmallInteger, primary_key=True, autoincrement=False),
    Column("digest", LargeBinary(32), primary_key=True),
    Column("fetched_us", BigInteger, primary_key=True, autoincrement=False),
    Column("id", String(32), primary_key=True),
    sqlite_with_rowid=False,
)
"""The captures with these bytes (kind 0) or this text (kind 1), earliest first: the key is the whole row."""

PAYLOAD, TEXT = 0, 1

ARTICLES = Table(
    "articles",
    METADATA,
    Column("key", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("id", String(32), nullable=False, index=True),
    Column("ordinal", SmallInteger, nullable=False),
    Column("checksum", BigInteger, nullable=False),
    Column("site", String(64)),
    Column("region", String(12)),
    Column("fetched_us", BigInteger, nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("verdict", String(16), nullable=False),
    Column("relation", String(8)),
    Column("copy_of", String(32)),
    Column("published_on", Date),
    Column("score", Float),
    Column("flags", Text),
    sqlite_autoincrement=True,
)
"""One row for each article that can be searched: the capture, the ordinal of the article in it from 0, and columns of
the capture by which results are filtered and sorted, so that a search does not read its document.

`checksum` is that of the forms in the full-text index. Keys are never used again: in SQLite a row of the full-text
index can outlive its article (see `text_index`).
"""

INDEXED = (
    "id",
    "site",
    "region",
    "fetched_us",
    "outcome",
    "verdict",
    "relation",
    "copy_of",
    "published_on",
    "score",
    "flags",
)
"""The columns that `entries` and `articles` have in common."""

SCHEMA = Table("catalogue_schema", METADATA, Column("version", Integer, primary_key=True, autoincrement=False))
"""One row with the version of the tables; a catalogue without this table is older than version 2."""

FINGERPRINTS = Table(
    "anchors",
    METADATA,
    Column("anchor", BigInteger, primary_key=True, autoincrement=False),
    Column("fetched_us", BigInteger, primary_key=True, autoincrement=False),
    Column("mark", BigInteger, primary_key=True, autoincrement=False),
    Column("size", SmallInteger, nullable=False),
    sqlite_with_rowid=False,
)
"""The captures with a winnowing fingerprint (`anchor`), earliest first; exact copies of earlier texts are left out.

`mark` is the number after the second in a capture's id, `size` the number of the capture's fingerprints.
"""


REQUISITES = Table(
    "requisites",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("site", String(64), index=True),
    Column("url", Text, nullable=False),
    Column("asked", Text),
    Column("fetched_us", BigInteger, nullable=False),
    Column("status", Integer, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("payload", LargeBinary(32), nullable=False, index=True),
    Column("own", Boolean, nullable=False),
    Column("file", Text),
    Column("start", BigInteger),
    Column("length", BigInteger),
)
"""One compact row for each capture of a requisite: a style sheet, a picture, a script of a captured page.

`url` is the URL that answered, `asked` the one that was requested if redirects led from it to `url`. `own` is as in
`entries`. `file`, `start` and `length` are the place of the record.
"""

Index("requisites_history", REQUISITES.c.url, REQUISITES.c.fetched_us)

ASKED = DDL("CREATE INDEX requisites_asked ON requisites (asked) WHERE asked IS NOT NULL")  # type: ignore[no-untyped-call]
"""A partial index, because few requisites redirect."""

event.listen(REQUISITES, "after_create", ASKED)


def digest_bytes(digest: str) -> bytes:
    """Return the 32 bytes of a digest `sha256:HEX`.

    >>> digest_bytes("sha256:" + "ff" * 32) == bytes([255]) * 32
    True
    """
    return bytes.fromhex(digest.removeprefix("sha256:"))


def id_mark(capture_id: str) -> int:
    """Return the mark of a capture: the number after the second in its id.

    >>> id_mark("20240305013000-0000000000ff")
    255
    """
    return int(capture_id.rpartition("-")[2], 16)


def id_of(us: int, mark: int) -> str:
    """Return the id of the capture that was made at a time, in microseconds, and has this mark.

    >>> id_of(1_709_602_200_123_456, 255)
    '20240305013000-0000000000ff'
    """
    return f"{from_us(us):%Y%m%d%H%M%S}-{mark:012x}"
