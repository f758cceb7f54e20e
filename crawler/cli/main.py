"""`fangzhi`: its commands, imported only when they are called, and how all of them report an error."""

from __future__ import annotations

import importlib
import os
import sys
from types import TracebackType
from typing import Any

import click

from crawler.cli.click_messages import use_language
from crawler.cli.log_events import ERROR
from crawler.cli.options import shared_options
from crawler.cli.output import echo
from crawler.cli.wrapping import wrapped_for
from crawler.config.language import preferred_language, translations
from pipelines import __version__
from pipelines.errors import ConfigError, FangzhiError
from pipelines.line.garbage import collect_rarely
from pipelines.masking import mask
from pipelines.messages import gettext as _
from pipelines.messages import translate
from pipelines.printable import printable

COMMANDS = {
    "crawl": ("crawler.cli.crawl", "Crawl the named sites, or every enabled site that is due."),
    "schedule": ("crawler.cli.schedule", "Crawl each site whenever it is due, until stopped."),
    "fetch": ("crawler.cli.fetch", "Fetch single pages, archive them, and print the article of each."),
    "replay": ("crawler.cli.replay", "Extract articles again, from the archive or from WARC files."),
    "verify": (
        "crawler.cli.verify",
        "Check the integrity of the archive, its indexes and its catalogue, or of WACZ packages.",
    ),
    "rebuild": ("crawler.cli.rebuild", "Rebuild the catalogue, and missing or wrong indexes, from the archive."),
    "seal": (
        "crawler.cli.seal",
        "Make a seal: a short statement of what the archive holds, to keep outside the archive.",
    ),
    "copy": ("crawler.cli.copy", "Copy an archive, SRC, to another place, DST: a folder or S3."),
    "copy-frontier": (
        "crawler.cli.copy_frontier",
        "Copy a frontier, SRC, into a new one, DST: a file or a database in PostgreSQL.",
    ),
    "backup": (
        "crawler.cli.backup",
        "Copy what a machine needs to go on crawling into FOLDER: frontier, records, configuration, sites, keys.",
    ),
    "forget": ("crawler.cli.forget", "Remove captures from the archive for good, and record it in the ledger."),
    "list": ("crawler.cli.list", "List captured articles, newest capture first unless --sort says another order."),
    "show": ("crawler.cli.show", "Show one capture, the history of its page, or the changes between two versions."),
    "search": ("crawler.cli.search", "Find articles that match QUERY."),
    "counts": (
        "crawler.cli.counts",
        "Count articles by day of publication, place, source, column or verdict.",
    ),
    "export": ("crawler.cli.export", "Export captures or articles as JSON Lines, CSV, Parquet, WACZ or CDXJ."),
    "serve": (
        "crawler.web.command",
        "Serve the reading room: the archive as pages, feeds and an API, in Chinese and English.",
    ),
    "mcp": (
        "crawler.web.agents.command",
        "Serve the archive to a language model, by the Model Context Protocol over stdin and stdout.",
    ),
    "status": ("crawler.cli.status", "Show what is archived and the health of each site."),
    "notify": (
        "crawler.cli.notify",
        "Send messages about dead sites, removed pages, found words and damage, as the rules say.",
    ),
    "sites": ("crawler.cli.sites", "List, show, check and add sites of the registry."),
    "demo": ("crawler.cli.demo", "Crawl two days of a simulated city on this machine, then print what to try next."),
}
"""Command → its module, which defines it as `command`, and the first sentence of its help; in the order of `--help`.

The sentences are repeated here so that `--help` need not import the modules; a test compares them.
"""

DONE, FAILED, WRONG, SOME_FAILED, INTERRUPTED = 0, 1, 2, 3, 130
"""The exit codes that the command line promises."""


class Commands(click.Group):
    """A group that imports a command when it is called, and none for `--help`."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """Return the commands' names."""
        return list(COMMANDS)

    def get_command(self, _ctx: click.Context, name: str) -> click.Command | None:
        """Return a command, or None if there is none of this name."""
        if name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(COMMANDS[name][0]).command
        return command

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write each command with its whole first sentence; click would shorten it."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, sentence) for name, (module, sentence) in COMMANDS.items()])


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="fangzhi")
def cli(**_before_command: object) -> None:
    """方志: crawl, archive and read the news of Chinese cities, counties and districts.

    \b
    fangzhi demo                 crawl a simulated city on this machine
    fangzhi fetch URL            archive one page and print its article as JSON
    fangzhi crawl nanjing-gulou  fetch the new articles of a registered site
    fangzhi schedule             crawl each site whenever it is due, until stopped
    fangzhi sites find 开平      the sites of a place, from the directory that comes with fangzhi
    fangzhi sites new URL        inspect an unregistered site and write its TOML
    fangzhi search 老旧小区      find articles with this word, in either script
    fangzhi replay               extract the articles of the archive again
    fangzhi export all.wacz      write the archive to one file, for ReplayWeb.page
    fangzhi verify --deep        check every byte of the archive

    The options that all commands share (--archive, --config, --json, …: see the help of any of them) can also stand
    before the command.

    Exit codes: 0 done; 1 failed; 2 wrong usage or configuration; 3 done, but some pages failed, or a
    site that used to have articles has none.
    """


for _option in shared_options(hidden=True):
    _option(cli)


def main() -> None:
    """Run the command line and exit with its code; an expected failure is one line, never a traceback."""
    collect_rarely()
    sys.excepthook = _print_traceback
    screen: dict[str, Any] = {"lang": preferred_language(os.environ)}  # replaced when the configuration is loaded
    use_language(screen["lang"])
    try:
        code = cli(standalone_mode=False, obj=screen)
    except click.ClickException as error:
        use_language(screen["lang"])
        vars(error)["message"] = _without_passwords(translate(error.message, translations(screen["lang"])))
        error.show()
        code = error.exit_code
    except FangzhiError as error:
        complain(error, screen["lang"], as_json=screen.get("json_log", False))
        code = WRONG if isinstance(error, ConfigError) else FAILED
    except (KeyboardInterrupt, click.Abort):
        code = INTERRUPTED
    sys.exit(code)


def _without_passwords(message: str) -> str:
    """Mask the passwords in a message of click, which can quote any word of the command line."""
    for word in (*sys.argv[1:], *(word.partition("=")[2] for word in sys.argv[1:])):
        if (masked := mask(word)) != word:
            message = message.replace(repr(word)[1:-1], masked).replace(word, masked)
    return mask(message)


def _print_traceback(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Print an error that is a bug, without the passwords in its text."""
    import traceback

    sys.stderr.write(printable(mask("".join(traceback.format_exception(kind, error, trace)))))


def complain(error: FangzhiError, lang: str, *, as_json: bool = False) -> None:
    """Write to stderr, in a language, what was wrong and what to do about it; as an event in English with `as_json`."""
    if as_json:
        from crawler.cli.log import event_line

        echo(event_line(ERROR, error.message, "error", {"hint": error.hint}), err=True)
        return
    text = _("{problem} ({hint})", problem=error, hint=error.hint) if error.hint else error.message
    echo(wrapped_for(sys.stderr, f"fangzhi: {mask(translate(text, translations(lang)))}"), err=True)
