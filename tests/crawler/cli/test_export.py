"""What `fangzhi export` writes to files, and what it prints for people and for programs."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fangzhi import documents, fangzhi, installed, one_line
from tests.forks import CODE
from tests.pipelines.archive.sealed import build, catalogue_url
from tests.pipelines.export.opened import opened


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("export") / "archive"
    build(folder)
    return folder


def options(folder: Path) -> tuple[str, ...]:
    return ("--archive", str(folder), "--catalogue", catalogue_url(folder))


def test_the_file_name_extension_selects_the_format(whole: Path, tmp_path: Path) -> None:
    for name, counts in (
        ("a.wacz", {"pages": 5, "captures": 5, "originals": 0, "requisites": 0, "renditions": 0, "missing": 0}),
        ("a.cdxj", {"captures": 5}),
        ("a.jsonl", {"entries": 5}),
        ("a.csv", {"articles": 5}),
    ):
        out = tmp_path / name
        done = fangzhi("export", str(out), "--json", *options(whole))
        assert done.returncode == 0, done.stderr
        assert documents(done) == [{"file": str(out), "format": out.suffix[1:], **counts}]
    assert len(opened(tmp_path / "a.wacz").warcs()) == 2


def test_standard_output_has_only_the_lines(whole: Path) -> None:
    done = fangzhi("export", "-", "--format", "jsonl", *options(whole))
    listed = fangzhi("list", "--json", *options(whole))
    assert done.stdout == listed.stdout
    assert "5 entries" in done.stderr


def test_filters_work_as_in_list(whole: Path, tmp_path: Path) -> None:
    for filters in (("--site", "news"), ("--until", "2020-01-01"), ("--no-copies",), ("--outcome", "rejected")):
        done = fangzhi("export", "-", "--format", "jsonl", *filters, *options(whole))
        assert done.stdout == fangzhi("list", "--json", *filters, *options(whole)).stdout


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("a.xyz",), 2, "the format of a.xyz is unknown"),
        (("-", "--format", "wacz"), 2, "cannot be written to standard output"),
        (("a.wacz", "--site", "nowhere"), 2, "unknown site 'nowhere'"),
        (("a.wacz", "--site", "nanjing"), 1, "there are no captures to export"),
        (("a.csv", "--site", "nowhere"), 2, "unknown site 'nowhere'"),
        (("no/such/folder/a.jsonl",), 1, "correct the path"),
    ],
)
def test_an_export_that_fails_prints_one_line_and_leaves_no_file(
    whole: Path, tmp_path: Path, arguments: tuple[str, ...], code: int, message: str
) -> None:
    done = fangzhi("export", *arguments, *options(whole), cwd=tmp_path)
    assert (done.returncode, done.stdout) == (code, "")
    assert message in done.stderr.splitlines()[-1]
    assert not list(tmp_path.iterdir())


def test_parquet_without_pyarrow_names_the_extra(whole: Path, tmp_path: Path) -> None:
    (tmp_path / "pyarrow.py").write_text("raise ImportError")
    done = installed("export", "a.parquet", *options(whole), cwd=tmp_path, PYTHONPATH=f"{tmp_path}:{CODE}")
    assert done.returncode == 2
    assert "fangzhi[parquet]" in one_line(done.stderr)
    assert not list(tmp_path.glob("a.*"))


def test_jsonl_is_the_same_in_every_run(whole: Path, tmp_path: Path) -> None:
    paths = [tmp_path / "a.jsonl", tmp_path / "b.jsonl"]
    for path in paths:
        fangzhi("export", str(path), *options(whole))
    assert paths[0].read_bytes() == paths[1].read_bytes()
    assert all(json.loads(line)["id"] for line in paths[0].read_text("utf-8").splitlines())


def test_a_data_sheet_says_what_the_file_holds(whole: Path, tmp_path: Path) -> None:
    out = tmp_path / "a.csv"
    done = fangzhi(
        "export", str(out), "标题", "--no-copies", "--since", "2024", "--datasheet", "--json", *options(whole)
    )
    assert done.returncode == 0, done.stderr
    sheet, package = documents(done)[0]["datasheet"]
    descriptor = json.loads(Path(package).read_text("utf-8"))
    (resource,) = descriptor["resources"]
    content = out.read_bytes()
    assert (resource["path"], resource["bytes"]) == ("a.csv", len(content))
    assert resource["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
    header = content.decode("utf-8-sig").splitlines()[0].split(",")
    assert [field["name"] for field in resource["schema"]["fields"]] == header
    assert descriptor["fangzhi"]["query"] == "标题"
    assert descriptor["fangzhi"]["filters"] == {"no-copies": "", "since": "2024-01-01"}
    (site,) = descriptor["fangzhi"]["coverage"]["sites"].values()
    assert (site["articles"], resource["rows"]) == (3, 5), "three pages, two of them captured again"
    text = Path(sheet).read_text("utf-8")
    assert "- Filters: `--since 2024-01-01`, `--no-copies`\n" in text
    assert resource["hash"] in text
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.csv", "a.csv.datapackage.json", "a.csv.md"]


@pytest.mark.parametrize("arguments", [("-", "--format", "csv"), ("x.wacz",)])
def test_a_stream_and_a_package_have_no_data_sheet(whole: Path, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    done = fangzhi("export", *arguments, "--datasheet", *options(whole), cwd=tmp_path)
    assert done.returncode == 2
    assert "--datasheet is for files" in done.stderr


def test_a_data_sheet_of_a_folder_lists_its_files(whole: Path, tmp_path: Path) -> None:
    out = tmp_path / "set"
    done = fangzhi("export", str(out), "--partition", "month", "--datasheet", "--json", *options(whole))
    assert done.returncode == 0, done.stderr
    sheet, package = map(Path, documents(done)[0]["datasheet"])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["set", package.name, sheet.name]
    descriptor = json.loads(package.read_text("utf-8"))
    (resource,) = descriptor["resources"]
    files = {path.relative_to(tmp_path).as_posix(): path.read_bytes() for path in out.rglob("*.parquet")}
    assert resource["path"] == sorted(files)
    assert (resource["rows"], resource["bytes"]) == (5, sum(map(len, files.values())))
    listed = {file["path"]: file["hash"] for file in descriptor["fangzhi"]["files"]}
    assert listed == {path: f"sha256:{hashlib.sha256(content).hexdigest()}" for path, content in files.items()}
    assert f"- Files: {len(files)}\n- Bytes: {resource['bytes']}\n" in sheet.read_text("utf-8")


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_an_export_that_is_killed_leaves_the_old_file_and_goes_on(whole: Path, tmp_path: Path, form: str) -> None:
    out, part = tmp_path / f"a.{form}", tmp_path / f"a.{form}.part"
    complete = tmp_path / f"complete.{form}"
    assert fangzhi("export", str(complete), *options(whole)).returncode == 0
    out.write_text("old", "utf-8")
    os.mkfifo(part)  # the export waits for a reader of it, and is killed meanwhile
    command = [sys.executable, "-m", "crawler.cli", "export", str(out), *options(whole)]
    with (
        subprocess.Popen(command, env={**os.environ, "PYTHONPATH": str(CODE)}, stderr=subprocess.DEVNULL) as killed,
        part.open("rb") as reader,
    ):
        assert reader.read(1)
        killed.kill()
    assert out.read_text("utf-8") == "old"
    part.unlink()
    part.write_bytes(complete.read_bytes()[:-50])
    done = fangzhi("export", str(out), *options(whole))
    assert done.returncode == 0
    assert "goes on after" in done.stderr
    assert out.read_bytes() == complete.read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted((out.name, complete.name))


def test_a_data_set_is_a_folder_of_parquet_files(whole: Path, tmp_path: Path) -> None:
    out = tmp_path / "set"
    done = fangzhi("export", str(out), "--partition", "region,month", "--json", *options(whole))
    assert done.returncode == 0, done.stderr
    files = list(out.rglob("*.parquet"))
    assert documents(done) == [
        {"file": str(out), "format": "parquet", "articles": 5, "files": len(files), "kept": 0},
    ]
    again = fangzhi("export", str(out), "--partition", "region,month", *options(whole))
    assert again.returncode == 2
    assert "is not empty" in again.stderr
    for arguments in (("--partition", "place"), ("--partition", "month", "--format", "csv")):
        assert fangzhi("export", str(tmp_path / "no"), *arguments, *options(whole)).returncode == 2
