"""A file of rows is complete however often its export was cut off, and wherever."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from attrs import evolve

from pipelines.export import continued, write_csv, write_jsonl
from pipelines.export.continued import NOTES_SUFFIX
from pipelines.model import Entry
from tests.pipelines.made import capture, entry

TEXT = '第一段，"引号"。\n第二段，a,b;c。\n"'


def page(number: int) -> Entry:
    """Return an entry of a page with two articles."""
    one = entry(capture(number), text=TEXT)
    return evolve(one, articles=(one.articles[0], evolve(one.articles[0], title=f'"{number}",\n')))


ENTRIES = [page(number) for number in range(4)]


def written(form: str, entries: list[Entry]) -> bytes:
    file = io.BytesIO()
    write_jsonl(entries, file) if form == "jsonl" else write_csv(entries, file, marked=True)
    return file.getvalue()


def export(path: Path, form: str, what: str = "电梯") -> tuple[int, int]:
    """Export all entries; return the numbers of entries that were there, and of rows in all."""
    with continued(path, form, {"query": what}) as begun:
        left = [each for each in ENTRIES if each.id not in begun.ids]
        if form == "jsonl":
            rows = write_jsonl(left, begun.file)
        else:
            rows = write_csv(left, begun.file, marked=True, headed=not begun.end)
        return len(begun.ids), begun.rows + rows


def cut(path: Path, form: str) -> None:
    """Cut off an export at its beginning."""
    with pytest.raises(KeyboardInterrupt), continued(path, form, {"query": "电梯"}):
        raise KeyboardInterrupt


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_an_export_goes_on_wherever_it_was_cut_off(tmp_path: Path, form: str) -> None:
    path, part = tmp_path / "out", tmp_path / "out.part"
    whole = written(form, ENTRIES)
    found = set[int]()
    for size in [*range(0, len(whole), len(whole) // 60), len(whole) - 1, len(whole)]:
        cut(path, form)
        part.write_bytes(whole[:size])
        kept, rows = export(path, form)
        found.add(kept)
        assert path.read_bytes() == whole
        assert rows == (4 if form == "jsonl" else 8)
        assert not part.exists()
        assert not path.with_name(f"out{NOTES_SUFFIX}").exists()
    assert found == {0, 1, 2, 3}


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_a_part_of_another_export_or_of_none_is_written_anew(tmp_path: Path, form: str) -> None:
    path, part = tmp_path / "out", tmp_path / "out.part"
    other = written(form, [page(9)])
    part.write_bytes(other)
    assert export(path, form)[0] == 0
    cut(path, form)
    part.write_bytes(other)
    assert export(path, form, "防汛")[0] == 0
    assert path.read_bytes() == written(form, ENTRIES)


def test_what_a_power_cut_leaves_is_not_taken_for_rows(tmp_path: Path) -> None:
    path = tmp_path / "out"
    cut(path, "jsonl")
    whole = written("jsonl", ENTRIES)
    path.with_name("out.part").write_bytes(whole[:-100] + b"\0" * 99 + b"\n")
    export(path, "jsonl")
    assert [json.loads(line)["id"] for line in path.read_bytes().splitlines()] == [each.id for each in ENTRIES]


def test_the_file_stays_as_it_was_until_the_new_one_is_complete(tmp_path: Path) -> None:
    path = tmp_path / "out"
    path.write_text("old")
    cut(path, "csv")
    assert path.read_text() == "old"
    assert {each.name for each in tmp_path.iterdir()} == {"out", "out.part", f"out{NOTES_SUFFIX}"}
