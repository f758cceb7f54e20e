"""Hosts with a schedule each, and their clock, which a test moves."""

from __future__ import annotations

import bisect
import datetime as dt
import json
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
from attrs import define, field, frozen

from tests.fangzhi import environment, start_installed
from tests.torture.hosts import on_host

HOSTS, PARALLEL = 4, 3
"""Hosts, and crawls at a time on each: a crawl of 30 requests waits for 12 s, and takes 1.2 s of CPU time."""

END_S = 300
"""Within this time a schedule ends after SIGTERM."""


@define
class MovedClock:
    """The clock of the hosts, in a file; `moves` are the real times at which it was moved, and how far in all."""

    path: Path
    moves: list[tuple[float, int]] = field(factory=list)

    def move(self, by: dt.timedelta) -> None:
        """Move the clock ahead; the time is taken before, so that no distance seems shorter than it was."""
        offset = (self.moves[-1][1] if self.moves else 0) + round(by.total_seconds())
        self.path.with_suffix(".new").write_text(str(offset))
        self.moves.append((time.time(), offset))
        self.path.with_suffix(".new").rename(self.path)

    def at(self, real: float) -> dt.datetime:
        """Return the hosts' time at a real time."""
        index = bisect.bisect(self.moves, (real, 2**62)) - 1
        return dt.datetime.fromtimestamp(real + self.moves[max(index, 0)][1], dt.UTC)

    def now(self) -> dt.datetime:
        return self.at(time.time())


@frozen
class Crawl:
    """A crawl as a schedule reported it."""

    host: str
    site: str
    started: dt.datetime
    ended: dt.datetime
    document: dict[str, Any]


@define
class Host:
    """A machine with a schedule."""

    name: str
    folder: Path
    process: subprocess.Popen[Any]

    @classmethod
    def start(cls, name: str, folder: Path, options: tuple[str, ...], fake: dict[str, str]) -> Host:
        own = {"FANGZHI_SPOOL": str(folder / "spools" / name), "FANGZHI_USER_AGENT": agent(name)} | fake
        with (folder / f"{name}.out").open("w") as out, (folder / f"{name}.err").open("w") as err:
            process = start_installed(
                *("schedule", "--json", "--workers", str(PARALLEL), *options),
                prefix=on_host(name),
                env=environment(**own),
                stdout=out,
                stderr=err,
            )
        return cls(name, folder, process)

    def stop(self) -> int:
        """End the schedule, and return its exit code."""
        for each in psutil.Process(self.process.pid).children():
            each.send_signal(signal.SIGTERM)
        return int(self.process.wait(END_S))

    @property
    def log(self) -> str:
        return (self.folder / f"{self.name}.err").read_text("utf-8")

    def crawls(self) -> Iterator[Crawl]:
        """Yield the crawls that it reported."""
        for line in (self.folder / f"{self.name}.out").read_text("utf-8").splitlines():
            document = json.loads(line)
            started, ended = (dt.datetime.fromisoformat(document[key]) for key in ("started", "ended"))
            yield Crawl(self.name, document["site"], started, ended, document)


def agent(name: str) -> str:
    return f"Mozilla/5.0 (compatible; fangzhi/1.0; {name})"
