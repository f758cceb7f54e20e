"""Crawls are forked from a server: each is a process of its own, and the server outlives what ends the scheduler."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from multiprocessing import forkserver
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest

from crawler.config.config import Config
from crawler.config.load import load_config
from crawler.schedule.children import CrawlLauncher, CrawlProcess
from pipelines.line.fork_server import fork_context, start_server
from tests.wait import wait_until

IMPORTS = "tests.crawler.schedule.test_children"


def tell() -> None:
    """A command that writes its arguments and what is its own, and ends with an exit code."""
    about = {"pid": os.getpid(), "group": os.getpgid(0), "workers": os.environ["FANGZHI_WORKERS"]}
    print(json.dumps({"arguments": sys.argv[1:], **about}))  # noqa: T201 - it is the report
    sys.exit(3)


def tell_servers() -> None:
    """A command that writes who forked it, and who forked its own process."""
    context = fork_context([])
    ours, theirs = context.Pipe()
    start_server()
    context.Process(target=tell_parent, args=(theirs,)).start()
    print(json.dumps([os.getppid(), ours.recv()]))  # noqa: T201 - it is the report


def tell_parent(connection: Connection) -> None:
    """Send who forked this process."""
    connection.send(os.getppid())


def pause() -> None:
    """A command that waits for a signal."""
    signal.pause()


def config(workers: int = 1) -> Config:
    return load_config({"workers": workers}, {}, Path("/"))


def ended(crawl: CrawlProcess) -> int:
    wait_until(lambda: crawl.ended() is not None)
    code = crawl.ended()
    assert code is not None
    return code


def test_a_crawl_has_its_arguments_environment_and_process_group() -> None:
    crawl = CrawlLauncher(config(workers=4), 2, "--quiet", command=tell, imports=IMPORTS).start("yunzhou")
    assert ended(crawl) == 3
    report = crawl.report()
    assert report
    assert report["arguments"] == ["crawl", "--due", "--json", "--quiet", "--", "yunzhou"]
    assert report["group"] == report["pid"] != os.getpid()
    assert report["workers"] == "2"


def test_the_processes_of_a_crawl_are_forked_by_the_server_that_forked_it() -> None:
    crawl = CrawlLauncher(config(), 1, command=tell_servers, imports=IMPORTS).start("yunzhou")
    assert ended(crawl) == 0
    report: Any = crawl.report()
    assert report[0] == report[1]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_crawl_is_stopped_and_killed(number: signal.Signals) -> None:
    crawl = CrawlLauncher(config(), 1, command=pause, imports=IMPORTS).start("yunzhou")
    (crawl.stop if number == signal.SIGTERM else crawl.kill)()
    assert ended(crawl) == -number
    assert crawl.report() is None


def test_the_server_ignores_the_signals_that_end_the_scheduler() -> None:
    forkserver._forkserver._stop()  # type: ignore[attr-defined]  # another test of this process may have started one
    launcher = CrawlLauncher(config(), 1, command=tell, imports=IMPORTS)
    assert ended(launcher.start("yunzhou")) == 3
    server = forkserver._forkserver._forkserver_pid  # type: ignore[attr-defined]
    for number in (signal.SIGTERM, signal.SIGINT):
        os.kill(server, number)
    assert ended(launcher.start("huawu")) == 3
    assert forkserver._forkserver._forkserver_pid == server  # type: ignore[attr-defined]


def test_the_imports_of_a_crawl_start_no_thread_and_no_reactor() -> None:
    code = """
import sys, threading
import crawler.cli.crawl_imports
print(threading.active_count(), "twisted.internet.reactor" in sys.modules, "scrapy.core.engine" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["1", "False", "True"]
