"""An interrupted replay resumes where it stopped: nothing is skipped, and almost nothing is read twice."""

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
    """Three files; the second begins with revisits of a page of the first file and of the last page of the third."""
    originals = {"2021": record_id("response", "http://c.cn/4"), "2022": record_id("response", "http://a.cn/0")}
    repeat = b"".join(
        gzip.compress(revisit(f"{year}-01-01T00:00:00Z", Refers_To=there)) for year, there in originals.items()
    )
    for name, first in (("a", b""), ("b", repeat), ("c", b"")):
        pages = [gzip.compress(record("response", url=f"http://{name}.cn/{number}")) for number in range(PAGES)]
        (tmp_path / f"{name}.warc.gz").write_bytes(first + b"".join(pages))
    return [source_at(str(tmp_path / f"{name}.warc.gz")) for name in "abc"]


def read(folder: Path, files: list[Source], limit: int = 99, identity: str = "", **options: bool) -> list[str]:
    """Resume the replay until it is killed after `limit` captures; return the captures that were read."""
    opened = Checkpoint(folder, identity, **options)
    reader = MultiReader(files, None, pytest.fail)
    found = []
    for _, capture in opened.remaining(reader):
        if len(found) == limit:
            return found
        assert capture.body == BODY
        found.append(f"{capture.final_url} {capture.fetched_at:%Y}")
        opened.mark_done(capture)
    opened.__exit__(None, None, None)
    return found


@pytest.fixture(autouse=True)
def _saves_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoint, "SAVE_INTERVAL_S", 0)


@pytest.mark.parametrize("limit", range(1, 3 * PAGES + 2))
def test_after_a_kill_anywhere_only_the_rest_is_read(tmp_path: Path, files: list[Source], limit: int) -> None:
    everything = read(tmp_path, files)
    assert len(everything) == 3 * PAGES + 2
    first = read(tmp_path, files, limit)
    rest = read(tmp_path, files)
    assert sorted({*first, *rest}) == sorted(everything)
    assert {*first} & {*rest} <= {*everything[3 * PAGES :]}, "only deferred revisits are read twice"
    assert not list(tmp_path.glob("replay-*"))


def test_a_replay_resumes_after_two_kills(tmp_path: Path, files: list[Source]) -> None:
    everything = read(tmp_path, files)
    assert [*read(tmp_path, files, 7), *read(tmp_path, files, 4), *read(tmp_path, files)] == everything


def test_finished_files_are_not_opened(tmp_path: Path, files: list[Source]) -> None:
    read(tmp_path, files, 2 * PAGES + 1)
    unfinished = Checkpoint(tmp_path, "").unfinished(files)
    assert [Path(file.name).name for file in unfinished] == ["b.warc.gz", "c.warc.gz"], (
        "a revisit in b is still deferred"
    )


def test_another_replay_or_afresh_starts_from_the_beginning(tmp_path: Path, files: list[Source]) -> None:
    everything = read(tmp_path, files)
    read(tmp_path, files, 7)
    assert read(tmp_path, files, identity="another") == everything
    assert read(tmp_path, files, afresh=True) == everything


def test_a_file_added_meanwhile_is_read_too(tmp_path: Path, files: list[Source]) -> None:
    read(tmp_path, files[1:], 7)
    assert [each for each in read(tmp_path, files) if "http://a.cn/ " not in each][:PAGES] == [
        f"http://a.cn/{number} 2020" for number in range(PAGES)
    ]


def test_an_interrupted_replay_leaves_a_checkpoint_and_a_finished_one_none(tmp_path: Path, files: list[Source]) -> None:
    def interrupted() -> None:
        with Checkpoint(tmp_path, "") as opened:
            _, capture = next(iter(opened.remaining(MultiReader(files, None, pytest.fail))))
            opened.mark_done(capture)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert Checkpoint(tmp_path, "").resumed
    with Checkpoint(tmp_path, ""):
        pass
    assert not Checkpoint(tmp_path, "").resumed
