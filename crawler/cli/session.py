"""What every command has in common: its options, the configuration they make, and where words go."""

from __future__ import annotations

import functools
import json
import logging
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TextIO

import click
from attrs import frozen

from crawler.config import Config, load_config

SETTINGS = ("archive", "catalogue", "allow_private", "registry", "config", "workers")
"""Options that are settings: unset ones are left to the environment and to fangzhi.toml."""


@frozen(kw_only=True)
class Session:
    """One run of a command: its configuration, and how much it is to say."""

    config: Config
    machine: bool
    quiet: bool

    def say(self, line: str) -> None:
        """Write a line for people to stderr, unless they asked for quiet."""
        if not self.quiet:
            click.echo(line, err=True)

    def terminal(self, stream: TextIO) -> tuple[int, bool]:
        """Return how many columns a table on a stream may have, and whether it may be in colour."""
        if not stream.isatty():
            return 100, False
        return shutil.get_terminal_size().columns, "NO_COLOR" not in os.environ

    def emit(self, document: object) -> None:
        """Write one JSON value as a line to stdout."""
        click.echo(json.dumps(document, ensure_ascii=False, separators=(",", ":")))


def fangzhi_command(name: str, archive: str | None = None) -> Callable[[Callable[..., int | None]], click.Command]:
    """Make a command of a function that takes a `Session` first; it gets the options that all commands have.

    `archive` is the folder where none is named on the command line or in the environment.
    """

    def decorate(run: Callable[..., int | None]) -> click.Command:
        @functools.wraps(run)
        def called(**options: Any) -> int | None:
            given = {key: options.pop(key, None) for key in SETTINGS}
            if options.get("into") and given["archive"]:
                raise click.UsageError("--into names the archive: leave --archive out")
            given["archive"] = options.get("into") or given["archive"]
            machine, quiet, verbose = (options.pop(key) for key in ("machine", "quiet", "verbose"))
            if "FANGZHI_ARCHIVE" not in os.environ:
                given["archive"] = given["archive"] or archive
            start_logging(quiet=quiet, verbose=verbose)
            settings = {key: value for key, value in given.items() if value not in (None, (), False)}
            config = load_config(settings, os.environ, Path.cwd())
            try:
                return run(Session(config=config, machine=machine, quiet=quiet), **options)
            except BrokenPipeError:
                # Whoever read us has gone, and is content: click would exit with 1. What is unwritten goes nowhere.
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
                return 0

        for option in reversed(_OPTIONS):
            called = option(called)
        return click.command(name)(called)

    return decorate


_OPTIONS = (
    click.option("--archive", metavar="URL", help="A folder, file:///… or s3://bucket/prefix.  [default: ./archive]"),
    click.option(
        "--catalogue", metavar="URL", help="sqlite:///… or postgresql+psycopg://…  [default: inside a local archive]"
    ),
    click.option("--registry", metavar="DIR", multiple=True, help="A folder of site TOMLs besides the built-in ones."),
    click.option("--config", metavar="FILE", help="Settings.  [default: ./fangzhi.toml where it is]"),
    click.option("--allow-private", is_flag=True, help="Loopback and private addresses may be fetched."),
    click.option("--json", "machine", is_flag=True, help="One JSON object a line on stdout, nothing else there."),
    click.option("-q", "--quiet", is_flag=True, help="Errors only."),
    click.option("-v", "--verbose", count=True, help="Say more; twice: everything."),
)


def start_logging(*, quiet: bool, verbose: int) -> None:
    """Send log lines to stderr: our own warnings, and with `verbose` also what the libraries say."""
    handler = logging.StreamHandler(sys.stderr)
    form = "%(asctime)s %(levelname)s %(name)s: %(message)s" if verbose else "%(levelname)s: %(message)s"
    handler.setFormatter(logging.Formatter(form))
    if not verbose:
        handler.addFilter(lambda record: record.name.startswith(("crawler", "pipelines")))
    level = logging.ERROR if quiet else (logging.WARNING, logging.INFO, logging.DEBUG)[min(verbose, 2)]
    logging.basicConfig(level=level, handlers=[handler], force=True)
