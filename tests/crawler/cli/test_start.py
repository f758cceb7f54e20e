"""A command loads only the libraries that it uses, so that it starts fast."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from crawler.cli.main import COMMANDS
from pipelines.catalogue.catalogue import Catalogue
from tests.fangzhi import environment
from tests.pipelines.made import capture, entry

DOWNLOAD_LIBRARIES = {"scrapy", "twisted", "httpx2"}
EXTRACTION_LIBRARIES = {"trafilatura", "lxml", "opencc", "pypinyin", "wordfreq"}
STORAGE_LIBRARIES = {"sqlalchemy", "boto3", "botocore"}

RUN = """
import json, sys
from crawler.cli.main import cli
for arguments in json.loads(sys.argv[1]):
    cli(arguments, standalone_mode=False)
print(json.dumps(sorted(sys.modules)))
"""


def loaded(*commands: list[str]) -> set[str]:
    """Return the modules loaded by a process that ran these commands."""
    program = [sys.executable, "-c", RUN, json.dumps(commands)]
    done = subprocess.run(program, capture_output=True, text=True, timeout=60, check=True, env=environment())
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_help_loads_no_library_for_download_extraction_or_storage() -> None:
    assert not loaded(["--help"]) & (DOWNLOAD_LIBRARIES | EXTRACTION_LIBRARIES | STORAGE_LIBRARIES | {"cattrs"})


def test_help_of_each_command_loads_none_of_them() -> None:
    subcommands = [["sites", name, "--help"] for name in ("list", "show", "check", "new")]
    assert not loaded(*([name, "--help"] for name in COMMANDS), *subcommands) & (
        DOWNLOAD_LIBRARIES | EXTRACTION_LIBRARIES | STORAGE_LIBRARIES | {"cattrs"}
    )


@pytest.mark.parametrize("command", [["list"], ["list", "--gone"], ["show", "ID"], ["status"]], ids=" ".join)
def test_commands_that_read_the_catalogue_load_no_library_for_download_or_extraction(
    command: list[str], tmp_path: Path
) -> None:
    one = entry(capture(0), text="云洲市召开防汛会议。")
    with closing(Catalogue(f"sqlite:///{tmp_path}/catalogue.sqlite")) as catalogue:
        catalogue.put(one)
    arguments = [one.id if word == "ID" else word for word in command]
    assert not loaded([*arguments, "--archive", str(tmp_path)]) & (
        DOWNLOAD_LIBRARIES | EXTRACTION_LIBRARIES | {"boto3", "botocore"}
    )


def test_the_registry_is_listed_without_a_catalogue() -> None:
    assert not loaded(["sites", "list"]) & (DOWNLOAD_LIBRARIES | EXTRACTION_LIBRARIES | STORAGE_LIBRARIES)
