"""The systemd units, checked by systemd itself."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import socket
import subprocess
import time
from pathlib import Path

import pytest

from tests.fangzhi import PROGRAM, ROOT, environment
from tests.town import Town
from tests.wait import wait_until

UNITS = ROOT / "deploy" / "systemd"
NAMES = [
    path.name.replace("@.", "@fangzhi-crawl." if "alarm" in path.name else "@nanjing-gulou.")
    for path in sorted(UNITS.iterdir())
    if path.is_file()
]
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


@pytest.mark.parametrize(
    "name", [name for name in SERVICES if not name.startswith(("fangzhi-alarm", "fangzhi-metrics"))]
)
def test_the_failure_of_a_service_sends_an_alarm(units: Path, name: str) -> None:
    unit = (units / name.replace("@nanjing-gulou.", "@.")).read_text("utf-8")
    assert "\nOnFailure=fangzhi-alarm@%N.service\n" in unit


def test_a_dead_site_is_a_failure_of_the_check() -> None:
    assert "SuccessExitStatus" not in (UNITS / "fangzhi-check.service").read_text("utf-8")


def commands(name: str) -> list[list[str]]:
    """Return the commands of a unit as systemd reads them; specifiers stay."""
    lines = re.findall(r"^ExecStart=(.*)$", (UNITS / name).read_text("utf-8"), re.MULTILINE)
    return [[word.replace("$$", "$").replace("%%", "%") for word in shlex.split(line)] for line in lines]


def test_the_seal_service_checks_the_newest_seal_and_makes_another(town: Town, tmp_path: Path) -> None:
    shutil.copytree(town.archive, tmp_path / "archive")
    (tmp_path / "fangzhi.toml").write_text('archive = "archive"\n', "utf-8")
    for number in (1, 2):
        for command in commands("fangzhi-seal.service"):
            words = [
                word.replace("/opt/fangzhi/bin/fangzhi", str(PROGRAM)).replace("%C/fangzhi", str(tmp_path))
                for word in command
            ]
            subprocess.run(words, cwd=tmp_path, env=environment(), check=True, timeout=120)
        assert len(list((tmp_path / "seals").glob("*.json"))) == number
        assert (tmp_path / "fangzhi-seal.prom").exists() == (number == 2)
        wait_until(lambda: time.time() % 1 < 0.2)  # the names of seals have seconds


@pytest.mark.skipif(not shutil.which("curl") or not shutil.which("journalctl"), reason="curl or journalctl is missing")
def test_the_alarm_service_sends_a_mail(tmp_path: Path) -> None:
    ((shell, option, script),) = commands("fangzhi-alarm@.service")
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"smtp://127.0.0.1:{server.getsockname()[1]}"
        script = script.replace("%i", "fangzhi-check").replace("%H", "host").replace("smtp://localhost", address)
        process = subprocess.Popen(
            [shell, option, script.replace("\\\\n", "\\n")], env={**os.environ, "ALARM_TO": "you@example.org"}
        )
        server.settimeout(60)
        mail = received(server)
        assert process.wait(60) == 0
    assert "RCPT TO:<you@example.org>" in mail
    assert "Subject: fangzhi-check failed on host\r\n\r\n" in mail


def received(server: socket.socket) -> str:
    """Take one mail as a mail server does, and return what the client sent."""
    connection, _peer = server.accept()
    lines = []
    with connection, connection.makefile("rwb", buffering=0) as stream:
        stream.write(b"220 ready\r\n")
        is_data = False
        for line in stream:
            lines.append(line.decode())
            if is_data and line != b".\r\n":
                continue
            starts_data = line.startswith(b"DATA")
            stream.write(
                b"354 go on\r\n" if starts_data else b"221 bye\r\n" if line.startswith(b"QUIT") else b"250 ok\r\n"
            )
            is_data = starts_data
    return "".join(lines)
