"""A command loads only the modules that it uses, so that it starts fast."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import click
import pytest

from crawler.cli.main import COMMANDS, cli
from pipelines.catalogue.catalogue import Catalogue
from pipelines.line.order import STAGES
from tests.crawler.wire import wired
from tests.fangzhi import environment
from tests.journeys.small import ARTICLES, PATHS, answer, listing
from tests.pipelines.made import capture, entry

DOWNLOAD_MODULES = {"scrapy", "twisted", "httpx2"}
EXTRACTION_MODULES = {"trafilatura", "opencc", "pypinyin", "msgpack", *STAGES} - {
    "pipelines.parse.decode",
    "pipelines.dedupe.winnowing",
}
"""Modules that extract articles.

A crawl itself also decides which bytes are HTML and which texts are copies, so these two stages are not among them.
"""

PAGE_MODULES = EXTRACTION_MODULES | {"lxml"}
STORAGE_MODULES = {"sqlalchemy", "boto3", "botocore"}
SERVER_MODULES = {"boto3", "botocore", "psycopg", "sqlalchemy.dialects.postgresql"}
"""Modules for archives in S3 and catalogues in PostgreSQL."""

RUN = """
import json, sys
from crawler.cli.main import cli
for arguments in json.loads(sys.argv[1]):
    cli(arguments, standalone_mode=False)
print(json.dumps(sorted(sys.modules)))
"""

CRAWL = """
import json, sys
from crawler.cli.main import cli
before = []

def note(event, arguments):
    if event == "socket.connect" and isinstance(arguments[1], tuple) and not before:
        before.extend(sys.modules)

sys.addaudithook(note)
cli(json.loads(sys.argv[1]), standalone_mode=False)
print(json.dumps([before, sorted(sys.modules)]))
"""
"""Prints the modules loaded at the first TCP connection, and those loaded at the end."""


def printed(program: str, arguments: object, **environ: str) -> object:
    """Return the JSON in the last line that a program prints."""
    command = [sys.executable, "-c", program, json.dumps(arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True, env=environment(**environ))
    return json.loads(done.stdout.splitlines()[-1])


def loaded(*commands: list[str]) -> set[str]:
    """Return the modules loaded by a process that ran these commands."""
    return set(printed(RUN, commands))


def test_help_loads_no_module_for_download_extraction_or_storage() -> None:
    assert not loaded(["--help"]) & (DOWNLOAD_MODULES | PAGE_MODULES | STORAGE_MODULES | {"cattrs"})


def test_help_and_version_load_no_command() -> None:
    modules = {module for module, _ in COMMANDS.values()}
    assert not loaded(["--help"]) & (modules | {"attrs", "crawler.config.config"})
    assert not loaded(["--version"]) & (modules | {"attrs", "crawler.config.config", "importlib.metadata"})


@pytest.mark.parametrize("name", COMMANDS)
def test_the_list_of_commands_has_the_first_sentence_of_each(name: str) -> None:
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    assert COMMANDS[name][1] == command.get_short_help_str(1000)


def test_help_of_each_command_loads_none_of_them() -> None:
    subcommands = [["sites", name, "--help"] for name in ("list", "show", "find", "check", "new")]
    assert not loaded(*([name, "--help"] for name in COMMANDS), *subcommands) & (
        DOWNLOAD_MODULES | PAGE_MODULES | STORAGE_MODULES | {"cattrs"}
    )


@pytest.mark.parametrize(
    "command", [["list"], ["list", "--gone"], ["show", "ID"], ["show", "ID", "--history"], ["status"]], ids=" ".join
)
def test_commands_that_read_the_catalogue_load_no_module_for_download_or_extraction(
    command: list[str], tmp_path: Path
) -> None:
    one = entry(capture(0), text="云洲市召开防汛会议。")
    with closing(Catalogue(f"sqlite:///{tmp_path}/catalogue.sqlite")) as catalogue:
        catalogue.put(one)
    arguments = [one.id if word == "ID" else word for word in command]
    tables = set() if command == ["status"] else {"rich"}
    assert not loaded([*arguments, "--archive", str(tmp_path)]) & (
        DOWNLOAD_MODULES | PAGE_MODULES | SERVER_MODULES | tables
    )


@pytest.mark.parametrize("command", [["list"], ["search", "防汛"]], ids=" ".join)
def test_captures_of_all_sites_are_listed_without_the_registry(command: list[str], tmp_path: Path) -> None:
    with closing(Catalogue(f"sqlite:///{tmp_path}/catalogue.sqlite")) as catalogue:
        catalogue.put(entry(capture(0), text="云洲市召开防汛会议。"))
    assert not loaded([*command, "--archive", str(tmp_path)]) & {"crawler.families", "crawler.sites.registry"}


def test_search_loads_only_the_conversion_between_scripts(tmp_path: Path) -> None:
    with closing(Catalogue(f"sqlite:///{tmp_path}/catalogue.sqlite")) as catalogue:
        catalogue.put(entry(capture(0), text="云洲市召开防汛会议。"))
    found = loaded(["search", "防汛", "--archive", str(tmp_path)])
    assert not found & (DOWNLOAD_MODULES | SERVER_MODULES | EXTRACTION_MODULES - {"opencc"} | {"lxml", "rich"})


def test_the_registry_is_listed_without_a_catalogue() -> None:
    assert not loaded(["sites", "list"]) & (DOWNLOAD_MODULES | PAGE_MODULES | STORAGE_MODULES)


def test_a_place_is_found_without_a_site_or_a_page() -> None:
    unused = DOWNLOAD_MODULES | PAGE_MODULES | STORAGE_MODULES | {"crawler.families", "asyncio"}
    assert not loaded(["sites", "find", "440783"]) & unused
    assert not loaded(["sites", "find", "開平"]) & (unused - {"opencc"})


def test_only_the_workers_of_a_crawl_load_the_extraction(tmp_path: Path) -> None:
    with wired() as wire:
        wire.answers = {"/list/": listing(PATHS)} | {path: answer(text) for path, text in ARTICLES.items()}
        site = f'name = "府"\nfamily = "generic"\nhosts = ["{wire.base.removeprefix("http://")}"]\ndelay = 0.0\n'
        site += f'sections = [{{ name = "要闻", url = "{wire.base}/list/" }}]\n'
        (tmp_path / "fu.toml").write_text(site, encoding="utf-8")
        crawl = ["crawl", "fu", "--archive", f"{tmp_path}/archive", "--registry", str(tmp_path)]
        before, after = map(set, printed(CRAWL, crawl, FANGZHI_WORKERS="1"))
    assert {"scrapy", "sqlalchemy"} <= before
    assert not before & (EXTRACTION_MODULES | SERVER_MODULES | {"rich", "pipelines.parse.extract.client_redirects"})
    assert "pipelines.parse.extract.client_redirects" in after
    # The full-text index folds titles to simplified characters by a table of OpenCC.
    assert not after & (EXTRACTION_MODULES - {"opencc"} | SERVER_MODULES)
