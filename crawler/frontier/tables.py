"""All tables of the frontier, in the SQL of SQLite and of PostgreSQL, and the version of them."""

from __future__ import annotations

import re

from crawler.frontier import budgets, crawlers, latencies, leases, list_log, refusals, run_log, schema

VERSION = 2
"""The version of the tables. 0 has the identity of a process in `sites` and no fences: a site belonged to a process of
the same machine. 1 has neither reservations nor latencies.

Raise it when tables change, and add the step from the version before to `database` and `server`."""

_MODULES = (schema, crawlers, leases, run_log, list_log, budgets, refusals, latencies)

SQLITE = "".join(module.SCHEMA for module in _MODULES) + schema.HOSTS
"""Creates the tables that are missing in a file."""

_TYPES = (
    (r"INTEGER PRIMARY KEY( AUTOINCREMENT)?", "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY"),
    (r"\bINTEGER\b", "BIGINT"),  # times are µs since 1970
    (r"\bREAL\b", "DOUBLE PRECISION"),
    (r" WITHOUT ROWID", ""),
)

_CLOCK = """
CREATE OR REPLACE FUNCTION clock_us() RETURNS bigint LANGUAGE sql VOLATILE AS
$$ SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint $$;
CREATE TABLE IF NOT EXISTS frontier_version (version INTEGER PRIMARY KEY);
"""


def postgresql() -> str:
    """Return the SQL that creates the tables and the clock that are missing in a schema of PostgreSQL."""
    statements = SQLITE
    for pattern, replacement in _TYPES:
        statements = re.sub(pattern, replacement, statements)
    return statements + _CLOCK
