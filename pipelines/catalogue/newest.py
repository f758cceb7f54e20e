"""The newest captures of many sites, each query in one statement: one for each site takes three times as long."""

from __future__ import annotations

import functools
import json
from collections.abc import Collection, Iterator
from typing import Any

import sqlalchemy as sa
from attrs import frozen

from pipelines.catalogue.facts import Facts
from pipelines.catalogue.tables import SUSPECT
from pipelines.model import Relation, Verdict, VerdictKind

_FIRST = "FROM entries WHERE site = asked.value ORDER BY fetched_us DESC, id DESC LIMIT :number"
_NEWEST = {
    "sqlite": f"json_each(:sites) AS asked CROSS JOIN entries AS newest ON newest.rowid IN (SELECT rowid {_FIRST})",
    "postgresql": "json_array_elements_text(CAST(:sites AS JSON)) AS asked "
    f"CROSS JOIN LATERAL (SELECT * {_FIRST}) AS newest",
}
"""The newest captures of each site as a table; the sites are passed as one JSON list."""

_KINDS = """SELECT count(*), site, url LIKE 'https:%' AND final_url LIKE 'http:%' AS downgraded, outcome, reason,
    verdict, relation, facts FROM {newest} GROUP BY site, downgraded, outcome, reason, verdict, relation, facts"""
_IDS = "SELECT newest.id FROM {newest}"
_MISSING = f"""WITH pages AS (SELECT newest.url, newest.final_url FROM {{newest}})
    SELECT DISTINCT url FROM entries WHERE {SUSPECT}
    AND url IN (SELECT pages.url FROM pages
    UNION ALL SELECT pages.final_url FROM pages WHERE pages.final_url <> pages.url)
    AND (EXISTS (SELECT 1 FROM entries AS other WHERE other.url = entries.url AND other.outcome = 'article')
    OR EXISTS (SELECT 1 FROM entries AS other WHERE other.final_url = entries.url AND other.outcome = 'article'))
    ORDER BY url"""  # noqa: S608 - nothing of it comes from outside


@frozen(kw_only=True)
class Recent:
    """How many of the newest captures of a site are of a kind; `downgraded` is whether HTTPS led to HTTP."""

    site: str
    captures: int
    outcome: str
    reason: str | None
    verdict: Verdict
    downgraded: bool
    facts: Facts


def kinds(connection: sa.Connection, sites: Collection[str], number: int) -> Iterator[Recent]:
    """Yield how many of the newest captures of each site are of each kind; `number` is that of captures of a site."""
    for captures, site, downgraded, outcome, reason, kind, relation, facts in _rows(connection, _KINDS, sites, number):
        yield Recent(
            site=site,
            captures=captures,
            outcome=outcome,
            reason=reason,
            verdict=_verdict(kind, relation),
            downgraded=bool(downgraded),
            facts=Facts.from_text(facts),
        )


def ids(connection: sa.Connection, sites: Collection[str], number: int) -> frozenset[str]:
    """Return the ids of the newest captures of each site."""
    return frozenset(key for (key,) in _rows(connection, _IDS, sites, number))


def possibly_missing(connection: sa.Connection, sites: Collection[str], number: int) -> list[str]:
    """Return the URLs of the newest captures of each site that are in `CatalogueLookups.possibly_missing`, in order."""
    return [url for (url,) in _rows(connection, _MISSING, sites, number)]


def _rows(connection: sa.Connection, query: str, sites: Collection[str], number: int) -> list[Any]:
    statement = sa.text(query.format(newest=_NEWEST[connection.dialect.name]))
    return list(connection.execute(statement, {"sites": json.dumps(sorted(sites)), "number": number}))


@functools.cache
def _verdict(kind: VerdictKind, relation: Relation | None) -> Verdict:
    return Verdict(kind=kind, relation=relation)
