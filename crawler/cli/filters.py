"""The options by which commands choose captures."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable
from typing import Any

import click

DAY = click.DateTime(["%Y-%m-%d"])

VERDICTS = ("new", "same-bytes", "same-text", "near-copy", "new-version")

_OPTIONS = (
    click.option("--site", metavar="SITE", help="Of this site only."),
    click.option("--outcome", type=click.Choice(["article", "rejected"]), help="Only these."),
    click.option(
        "--verdict",
        type=click.Choice(VERDICTS),
        metavar="KIND",
        help=f"How a capture stands to earlier ones: {', '.join(VERDICTS)}.",
    ),
    click.option(
        "--copies/--no-copies",
        default=True,
        show_default=True,
        help="With or without captures whose bytes or text were there before, nearly so too, on whatever site. "
        "One that holds an earlier text and more is no copy.",
    ),
    click.option(
        "--files/--no-files", default=True, show_default=True, help="With or without attachments and pictures."
    ),
    click.option("--since", type=DAY, metavar="DATE", help="Captured on DATE (UTC) or later."),
    click.option("--until", type=DAY, metavar="DATE", help="Captured on DATE (UTC) or earlier."),
)


def filtering(run: Callable[..., int | None]) -> Callable[..., int | None]:
    """Give a command's function the options that choose captures; it gets them as one `Filter`, `wanted`."""

    @functools.wraps(run)
    def called(*arguments: Any, since: dt.datetime | None, until: dt.datetime | None, **options: Any) -> int | None:
        from pipelines.catalogue.queries import Filter

        given = {name: options.pop(name) for name in ("site", "outcome", "verdict", "copies", "files")}
        wanted = Filter(since=since.date() if since else None, until=until.date() if until else None, **given)
        return run(*arguments, wanted=wanted, **options)

    for option in reversed(_OPTIONS):
        called = option(called)
    return called
