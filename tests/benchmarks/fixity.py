"""Fixity: pages per second checked and indexed by fangzhi and warcio, and how many changed bytes each detects.

Run it with `python -m tests.benchmarks.fixity`. It uses one process and one core; compare ratios, because absolute
figures vary from run to run.
"""

from __future__ import annotations

import contextlib
import io
import random
import tempfile
from functools import partial
from pathlib import Path

from warcio.checker import Checker
from warcio.indexer import Indexer

from pipelines.archive import Archive
from pipelines.archive.cdxj import cdxj_content, cdxj_line
from pipelines.archive.record_reader import records
from pipelines.archive.record_stream import RecordStream
from pipelines.storage import open_storage
from pipelines.verify import Verification
from tests.benchmarks.archive import PAGES, best, made_pages, report, write_ours
from tests.pipelines.archive.sealed import build, findings, seal

FLIPS = 300
"""Changed bytes, one at a time. The archive is small, because it is read completely for each."""


def main() -> None:
    """Print pages per second, and how many of the changed bytes each checker detects."""
    pages = made_pages(PAGES)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "warc", "site", "2026", "03", "fangzhi-site.warc.gz")
        path.parent.mkdir(parents=True)
        write_ours(pages, path)
        seal(Path(folder))
        size = path.stat().st_size
        print(f"{PAGES} pages, {size / 1e6:.1f} MB compressed")
        taken = {"warcio": best(partial(check, path)), "fangzhi": best(partial(verify, Path(folder)))}
        report("checked", taken)
        print(f"  fangzhi: {size / 1e6 / taken['fangzhi']:.1f} MB/s")
        report("indexed", {"warcio": best(partial(index_warcio, path)), "fangzhi": best(partial(index, path))})
    found_changes()


def found_changes() -> None:
    """Print how many changed bytes of WARC files, indexes and manifests are detected; warcio checks only WARC files."""
    chance = random.Random(1)
    ours, theirs, warcs = 0, 0, 0
    with tempfile.TemporaryDirectory() as folder:
        archive = Path(folder, "archive")
        build(archive)
        files = sorted(path for path in archive.rglob("*") if path.is_file())
        for _ in range(FLIPS):
            path = chance.choice(files)
            content = path.read_bytes()
            at = chance.randrange(len(content))
            path.write_bytes(bytes([*content[:at], content[at] ^ 1 << chance.randrange(8), *content[at + 1 :]]))
            ours += bool(findings(archive))
            if path.suffix == ".gz":
                warcs += 1
                theirs += check(path) != 0
            path.write_bytes(content)
    print(f"changed bytes detected: fangzhi {ours} of {FLIPS}, warcio {theirs} of {warcs} in WARC files")


def check(path: Path) -> int:
    """Run the checker of warcio and return its status; a file that it cannot read counts as detected."""

    class Options:
        inputs = (str(path),)
        verbose = False

    try:
        with contextlib.redirect_stdout(io.StringIO()):
            return int(Checker(Options()).process_all() or 0)
    except Exception:  # noqa: BLE001 - it raises on much that is broken
        return 1


def verify(folder: Path) -> None:
    """Check every byte of an archive of one file, without a catalogue."""
    check = Verification(Archive(open_storage(str(folder))), None, sample=None)
    list(check.findings())
    assert check.counts.records == 2 * PAGES + 1


def index_warcio(path: Path) -> None:
    """Index the fields of CDXJ; warcio neither sorts the lines nor computes SURTs."""
    fields = ["warc-target-uri", "http:content-type", "http:status", "warc-payload-digest", "offset", "length"]
    with contextlib.redirect_stdout(io.StringIO()):
        Indexer(fields, [str(path)], "-").process_all()


def index(path: Path) -> None:
    """Index as fangzhi does when it closes a file."""
    with path.open("rb") as file:
        content = cdxj_content(cdxj_line(record, "key") for record in records(RecordStream(file)))
    assert content.count(b"\n") == PAGES


if __name__ == "__main__":
    main()
