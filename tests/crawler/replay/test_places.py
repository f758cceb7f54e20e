"""A capture that several records hold has one place, whatever the order in which they are read."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from attrs import evolve

from crawler.replay.places import with_preferred_location
from crawler.replay.run import jobs, replay
from crawler.sites.registry import Registry
from pipelines.archive import read_file
from pipelines.catalogue.catalogue import Catalogue
from pipelines.model import Location
from tests.pipelines.archive.foreign import record
from tests.pipelines.made import capture, entry

RESPONSE = record("response")
OWN = Location(file="warc/fu/2024/03/a.warc.gz", offset=5, length=9)
LATER = evolve(OWN, file="warc/fu/2024/04/b.warc.gz")
IMPORTED = evolve(OWN, file="warc/imported/0123/a.warc.gz")
OUTSIDE = evolve(OWN, file="/data/a.warc.gz")


@pytest.mark.parametrize(
    ("before", "read", "preferred"),
    [
        (OWN, OUTSIDE, OWN),
        (OWN, IMPORTED, OWN),
        (OWN, LATER, OWN),
        (OWN, None, OWN),
        (LATER, OWN, OWN),
        (IMPORTED, OWN, OWN),
        (IMPORTED, OUTSIDE, IMPORTED),
        (OUTSIDE, IMPORTED, IMPORTED),
        (OUTSIDE, OWN, OWN),
        (OUTSIDE, evolve(OUTSIDE, file="/data/moved.warc.gz"), evolve(OUTSIDE, file="/data/moved.warc.gz")),
        (OWN, evolve(OWN, offset=7), OWN),
        (OWN, evolve(OWN, offset=3), evolve(OWN, offset=3)),
        (OUTSIDE, evolve(OUTSIDE, offset=7), evolve(OUTSIDE, offset=7)),
        (None, OUTSIDE, OUTSIDE),
        (None, None, None),
    ],
)
def test_a_capture_in_several_files_has_one_preferred_location(
    before: Location | None, read: Location | None, preferred: Location | None
) -> None:
    made = entry(capture())
    assert with_preferred_location(evolve(made, location=read), evolve(made, location=before)).location == preferred
    assert with_preferred_location(evolve(made, location=read), None).location == read


def test_a_file_with_the_same_record_three_times_has_one_capture_at_the_first_place(tmp_path: Path) -> None:
    path = tmp_path / "three.warc"
    path.write_bytes(3 * RESPONSE)
    with closing(Catalogue("sqlite://")) as catalogue:

        def kinds() -> list[str]:
            return [result.kind for result in replay(jobs(read_file(path), Registry()), catalogue)]

        assert kinds() == ["added", "unchanged", "unchanged"]
        assert kinds() == ["unchanged"] * 3
        (found,) = catalogue.entries()
        assert found.location
        assert found.location.offset == 0
        path.write_bytes(b"\r\n" + RESPONSE)
        assert kinds() == ["changed"], "the file was written anew, and nothing is at the old place"
