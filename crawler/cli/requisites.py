"""`fangzhi show --requisites`: what a page is shown with, and what of it is archived."""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from typing import TYPE_CHECKING, Any

from crawler.cli.columns import padded, shortened, width
from crawler.cli.session import Session
from crawler.config.labels import REQUISITE_STATES, reason_label
from pipelines.messages import Message
from pipelines.messages import gettext as _
from pipelines.times import rfc3339

if TYPE_CHECKING:
    from pipelines.catalogue.catalogue import Catalogue
    from pipelines.completeness import PageRequisite
    from pipelines.model import Entry

NOT_REQUESTED = "not-requested"
"""The reason of a requisite of which neither the catalogue nor the frontier knows anything."""


def show_requisites(session: Session, catalogue: Catalogue, entry: Entry) -> None:
    """Print the requisites of a page, one a line, and their numbers by state; with --json one object a line."""
    found = page_requisites(session, catalogue, entry)
    if session.as_json:
        for each in found:
            session.emit(requisite_document(each))
        return
    for line in requisite_lines(session, found):
        session.echo(line)
    session.say(share_line(Counter(each.state for each in found)))


def page_requisites(session: Session, catalogue: Catalogue, entry: Entry) -> list[PageRequisite]:
    """Return the requisites of a page, with the reasons that the frontier on this machine has for those missing."""
    from crawler.frontier import Frontier, frontier_exists
    from crawler.replay.run import body_finder
    from pipelines.archive import Archive
    from pipelines.completeness import Completeness, with_reasons
    from pipelines.storage import open_storage

    archive = Archive(open_storage(session.config.archive, session.config.options))
    found = Completeness(archive, catalogue, body_finder(archive, catalogue)).requisites(entry)
    if not frontier_exists(session.config.frontier):
        return found
    with closing(Frontier(session.config.frontier)) as frontier:
        unknown = [each.reference.url for each in found if each.capture is None]
        return with_reasons(found, frontier.unarchived_reasons(unknown))


def requisite_document(each: PageRequisite) -> dict[str, Any]:
    """Return a requisite as JSON values; `reason` is null if it is archived."""
    capture = each.capture
    return {
        "url": each.reference.url,
        "kind": each.reference.kind,
        "where": each.reference.where,
        "state": each.state,
        "reason": None if each.state == "archived" else each.reason or NOT_REQUESTED,
        "capture": capture.id if capture else None,
        "fetched_at": rfc3339(capture.fetched_at) if capture else None,
        "status": capture.status if capture else None,
        "media_type": capture.media_type if capture else None,
        "digest": capture.payload if capture else None,
    }


def requisite_lines(session: Session, found: list[PageRequisite]) -> list[str]:
    """Return a line for each requisite: state, reason or capture, kind, URL."""
    rows = [
        (
            session.text(REQUISITE_STATES[each.state]),
            each.capture.id
            if each.state == "archived" and each.capture
            else session.text(reason_label(each.reason or NOT_REQUESTED)),
            each.reference.kind,
            each.reference.url,
        )
        for each in found
    ]
    widths = [max(map(width, column)) for column in zip(*rows, strict=True)]
    lines = ("  ".join(padded(cell, columns) for cell, columns in zip(row, widths, strict=True)) for row in rows)
    return [shortened(line.rstrip(), session.screen.columns) for line in lines]


def share(counts: Counter[str]) -> float | None:
    """Return the share of requisites that are archived; None if there are none."""
    whole = counts["archived"] + counts["missing"] + counts["refused"]
    return round(counts["archived"] / whole, 4) if whole else None


def share_line(counts: Counter[str]) -> Message:
    """Return the numbers of requisites by state as one line."""
    return _(
        "requisites: {archived} archived, {missing} missing, {refused} refused",
        archived=counts["archived"],
        missing=counts["missing"],
        refused=counts["refused"],
    )
