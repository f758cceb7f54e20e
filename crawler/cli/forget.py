"""`fangzhi forget`: remove captures or files from the archive, on record."""

from __future__ import annotations

import sys
from contextlib import closing
from typing import TYPE_CHECKING

import click

from crawler.cli.capture_key import ID_BEGINNING, find_capture
from crawler.cli.session import Session, fangzhi_command
from pipelines.masking import mask
from pipelines.messages import gettext as _
from pipelines.messages import ngettext

if TYPE_CHECKING:
    from pipelines.archive.ledger import Ledger
    from pipelines.catalogue.catalogue import Catalogue
    from pipelines.line.forget import Removal

FILE_FOLDERS = ("warc/", "text/", "views/")
"""Folders of the files that can be removed; indexes and manifests go with them."""


@fangzhi_command("forget")
@click.argument("keys", nargs=-1, required=True, metavar="ID|URL|FILE...")
@click.option("--reason", required=True, metavar="TEXT", help="Why; it is recorded in the ledger for good.")
@click.option("--yes", is_flag=True, help="Do not ask before removing.")
def command(session: Session, keys: tuple[str, ...], reason: str, yes: bool) -> int:
    """Remove captures from the archive for good, and record it in the ledger.

    ID removes one capture, URL all captures of a page, FILE (warc/…, text/… or views/…) a whole file of the archive.
    Nothing else in fangzhi removes a capture. The pictures and PDFs of a removed capture are removed with it. A file
    that holds other captures too is written again without the removed ones, under a name that ends in -r1, -r2 …; the
    other records are copied byte for byte.

    The ledger keeps the ids of the removed captures, the digests of the removed files, and the reason. `verify` then
    reports nothing missing. What was exported, copied or backed up before is not changed. A seal that was made before
    names the removed files as removed.

    It is refused while a crawl writes to a file, and if another capture is stored as a reference to the body of a
    removed one. A file that is missing already is recorded as removed.
    """
    from pipelines.archive import Archive
    from pipelines.archive.ledger import append, read_ledger
    from pipelines.archive.rendition_index import urn
    from pipelines.catalogue.catalogue import Catalogue
    from pipelines.line.forget import forget, plan_removals
    from pipelines.storage import open_storage

    reason = mask(reason)
    session.check_archive()
    archive = Archive(open_storage(session.config.archive, session.config.options))
    archive.publish_idle()
    ledger = read_ledger(archive.storage)
    with closing(Catalogue(session.config.catalogue, create=False)) as catalogue:
        lost = {key for key in keys if key in ledger.lost}
        files, ids, urls = _resolved([key for key in keys if key not in lost], catalogue, ledger)
        removals = plan_removals(archive, catalogue, files, ids, urls) if files or ids or urls else []
        _confirm(session, removals, yes=yes)
        if lost:
            append(archive.storage, "forget", (), captures=sorted(lost), reason=reason)
        for each in removals:
            forget(archive, catalogue, each, reason)
            if session.as_json:
                document = {"file": each.file, "captures": [entry.id for entry in each.removed]}
                document["renditions"] = [urn(rendition) for rendition in each.renditions]
                session.emit(document | {"kept": len(each.kept), "reason": reason})
    captures = len(lost) + sum(len(each.removed) for each in removals)
    session.say(
        ngettext(
            "{count} capture removed and recorded in the ledger",
            "{count} captures removed and recorded in the ledger",
            captures,
        )
    )
    return 0


def _resolved(keys: list[str], catalogue: Catalogue, ledger: Ledger) -> tuple[set[str], set[str], set[str]]:
    """Return the files, ids of captures and addresses of pages that are named; raises FangzhiError for others."""
    files = {key for key in keys if key.startswith(FILE_FOLDERS)}
    known = {key for key in files if key in ledger.objects}
    for key in files - known:
        raise click.UsageError(_("the ledger has no file {file}", file=key))
    found = {key: find_capture(catalogue, key) for key in keys if key not in files}
    ids = {entry.id for key, entry in found.items() if ID_BEGINNING.fullmatch(key)}
    pages = [entry for entry in found.values() if entry.id not in ids]
    return files, ids, {url for entry in pages for url in (entry.url, entry.final_url)}


def _confirm(session: Session, removals: list[Removal], *, yes: bool) -> None:
    """Show what will be removed, and ask; without a terminal --yes is required."""
    for each in removals:
        captures = ngettext("{count} capture", "{count} captures", len(each.removed))
        pictures = ngettext("{count} rendition", "{count} renditions", len(each.renditions))
        what = captures if each.removed or not each.renditions else pictures
        session.say(_("{file}: {captures} will be removed", file=each.file, captures=what))
    if yes:
        return
    if not sys.stdin.isatty():
        raise click.UsageError(_("nothing was removed: --yes confirms it"))
    click.confirm(session.text(_("Remove them for good?")), abort=True, err=True)
