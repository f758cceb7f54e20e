"""What the shell completes, and the manual page."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from crawler.cli.main import COMMANDS
from crawler.cli.man import manual
from crawler.cli.session import SETTING_OPTIONS
from tests.fangzhi import fangzhi, installed


def completed(*words: str, **environment: str) -> list[str]:
    """Return what bash would offer for the last of some words."""
    asked = {"COMP_WORDS": " ".join(("fangzhi", *words)), "COMP_CWORD": str(len(words))}
    done = fangzhi(_FANGZHI_COMPLETE="bash_complete", **asked, **environment)
    return [line.partition(",")[2] for line in done.stdout.splitlines()]


def test_commands_formats_and_sites_are_completed(tmp_path: Path) -> None:
    (tmp_path / "nanjing-mine.toml").write_text("this is not read")
    assert completed("se") == ["seal", "search", "serve"]
    assert completed("export", "x", "--format", "c") == ["csv", "cdxj"]
    assert {"nanjing", "nanjing-gulou"} <= set(completed("list", "--site", "nan"))
    assert "nanjing-mine" in completed("list", "--site", "nan", FANGZHI_REGISTRY=str(tmp_path))
    assert "nanjing-mine" in completed("list", "--registry", str(tmp_path), "--site", "nanjing-m")


@pytest.mark.parametrize("command", ["crawl", "status", "schedule", "replay --site", "sites show", "sites check"])
def test_sites_are_completed_wherever_a_site_is_named(command: str) -> None:
    assert completed(*command.split(), "nanjing-g") == ["nanjing-gulou"]


@pytest.mark.parametrize(
    "command", ["sites find", "sites new", "list --region", "crawl --region", "sites find x --province"]
)
def test_places_are_completed_wherever_a_place_is_named(command: str) -> None:
    assert completed(*command.split(), "开平") == ["开平区", "开平市"]
    assert completed(*command.split(), "44078") == ["440781", "440783", "440784", "440785"]
    assert "kaiping" in completed(*command.split(), "kaip")
    assert "广东省" in completed(*command.split(), "")


def test_bash_gets_a_script() -> None:
    done = installed(_FANGZHI_COMPLETE="bash_source")
    assert done.returncode == 0
    assert "complete -o nosort -F _fangzhi_completion fangzhi" in done.stdout


def escaped(name: str) -> str:
    """Return a name as a manual page writes it."""
    return name.replace("-", r"\-")


def test_the_manual_page_has_every_command_and_the_shared_options_once() -> None:
    page = manual()
    assert all(f".SS fangzhi {escaped(name)} " in page for name in COMMANDS)
    assert ".SS fangzhi sites new " in page
    shared = [escaped(f"--{name.replace('_', '-')}") for name in SETTING_OPTIONS if name != "workers"]
    assert [page.count(f"\\fB{option}") for option in shared] == [1] * len(shared)
    assert "\b" not in page


@pytest.mark.skipif(not shutil.which("groff"), reason="groff is not installed")
def test_the_manual_page_is_valid_roff() -> None:
    page = subprocess.run([sys.executable, "-m", "crawler.cli.man"], capture_output=True, text=True, check=True).stdout
    done = subprocess.run(
        ["groff", "-man", "-k", "-ww", "-Tutf8"], input=page, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
