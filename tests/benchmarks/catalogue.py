"""What remembering costs: captures a second that the catalogue is asked about and takes in, empty and as it fills."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import islice

from attrs import evolve

from pipelines.catalogue import Catalogue
from pipelines.dedupe import judge
from pipelines.model import Entry
from tests.pipelines.catalogue.server import installed, postgresql
from tests.pipelines.made import capture, entry, reference

STEP = 5_000
STEPS = 4

BODY = "市住房和城乡建设局昨日召开会议，部署老旧小区改造工作。" * 40
"""A text of 1,080 characters, about a news article's length."""


def main() -> None:
    """Print, for each kind of database, how many captures a second it takes in step after step."""
    print(f"{STEPS} × {STEP:,} captures with new bytes and new text, one after another as the line does")
    for name, urls in (("SQLite", _sqlite()), ("PostgreSQL", _postgresql())):
        with urls as url:
            print(f"  {name:<12}" + ("  not installed" if url is None else "".join(map(_rate, _filled(url)))))


def _filled(url: str) -> Iterator[float]:
    """Yield the seconds of each step."""
    made = _made()
    with closing(Catalogue(url)) as catalogue:
        for _ in range(STEPS):
            step = list(islice(made, STEP))
            start = time.perf_counter()
            for one in step:
                _remember(catalogue, one)
            yield time.perf_counter() - start


def _remember(catalogue: Catalogue, one: Entry) -> None:
    seen = catalogue.seen(one.digests, evolve(reference(capture()), id=one.id, url=one.url, fetched_at=one.fetched_at))
    catalogue.later(one, seen, catalogue.put(evolve(one, verdict=judge(one.digests, seen))))


def _made() -> Iterator[Entry]:
    for number in range(STEP * STEPS):
        yield entry(capture(number, str(number).encode()), text=f"{number} {BODY}")


def _rate(seconds: float) -> str:
    return f"{STEP / seconds:>8,.0f}/s"


@contextmanager
def _sqlite() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        yield f"sqlite:///{folder}/catalogue.sqlite"


@contextmanager
def _postgresql() -> Iterator[str | None]:
    if not installed():
        yield None
        return
    with postgresql() as url:
        yield url


if __name__ == "__main__":
    main()
