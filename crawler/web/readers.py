"""The connections by which requests read the catalogue and the archive: a few, shared by all threads."""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from attrs import frozen

from crawler.config.config import Config
from crawler.web.problems import Busy
from pipelines.archive import Archive
from pipelines.catalogue.catalogue import Catalogue
from pipelines.storage import open_storage

PATIENCE_S = 30
"""Seconds that a request waits for a free connection: fifty readers at once on a busy machine wait for ten."""


@frozen(kw_only=True)
class Reader:
    """What one request reads with: a catalogue that refuses to write, and the archive of its captures."""

    catalogue: Catalogue
    archive: Archive


class ReaderPool:
    """A number of readers, each opened when it is first needed; a thread has one for itself while it uses it."""

    def __init__(self, open_reader: Callable[[], Reader], size: int) -> None:
        """Share `size` readers."""
        self._open = open_reader
        self._free: queue.LifoQueue[Reader | None] = queue.LifoQueue()
        for _ in range(size):
            self._free.put(None)

    @contextmanager
    def reader(self) -> Iterator[Reader]:
        """Yield a reader; raises Busy if none is free in time."""
        try:
            found = self._free.get(timeout=PATIENCE_S)
        except queue.Empty:
            raise Busy from None
        try:
            found = found or self._open()
            yield found
        finally:
            self._free.put(found)

    def close(self) -> None:
        """Close the readers that no request uses."""
        while True:
            try:
                found = self._free.get_nowait()
            except queue.Empty:
                return
            if found:
                found.catalogue.close()


def open_reader(config: Config) -> Reader:
    """Open a catalogue and its archive for reading; raises ConfigError if there is no catalogue."""
    catalogue = Catalogue(config.catalogue, create=False)
    catalogue.refuse_writes()
    return Reader(catalogue=catalogue, archive=Archive(open_storage(config.archive, config.options)))
