"""`fangzhi`: the commands, imported only when called, and what every one of them does with an error."""

from __future__ import annotations

import importlib
import sys

import click

from pipelines import __version__
from pipelines.errors import ConfigError, FangzhiError

COMMANDS = {
    "crawl": ("crawler.cli.crawl", "Crawl the named sites, or every enabled site that is due."),
    "schedule": ("crawler.cli.schedule", "Crawl each site whenever it is due, until stopped."),
    "fetch": ("crawler.cli.fetch", "Fetch single pages, archive them, and print the article of each."),
    "replay": ("crawler.cli.replay", "Extract articles again, from the archive or from WARC files."),
    "verify": ("crawler.cli.verify", "Check the integrity of the archive, its indexes and its catalogue."),
    "rebuild": ("crawler.cli.rebuild", "Rebuild the catalogue, and missing or wrong indexes, from the archive."),
    "list": ("crawler.cli.list", "List captures, newest first."),
    "show": ("crawler.cli.show", "Show an entry by its id, or what an address gave last."),
    "search": ("crawler.cli.search", "Find articles that contain every word of QUERY, newest capture first."),
    "export": ("crawler.cli.export", "Export captures or articles as JSON Lines, CSV, Parquet, WACZ or CDXJ."),
    "status": ("crawler.cli.status", "Show what is archived and the health of each site."),
    "sites": ("crawler.cli.sites", "List, show, check and add sites of the registry."),
    "demo": ("crawler.cli.demo", "Crawl a simulated city on this machine, then print what to try next."),
}
"""Command → the module that holds it as `command`, and the first sentence of its help; in the order of `--help`.

The sentences are repeated here so that `--help` need not import the modules; a test compares them.
"""

DONE, FAILED, WRONG, SOME_FAILED, INTERRUPTED = 0, 1, 2, 3, 130
"""The exit codes of the contract."""


class Commands(click.Group):
    """A group that imports a command when it is called, and none for `--help`."""

    def list_commands(self, _: click.Context) -> list[str]:
        """Return the commands' names."""
        return list(COMMANDS)

    def get_command(self, _: click.Context, name: str) -> click.Command | None:
        """Return a command, or None if there is none of this name."""
        if name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(COMMANDS[name][0]).command
        return command

    def format_commands(self, _: click.Context, formatter: click.HelpFormatter) -> None:
        """Write each command with its first sentence, whole: click cuts them off."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, sentence) for name, (_, sentence) in COMMANDS.items()])


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__)
def cli() -> None:
    """方志: crawl, archive and read the news of Chinese cities, counties and districts.

    \b
    fangzhi demo                 a made city, crawled on this machine
    fangzhi fetch URL            one page: archived, read, as JSON
    fangzhi crawl nanjing-gulou  every new article of a site
    fangzhi schedule             what is due of every site, for ever
    fangzhi sites new URL        a site that is not registered: its CMS, its lists, its TOML
    fangzhi search 老旧小区      the articles that name it, in either script
    fangzhi replay               the archive, read again
    fangzhi export all.wacz      the archive in one file, for ReplayWeb.page
    fangzhi verify --deep        is the archive what was put there, to the last byte?

    Exit codes: 0 done, 1 failed, 2 wrong usage or configuration, 3 done but some pages failed, or a
    site that used to yield articles yields none.
    """


def main() -> None:
    """Run the command line and exit with its code; an expected failure is one line, never a traceback."""
    try:
        code = cli(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except FangzhiError as error:
        complain(error)
        code = WRONG if isinstance(error, ConfigError) else FAILED
    except (KeyboardInterrupt, click.Abort):
        code = INTERRUPTED
    sys.exit(code)


def complain(error: FangzhiError) -> None:
    """Say on stderr what was wrong and what to do about it."""
    click.echo(f"fangzhi: {error}" + (f" ({error.hint})" if error.hint else ""), err=True)
