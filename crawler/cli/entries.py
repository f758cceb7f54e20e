"""Shell. `fangzhi list`: what the catalogue holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from crawler.cli.filters import filtering
from crawler.cli.session import Session, fangzhi_command

if TYPE_CHECKING:
    from pipelines.catalogue import Filter


@fangzhi_command("list")
@filtering
@click.option("--worst", is_flag=True, help="Articles only, by rising quality score.")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="The first N only.")
def command(session: Session, wanted: Filter, worst: bool, limit: int | None) -> int:
    """List the captures, newest first: id, what came of it, date, title, address; with --worst the score, too.

    A page of several articles has a row for each.
    """
    from contextlib import closing

    from crawler.cli.render import moment
    from crawler.report import outcome as counter
    from pipelines.catalogue import Catalogue
    from pipelines.document import entry_document

    with closing(Catalogue(session.config.catalogue, create=False)) as catalogue:
        for entry in catalogue.entries(wanted, limit, worst=worst):
            if session.machine:
                session.emit(entry_document(entry))
                continue
            for article in entry.articles or (None,):
                published = moment(article.published_on) if article else ""
                title = article.title or "（无题）" if article else entry.final_url
                score = f"{article.quality.score or 0:.3f}  " if worst and article else ""
                click.echo(f"{entry.id}  {score}{counter(entry):<14}  {published:<10}  {title}")
    return 0
