"""Shell. `fangzhi list`: what the catalogue holds."""

from __future__ import annotations

import datetime as dt

import click

from crawler.cli.session import Session, fangzhi_command

DAY = click.DateTime(["%Y-%m-%d"])


@fangzhi_command("list")
@click.option("--site", metavar="SITE", help="Of this site only.")
@click.option("--outcome", type=click.Choice(["article", "rejected"]), help="Only these.")
@click.option("--verdict", metavar="KIND", help="new, same-bytes, same-text, near-copy or new-version.")
@click.option("--since", type=DAY, metavar="DATE", help="Captured on DATE (UTC) or later.")
@click.option("--until", type=DAY, metavar="DATE", help="Captured on DATE (UTC) or earlier.")
@click.option("--worst", is_flag=True, help="Articles only, by rising quality score.")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="The first N only.")
def command(
    session: Session,
    site: str | None,
    outcome: str | None,
    verdict: str | None,
    since: dt.datetime | None,
    until: dt.datetime | None,
    worst: bool,
    limit: int | None,
) -> int:
    """List the captures, newest first: id, what came of it, date, title, address; with --worst the score, too."""
    from contextlib import closing

    from crawler.cli.render import moment
    from crawler.report import outcome as counter
    from pipelines.catalogue import Catalogue, Filter
    from pipelines.document import entry_document

    wanted = Filter(
        site=site,
        outcome=outcome,
        verdict=verdict,
        since=since.date() if since else None,
        until=until.date() if until else None,
    )
    with closing(Catalogue(session.config.catalogue, create=False)) as catalogue:
        for entry in catalogue.entries(wanted, limit, worst=worst):
            if session.machine:
                session.emit(entry_document(entry))
                continue
            titles = "；".join(article.title or "（无题）" for article in entry.articles)
            published = moment(entry.articles[0].published_on) if entry.articles else ""
            score = f"{entry.score:.3f}  " if worst else ""
            click.echo(f"{entry.id}  {score}{counter(entry):<14}  {published:<10}  {titles or entry.final_url}")
    return 0
