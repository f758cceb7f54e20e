"""Start-up: CPU seconds of commands that read an archive, of a crawl until its first request, and of one page.

CPU seconds (user and system) depend least on the load of the machine; printed are the median, minimum and maximum.
"""

from __future__ import annotations

import resource
import socket
import statistics
import subprocess
import tempfile
from contextlib import closing
from pathlib import Path

import psutil

from crawler.demo import build, running
from pipelines.catalogue.catalogue import Catalogue
from tests.fangzhi import PROGRAM, environment
from tests.pipelines.made import capture, entry

RUNS = 5
CAPTURES = 20
"""Captures in the archive that is listed: one screen, so that the start is measured and not the listing."""

FIRST_REQUEST_TIMEOUT_S = 60
"""The first request of a crawl comes after one to five seconds."""

SITE = """
name = "云洲市人民政府"
family = "generic"
hosts = ["{host}"]
sections = [{{ name = "要闻", url = "http://{host}/list/" }}]
"""


def main() -> None:
    """Print the CPU seconds of each command; each run starts a new process."""
    with running() as base_urls, tempfile.TemporaryDirectory() as folder:
        truths = build().truth(base_urls)
        url = next(truth.url for truth in truths if truth.kind == "article" and truth.trap is None)
        small = ["--archive", f"{folder}/small"]
        shown = _fill(Path(folder, "small"))
        commands: dict[str, list[str | Path]] = {
            "fangzhi --help": [PROGRAM, "--help"],
            "fangzhi --version": [PROGRAM, "--version"],
            "fangzhi list": [PROGRAM, "list", *small],
            "fangzhi show": [PROGRAM, "show", shown, *small],
            "fangzhi sites find": [PROGRAM, "sites", "find", "開平"],
            "fangzhi search": [PROGRAM, "search", "防汛", *small],
            "scrapy fetch": [PROGRAM.with_name("scrapy"), "fetch", "--nolog", url],
            "fangzhi fetch": [PROGRAM, "fetch", url, "--archive", f"{folder}/archive", "--allow-private"],
        }
        seconds: dict[str, list[float]] = {}
        for _ in range(RUNS):
            for name, command in commands.items():
                seconds.setdefault(name, []).append(cpu_seconds(command, Path(folder)))
            seconds.setdefault("first request of a crawl", []).append(_to_first_request())
    for name, taken in seconds.items():
        print(f"  {name:<24} {statistics.median(taken):.2f} s  ({min(taken):.2f} to {max(taken):.2f})")


def _fill(archive: Path) -> str:
    """Create the catalogue of a small archive; return the id of one of its entries."""
    archive.mkdir()
    made = [entry(capture(number), text=f"云洲市召开第{number}次防汛会议。") for number in range(CAPTURES)]
    with closing(Catalogue(f"sqlite:///{archive}/catalogue.sqlite")) as catalogue:
        for each in made:
            catalogue.put(each)
    return made[0].id


def cpu_seconds(command: list[str | Path], folder: Path) -> float:
    """Return the CPU seconds of a command, from its start to its end."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, cwd=folder, stdout=subprocess.DEVNULL, timeout=60, check=True, env=environment())
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _to_first_request() -> float:
    """Return the CPU seconds that a crawl and its processes use until its first request, for robots.txt."""
    with tempfile.TemporaryDirectory() as folder, socket.create_server(("127.0.0.1", 0)) as server:
        site = SITE.format(host=f"127.0.0.1:{server.getsockname()[1]}")
        Path(folder, "town.toml").write_text(site, encoding="utf-8")
        options = ("--quiet", "--allow-private", "--registry", folder, "--archive", f"{folder}/archive")
        server.settimeout(FIRST_REQUEST_TIMEOUT_S)
        with subprocess.Popen([PROGRAM, "crawl", "town", *options], cwd=folder, env=environment()) as crawl:
            try:
                connection, _ = server.accept()
                own = psutil.Process(crawl.pid)
                used = sum(map(_process_cpu, (own, *own.children(recursive=True))))
                connection.close()
            finally:
                crawl.kill()
    return used


def _process_cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system


if __name__ == "__main__":
    main()
