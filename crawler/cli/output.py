"""The way to the screen: everything that commands print goes through here, without the control characters of pages."""

from __future__ import annotations

import click

from pipelines.printable import printable


def echo(text: str = "", *, err: bool = False, nl: bool = True, styled: bool = False) -> None:
    """Print a text to stdout or stderr, with its control characters as visible escapes.

    `styled` keeps the sequences of colours: such a text must be made of parts that are printable already.
    """
    click.echo(printable(text, styled=styled), err=err, nl=nl)
