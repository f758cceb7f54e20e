"""`fangzhi show --format single-html`: an archived page with everything it shows as one file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.cli.main import DONE, SOME_FAILED
from crawler.cli.output import echo
from crawler.cli.session import Session
from pipelines.errors import FangzhiError, PageError
from pipelines.messages import gettext as _
from pipelines.messages import ngettext

if TYPE_CHECKING:
    from pipelines.catalogue.catalogue import Catalogue
    from pipelines.model import Entry

MAX_NAMED = 5
"""URLs that are named on stderr; the head of the file names all."""


def show_single(session: Session, catalogue: Catalogue, entry: Entry) -> int:
    """Print the page of an entry as one file and return the exit code; raises PageError if it is no page."""
    from crawler.player.holdings import ArchiveHoldings, held_of
    from crawler.player.single import single_file
    from pipelines.archive import Archive
    from pipelines.storage import open_storage

    held = held_of(entry)
    if held is None:
        raise FangzhiError(_("the capture {id} of {url} is not archived", id=entry.id, url=entry.final_url))
    holdings = ArchiveHoldings(Archive(open_storage(session.config.archive, session.config.options)), catalogue)
    made = single_file(holdings, held, entry.digests.payload, session.config.lang)
    if made is None:
        raise PageError(_("it is a file and no page"), entry.final_url)
    echo(made.html)
    if not made.missing:
        return DONE
    problem = ngettext(
        "{count} file of the page is not in it, because it is not archived: {urls}",
        "{count} files of the page are not in it, because they are not archived: {urls}",
        len(made.missing),
        urls=[*made.missing[:MAX_NAMED], *(["…"] if len(made.missing) > MAX_NAMED else [])],
    )
    session.complain(FangzhiError(problem))
    return SOME_FAILED
