"""`fangzhi demo` leaves an archive of two days of the city, and each command that it prints works as it is printed."""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from attrs import frozen

from crawler.cli.demo import _ports_are_free
from crawler.demo.portals import PORTALS
from tests.fangzhi import Done, Entries, documents, environment, fangzhi, installed, one_line
from tests.wait import PATIENCE_S

SETTINGS = {"FANGZHI_ALLOW_PRIVATE": "0"}
"""A person who types the commands has not set that private addresses are allowed."""


@frozen
class Demo:
    """The folder in which the demo was run, and what it printed."""

    folder: Path
    printed: str

    @property
    def commands(self) -> list[str]:
        """The commands that the demo printed."""
        return re.findall(r"^  (\S*fangzhi .*)$", self.printed, re.MULTILINE)

    def run(self, *arguments: str) -> Entries:
        return documents(fangzhi(*arguments, "--json", "--archive", "demo-archive", cwd=self.folder, **SETTINGS))


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    folder = tmp_path_factory.mktemp("demo")
    # Below the ports that the system gives to connections, from 32768 on; tests in other processes look for ports too.
    first = 10_000 + os.getpid() * len(PORTALS) % 10_000
    port = next(port for port in range(first, 32_000, len(PORTALS)) if _ports_are_free(port, len(PORTALS)))
    done = installed("demo", "--port", str(port), "--pages", "150", cwd=folder, **SETTINGS)
    assert done.returncode == 0, done.stderr
    return Demo(folder, done.stderr)


def in_shell(command: str, folder: Path) -> Done:
    """Run a command as a shell does: its words, and its stdout to the file behind `>`."""
    program, *words = shlex.split(command)
    assert Path(program).name == "fangzhi", command
    file = folder / words.pop() if words[-2] == ">" else None
    done = fangzhi(*(word for word in words if word != ">"), cwd=folder, timeout=PATIENCE_S, **SETTINGS)
    if file:
        file.write_text(done.stdout, "utf-8")
    return done


@contextmanager
def served(command: str, folder: Path, ready: str) -> Iterator[None]:
    """Run a command that serves until Ctrl-C, in another terminal as it were; it says `ready` on stderr."""
    with subprocess.Popen(
        f"exec {command}", shell=True, cwd=folder, env=environment(**SETTINGS), stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stderr
            assert any(ready in line for line in process.stderr)
            yield
        finally:
            process.send_signal(signal.SIGINT)
            rest = process.stderr.read() if process.stderr else ""
    assert process.returncode in (0, 130), rest


def test_both_days_are_in_the_archive(demo: Demo) -> None:
    verdicts = [entry["verdict"]["kind"] for entry in demo.run("list")]
    assert verdicts.count("new-version") == 1
    (gone,) = demo.run("list", "--gone")
    assert [event["kind"] for event in demo.run("show", gone["url"], "--history")] == ["first", "gone"]
    assert {"same-text", "near-copy", "same-bytes"} <= set(verdicts)


def test_its_sites_are_neither_late_nor_dead(demo: Demo) -> None:
    (status,) = demo.run("status")
    assert {site["site"]: site["health"]["state"] for site in status["sites"]} == {
        portal.slug: "alive" for portal in PORTALS
    }


def test_every_printed_command_works_as_it_is_printed(demo: Demo) -> None:
    (serve,) = (command for command in demo.commands if "--serve-only" in command)
    (room,) = (command for command in demo.commands if " serve " in command)
    others = [command for command in demo.commands if command not in (serve, room)]
    assert len(others) == 15
    with served(room, demo.folder, "The reading room of"), served(serve, demo.folder, "The city runs at"):
        for command in others:
            done = in_shell(command, demo.folder)
            assert done.returncode == 0, f"{command}\n{done.stderr}"
            assert done.stdout or done.stderr or ">" in command, command
    assert {"demo.wacz", "demo.csv", "edit.html"} <= {path.name for path in demo.folder.iterdir()}
    assert "<ins" in (demo.folder / "edit.html").read_text("utf-8")


def test_the_examples_have_something_to_show(demo: Demo) -> None:
    shown = {
        option: in_shell(command, demo.folder).stdout
        for option in ("--evidence", "--reprints", "--diff")
        for command in demo.commands
        if option in command and ">" not in command
    }
    assert "strip-pinyin" in shown["--evidence"]
    assert len(re.findall(r"http://", shown["--reprints"])) == 3
    assert "{+" in shown["--diff"]


def test_a_second_run_continues_with_the_same_city(demo: Demo) -> None:
    before = demo.run("list", "--gone")
    done = fangzhi("demo", cwd=demo.folder, **SETTINGS)
    assert done.returncode == 0, done.stderr
    assert "Day 1" not in done.stderr
    assert demo.run("list", "--gone") == before
    assert [entry["verdict"]["kind"] for entry in demo.run("list")].count("new-version") == 1


def test_only_a_saved_city_is_served(tmp_path: Path) -> None:
    done = fangzhi("demo", "--serve-only", cwd=tmp_path)
    assert done.returncode == 2
    assert "no city of this port and size was crawled into this archive" in one_line(done.stderr)
    (tmp_path / "demo-archive").mkdir()
    (tmp_path / "demo-archive" / "city.toml").write_text("port = 8930\npages = 'many'\n")
    done = fangzhi("demo", "--serve-only", cwd=tmp_path)
    assert done.returncode == 2
    assert "city.toml" in one_line(done.stderr)
