"""`fangzhi serve`, as a person runs it."""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path

import pytest

from tests.crawler.web.rooms import archived, sample, status
from tests.fangzhi import fangzhi, start
from tests.pipelines.storage.server import free_ports
from tests.wait import wait_until


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_until_it_is_told_to_stop(tmp_path: Path, how: signal.Signals) -> None:
    archived(tmp_path, sample())
    port, play_port = free_ports(2)
    with start("serve", "--archive", str(tmp_path), "--port", str(port), "--play-port", str(play_port)) as running:
        wait_until(lambda: status(port, "/readyz") == 200 or running.poll() is not None)
        assert status(port, "/search") == 200
        assert status(play_port, "/play/2024id_/http://news.example/a.html") == 302
        assert status(play_port, "/search") == 404
        running.send_signal(how)
        _out, err = running.communicate(timeout=30)
    assert running.returncode in (0, 130, -how)
    assert f"http://127.0.0.1:{port}" in err
    assert "Traceback" not in err


def test_a_port_that_is_taken_and_an_archive_that_is_missing_are_named(tmp_path: Path) -> None:
    archived(tmp_path, sample())
    import socket

    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done: subprocess.CompletedProcess[str] = fangzhi("serve", "--archive", str(tmp_path), "--port", str(port))
    assert done.returncode == 1
    assert str(port) in done.stderr
    missing = fangzhi("serve", "--archive", str(tmp_path / "nothing"))
    assert missing.returncode == 2
    public = fangzhi("serve", "--archive", str(tmp_path), "--host", "0.0.0.0")
    assert public.returncode == 2
    assert "--public-url" in public.stderr
