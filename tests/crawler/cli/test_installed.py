"""The program that is installed, from the start of its interpreter on: it does what the forked commands of tests do."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from crawler.cli.main import COMMANDS
from tests.fangzhi import documents, fangzhi, installed, one_line
from tests.town import Town

READING = (
    ("list", "--json"),
    ("search", "会议", "--json"),
    ("status", "--json"),
    ("sites", "list", "--json"),
    ("verify", "--json"),
    ("export", "-", "--format", "jsonl"),
    ("replay", "--dry-run", "--site", "huawu", "--json"),
)
"""Commands that change nothing."""


@pytest.mark.parametrize("command", READING, ids=lambda command: command[0])
def test_each_command_that_reads_says_what_it_says_in_a_forked_child(town: Town, command: tuple[str, ...]) -> None:
    alone, forked = (run(*command, *town.options) for run in (installed, fangzhi))
    assert (alone.returncode, alone.stdout, alone.stderr) == (forked.returncode, forked.stdout, forked.stderr)
    assert alone.returncode == 0
    assert alone.stdout or command[0] == "verify"


def test_an_article_is_shown(town: Town) -> None:
    (entry,) = town.run("list", "--outcome", "article", "--limit", "1", "--json")
    assert documents(installed("show", entry["id"], "--json", *town.options)) == [entry]


@pytest.mark.parametrize("workers", ["0", "1"])
def test_a_page_is_fetched(town: Town, tmp_path: Path, workers: str) -> None:
    truth = next(truth for truth in town.truths() if truth.kind == "article")
    alone = installed("fetch", truth.url, "--page", "text", "--archive", str(tmp_path), FANGZHI_WORKERS=workers)
    assert [article["text"] for entry in documents(alone) for article in entry["articles"]] == [truth.text]
    done = installed("rebuild", "--json", "--archive", str(tmp_path), FANGZHI_WORKERS=workers)
    assert (done.returncode, documents(done)[0]["captures"]) == (0, 1), done.stderr


def test_help_names_every_command() -> None:
    done = installed("--help")
    assert (done.returncode, done.stderr, done.stdout) == (0, "", fangzhi("--help").stdout)
    assert [line.split()[0] for line in done.stdout.splitlines() if line.split()[:1] and line.split()[0] in COMMANDS]


def test_an_error_is_one_line_and_an_exit_code(tmp_path: Path) -> None:
    done = installed("list", "--archive", str(tmp_path / "none"))
    assert (done.returncode, done.stdout) == (2, "")
    assert "there is no catalogue" in one_line(done.stderr)


def test_the_demo_needs_its_ports(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = installed("demo", "--port", str(port), cwd=tmp_path)
    assert done.returncode == 1
    assert one_line(done.stderr).startswith(f"port {port} or one of the ")
    assert not list(tmp_path.iterdir())
