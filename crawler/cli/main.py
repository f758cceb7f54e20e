"""`fangzhi`: the commands, imported only when called, and what every one of them does with an error."""

from __future__ import annotations

import importlib
import sys

import click

from pipelines.errors import ConfigError, FangzhiError

COMMANDS = {
    "crawl": "crawler.cli.crawl",
    "schedule": "crawler.cli.schedule",
    "fetch": "crawler.cli.fetch",
    "replay": "crawler.cli.replay",
    "verify": "crawler.cli.verify",
    "rebuild": "crawler.cli.rebuild",
    "list": "crawler.cli.list",
    "show": "crawler.cli.show",
    "search": "crawler.cli.search",
    "export": "crawler.cli.export",
    "status": "crawler.cli.status",
    "sites": "crawler.cli.sites",
    "demo": "crawler.cli.demo",
}
"""Command → the module that holds it as `command`; in the order of `--help`."""

DONE, FAILED, WRONG, SOME_FAILED, INTERRUPTED = 0, 1, 2, 3, 130
"""The exit codes of the contract."""


SENTENCE = 300
"""Characters of the longest first sentence of a command's help."""


class Commands(click.Group):
    """A group that imports a command when it is asked for, so that `--help` does not wait for Scrapy."""

    def list_commands(self, _: click.Context) -> list[str]:
        """Return the commands' names."""
        return list(COMMANDS)

    def get_command(self, _: click.Context, name: str) -> click.Command | None:
        """Return a command, or None if there is none of this name."""
        if name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(COMMANDS[name]).command
        return command

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        """Write each command with its first sentence, whole: click cuts them off."""
        found = ((name, self.get_command(context, name)) for name in COMMANDS)
        with formatter.section("Commands"):
            formatter.write_dl([(name, command.get_short_help_str(SENTENCE)) for name, command in found if command])


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="fangzhi")
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
