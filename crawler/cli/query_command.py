"""Commands with a query: words such as -防汛 on the command line are part of the query and no options."""

from __future__ import annotations

import re

import click

_EXCLUDED = re.compile(r"-(?=[^\x00-\x7f]|[\"(]|[a-z]+:)")
"""A minus before what is no option: options are ASCII letters without a colon, or begin with a second hyphen."""


class QueryCommand(click.Command):
    """A command whose arguments may begin with a minus before a Chinese word, a phrase, a field or a parenthesis."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the command line; `-防汛` becomes `NOT 防汛`."""
        return super().parse_args(ctx, [_EXCLUDED.sub("NOT ", arg, count=1) if arg[:1] == "-" else arg for arg in args])
