"""A server that all workers of pytest share: the first that needs it starts it, and ends it after the last one."""

from __future__ import annotations

import fcntl
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path


@contextmanager
def shared(folder: Path, name: str, start: Callable[[], AbstractContextManager[str]]) -> Iterator[str]:
    """Yield the URL of a server; `start` starts it, unless another process with this folder has done so.

    A process holds a lock on the file of users while it needs the server. Whoever has started it waits for the others.
    """
    url = folder / f"{name}.url"
    with (
        folder.joinpath(f"{name}.turn").open("w") as turn,
        folder.joinpath(f"{name}.users").open("w") as users,
        ExitStack() as ours,
    ):
        fcntl.flock(turn, fcntl.LOCK_EX)
        is_ours = not url.exists()
        if is_ours:
            url.write_text(ours.enter_context(start()), "utf-8")
        fcntl.flock(users, fcntl.LOCK_SH)
        fcntl.flock(turn, fcntl.LOCK_UN)
        yield url.read_text("utf-8")
        if is_ours:
            fcntl.flock(users, fcntl.LOCK_UN)  # who waits for a lock keeps the one that it has
            fcntl.flock(turn, fcntl.LOCK_EX)  # nobody comes any more
            fcntl.flock(users, fcntl.LOCK_EX)
            url.unlink()
