"""A reading room in processes of its own, and a client that asks it."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from attrs import frozen

from tests.pipelines.storage.server import free_ports

START_S = 60
"""Seconds in which a room starts on a busy machine."""


@contextmanager
def running_room(folder: Path, workers: int) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """Serve the room of an archive, and yield its port and its first process."""
    port = next(each for each in free_ports(20) if each < 65_000)
    command = [sys.executable, "-m", "crawler.cli", "serve", "--archive", str(folder), "--port", f"{port}"]
    with subprocess.Popen([*command, "--workers", f"{workers}"], stderr=subprocess.DEVNULL) as process:
        try:
            asyncio.run(_ready(port))
            yield port, process
        finally:
            process.terminate()
            process.wait(START_S)


@frozen(kw_only=True)
class Answered:
    """What a room answered: the status, 0 if there was no answer, and whether it gave an answer that it had kept."""

    status: int
    is_kept: bool


async def page_answer(port: int, path: str) -> Answered:
    """Ask for a page on a connection of its own, as a person does who reads for a minute."""
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        head = f"GET {quote(path, safe='/?&=%+:')} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n"
        writer.write(head.encode())
        answer = await reader.read(-1)
        writer.close()
    except OSError:
        return Answered(status=0, is_kept=False)
    top = answer.partition(b"\r\n\r\n")[0].lower()
    status = int(top.split(b" ", 2)[1]) if top.startswith(b"http/1.1 ") else 0
    return Answered(status=status, is_kept=b"\r\nage:" in top)


async def page_status(port: int, path: str) -> int:
    """Ask for a page, and return its status."""
    return (await page_answer(port, path)).status


async def _ready(port: int) -> None:
    until = time.monotonic() + START_S
    while await page_status(port, "/readyz") != 200:
        if time.monotonic() > until:
            raise TimeoutError
        await asyncio.sleep(0.2)
