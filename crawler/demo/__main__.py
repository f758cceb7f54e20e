"""`python -m crawler.demo`: serve the demo city from a separate process, until SIGTERM or the end of stdin."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import signal
import sys

from crawler.demo.article_schedule import NEWEST_DAY
from crawler.demo.city import build
from crawler.demo.server import serve


def main() -> None:
    """Serve the city, and print its base URLs as one line of JSON as soon as it answers requests."""
    parser = argparse.ArgumentParser(prog="python -m crawler.demo", description=__doc__)
    for name, default, meaning in (
        ("port", 0, "port of the first portal, the others use the ports after it; 0: any free ports"),
        ("pages", 300, "approximate number of articles and list pages"),
        ("seed", 1, "seed of the texts: each seed gives another city"),
        ("visit", 1, "state of the city; on visit 2 one article is edited, one deleted and two are new"),
    ):
        parser.add_argument(f"--{name}", type=int, default=default, help=f"{meaning} (default {default})")
    parser.add_argument(
        "--newest-day",
        type=dt.date.fromisoformat,
        default=NEWEST_DAY,
        metavar="YYYY-MM-DD",
        help=f"publication day of the newest articles on visit 1 (default {NEWEST_DAY})",
    )
    options = parser.parse_args()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit(0))
    with serve(build(options.seed, options.pages, options.visit, options.newest_day), options.port) as server:
        sys.stdout.write(json.dumps(server.base_urls) + "\n")
        sys.stdout.flush()
        sys.stdin.read()


if __name__ == "__main__":
    main()
