"""The fence of a crawl, for its line: pages are indexed only while no other crawler has taken over the sites."""

from __future__ import annotations

from contextlib import AbstractContextManager

from attrs import define, field

from crawler.frontier.addresses import open_database
from crawler.frontier.connections import FrontierDatabase


@define
class Fence:
    """The number of a crawler in the frontier at an address. It can be sent to another process before it is used."""

    address: str
    number: int
    _database: FrontierDatabase | None = field(default=None, init=False)

    def __call__(self) -> AbstractContextManager[None]:
        """Keep the number valid during a block, on a connection of its own; raises LeaseLost if it is not."""
        if self._database is None:
            self._database = open_database(self.address)
            self._database.fence = self.number
        return self._database.holding()
