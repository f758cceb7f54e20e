"""`python -m crawler.demo`: the made city in a process of its own, until SIGTERM or the end of stdin."""

from __future__ import annotations

import argparse
import json
import signal
import sys

from crawler.demo.city import build
from crawler.demo.server import serve


def main() -> None:
    """Serve the city, and print its base URLs as one JSON line once it answers."""
    parser = argparse.ArgumentParser(prog="python -m crawler.demo", description=__doc__)
    for name, default, says in (
        ("port", 0, "first of the ports, one a portal in a row; 0 takes free ones"),
        ("pages", 300, "articles and lists, about"),
        ("seed", 1, "another seed, another city"),
        ("visit", 1, "2: an article is edited, one deleted, two are new"),
    ):
        parser.add_argument(f"--{name}", type=int, default=default, help=f"{says} (default {default})")
    options = parser.parse_args()
    for end in (signal.SIGTERM, signal.SIGINT):
        signal.signal(end, lambda *_: sys.exit(0))
    with serve(build(options.seed, options.pages, options.visit), options.port) as server:
        sys.stdout.write(json.dumps(server.base_urls) + "\n")
        sys.stdout.flush()
        sys.stdin.read()


if __name__ == "__main__":
    main()
