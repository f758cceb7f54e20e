"""`fangzhi show --family`: who printed a text, as lines for people or one JSON object a print."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import attrs
import click

from crawler.cli.changes import marked
from crawler.cli.session import Session
from crawler.compare.reprints import Member, family, near_versions
from crawler.compare.text import Edit
from pipelines.model import Entry
from pipelines.model.fields import minute
from pipelines.times import rfc3339

if TYPE_CHECKING:
    from pipelines.catalogue.catalogue import Catalogue

RELATIONS = {"equal": "nearly the same", "contains": "holds it and more", "within": "a part of it"}

MOST = 12
"""Sentences that are shown of what a print says otherwise, half a screen: `--json` has all of them."""


def show_family(session: Session, catalogue: Catalogue, entry: Entry, versions: Sequence[Entry]) -> None:
    """Print who printed what an entry or a version near to it says, the likely source first."""
    from crawler.sites.folders import load

    names = {site.slug: site.name for site in load(*session.config.registry).sites.values()}
    found = [catalogue.original_and_copies(each) for each in near_versions(entry, versions) or [entry]]
    members = family(found[0][0], [each for head, others in found for each in (head, *others)], names)
    if session.machine:
        for member in members:
            session.emit(member_document(member))
        return
    _, coloured = session.terminal(sys.stdout)
    click.echo("\n".join(line for member in members for line in lines(member, members[0].entry, coloured=coloured)))
    if len(members) == 1:
        click.echo("    nobody else is known to have printed it")


def lines(member: Member, source: Entry, *, coloured: bool) -> Iterator[str]:
    """Yield a print of a text as lines: when, which capture, whence, how near; then what it says otherwise."""
    entry = member.entry
    first = entry.articles[0] if entry.articles else None
    yield f"{minute(first.published_at if first else None) or '-':<16}  {entry.id}  {first.title if first else ''}"
    told = [entry.site or "", f"来源：{member.source}" if member.source else "", entry.final_url]
    yield "    " + "  ".join(filter(None, told))
    yield f"    {_standing(member, source)}"
    yield from (f"    {_told(edit, coloured)}" for edit in member.edits[:MOST])
    if len(member.edits) > MOST:
        yield f"    … and {len(member.edits) - MOST} more"


def member_document(member: Member) -> dict[str, Any]:
    """Return a print of a text as JSON values."""
    entry, similarity_to = member.entry, member.similarity_to
    first = entry.articles[0] if entry.articles else None
    published = first.published_at if first else None
    return {
        "id": entry.id,
        "site": entry.site,
        "url": entry.final_url,
        "title": first.title if first else None,
        "published_at": rfc3339(published) if published else None,
        "fetched_at": rfc3339(entry.fetched_at),
        "source": member.source,
        "likely_source": member.against is None,
        "named_by": [each.id for each in member.named_by],
        "verdict": entry.verdict.kind,
        "against": member.against.id if member.against else None,
        "relation": similarity_to.relation if similarity_to else None,
        "similarity": similarity_to.similarity if similarity_to else None,
        "added": member.added,
        "left_out": member.left_out,
        "changed": [attrs.asdict(edit) for edit in member.changed],
    }


def _told(edit: Edit, coloured: bool) -> str:
    if edit.before and edit.after:
        return f"~ {marked(edit, coloured=coloured)}"
    mark, colour = ("+", "green") if edit.after else ("-", "red")
    line = f"{mark} {edit.after or edit.before}"
    return click.style(line, fg=colour) if coloured else line


def _standing(member: Member, source: Entry) -> str:
    named = f", named by {len(member.named_by)} of the others" if member.named_by else ""
    if member.against is None:
        return f"the likely source{named}"
    told = "word for word" if not member.edits else "near to it"
    if member.edits and member.similarity_to:
        told = f"{RELATIONS[member.similarity_to.relation]} ({member.similarity_to.similarity:g})"
    other = "" if member.against is source else f", held against {member.against.id}"
    return told + other + named
