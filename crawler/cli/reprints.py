"""`fangzhi show --reprints`: who printed a text, as lines for people or one JSON object for each print."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import attrs
import click

from crawler.cli.columns import fits
from crawler.cli.diff import marked_change
from crawler.cli.output import echo
from crawler.cli.session import Session
from crawler.compare.reprints import Reprint, rank_reprints, similar_versions
from crawler.compare.text import TextChange
from crawler.config.language import in_language
from pipelines.messages import Message, ngettext
from pipelines.messages import gettext as _
from pipelines.model import Entry
from pipelines.model.fields import label_of
from pipelines.model.readable import minute
from pipelines.printable import printable
from pipelines.times import rfc3339

if TYPE_CHECKING:
    from crawler.cli.rows import Screen
    from pipelines.catalogue.catalogue import Catalogue

RELATIONS: dict[str, Message] = {
    "equal": _("nearly the same"),
    "contains": _("contains it and more"),
    "within": _("a part of it"),
}

MAX_SHOWN_CHANGES = 12
"""Changed sentences shown of a print, about half a screen; `--json` prints all of them."""


def show_reprints(session: Session, catalogue: Catalogue, entry: Entry, versions: Sequence[Entry]) -> None:
    """Print who printed the text of an entry, or of a similar version of its page; the likely source comes first."""
    from crawler.sites.folders import load

    site_names = {site.slug: site.name for site in load(*session.config.registry).sites.values()}
    reprints = find_reprints(catalogue, entry, versions, site_names)
    if session.as_json:
        for reprint in reprints:
            session.emit(reprint_document(reprint))
        return
    source, lang, screen = reprints[0].entry, session.config.lang, session.screen
    for each in reprints:
        session.echo("\n".join(reprint_lines(each, source, screen, lang)), styled=True)
    if len(reprints) == 1:
        echo("    " + session.text(_("no reprints are known")))


def find_reprints(
    catalogue: Catalogue, entry: Entry, versions: Sequence[Entry], site_names: Mapping[str, str]
) -> list[Reprint]:
    """Return who printed the text of an entry, or of a similar version of its page; the likely source comes first."""
    families = [catalogue.original_and_copies(each) for each in similar_versions(entry, versions) or [entry]]
    prints = [each for head, others in families for each in (head, *others)]
    return rank_reprints(families[0][0], prints, site_names)


def reprint_lines(reprint: Reprint, source: Entry, screen: Screen, lang: str) -> Iterator[str]:
    """Yield a print as lines: publication time, id and title; site, stated source and URL; similarity; changes."""
    entry = reprint.entry
    article = entry.articles[0] if entry.articles else None
    published = minute(article.published_at if article else None) or "-"
    yield printable(f"{published:<16}  {entry.id}  {article.title if article else ''}")
    stated = _("{label}: {value}", label=label_of("source", lang), value=reprint.source) if reprint.source else ""
    origin = printable("    " + "  ".join(filter(None, (entry.site, in_language(stated, lang)))))
    url = printable(entry.final_url)
    beside = f"{origin}  {url}"
    yield from (beside,) if fits(beside, screen.columns) else (origin, f"    {url}")
    yield f"    {in_language(relation_line(reprint, source), lang)}"
    yield from (f"    {_change_line(change, screen.coloured)}" for change in reprint.changes[:MAX_SHOWN_CHANGES])
    if len(reprint.changes) > MAX_SHOWN_CHANGES:
        more = len(reprint.changes) - MAX_SHOWN_CHANGES
        yield "    " + in_language(ngettext("… and {count} more change", "… and {count} more changes", more), lang)


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
    line = printable(f"{mark} {change.after or change.before}")
    return click.style(line, fg=colour) if coloured else line


def relation_line(reprint: Reprint, source: Entry) -> Message:
    """Return how a print relates to the likely source, with which text it was compared, and how many name it."""
    parts: list[str] = []
    if reprint.compared_with is None:
        parts.append(_("likely source"))
    elif not reprint.changes:
        parts.append(_("identical text"))
    elif reprint.similarity:
        relation, share = RELATIONS[reprint.similarity.relation], reprint.similarity.similarity
        parts.append(_("{relation} ({share:g})", relation=relation, share=share))
    else:
        parts.append(_("similar text"))
    if reprint.compared_with not in (None, source):
        parts.append(_("compared with {id}", id=reprint.compared_with.id))
    if named := len(reprint.credited_by):
        parts.append(ngettext("named as the source by {count} other", "named as the source by {count} others", named))
    return _("{parts}", parts=parts)
