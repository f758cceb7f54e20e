"""`fangzhi show --reprints`: who printed a text, as lines for people or one JSON object for each print."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import attrs
import click

from crawler.cli.diff import marked_change
from crawler.cli.session import Session
from crawler.compare.reprints import Reprint, rank_reprints, similar_versions
from crawler.compare.text import TextChange
from pipelines.model import Entry
from pipelines.model.fields import minute
from pipelines.times import rfc3339

if TYPE_CHECKING:
    from pipelines.catalogue.catalogue import Catalogue

RELATIONS = {"equal": "nearly the same", "contains": "contains it and more", "within": "a part of it"}

MAX_SHOWN_CHANGES = 12
"""Changed sentences shown of a print, about half a screen; `--json` prints all of them."""


def show_reprints(session: Session, catalogue: Catalogue, entry: Entry, versions: Sequence[Entry]) -> None:
    """Print who printed the text of an entry, or of a similar version of its page; the likely source comes first."""
    from crawler.sites.folders import load

    site_names = {site.slug: site.name for site in load(*session.config.registry).sites.values()}
    families = [catalogue.original_and_copies(each) for each in similar_versions(entry, versions) or [entry]]
    prints = [each for head, others in families for each in (head, *others)]
    reprints = rank_reprints(families[0][0], prints, site_names)
    if session.as_json:
        for reprint in reprints:
            session.emit(reprint_document(reprint))
        return
    _, coloured = session.terminal(sys.stdout)
    source = reprints[0].entry
    click.echo("\n".join(line for each in reprints for line in reprint_lines(each, source, coloured=coloured)))
    if len(reprints) == 1:
        click.echo("    no reprints are known")


def reprint_lines(reprint: Reprint, source: Entry, *, coloured: bool) -> Iterator[str]:
    """Yield a print as lines: publication time, id and title; site, stated source and URL; similarity; changes."""
    entry = reprint.entry
    article = entry.articles[0] if entry.articles else None
    published = minute(article.published_at if article else None) or "-"
    yield f"{published:<16}  {entry.id}  {article.title if article else ''}"
    origin = [entry.site or "", f"来源：{reprint.source}" if reprint.source else "", entry.final_url]
    yield "    " + "  ".join(filter(None, origin))
    yield f"    {_relation(reprint, source)}"
    yield from (f"    {_change_line(change, coloured)}" for change in reprint.changes[:MAX_SHOWN_CHANGES])
    if len(reprint.changes) > MAX_SHOWN_CHANGES:
        yield f"    … and {len(reprint.changes) - MAX_SHOWN_CHANGES} more changes"


def reprint_document(reprint: Reprint) -> dict[str, Any]:
    """Return a print of a text as JSON values."""
    entry, similarity = reprint.entry, reprint.similarity
    article = entry.articles[0] if entry.articles else None
    published = article.published_at if article else None
    return {
        "id": entry.id,
        "site": entry.site,
        "url": entry.final_url,
        "title": article.title if article else None,
        "published_at": rfc3339(published) if published else None,
        "fetched_at": rfc3339(entry.fetched_at),
        "source": reprint.source,
        "likely_source": reprint.compared_with is None,
        "named_by": [each.id for each in reprint.credited_by],
        "verdict": entry.verdict.kind,
        "against": reprint.compared_with.id if reprint.compared_with else None,
        "relation": similarity.relation if similarity else None,
        "similarity": similarity.similarity if similarity else None,
        "added": reprint.added,
        "left_out": reprint.left_out,
        "changed": [attrs.asdict(change) for change in reprint.changed],
    }


def _change_line(change: TextChange, coloured: bool) -> str:
    if change.before and change.after:
        return f"~ {marked_change(change, coloured=coloured)}"
    mark, colour = ("+", "green") if change.after else ("-", "red")
    line = f"{mark} {change.after or change.before}"
    return click.style(line, fg=colour) if coloured else line


def _relation(reprint: Reprint, source: Entry) -> str:
    named_by = f", named as the source by {len(reprint.credited_by)} of the others" if reprint.credited_by else ""
    if reprint.compared_with is None:
        return f"likely source{named_by}"
    relation = "identical text" if not reprint.changes else "similar text"
    if reprint.changes and reprint.similarity:
        relation = f"{RELATIONS[reprint.similarity.relation]} ({reprint.similarity.similarity:g})"
    compared = "" if reprint.compared_with is source else f", compared with {reprint.compared_with.id}"
    return relation + compared + named_by
