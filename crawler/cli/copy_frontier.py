"""`fangzhi copy-frontier`: move a frontier from a file into PostgreSQL, or back."""

from __future__ import annotations

import click

from crawler.cli.main import DONE
from crawler.cli.session import Session, fangzhi_command
from pipelines.messages import gettext as _
from pipelines.messages import ngettext


@fangzhi_command("copy-frontier")
@click.argument("source", metavar="SRC")
@click.argument("target", metavar="DST")
def command(session: Session, source: str, target: str) -> int:
    """Copy a frontier, SRC, into a new one, DST: a file or a database in PostgreSQL.

    Both are addresses as for --frontier: the path of a file, or postgresql+psycopg://… Known and queued pages, due
    dates, budgets, pauses and the last crawls of all sites go along, in one transaction: a copy that was interrupted
    leaves nothing. SRC stays as it is.

    Stop all crawls before; it is refused while one runs, or if DST has pages already. Afterwards name DST with
    --frontier, FANGZHI_FRONTIER or `frontier` on every machine, and keep no crawl on SRC.
    """
    from crawler.frontier.copying import copy_frontier
    from pipelines.masking import mask

    counts = copy_frontier(source, target)
    if session.as_json:
        session.emit({"source": mask(source), "target": mask(target), "rows": counts})
        return DONE
    pages = ngettext("{count} page copied", "{count} pages copied", counts["pages"])
    session.say(_("{pages}; next: --frontier {target}", pages=pages, target=mask(target)), whole=True)
    return DONE
