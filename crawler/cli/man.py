"""Writes the manual page fangzhi.1 from the help of the commands: `python -m crawler.cli.man > fangzhi.1`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from inspect import cleandoc

import click

from crawler.cli.main import cli
from pipelines import __version__


def manual() -> str:
    """Return the manual page in the macros of man(7): the program, the shared options, and each command."""
    with click.Context(cli, info_name="fangzhi") as context:
        synopsis, details = _help(cli)
        commands = {name: cli.get_command(context, name) for name in cli.list_commands(context)}
        leaves = [each for each in commands.values() if each and not isinstance(each, click.Group)]
        shared = set.intersection(*({parameter.name for parameter in each.params} for each in leaves))
        lines = [
            f'.TH FANGZHI 1 "" "fangzhi {__version__}" "User Commands"',
            *(".SH NAME", f"fangzhi \\- {_roff(synopsis)}"),
            *(".SH SYNOPSIS", r"\fBfangzhi\fR \fICOMMAND\fR [\fIOPTION\fR]... [\fIARGUMENT\fR]..."),
            *(".SH DESCRIPTION", *details),
            *(".SH OPTIONS OF EVERY COMMAND", *_options(context, (p for p in leaves[0].params if p.name in shared))),
            ".SH COMMANDS",
        ]
        for name, command in commands.items():
            lines += _command(command, name, context, shared) if command else ()
    return "\n".join(lines) + "\n"


def _command(command: click.Command, path: str, parent: click.Context, shared: set[str]) -> Iterator[str]:
    """Yield a command without the shared options, and after it its subcommands."""
    with click.Context(command, info_name=path, parent=parent) as context:
        yield f".SS {_roff(f'fangzhi {path} ' + ' '.join(command.collect_usage_pieces(context)))}"
        synopsis, details = _help(command)
        yield _roff(synopsis)
        yield from details
        yield from _options(context, (each for each in command.params if each.name not in shared))
        for name, inner in (command.commands if isinstance(command, click.Group) else {}).items():
            yield from _command(inner, f"{path} {name}", parent, shared)


def _help(command: click.Command) -> tuple[str, list[str]]:
    """Return the first paragraph of a command's help, and the others; after \\b, the lines of one stay as they are."""
    first, *others = cleandoc(command.help or "").split("\n\n")
    lines: list[str] = []
    for paragraph in others:
        kept = paragraph.startswith("\b")
        text = [_roff(line) for line in paragraph.removeprefix("\b").strip("\n").splitlines()]
        lines += [".PP", *([".nf", *text, ".fi"] if kept else text)]
    return " ".join(first.split()), lines


def _options(context: click.Context, parameters: Iterable[click.Parameter]) -> Iterator[str]:
    for names, description in filter(None, (each.get_help_record(context) for each in parameters)):
        if description:
            yield from (".TP", rf"\fB{_roff(names)}\fR", _roff(description))


def _roff(text: str) -> str:
    """Return a text for roff, to which backslashes, hyphens, and dots or quotes at the beginning of a line are special.

    >>> print(_roff("--limit N"), _roff(".fangzhi"))
    \\-\\-limit N \\&.fangzhi
    """
    escaped = re.sub(r"\s*\n\s*", " ", text).replace("\\", r"\e").replace("-", r"\-")
    return rf"\&{escaped}" if escaped.startswith((".", "'")) else escaped


if __name__ == "__main__":
    click.echo(manual(), nl=False)
