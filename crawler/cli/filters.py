"""The options that select captures, shared by several commands."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable
from typing import Any

import click

from crawler.cli.completion import complete_place, complete_site
from crawler.cli.days import FIRST_DAY, LAST_DAY
from crawler.cli.session import Session

VERDICTS = ("new", "same-bytes", "same-text", "near-copy", "new-version")

captured_since = click.option(
    "--since",
    "--captured-since",
    "since",
    type=FIRST_DAY,
    metavar="DATE",
    help="Only captures of DATE or later. Days are days in China: 2023-04-05, 2023-04, 7d (7 days ago), yesterday.",
)
captured_until = click.option(
    "--until",
    "--captured-until",
    "until",
    type=LAST_DAY,
    metavar="DATE",
    help="Only captures of DATE or earlier; a month or a year includes its last day.",
)

region_option = click.option(
    "--region",
    metavar="PLACE",
    shell_complete=complete_place,
    help="Only this region and what is below it, by code (4407, 440783) or name.",
)

_OPTIONS = (
    click.option(
        "--site",
        metavar="SITE",
        shell_complete=complete_site,
        help="Only captures of this site, by its slug, name or host.",
    ),
    region_option,
    click.option(
        "--outcome", type=click.Choice(["article", "rejected"]), help="Only captures with or without an article."
    ),
    click.option(
        "--verdict",
        type=click.Choice(VERDICTS),
        metavar="KIND",
        help=f"Only captures with this deduplication verdict: {', '.join(VERDICTS)}.",
    ),
    click.option(
        "--copies/--no-copies",
        default=True,
        show_default=True,
        help="Include or exclude captures whose bytes or text, or nearly the same text, were captured before on any "
        "site. A capture that contains an earlier text and more is not a copy.",
    ),
    click.option(
        "--files/--no-files", default=True, show_default=True, help="Include or exclude attachments and pictures."
    ),
    captured_since,
    captured_until,
)


def with_filters(run: Callable[..., int | None]) -> Callable[..., int | None]:
    """Add the options that select captures to a command; its function receives them as one `Filter`, `filters`."""

    @functools.wraps(run)
    def with_options(
        session: Session,
        *,
        site: str | None,
        region: str | None,
        since: dt.date | None,
        until: dt.date | None,
        **options: Any,
    ) -> int | None:
        from pipelines.catalogue.queries import Filter

        slug = _slug(session, site) if site else None
        prefix = _prefix(session, region) if region else None
        fields = {name: options.pop(name) for name in ("outcome", "verdict", "copies", "files")}
        return run(session, filters=Filter(site=slug, region=prefix, since=since, until=until, **fields), **options)

    for option in reversed(_OPTIONS):
        with_options = option(with_options)
    return with_options


def _slug(session: Session, given: str) -> str:
    from crawler.cli.site_names import site_slug  # here, because it imports all families: .1 s

    return site_slug(session, given)


def _prefix(session: Session, given: str) -> str:
    from crawler.cli.regions import region_prefix

    return region_prefix(session, given)
