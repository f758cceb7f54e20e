"""Writes the manual page fangzhi.1 from the help of the commands: `python -m crawler.cli.man > fangzhi.1`."""

from __future__ import annotations

import re
from collections.abc import Iterator

import click

from crawler.cli.main import cli
from pipelines import __version__


def manual() -> str:
    """Return the manual page in the macros of man(7): the program, then a section for each command."""
    with click.Context(cli, info_name="fangzhi") as context:
        synopsis, details = _help(cli)
        lines = [
            f'.TH FANGZHI 1 "" "fangzhi {__version__}" "User Commands"',
            *(".SH NAME", f"fangzhi \\- {_roff(synopsis)}"),
            *(".SH SYNOPSIS", r"\fBfangzhi\fR \fICOMMAND\fR [\fIOPTION\fR]... [\fIARGUMENT\fR]..."),
            *(".SH DESCRIPTION", *details, *_options(cli, context)),
        ]
        for name in cli.list_commands(context):
            if command := cli.get_command(context, name):
                lines += [".SH COMMANDS"] if ".SH COMMANDS" not in lines else []
                lines += _command(command, name, context)
    return "\n".join(lines) + "\n"


def _command(command: click.Command, path: str, parent: click.Context) -> Iterator[str]:
    """Yield a command, and after it its subcommands."""
    with click.Context(command, info_name=path, parent=parent) as context:
        yield f".SS {_roff(f'fangzhi {path} ' + ' '.join(command.collect_usage_pieces(context)))}"
        synopsis, details = _help(command)
        yield _roff(synopsis)
        yield from details
        yield from _options(command, context)
        if isinstance(command, click.Group):
            for name in command.list_commands(context):
                if inner := command.get_command(context, name):
                    yield from _command(inner, f"{path} {name}", parent)


def _help(command: click.Command) -> tuple[str, list[str]]:
    """Return the first paragraph of a command's help, and the others; after \\b, the lines of one stay as they are."""
    first, *others = (command.help or "").strip().split("\n\n")
    lines: list[str] = []
    for paragraph in others:
        kept = paragraph.lstrip().startswith("\b")
        text = [_roff(line) for line in paragraph.replace("\b", "").strip("\n").splitlines()]
        lines += [".PP", *([".nf", *text, ".fi"] if kept else text)]
    return " ".join(first.split()), lines


def _options(command: click.Command, context: click.Context) -> Iterator[str]:
    for parameter in command.get_params(context):
        if record := parameter.get_help_record(context):
            names, description = record
            yield from (".TP", rf"\fB{_roff(names)}\fR", _roff(description))


def _roff(text: str) -> str:
    """Return a text for roff, which would read a backslash, a hyphen, and a dot or quote before a line as its own.

    >>> print(_roff("--limit N"), _roff(".fangzhi"))
    \\-\\-limit N \\&.fangzhi
    """
    escaped = re.sub(r"\s*\n\s*", " ", text).replace("\\", r"\e").replace("-", r"\-")
    return rf"\&{escaped}" if escaped.startswith((".", "'")) else escaped


if __name__ == "__main__":
    click.echo(manual(), nl=False)
