"""The systemd units, checked by systemd itself."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.fangzhi import PROGRAM, ROOT

UNITS = ROOT / "deploy" / "systemd"
NAMES = [path.name.replace("@.", "@nanjing-gulou.") for path in sorted(UNITS.iterdir()) if path.is_file()]
SERVICES = [name for name in NAMES if name.endswith(".service")]

EXPOSURE = 2.0
"""Maximum exposure by `systemd-analyze security`: the units have 1.6; a service without sandboxing has 9.6 of 10."""

pytestmark = pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not installed")


@pytest.fixture
def units(tmp_path: Path) -> Path:
    """The units, with the path of the program under test."""
    copied = Path(shutil.copytree(UNITS, tmp_path / "units"))
    for path in copied.glob("*.service"):
        path.write_text(path.read_text("utf-8").replace("/opt/fangzhi/bin/fangzhi", str(PROGRAM)), "utf-8")
    return copied


def analyze(units: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environ = {**os.environ, "SYSTEMD_UNIT_PATH": f"{units}:", "LC_ALL": "C"}
    command = ["systemd-analyze", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, cwd=units, env=environ, check=False)


@pytest.mark.parametrize("name", [name for name in NAMES if name.endswith((".service", ".timer"))])
def test_systemd_finds_no_error_in_a_unit(units: Path, name: str) -> None:
    done = analyze(units, "verify", "--man=no", f"./{name}")
    messages = [line for line in done.stderr.splitlines() if "fangzhi" in line]
    assert (done.returncode, messages) == (0, [])


def test_the_check_finds_a_misspelt_setting(units: Path) -> None:
    common = units / "fangzhi-.service.d" / "common.conf"
    common.write_text(common.read_text("utf-8").replace("KillMode=mixed", "KilMode=mixed"), "utf-8")
    assert "KilMode" in analyze(units, "verify", "--man=no", "./fangzhi-schedule.service").stderr


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_is_sandboxed(units: Path, name: str) -> None:
    done = analyze(units, "security", "--offline=yes", "--no-pager", f"./{name}")
    found = re.search(r"Overall exposure level for \S+: ([\d.]+)", done.stdout)
    assert found, done.stderr
    assert float(found[1]) <= EXPOSURE
