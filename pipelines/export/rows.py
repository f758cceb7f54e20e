"""Articles as rows of a table: the plain fields, one row an article."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from pipelines.model import Article, Entry, Moment
from pipelines.times import rfc3339

Cell = str | int | float | dt.datetime | dt.date | None

COLUMNS: dict[str, type] = {
    "id": str,
    "number": int,
    "site": str,
    "region_code": str,
    "region_name": str,
    "url": str,
    "final_url": str,
    "status": int,
    "fetched_at": dt.datetime,
    "verdict": str,
    "verdict_of": str,
    "similarity": float,
    "relation": str,
    "kicker": str,
    "title": str,
    "subtitle": str,
    "published_at": str,
    "published_on": dt.date,
    "modified_at": str,
    "source": str,
    "authors": str,
    "dateline": str,
    "column": str,
    "document_number": str,
    "script": str,
    "flags": str,
    "text": str,
    "text_hans": str,
    "payload_digest": str,
    "text_digest": str,
    "recipe": str,
    "fangzhi_version": str,
}
"""The columns in their order; `number` counts the articles of a page from 1.

`published_at` and `modified_at` are text, because pages give a time or the day alone.
"""

BETWEEN = "; "


def rows(entry: Entry) -> Iterator[dict[str, Cell]]:
    """Yield a row for each article of an entry, with every key of `COLUMNS`; a rejected page has none."""
    captured = _capture(entry)
    for number, article in enumerate(entry.articles, 1):
        known = captured | _article(article) | {"number": number}
        yield {name: known[name] for name in COLUMNS}


def cell_text(value: Cell) -> str:
    """Return a cell as text: RFC 3339 for times, nothing for what is unknown.

    >>> cell_text(dt.datetime(2026, 3, 4, 5, 6, 7, tzinfo=dt.UTC)), cell_text(None)
    ('2026-03-04T05:06:07Z', '')
    """
    if isinstance(value, dt.date):
        return rfc3339(value)
    return "" if value is None else str(value)


def _capture(entry: Entry) -> dict[str, Cell]:
    return {
        "id": entry.id,
        "site": entry.site,
        "region_code": entry.region.code if entry.region else None,
        "region_name": entry.region.name if entry.region else None,
        "url": entry.url,
        "final_url": entry.final_url,
        "status": entry.status,
        "fetched_at": entry.fetched_at,
        "verdict": entry.verdict.kind,
        "verdict_of": entry.verdict.of,
        "similarity": entry.verdict.similarity,
        "relation": entry.verdict.relation,
        "payload_digest": entry.digests.payload,
        "text_digest": entry.digests.text,
        "recipe": entry.recipe,
        "fangzhi_version": entry.version.fangzhi,
    }


def _article(article: Article) -> dict[str, Cell]:
    return {
        "kicker": article.kicker,
        "title": article.title,
        "subtitle": article.subtitle,
        "published_at": _told(article.published_at),
        "published_on": article.published_on,
        "modified_at": _told(article.modified_at),
        "source": article.source,
        "authors": BETWEEN.join(f"{person.name} ({person.role})" for person in article.authors),
        "dateline": article.dateline,
        "column": " > ".join(article.column),
        "document_number": article.document.document_number if article.document else None,
        "script": article.script,
        "flags": BETWEEN.join(article.quality.flags),
        "text": article.text,
        "text_hans": article.text_hans,
    }


def _told(moment: Moment | None) -> str | None:
    return moment.isoformat() if moment else None
