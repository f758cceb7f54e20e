"""The memory of a replay does not grow with the number of records in one file, nor with its pending revisits."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from pipelines.archive.reader import captured_records
from pipelines.archive.revisit_index import OriginalLocations, PendingRevisit, PendingRevisits
from pipelines.model import Location
from tests.pipelines.archive.foreign import HEAD, URL, record, record_id

RECORDS = 40_000
"""In memory these took 56 MB more than none: 0.5 kB for each response, 2.2 kB for each revisit without its body."""

MAX_GROWTH_MIB = 45
"""The caches of the two databases, 16 MB each, and what the allocator keeps."""

READ = """
import json, resource, sys
from pipelines.archive import MultiReader, source_at
def read(path):
    reader = MultiReader([source_at(path)], None, print)
    count = sum(1 for _ in reader.captures())
    return count, dict(reader.skipped), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
print(json.dumps([read(sys.argv[1]), read(sys.argv[2])]))
"""


def made(path: Path, pairs: int) -> str:
    """Write a WARC with pairs of a response and a revisit of another file's record."""
    with path.open("wb") as file:
        for number in range(pairs):
            url = f"{URL}{number}"
            file.write(record("response", HEAD + b"%d" % number, url=url))
            file.write(record("revisit", HEAD, url=f"{url}/again", WARC_Refers_To=f"<urn:uuid:absent-{number}>"))
    return str(path)


def test_memory_does_not_grow_with_the_records_of_a_file(tmp_path: Path) -> None:
    paths = [made(tmp_path / "few.warc", 100), made(tmp_path / "many.warc", RECORDS // 2)]
    command = [sys.executable, "-c", READ, *paths]
    few, many = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    assert few[:2] == [200, {"no-original": 100}]
    assert many[:2] == [RECORDS, {"no-original": RECORDS // 2}]
    assert many[2] - few[2] < MAX_GROWTH_MIB


def test_the_first_of_equal_names_counts_whatever_characters_it_has() -> None:
    found = OriginalLocations()
    places = [Location(file="a.warc", offset=offset, length=9) for offset in (0, 9)]
    found.add(["one", "broken \udcff"], places[0])
    found.add(["one", "two"], places[1])
    assert [found.first([name]) for name in ("one", "two", "broken \udcff", "absent")] == [*places, places[0], None]
    assert found.first(["absent", "two", "one"]) == places[1]


def test_pending_revisits_are_taken_once_and_the_others_stay_in_order(tmp_path: Path) -> None:
    path = tmp_path / "a.warc"
    path.write_bytes(b"".join(record("revisit", HEAD, url=f"{URL}{number}") for number in range(4)))
    pending = PendingRevisits()
    with path.open("rb") as file:
        for info, each, capture in captured_records(file, "a.warc"):
            pending.add(PendingRevisit(info, each, capture), [each.fields["warc-record-id"], "shared"])
    assert [taken.capture.final_url for taken in pending.take([record_id("revisit", f"{URL}2")])] == [f"{URL}2"]
    assert [left.capture.final_url for left in pending] == [f"{URL}0", f"{URL}1", f"{URL}3"]
    assert len(list(pending.take(["shared", "shared"]))) == 3
    assert len(pending) == 0
    assert pending.files == {"a.warc"}
