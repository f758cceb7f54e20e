"""`fangzhi schedule` tells systemd that it is ready, alive and stopping."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from crawler.schedule.systemd import READY, notify
from tests.fangzhi import environment, start_installed
from tests.town import Town


def listening(address: str) -> socket.socket:
    server = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    server.bind(address)
    server.settimeout(60)
    return server


@pytest.mark.parametrize("abstract", [False, True])
def test_a_state_arrives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, abstract: bool) -> None:
    address = f"\0{tmp_path}" if abstract else str(tmp_path / "notify")
    with listening(address) as server:
        monkeypatch.setenv("NOTIFY_SOCKET", address.replace("\0", "@"))
        notify(READY)
        assert server.recv(100) == b"READY=1"


@pytest.mark.parametrize("address", ["", "relative", "/nowhere/notify"])
def test_without_systemd_nothing_is_sent_and_nothing_fails(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", address)
    notify(READY)


def test_the_schedule_is_ready_then_alive_then_stopping(town: Town, tmp_path: Path) -> None:
    options = ("--archive", str(tmp_path / "archive"), "--registry", str(town.registry))
    with listening(str(tmp_path / "notify")) as server:
        env = environment(NOTIFY_SOCKET=str(tmp_path / "notify"))
        with start_installed("schedule", "huawu", *options, env=env) as process:
            assert [server.recv(100) for _ in range(3)] == [b"READY=1", b"WATCHDOG=1", b"WATCHDOG=1"]
            process.terminate()
            states = {server.recv(100)}
            while b"STOPPING=1" not in states:
                states.add(server.recv(100))
            assert process.wait(60) == 0
    assert states <= {b"WATCHDOG=1", b"STOPPING=1"}
