"""Pages per second of a replay with one and two workers, and of a plain trafilatura loop over the same WARC file.

Run it with `python -m tests.benchmarks.replay`. The loop is what users of trafilatura write: fastwarc reads the file,
`bare_extraction` extracts each page. A replay also reads title, dates, people and files, repairs the text, compares it
with earlier captures, and writes the catalogue. Compare ratios, because absolute figures vary from run to run.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import trafilatura
from fastwarc.warc import ArchiveIterator, WarcRecordType

from crawler.demo import build
from crawler.replay.run import jobs, replay
from crawler.sites.registry import Registry
from pipelines.archive import Archive, MultiReader, source_at
from pipelines.catalogue.catalogue import Catalogue
from pipelines.line.workers import ExtractionPool
from pipelines.model import Capture, Digests
from pipelines.storage import open_storage

PAGES = 300
ROUNDS = 2
"""Contenders run this often, in turns, and the best time of each counts, because the machine is shared."""


def main() -> None:
    """Print pages per second of each contender, and its ratio to the loop."""
    with tempfile.TemporaryDirectory() as folder:
        path = written(Path(folder))
        contenders: dict[str, Callable[[], int]] = {
            "trafilatura loop": lambda: loop(path, with_metadata=False),
            "trafilatura loop, with metadata": lambda: loop(path, with_metadata=True),
            "fangzhi replay, 1 worker": lambda: replayed(path, 1),
            "fangzhi replay, 2 workers": lambda: replayed(path, 2),
        }
        rounds = [{name: timed(run) for name, run in contenders.items()} for _ in range(ROUNDS)]
    best = {name: min(taken[name] for taken in rounds) for name in contenders}
    print(f"{PAGES} articles of the demo city, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    for name, seconds in best.items():
        ratio = best["trafilatura loop, with metadata"] / seconds
        print(f"  {name:<36} {PAGES / seconds:>7.1f} pages/s  {ratio:>5.2f} × the loop with metadata")


def written(folder: Path, pages: int = PAGES) -> Path:
    """Write articles of the CMSs of the demo city into a WARC file."""
    city = build(pages=3 * pages)
    bases = {portal.slug: f"http://{portal.slug}.example" for portal in city.portals}
    truths = [truth for truth in city.truth(bases) if truth.kind == "article" and truth.trap is None]
    archive = Archive(open_storage(str(folder)))
    at = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    for number, truth in enumerate(truths[:: max(1, len(truths) // pages)][:pages]):
        body = city.answer(truth.portal, truth.final_url.removeprefix(bases[truth.portal]), bases, accept_gzip=False)
        capture = Capture(
            url=truth.final_url,
            final_url=truth.final_url,
            fetched_at=at + dt.timedelta(milliseconds=number),
            status=200,
            headers=(("Content-Type", "text/html"),),
            body=body.body,
        )
        archive.put(capture, Digests(payload=f"sha256:{hashlib.sha256(body.body).hexdigest()}"), "city")
    archive.close()
    (key,) = archive.files()
    return folder / key


def timed(run: Callable[[], int]) -> float:
    """Return how long a contender takes, in seconds; raises RuntimeError unless it reads every page."""
    begun = time.perf_counter()
    pages = run()
    if pages != PAGES:
        raise RuntimeError(f"{pages} of {PAGES} pages were read")
    return time.perf_counter() - begun


def loop(path: Path, *, with_metadata: bool) -> int:
    """Read as users of trafilatura do."""
    pages = 0
    with path.open("rb") as file:
        for record in ArchiveIterator(file, record_types=WarcRecordType.response):
            url = record.headers["WARC-Target-URI"]
            trafilatura.bare_extraction(record.reader.read(), url=url, with_metadata=with_metadata)
            pages += 1
    return pages


def replayed(path: Path, workers: int) -> int:
    """Read as `fangzhi replay` does, into a new catalogue; the time includes the start of the workers."""
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(ExtractionPool(workers)) as readers,
        closing(Catalogue(f"sqlite:///{folder}/catalogue.sqlite")) as catalogue,
    ):
        several = MultiReader([source_at(str(path))], None, print)
        return sum(1 for _ in replay(jobs(several.captures(), Registry()), catalogue, readers))


if __name__ == "__main__":
    main()
