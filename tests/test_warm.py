"""Commands in forked children end as processes of their own do."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.crawler.wire import silent
from tests.fangzhi import Running, fangzhi, press_ctrl_c, shell_code, start
from tests.wait import wait_until


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    """A crawl of a host that never answers."""
    archive = tmp_path / "archive"
    with silent() as base, start("fetch", f"{base}/a.html", "--archive", str(archive)) as command:
        wait_until(lambda: (archive / "frontier.sqlite").exists() or command.poll() is not None)
        yield command
        command.kill()


def test_a_signal_is_its_exit_code(running: Running) -> None:
    assert running.poll() is None
    running.kill()
    assert running.wait(60) == -signal.SIGKILL
    assert not psutil.pid_exists(running.pid)


def test_ctrl_c_is_handled_by_the_command(running: Running) -> None:
    press_ctrl_c(running)
    assert shell_code(running.wait()) == 130
    assert "Traceback" not in running.communicate()[1]


def test_it_runs_in_its_folder_with_its_environment_alone(tmp_path: Path) -> None:
    (tmp_path / "fangzhi.toml").write_text('archive = "mine"\n')
    assert f"{tmp_path}/mine/catalogue.sqlite" in fangzhi("list", cwd=tmp_path).stderr
    assert "/other/catalogue.sqlite" in fangzhi("list", cwd=tmp_path, FANGZHI_ARCHIVE="/other").stderr
    assert f"{tmp_path}/mine/catalogue.sqlite" in fangzhi("list", cwd=tmp_path).stderr


def test_a_setting_of_the_interpreter_is_refused() -> None:
    done = fangzhi("--version", PYTHONHASHSEED="7")
    assert (done.returncode, done.stdout) == (1, "")
    assert "['PYTHONHASHSEED'] need an interpreter of their own" in done.stderr


def test_the_fork_server_of_a_command_ends_with_it(tmp_path: Path) -> None:
    assert fangzhi("--version", cwd=tmp_path, FANGZHI_WORKERS="1").returncode == 0
    wait_until(lambda: not list(processes_in(tmp_path)))


def processes_in(folder: Path) -> Iterator[psutil.Process]:
    """Yield the processes whose working folder this is."""
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.cwd() == str(folder):
                yield process
