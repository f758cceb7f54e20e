"""Shell. `fangzhi show --family`: who printed a text, as lines for people or one JSON object a print."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import attrs
import click

from crawler.cli.render import moment
from crawler.cli.session import Session
from crawler.family import Member, family
from pipelines.model import Entry

RELATIONS = {"equal": "nearly the same", "contains": "holds it", "within": "a part of it"}


def show_family(session: Session, head: Entry, others: Iterable[Entry]) -> None:
    """Print a text's family, the likely source first."""
    for number, member in enumerate(family(head, others)):
        if session.machine:
            session.emit(member_document(member, likely=number == 0))
        else:
            click.echo("\n".join(lines(member, likely=number == 0)))


def lines(member: Member, *, likely: bool) -> Iterator[str]:
    """Yield a print of a text as lines: when, which capture, whence, how near; then what it says otherwise."""
    entry = member.entry
    first = entry.articles[0] if entry.articles else None
    yield f"{moment(first.published_at if first else None) or '-':<16}  {entry.id}  {first.title if first else ''}"
    told = [entry.site or "", f"来源：{member.source}" if member.source else "", entry.final_url]
    yield "    " + "  ".join(filter(None, told))
    yield f"    {_standing(member)}{'; the likely source' if likely else ''}"
    yield from (f"    + {sentence}" for sentence in member.added)
    yield from (f"    - {sentence}" for sentence in member.left_out)
    yield from (f"    ~ {edit.before} → {edit.after}" for edit in member.changed)


def member_document(member: Member, *, likely: bool) -> dict[str, Any]:
    """Return a print of a text as JSON values."""
    entry = member.entry
    told = {
        "id": entry.id,
        "site": entry.site,
        "url": entry.final_url,
        "source": member.source,
        "likely_source": likely,
    }
    known = {"relation": member.relation, "similarity": member.similarity, "verdict": entry.verdict.kind}
    changed = [attrs.asdict(edit) for edit in member.changed]
    return told | known | {"added": member.added, "left_out": member.left_out, "changed": changed}


def _standing(member: Member) -> str:
    if member.relation is None:
        return "what the others were compared with"
    if not member.edits:
        return "word for word"
    return f"{RELATIONS[member.relation]} ({member.similarity:g})"
