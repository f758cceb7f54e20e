"""A replay that is stopped goes on where it was; nothing is left out, and next to nothing read twice."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from crawler.replay import checkpoint
from crawler.replay.checkpoint import Checkpoint
from pipelines.archive import MultiReader, Source, source_at
from tests.pipelines.archive.foreign import BODY, record, record_id, revisit

PAGES = 5


@pytest.fixture
def files(tmp_path: Path) -> list[Source]:
    """Three files; the second begins with revisits of a page of the first and of the last page of the third."""
    originals = {"2021": record_id("response", "http://c.cn/4"), "2022": record_id("response", "http://a.cn/0")}
    repeat = b"".join(
        gzip.compress(revisit(f"{year}-01-01T00:00:00Z", Refers_To=there)) for year, there in originals.items()
    )
    for name, first in (("a", b""), ("b", repeat), ("c", b"")):
        pages = [gzip.compress(record("response", url=f"http://{name}.cn/{number}")) for number in range(PAGES)]
        (tmp_path / f"{name}.warc.gz").write_bytes(first + b"".join(pages))
    return [source_at(str(tmp_path / f"{name}.warc.gz")) for name in "abc"]


def read(folder: Path, files: list[Source], most: int = 99, about: str = "", **options: bool) -> list[str]:
    """Read on, as a replay does, until it is killed after `most` captures; return what was read."""
    journal = Checkpoint(folder, about, **options)
    several = MultiReader(files, None, pytest.fail)
    found = []
    for _, capture in journal.remaining(several):
        if len(found) == most:
            return found
        assert capture.body == BODY
        found.append(f"{capture.final_url} {capture.fetched_at:%Y}")
        journal.mark_done(capture)
    journal.__exit__(None, None, None)
    return found


@pytest.fixture(autouse=True)
def _saves_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoint, "SAVE_INTERVAL_S", 0)


@pytest.mark.parametrize("most", range(1, 3 * PAGES + 2))
def test_killed_anywhere_the_rest_is_read_and_no_more(tmp_path: Path, files: list[Source], most: int) -> None:
    everything = read(tmp_path, files)
    assert len(everything) == 3 * PAGES + 2
    first = read(tmp_path, files, most)
    rest = read(tmp_path, files)
    assert sorted({*first, *rest}) == sorted(everything)
    assert {*first} & {*rest} <= {*everything[3 * PAGES :]}, "only revisits that had to wait are read twice"
    assert not list(tmp_path.glob("replay-*"))


def test_killed_twice(tmp_path: Path, files: list[Source]) -> None:
    everything = read(tmp_path, files)
    assert [*read(tmp_path, files, 7), *read(tmp_path, files, 4), *read(tmp_path, files)] == everything


def test_files_that_are_done_are_not_opened(tmp_path: Path, files: list[Source]) -> None:
    read(tmp_path, files, 2 * PAGES + 1)
    left = Checkpoint(tmp_path, "").unfinished(files)
    assert [Path(file.name).name for file in left] == ["b.warc.gz", "c.warc.gz"], "a revisit of b still waits"


def test_another_replay_or_one_afresh_begins_at_the_start(tmp_path: Path, files: list[Source]) -> None:
    everything = read(tmp_path, files)
    read(tmp_path, files, 7)
    assert read(tmp_path, files, about="another") == everything
    assert read(tmp_path, files, afresh=True) == everything


def test_a_file_that_came_meanwhile_is_read_too(tmp_path: Path, files: list[Source]) -> None:
    read(tmp_path, files[1:], 7)
    assert [each for each in read(tmp_path, files) if "http://a.cn/ " not in each][:PAGES] == [
        f"http://a.cn/{number} 2020" for number in range(PAGES)
    ]


def test_what_stops_a_replay_leaves_its_place_and_what_ends_it_none(tmp_path: Path, files: list[Source]) -> None:
    def stopped() -> None:
        with Checkpoint(tmp_path, "") as journal:
            _, capture = next(iter(journal.remaining(MultiReader(files, None, pytest.fail))))
            journal.mark_done(capture)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stopped()
    assert Checkpoint(tmp_path, "").resumed
    with Checkpoint(tmp_path, ""):
        pass
    assert not Checkpoint(tmp_path, "").resumed
