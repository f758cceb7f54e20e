"""The options that all commands share; they can also stand before the command."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from crawler.cli.log import LOG_FORMATS
from crawler.config.language import LANGUAGES
from pipelines.messages import gettext as _

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


def shared_options(*, archive: str = "archive", catalogues: str = "", hidden: bool = False) -> tuple[Decorator, ...]:
    """Return the options in the order of the help.

    `archive` is the default folder, `catalogues` are examples of catalogue URLs. Hidden options are not in the help.
    """
    return (
        click.option(
            "--archive",
            metavar="URL",
            help=f"Archive: a folder, file:///… or s3://bucket/prefix.  [default: ./{archive}]",
            hidden=hidden,
        ),
        click.option(
            "--catalogue",
            metavar="URL",
            help=f"Catalogue database: {catalogues}  [default: inside a local archive]",
            hidden=hidden,
        ),
        click.option(
            "--frontier",
            metavar="FILE|URL",
            help="Frontier: a file, or the PostgreSQL database that crawlers on several machines share.  "
            "[default: beside the catalogue]",
            hidden=hidden,
        ),
        click.option(
            "--registry",
            metavar="DIR",
            multiple=True,
            help="A folder with site TOML files, in addition to the folder registry of the archive. May be repeated.",
            hidden=hidden,
        ),
        click.option(
            "--config",
            metavar="FILE",
            help="Configuration file.  [default: ./fangzhi.toml if it exists]",
            hidden=hidden,
        ),
        click.option(
            "--lang",
            type=click.Choice(LANGUAGES),
            help="Language of messages.  [default: that of the locale]",
            hidden=hidden,
        ),
        click.option(
            "--allow-private",
            is_flag=True,
            help="Allow requests to loopback and private addresses.",
            hidden=hidden,
        ),
        click.option(
            "--json",
            "as_json",
            is_flag=True,
            help="Print only JSON to stdout, one object per line.",
            hidden=hidden,
        ),
        click.option("-q", "--quiet", is_flag=True, help="Print only errors to stderr.", hidden=hidden),
        click.option("-v", "--verbose", count=True, help="Log more; -vv logs everything.", hidden=hidden),
        click.option(
            "--log-format",
            type=click.Choice(LOG_FORMATS),
            help="Form of stderr: text, or a JSON object per line: time, level, event, message.  [default: text]",
            hidden=hidden,
        ),
    )


def with_options_before_command(options: dict[str, Any], context: click.Context) -> dict[str, Any]:
    """Return the options of a command, with those that stand before it; the command's own ones take precedence."""
    before = context.find_root().params if context.parent else {}
    merged = options | {name: options[name] or value for name, value in before.items() if name in options}
    if "registry" in before:
        merged["registry"] = (*before["registry"], *options["registry"])
    return merged


def refuse_empty_options(context: click.Context) -> None:
    """Raise BadParameter if an option of a command, or one before it, has an empty value.

    A shell passes `--site "$SITE"` as an empty value if the variable is not set; without this check the command would
    run for all sites.
    """
    for each in dict.fromkeys((context.find_root(), context)):
        for parameter in each.command.params:
            value = each.params.get(parameter.name or "")
            if isinstance(parameter, click.Option) and (value == "" or (isinstance(value, tuple) and "" in value)):
                message = _("it is empty: give a value, or leave the option out")
                raise click.BadParameter(message, ctx=context, param=parameter)
