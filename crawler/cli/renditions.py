"""`fangzhi fetch --rendition`: pictures or PDFs of the pages that were fetched."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from contextlib import closing
from typing import TYPE_CHECKING

from crawler.cli.session import Session
from pipelines.errors import FangzhiError
from pipelines.messages import gettext as _
from pipelines.messages import ngettext

if TYPE_CHECKING:
    from crawler.download.browser import NotRendered
    from crawler.player import Held
    from pipelines.archive.renditions import RenditionForm
    from pipelines.model import Entry


def write_renditions(session: Session, entries: Iterable[Entry], form: RenditionForm) -> bool:
    """Archive what a browser shows of the pages of some entries; return whether it showed all of them."""
    from crawler.download.browser import find_browser
    from crawler.player.holdings import ArchiveHoldings, held_of
    from crawler.player.rendition import make_renditions
    from pipelines.archive import Archive, Renditions
    from pipelines.catalogue.catalogue import Catalogue
    from pipelines.storage import open_storage

    pages = [held for entry in entries if entry.file is None and (held := held_of(entry)) and held.ok]
    failed: list[str] = []

    def complain(held: Held, error: NotRendered) -> None:
        failed.append(held.id)
        session.complain(FangzhiError(_("{url}: {detail}", url=held.final_url, detail=str(error)), error.hint))

    storage = open_storage(session.config.archive, session.config.options)
    out = Renditions(storage, dt.datetime.now(dt.UTC), session.config.options)
    with closing(Catalogue(session.config.catalogue, create=False)) as catalogue:
        out.recover()
        holdings = ArchiveHoldings(Archive(storage), catalogue)
        made = make_renditions(holdings, pages, form, find_browser(session.config.browser), out, complain)
        out.close()
    line = ngettext(
        "{count} rendition written to {files}", "{count} renditions written to {files}", made, files=out.keys
    )
    session.say(line if made else _("no rendition was written"))
    return not failed
