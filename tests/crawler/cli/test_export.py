"""What `fangzhi export` writes, and what it says to people and to programs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.fangzhi import CODE, documents, fangzhi, one_line
from tests.pipelines.archive.sealed import build, catalogue
from tests.pipelines.export.opened import opened


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("export") / "archive"
    build(folder)
    return folder


def options(folder: Path) -> tuple[str, ...]:
    return ("--archive", str(folder), "--catalogue", catalogue(folder))


def test_the_ending_of_the_file_says_what_it_is_to_be(whole: Path, tmp_path: Path) -> None:
    for name, told in (
        ("a.wacz", {"pages": 5, "captures": 5, "originals": 0, "missing": 0}),
        ("a.cdxj", {"captures": 5}),
        ("a.jsonl", {"entries": 5}),
        ("a.csv", {"articles": 5}),
    ):
        out = tmp_path / name
        done = fangzhi("export", str(out), "--json", *options(whole))
        assert done.returncode == 0, done.stderr
        assert documents(done) == [{"file": str(out), "format": out.suffix[1:], **told}]
    assert len(opened(tmp_path / "a.wacz").warcs()) == 2


def test_standard_output_has_the_lines_alone(whole: Path) -> None:
    done = fangzhi("export", "-", "--format", "jsonl", *options(whole))
    listed = fangzhi("list", "--json", *options(whole))
    assert done.stdout == listed.stdout
    assert "5 entries" in done.stderr


def test_filters_are_those_of_list(whole: Path, tmp_path: Path) -> None:
    for filters in (("--site", "news"), ("--until", "2020-01-01"), ("--no-copies",), ("--outcome", "rejected")):
        done = fangzhi("export", "-", "--format", "jsonl", *filters, *options(whole))
        assert done.stdout == fangzhi("list", "--json", *filters, *options(whole)).stdout


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("a.xyz",), 2, "the format of a.xyz is unknown"),
        (("-", "--format", "wacz"), 2, "cannot be written to standard output"),
        (("a.wacz", "--site", "nowhere"), 1, "there are no captures to export"),
        (("no/such/folder/a.jsonl",), 1, "correct the path"),
    ],
)
def test_what_cannot_be_written_is_one_clear_line(
    whole: Path, tmp_path: Path, arguments: tuple[str, ...], code: int, words: str
) -> None:
    done = fangzhi("export", *arguments, *options(whole), cwd=tmp_path)
    assert (done.returncode, done.stdout) == (code, "")
    assert words in done.stderr.splitlines()[-1]
    assert not list(tmp_path.iterdir())


def test_parquet_without_pyarrow_names_the_extra(whole: Path, tmp_path: Path) -> None:
    (tmp_path / "pyarrow.py").write_text("raise ImportError")
    done = fangzhi("export", "a.parquet", *options(whole), cwd=tmp_path, PYTHONPATH=f"{tmp_path}:{CODE}")
    assert done.returncode == 2
    assert "fangzhi[parquet]" in one_line(done.stderr)
    assert not list(tmp_path.glob("a.*"))


def test_jsonl_holds_what_another_run_of_it_holds(whole: Path, tmp_path: Path) -> None:
    paths = [tmp_path / "a.jsonl", tmp_path / "b.jsonl"]
    for path in paths:
        fangzhi("export", str(path), *options(whole))
    assert paths[0].read_bytes() == paths[1].read_bytes()
    assert all(json.loads(line)["id"] for line in paths[0].read_text("utf-8").splitlines())
