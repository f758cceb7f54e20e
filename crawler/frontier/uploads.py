"""Counts how long WARC files take into the store where no crawl does: in `fangzhi schedule`, and before a crawl."""

from __future__ import annotations

import logging
from contextlib import closing

from crawler.frontier.addresses import frontier_exists
from crawler.frontier.latencies import Latencies
from crawler.frontier.store import Frontier
from pipelines.archive.publish import OnUpload
from pipelines.errors import FangzhiError

logger = logging.getLogger(__name__)


def upload_recorder(address: str) -> OnUpload:
    """Return a function that counts uploads in the frontier at an address; without a frontier nothing is counted.

    If the frontier is away, it logs a warning: an upload must not fail because it is not counted.
    """

    def record(seconds: float) -> None:
        found = Latencies()
        found.observe("upload", seconds)
        try:
            if frontier_exists(address):
                with closing(Frontier(address)) as frontier:
                    frontier.add_latencies(found.take())
        except FangzhiError as error:
            logger.warning("the time of an upload is not counted: %s", error)

    return record
