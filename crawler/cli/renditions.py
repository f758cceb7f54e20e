"""Renditions of archived pages: made after `fetch` and `crawl`, and shown by `show`."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import click
from attrs import frozen

from crawler.cli.session import Session
from pipelines.errors import FangzhiError
from pipelines.messages import gettext as _
from pipelines.messages import ngettext
from pipelines.times import CHINA, rfc3339

if TYPE_CHECKING:
    from crawler.download.browser import NotRendered
    from crawler.player import Held
    from pipelines.archive import Renditions
    from pipelines.archive.rendition_index import Rendition, RenditionForm
    from pipelines.catalogue.catalogue import Catalogue
    from pipelines.model import Entry
    from pipelines.storage import Storage


@frozen(kw_only=True)
class RenditionRun:
    """What is needed to make renditions: the stores, and the files to which they are written."""

    session: Session
    storage: Storage
    catalogue: Catalogue
    out: Renditions

    def make(
        self, entries: Iterable[Entry], form: RenditionForm, goes_on: Callable[[], bool] = lambda: True
    ) -> tuple[int, int]:
        """Archive what a browser shows of the pages of some entries; return how many were made and how many failed.

        Pages that are not archived and files are passed over. `goes_on` is asked before each page. Raises ConfigError
        if there is no browser.
        """
        from crawler.download.browser import find_browser
        from crawler.player.holdings import ArchiveHoldings, held_of
        from crawler.player.rendition import make_renditions
        from pipelines.archive import Archive

        browser = find_browser(self.session.config.browser)
        pages = [held for entry in entries if entry.file is None and (held := held_of(entry)) and held.ok]
        failed: list[str] = []

        def complain(held: Held, error: NotRendered) -> None:
            failed.append(held.id)
            self.session.complain(FangzhiError(_("{url}: {detail}", url=held.final_url, detail=str(error)), error.hint))

        holdings = ArchiveHoldings(Archive(self.storage), self.catalogue)
        made = make_renditions(holdings, pages, form, browser, self.out, complain, goes_on)
        return made, len(failed)


@contextmanager
def rendition_run(session: Session) -> Iterator[RenditionRun]:
    """Open the stores to make renditions; what was made is in the archive at the end, also after an error."""
    from pipelines.archive import Renditions
    from pipelines.catalogue.catalogue import Catalogue
    from pipelines.storage import open_storage

    storage = open_storage(session.config.archive, session.config.options)
    out = Renditions(storage, dt.datetime.now(dt.UTC), session.config.options)
    with closing(Catalogue(session.config.catalogue, create=False)) as catalogue:
        out.recover()
        try:
            yield RenditionRun(session=session, storage=storage, catalogue=catalogue, out=out)
        finally:
            out.close()


def write_renditions(session: Session, entries: Iterable[Entry], form: RenditionForm) -> bool:
    """Archive what a browser shows of the pages of some entries; return whether it showed all of them."""
    with rendition_run(session) as run:
        made, failed = run.make(entries, form)
    line = ngettext(
        "{count} rendition written to {files}", "{count} renditions written to {files}", made, files=run.out.keys
    )
    session.say(line if made else _("no rendition was written"))
    return not failed


def show_rendition(session: Session, entry: Entry, form: RenditionForm) -> None:
    """Write the newest picture or PDF of a capture to stdout; with --json what is known of it, as one object."""
    from pipelines.archive.rendition_index import rendition_body
    from pipelines.storage import open_storage

    storage = open_storage(session.config.archive, session.config.options)
    found = [each for each in entry_renditions(storage, entry) if each.form == form]
    if not found:
        raise FangzhiError(
            _("the capture {id} of {url} has no rendition as {form}", id=entry.id, url=entry.final_url, form=form),
            _(
                "`fangzhi show {id}` lists what it has; `fangzhi fetch {url} --rendition {form}` captures the page "
                "anew and makes one",
                id=entry.id,
                url=entry.final_url,
                form=form,
            ),
        )
    if session.as_json:
        session.emit(rendition_document(found[-1]))
        return
    if sys.stdout.isatty():
        raise click.UsageError(_("--rendition writes a file to stdout: redirect it with > FILE"))
    sys.stdout.buffer.write(rendition_body(storage, found[-1]))
    sys.stdout.buffer.flush()


def entry_renditions(storage: Storage, entry: Entry) -> list[Rendition]:
    """Return the renditions of a capture, the oldest first."""
    from pipelines.archive.rendition_index import renditions_of

    return renditions_of(storage, entry.final_url, entry.fetched_at)


def rendition_lines(session: Session, entry: Entry) -> list[str]:
    """Return a line for each rendition of a capture under a heading; no lines if it has none."""
    from pipelines.storage import open_storage

    storage = open_storage(session.config.archive, session.config.options)
    found = entry_renditions(storage, entry)
    lines = [f"  {each.at.astimezone(CHINA):%Y-%m-%d %H:%M}  {each.form}  {each.browser}" for each in found]
    return [session.text(_("Renditions")), *lines] if lines else []


def rendition_document(rendition: Rendition) -> dict[str, object]:
    """Return a rendition as JSON values."""
    from pipelines.archive.rendition_index import urn

    place = rendition.location
    return {
        "url": urn(rendition),
        "form": rendition.form,
        "made_at": rfc3339(rendition.at),
        "captured_at": rfc3339(rendition.captured_at),
        "browser": rendition.browser,
        "digest": rendition.digest,
        "location": {"file": place.file, "offset": place.offset, "length": place.length},
    }
