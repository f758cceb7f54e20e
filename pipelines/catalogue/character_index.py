"""The full-text index of single Chinese characters in SQLite, which knows only whether an article has a character.

`text_index` finds a character as the beginning of bigrams. FTS5 merges the lists of all of them at each search, which
takes ten times as long as to read one list: half a second for a million articles. This index has one list for each
character. It takes 330 bytes for an article, because it has no positions.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy import bindparam

from pipelines.catalogue.prepared import Prepared
from pipelines.text.tokens import characters

_CREATE = (
    "CREATE VIRTUAL TABLE character_index USING fts5(characters, content='', tokenize='ascii', detail=none, "
    "columnsize=0)"
)

SEGMENTS_TO_MERGE = 8
"""Segments of a level that FTS5 merges into one. Its default of 4 takes a fifth more time to fill the index; queries
are as fast."""

PREFIXES = {"title": "T", "source": "S", "column": "C", "author": "A", "number": "N"}
"""The tokens of a field begin with a letter, which no character is. Those of title and body are there without one, too:
a word without a field is searched in both. The lexemes of `text_index` in PostgreSQL have the same letters."""

_INDEX = sa.table("character_index", *map(sa.column, ("character_index", "rowid", "characters")))
_VALUES = sa.insert(_INDEX).values({name: bindparam(name) for name in ("rowid", "characters")})
_INSERT = Prepared(_VALUES)
_DELETE = Prepared(_VALUES.values(character_index="delete"))


def create(connection: sa.Connection) -> None:
    """Create the index."""
    connection.exec_driver_sql(_CREATE)
    set_merging(connection, "character_index")


def set_merging(connection: sa.Connection, table: str) -> None:
    """Make FTS5 merge so many segments of a table."""
    option = {table: "automerge", "rank": SEGMENTS_TO_MERGE}
    connection.execute(sa.insert(sa.table(table, *map(sa.column, option))), option)


def insert(connection: sa.Connection, key: int, forms: Mapping[str, str]) -> None:
    """Index the characters of the canonical forms of an article, whose key in `articles` is given."""
    _INSERT.execute(connection, {"rowid": key, "characters": _tokens(forms)})


def delete(connection: sa.Connection, key: int, forms: Mapping[str, str]) -> None:
    """Remove an article, which must have been indexed with these forms."""
    _DELETE.execute(connection, {"rowid": key, "characters": _tokens(forms)})


def _tokens(forms: Mapping[str, str]) -> str:
    """Return the tokens of an article, each once; the index does not keep their order."""
    of_fields = (_of_field(prefix, forms[name]) for name, prefix in PREFIXES.items())
    return " ".join([*characters(forms["title"] + forms["body"]), *filter(None, of_fields)])


@functools.lru_cache(4096)
def _of_field(prefix: str, form: str) -> str:
    """Return the tokens of a field; sources and columns occur again and again."""
    return " ".join([f"{prefix}{char}" for char in characters(form)])
