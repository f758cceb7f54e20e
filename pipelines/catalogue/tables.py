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

from pipelines.catalogue.packing import Packed
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
    Column("facts", Text),
    Column("document", Packed, nullable=False),
)
"""One row for each capture: the columns that queries need, and the whole entry as JSON in `document`, compressed.

`copy_of` is the id of the capture that a copy repeats, `relation` how the text of a near copy relates to it. `score` is
the lowest quality score of the articles. `facts` are those of `facts.Facts`. `own` is whether fangzhi wrote the
capture's record into the archive of this catalogue as a response or revisit. It is false for records that were imported
or that stay in files outside the archive, and for renderings, whose records no revisit can refer to.
"""

Index("entries_history", ENTRIES.c.final_url, ENTRIES.c.fetched_us)
Index("entries_site", ENTRIES.c.site, ENTRIES.c.fetched_us)
Index(
    "entries_filters",
    *(
        ENTRIES.c[name]
        for name in (
            *("relation", "outcome", "reason", "verdict", "site", "region", "published_on", "fetched_us"),
            *("score", "flags", "id"),
        )
    ),
)
"""The columns by which captures are selected and sorted. Without it each count reads 2 GB for a million captures.

No filter asks for a relation alone. So SQLite reads this index as a whole to count, and never to list."""

Index("entries_region", ENTRIES.c.region, ENTRIES.c.fetched_us)

PUBLISHED = {
    "sqlite": "CREATE INDEX IF NOT EXISTS entries_published ON entries (published_on, fetched_us)",
    "postgresql": "CREATE INDEX IF NOT EXISTS entries_published ON entries (published_on NULLS FIRST, fetched_us)",
}
"""For the newest publication first, undated articles last. SQLite has NULL first by itself and refuses the words."""

for _dialect, _statement in PUBLISHED.items():
    event.listen(ENTRIES, "after_create", DDL(_statement).execute_if(dialect=_dialect))  # type: ignore[no-untyped-call]

SUSPECT = "outcome = 'rejected' AND (reason IN ('http-error', 'soft-404', 'redirect') OR final_url <> url)"
"""The condition for captures that may show that a page is missing; a redirect elsewhere may show it, too. An index of
these is used by queries that have the very same condition."""


def _partial_index(table: Table, name: str, columns: str, condition: str) -> DDL:
    """Return the statement for an index of few rows, which is executed when the table is created.

    An `Index` object would load the dialect of each database that it names.
    """
    statement = f"CREATE INDEX IF NOT EXISTS {table.name}_{name} ON {table.name} ({columns}) WHERE {condition}"
    index = DDL(statement)  # type: ignore[no-untyped-call]
    event.listen(table, "after_create", index)
    return index


DIGESTS = Table(
    "digests",
    METADATA,
    Column("kind", SmallInteger, primary_key=True, autoincrement=False),
    Column("digest", LargeBinary(32), primary_key=True),
    Column("fetched_us", BigInteger, primary_key=True, autoincrement=False),
    Column("id", String(32), primary_key=True),
    sqlite_with_rowid=False,
)
"""The captures with these bytes (kind 0) or this text (kind 1), earliest first. In SQLite the key is the whole row."""

DIGEST_START = "substr(digests.digest, 1, 8)"
SHORT_DIGESTS = (
    "ALTER TABLE digests DROP CONSTRAINT IF EXISTS digests_pkey",
    "CREATE INDEX IF NOT EXISTS digests_start ON digests (substr(digest, 1, 8), fetched_us)",
)
"""What PostgreSQL has instead of the key, which would be a second copy of all rows: an index of the first bytes of each
digest. The whole digest is compared in the rows that it finds."""

for _statement in SHORT_DIGESTS:
    event.listen(DIGESTS, "after_create", DDL(_statement).execute_if(dialect="postgresql"))  # type: ignore[no-untyped-call]

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
    Column("source_name", Text),
    Column("column_name", Text),
    Column("first_key", BigInteger),
    Column("varied", Boolean),
    sqlite_autoincrement=True,
)
"""One row for each article that can be searched: the capture, the ordinal of the article in it from 0, and columns of
the capture by which results are filtered and sorted, so that a search does not read its document.

`source_name` and `column_name` are the source and the column of the article as they are counted. `first_key` is the key
of the row that was the first for this article of this URL, also after that row was removed; NULL in that row itself.
`varied` is true if captures of its page differ in site, region, day, source or column, or did so once; else NULL.

`checksum` is that of the forms in the full-text index. Keys are never used again: in SQLite a row of the full-text
index can outlive its article (see `text_index`).
"""

STALE_KEYS = Table(
    "stale_keys",
    METADATA,
    Column("key", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
)
"""The keys of rows of the full-text index that outlived their articles, so that a search can leave them out."""

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

SELECTED = ("site", "region", "published_on")
"""The columns of `articles` by which a filter selects few of them."""

for _name in SELECTED:
    Index(f"articles_{_name}", ARTICLES.c[_name])

PARTIAL_INDEXES = tuple(
    _partial_index(*index)
    for index in (
        (ENTRIES, "suspects", "site, url", SUSPECT),
        (ENTRIES, "suspect_urls", "url", SUSPECT),
        (ENTRIES, "copies", "copy_of", "copy_of IS NOT NULL"),
        (ENTRIES, "flags", "flags", "flags IS NOT NULL"),
        (ARTICLES, "repeats", "first_key", "first_key IS NOT NULL"),
        (ARTICLES, "copies", "copy_of", "copy_of IS NOT NULL"),
        (ARTICLES, "chains", "id, ordinal, copy_of, relation", "copy_of IS NOT NULL"),
        (ARTICLES, "further", "id", "ordinal > 0"),
        (ARTICLES, "varied", "key", "varied IS NOT NULL"),
    )
)
"""Indexes of what few rows have: captures that may show that a page is missing, of a site and by URL alone; copies by
what they are of, and all that is needed to follow them to an original; texts with flags, an index that is read as a
whole to find one flag; and what is counted once only: later captures of articles, further articles of a page, and pages
whose captures differ."""

SITE_SUMS = Table(
    "site_sums",
    METADATA,
    Column("site", String(64), primary_key=True),
    Column("outcome", String(16), primary_key=True),
    Column("reason", String(32), primary_key=True),
    Column("verdict", String(16), primary_key=True),
    Column("relation", String(8), primary_key=True),
    Column("captures", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
"""The number of captures of each kind; values that are NULL in `entries` are empty in this and the next two tables."""

SITE_DAYS = Table(
    "site_days",
    METADATA,
    Column("site", String(64), primary_key=True),
    Column("region", String(12), primary_key=True),
    Column("day", Integer, primary_key=True, autoincrement=False),
    Column("captures", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
"""The number of captures of each day in China, counted from 1970-01-01."""

PUBLICATION_DAYS = Table(
    "publication_days",
    METADATA,
    Column("site", String(64), primary_key=True),
    Column("day", String(10), primary_key=True),
    Column("captures", BigInteger, nullable=False),
    Column("first_us", BigInteger, nullable=False),
    Column("newest_us", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
"""The number of captures with an article by its day of publication, and the first and the newest of them. Those without
a day are counted only if their text was new."""

ARTICLE_SUMS = Table(
    "article_sums",
    METADATA,
    Column("dimension", String(8), primary_key=True),
    Column("site", String(64), primary_key=True),
    Column("region", String(12), primary_key=True),
    Column("value", Text, primary_key=True),
    Column("articles", BigInteger, nullable=False),
    Column("pages", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
"""The number of articles by day of publication, source, column and verdict: of rows in `articles`, and of pages that
have such a row; see `article_sums`."""

SCHEMA = Table("catalogue_schema", METADATA, Column("version", Integer, primary_key=True, autoincrement=False))
"""One row with the version of the tables; a catalogue without this table is older than version 2."""

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
