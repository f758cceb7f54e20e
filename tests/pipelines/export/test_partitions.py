"""A Parquet data set is complete however often its export was cut off, and never has half a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from pipelines.errors import ConfigError
from pipelines.export.partitions import FILE, NOTES, write_partitions
from pipelines.model import Entry
from tests.pipelines.made import capture, entry

ENTRIES = {each.id: each for each in (entry(capture(number), text=f"第{number}篇") for number in range(6))}
KEYS = (("440783", "2024-03"), ("440783", "2024-04"), (None, None))
PARTITIONS = dict(zip(KEYS, (list(ENTRIES)[:1], list(ENTRIES)[1:3], list(ENTRIES)[3:]), strict=True))
BY = ("region", "month")


def read(ids: Sequence[str]) -> Iterator[Entry]:
    return (ENTRIES[key] for key in ids)


def texts(folder: Path) -> list[str]:
    import pyarrow.dataset as ds

    return sorted(ds.dataset(folder, partitioning="hive").to_table()["text"].to_pylist())


def test_a_folder_has_a_file_for_each_value_and_is_one_data_set(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    written = write_partitions(folder, BY, PARTITIONS, read, {})
    assert (written.articles, written.files, written.kept) == (6, 3, 0)
    assert (folder / "region=440783" / "month=2024-04" / FILE).exists()
    assert not (folder / NOTES).exists()
    assert texts(folder) == [f"第{number}篇" for number in range(6)]
    import pyarrow.dataset as ds

    table = ds.dataset(folder, partitioning="hive").to_table(filter=ds.field("month") == "2024-03")
    assert table["text"].to_pylist() == ["第0篇"]


@pytest.mark.parametrize("cut_at", range(6))
def test_an_export_that_was_cut_off_goes_on_where_it_stopped(tmp_path: Path, cut_at: int) -> None:
    folder, done = tmp_path / "out", list[str]()

    def cut(ids: Sequence[str]) -> Iterator[Entry]:
        for key in ids:
            if len(done) == cut_at:
                raise KeyboardInterrupt
            done.append(key)
            yield ENTRIES[key]

    with pytest.raises(KeyboardInterrupt):
        write_partitions(folder, BY, PARTITIONS, cut, {"query": "电梯"})
    import pyarrow.parquet as pq

    complete = sum(pq.read_metadata(path).num_rows for path in folder.rglob("*.parquet"))
    assert (folder / NOTES).exists()
    with pytest.raises(ConfigError, match="a part of another export"):
        write_partitions(folder, BY, PARTITIONS, read, {"query": "防汛"})
    (folder / "killed.part").write_bytes(b"PAR1")
    written = write_partitions(folder, BY, PARTITIONS, read, {"query": "电梯"})
    assert written.articles == 6 - complete
    assert texts(folder) == [f"第{number}篇" for number in range(6)]
    assert not list(folder.rglob("*.part"))


def test_a_folder_with_other_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("")
    with pytest.raises(ConfigError, match="is not empty"):
        write_partitions(tmp_path, BY, PARTITIONS, read, {})
