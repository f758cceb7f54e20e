"""The newest captures of many sites, each query in one statement: one for each site takes three times as long."""

from __future__ import annotations

import functools
import json
from collections.abc import Collection, Iterator

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

_SUSPECT_URL = f"SELECT url FROM entries WHERE {SUSPECT} AND url ="  # noqa: S608 - nothing of it comes from outside
_KINDS = f"""SELECT count(*), site, url LIKE 'https:%' AND final_url LIKE 'http:%' AS downgraded, outcome, reason,
    verdict, relation, facts, ({_SUSPECT_URL} newest.url LIMIT 1) AS suspect,
    ({_SUSPECT_URL} newest.final_url AND newest.final_url <> newest.url LIMIT 1) AS final_suspect FROM {{newest}}
    GROUP BY site, downgraded, outcome, reason, verdict, relation, facts, suspect, final_suspect"""  # noqa: S608
"""One pass over the newest captures: each further one would take as long again."""

_ASKED = {
    "sqlite": "json_each(:values) AS asked",
    "postgresql": "json_array_elements_text(CAST(:values AS JSON)) AS asked",
}
_WITH_ARTICLES = """SELECT DISTINCT asked.value FROM {asked}
    WHERE EXISTS (SELECT 1 FROM entries WHERE url = asked.value AND outcome = 'article')
    OR EXISTS (SELECT 1 FROM entries WHERE final_url = asked.value AND outcome = 'article')"""
_AMONG_NEWEST = """SELECT entries.id FROM {asked} JOIN entries ON entries.id = asked.value WHERE site IS NOT NULL AND
    (SELECT count(*) FROM (SELECT 1 FROM entries AS later WHERE later.site = entries.site
    AND (later.fetched_us, later.id) > (entries.fetched_us, entries.id) LIMIT :number) AS newer) < :number"""


@frozen(kw_only=True)
class Recent:
    """How many of the newest captures of a site are of a kind; `downgraded` is whether HTTPS led to HTTP.

    `suspects` are those of their URLs that had, at some time, an answer which may mean that the page was missing.
    """

    site: str
    captures: int
    outcome: str
    reason: str | None
    verdict: Verdict
    downgraded: bool
    facts: Facts
    suspects: tuple[str, ...]


def kinds(connection: sa.Connection, sites: Collection[str], number: int) -> Iterator[Recent]:
    """Yield how many of the newest captures of each site are of each kind; `number` is that of captures of a site."""
    statement = sa.text(_KINDS.format(newest=_NEWEST[connection.dialect.name]))
    rows = connection.execute(statement, {"sites": json.dumps(sorted(sites)), "number": number})
    for captures, site, downgraded, outcome, reason, kind, relation, facts, *suspects in rows:
        yield Recent(
            site=site,
            captures=captures,
            outcome=outcome,
            reason=reason,
            verdict=_verdict(kind, relation),
            downgraded=bool(downgraded),
            facts=_facts(facts),
            suspects=tuple(filter(None, suspects)),
        )


def with_articles(connection: sa.Connection, urls: Collection[str]) -> list[str]:
    """Return those of some URLs that had an article, as requested or after redirects, in order."""
    return sorted(_selected(connection, _WITH_ARTICLES, urls))


def among_newest(connection: sa.Connection, ids: Collection[str], number: int) -> frozenset[str]:
    """Return those of some ids whose captures are among so many newest ones of their sites."""
    return frozenset(_selected(connection, _AMONG_NEWEST, ids, number=number))


def _selected(connection: sa.Connection, query: str, values: Collection[str], **parameters: int) -> list[str]:
    """Return the values for which a query gives a row."""
    if not values:
        return []
    statement = sa.text(query.format(asked=_ASKED[connection.dialect.name]))
    return list(connection.execute(statement, {"values": json.dumps(sorted(values)), **parameters}).scalars())


@functools.cache
def _verdict(kind: VerdictKind, relation: Relation | None) -> Verdict:
    return Verdict(kind=kind, relation=relation)


@functools.lru_cache(1024)
def _facts(text: str | None) -> Facts:
    return Facts.from_text(text)
