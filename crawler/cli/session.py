"""What all commands share: common options, the configuration made from them, and output."""

from __future__ import annotations

import functools
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click
from attrs import frozen

from crawler.cli.columns import terminal_columns
from crawler.cli.log import event_line, start_logging
from crawler.cli.log_events import MESSAGE
from crawler.cli.options import refuse_empty_options, shared_options, with_options_before_command
from crawler.cli.output import echo
from crawler.cli.wrapping import wrapped_for
from crawler.config.config import Config
from crawler.config.language import translations
from crawler.config.load import load_config
from pipelines.catalogue.schemes import SCHEMES
from pipelines.errors import ConfigError, FangzhiError
from pipelines.messages import gettext as _
from pipelines.messages import translate
from pipelines.printable import printable_json

if TYPE_CHECKING:
    from crawler.cli.rows import Screen
    from crawler.cli.tables import TableLayout
    from crawler.directory import Directory

SETTING_OPTIONS = ("archive", "catalogue", "frontier", "allow_private", "registry", "config", "lang", "workers")
"""Options that override settings; without them the environment or fangzhi.toml decides."""


@frozen(kw_only=True)
class Session:
    """One run of a command: its configuration, and its options --json, --quiet and --log-format."""

    config: Config
    as_json: bool
    quiet: bool
    json_log: bool = False

    def text(self, message: str) -> str:
        """Return a message in the language of the user; a text that is no message stays as it is."""
        return translate(message, translations(self.config.lang))

    def say(self, message: str, *, whole: bool = False, event: str = MESSAGE, **fields: object) -> None:
        """Print a message to stderr, unless --quiet is set; `whole` lines are not wrapped, as commands to copy.

        With `--log-format json` it is an event with these further fields.
        """
        if self.json_log and not self.quiet:
            echo(event_line(event, message, fields=fields), err=True)
        elif not self.quiet:
            text = self.text(message)
            echo(text if whole else wrapped_for(sys.stderr, text), err=True)

    def echo(self, message: str, *, styled: bool = False) -> None:
        """Print a message to stdout; see `output.echo` for `styled`."""
        echo(wrapped_for(sys.stdout, self.text(message)), styled=styled)

    def complain(self, error: FangzhiError) -> None:
        """Print to stderr what was wrong and what to do about it."""
        from crawler.cli.main import complain

        complain(error, self.config.lang, as_json=self.json_log)

    def directory(self) -> Directory:
        """Return the directory of the country; raises ConfigError if the configuration's own file is not one."""
        from crawler.directory import load_directory

        return load_directory(self.config.directory)

    def check_archive(self) -> None:
        """Raise ConfigError if the archive is a folder that does not exist: commands that read an archive make none."""
        if "://" in self.config.archive:
            return
        try:
            Path(self.config.archive).stat()
        except FileNotFoundError:
            raise ConfigError(
                _("there is no archive at {folder}", folder=self.config.archive),
                _("name the archive with --archive, or fill one with `fangzhi crawl` or `fangzhi fetch`"),
            ) from None
        except OSError:
            return  # the store reports what else is wrong with a path

    def terminal(self, stream: TextIO) -> tuple[int, bool]:
        """Return the width of a table on a stream, in columns, and whether the stream shows colours."""
        columns = terminal_columns(stream)
        return (100, False) if columns is None else (columns, "NO_COLOR" not in os.environ)

    @property
    def screen(self) -> Screen:
        """What stdout is, for rows of captures."""
        from crawler.cli.rows import Screen

        return Screen(columns=terminal_columns(sys.stdout), coloured=self.terminal(sys.stdout)[1])

    def layout(self, stream: TextIO) -> TableLayout:
        """Return how tables are printed on a stream."""
        from crawler.cli.tables import TableLayout

        width, coloured = self.terminal(stream)
        return TableLayout(width=width, coloured=coloured, translate=self.text)

    def emit(self, document: object) -> None:
        """Print one JSON value as a line to stdout."""
        echo(printable_json(json.dumps(document, ensure_ascii=False, separators=(",", ":"))))


def fangzhi_command(
    name: str, archive: str | None = None, kind: type[click.Command] = click.Command
) -> Callable[[Callable[..., int | None]], click.Command]:
    """Turn a function whose first parameter is a `Session` into a command with the options that all commands share.

    `archive` is the default archive folder of this command, used if neither the command line nor the environment names
    an archive. `kind` is the class of the command.
    """

    def decorate(run: Callable[..., int | None]) -> click.Command:
        @functools.wraps(run)
        def with_session(**options: Any) -> int | None:
            context = click.get_current_context()
            refuse_empty_options(context)
            options = with_options_before_command(options, context)
            given = {key: options.pop(key, None) for key in SETTING_OPTIONS}
            if options.get("into") and given["archive"]:
                raise click.UsageError("--into and --archive both name the archive: leave --archive out")
            given["archive"] = options.get("into") or given["archive"]
            as_json, quiet, verbose = (options.pop(key) for key in ("as_json", "quiet", "verbose"))
            if "FANGZHI_ARCHIVE" not in os.environ:
                given["archive"] = given["archive"] or archive
            json_log = options.pop("log_format") == "json"
            if context.obj:
                context.obj["json_log"] = json_log
            start_logging(quiet=quiet, verbose=verbose, as_json=json_log)
            settings = {key: value for key, value in given.items() if value is not False and value not in (None, ())}
            config = load_config(settings, os.environ, Path.cwd())
            if context.obj:
                context.obj["lang"] = config.lang
            try:
                return run(Session(config=config, as_json=as_json, quiet=quiet, json_log=json_log), **options)
            except BrokenPipeError:
                # The reader of the pipe has enough (`fangzhi list | head`): exit with 0, where click would exit with 1.
                # Output that is still buffered goes to /dev/null.
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
                return 0

        catalogues = " or ".join(f"{scheme.prefix}…" for scheme in SCHEMES.values())
        command: Callable[..., Any] = with_session
        for option in reversed(shared_options(archive=archive or "archive", catalogues=catalogues)):
            command = option(command)
        return click.command(name, cls=kind)(command)

    return decorate
