"""`fangzhi list --gone`: pages that were removed from their site."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.cli.session import Session
from pipelines.messages import gettext as _
from pipelines.messages import ngettext
from pipelines.times import CHINA, rfc3339

if TYPE_CHECKING:
    from crawler.cli.rows import PrintedRow
    from crawler.monitoring import GonePage
    from pipelines.catalogue.catalogue import Catalogue
    from pipelines.catalogue.filters import Filter


def list_gone(session: Session, catalogue: Catalogue, filters: Filter, limit: int | None) -> None:
    """Print the pages that are gone, and their number."""
    from crawler.cli.list import print_rows, total_line

    pages = matching_gone_pages(catalogue, filters)
    if session.as_json:
        for each in pages[:limit]:
            session.emit(gone_document(each))
        return
    print_rows(session, (_row(session, catalogue, each) for each in pages[:limit]))
    total, shown = len(pages), len(pages[:limit])
    found = ngettext("{count} page is gone", "{count} pages are gone", total) if total else _("No page is gone.")
    found = _("{found}, {shown} shown", found=found, shown=shown) if shown < total else found
    session.say(total_line(session, found, shown))


def matching_gone_pages(catalogue: Catalogue, filters: Filter) -> list[GonePage]:
    """Return the pages that are gone and that a filter accepts, the latest removal first.

    The filter's days of capture select the day on which a page was found missing, its other conditions the last capture
    with the text.
    """
    from attrs import evolve

    from crawler.monitoring import gone_pages

    pages = [each for each in gone_pages(catalogue, filters.site) if filters.spans(each.event.at)]
    accepted = evolve(filters, captured_since=None, captured_until=None, ids=frozenset(each.last.id for each in pages))
    ids = {entry.id for entry in catalogue.entries(accepted)}
    return [each for each in pages if each.last.id in ids]


def _row(session: Session, catalogue: Catalogue, page: GonePage) -> PrintedRow:
    from crawler.cli.capture_key import short_id
    from crawler.cli.rows import PrintedRow

    key = page.last.id if session.screen.columns is None else short_id(catalogue, page.last.id)
    confirmed = page.event.confirmed_at
    state = _("confirmed {day}", day=f"{confirmed.astimezone(CHINA):%Y-%m-%d}") if confirmed else _("not yet confirmed")
    title = session.text(page.last.articles[0].title or _("(no title)"))
    return PrintedRow(
        cells=(f"{page.event.at.astimezone(CHINA):%Y-%m-%d}", session.text(state), key),
        site=page.last.site or "",
        title=title if session.screen.columns else f"{title}  {page.url}",
        address=page.url if session.screen.columns else "",
    )


def gone_document(page: GonePage) -> dict[str, object]:
    """Return a page that is gone as JSON values."""
    event, last = page.event, page.last
    confirmed = rfc3339(event.confirmed_at) if event.confirmed_at else None
    times = {"gone_at": rfc3339(event.at), "confirmed_at": confirmed}
    ids = {"gone": event.id, "last": last.id}
    title = {"title": last.articles[0].title}
    return {"url": page.url, "site": last.site, **times, **ids, **title}
