"""WARC files in WACZ packages are read where they are, by ranges of the package."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.archive import Archive, MultiReader, source_at, sources
from pipelines.errors import StoreCorrupt, StoreError
from pipelines.model import Capture
from pipelines.storage import open_storage
from pipelines.storage.options import Options
from tests.fangzhi import documents, fangzhi
from tests.pipelines.archive.foreign import BODY, HEAD, URL, record, zstd
from tests.pipelines.archive.test_sources import served

__all__ = ["served"]

FIRST = b"".join(gzip.compress(record("response", HEAD + BODY, url=f"{URL}{number}")) for number in (1, 2))
SECOND = record("response", HEAD + BODY, url=f"{URL}3")
NAMES = [f"{URL}{number}" for number in (1, 2, 3)]


def package(files: dict[str, bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    """Return a package as Browsertrix and py-wacz write it, with other files around the WARC files."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", compression) as target:
        target.writestr("datapackage.json", json.dumps({"profile": "data-package", "wacz_version": "1.1.1"}))
        for name, content in files.items():
            target.writestr(name, content)
        target.writestr("indexes/index.cdx.gz", b"not a WARC")
    return data.getvalue()


DAMAGED = package({"archive/data.warc.gz": FIRST}, zipfile.ZIP_DEFLATED)
"""Its WARC file is compressed once more."""

PACKAGES = {
    "one file": package({"archive/data.warc.gz": FIRST + gzip.compress(SECOND)}),
    "several files": package({"archive/a.warc.gz": FIRST, "archive/b.warc": SECOND}),
    "several packages": package(
        {"a.wacz": package({"archive/a.warc.gz": FIRST}), "b.wacz": package({"archive/b.warc": SECOND})}
    ),
    "zstd": package({"archive/a.warc.gz": FIRST, "archive/b.warc.zst": zstd([SECOND], SECOND * 4)}),
}


def read(address: str) -> tuple[list[Capture], list[StoreError]]:
    errors: list[StoreError] = []
    reader = MultiReader([source_at(address, Options(allow_private=True))], None, errors.append)
    return [capture for _, capture in reader.captures()], errors


@pytest.mark.parametrize("name", PACKAGES)
@pytest.mark.parametrize("file", ["x.wacz", "X.WACZ", "download"])
def test_each_capture_has_its_place_in_the_package(tmp_path: Path, name: str, file: str) -> None:
    path = tmp_path / file
    path.write_bytes(PACKAGES[name])
    found, errors = read(str(path))
    assert [(capture.final_url, capture.body) for capture in found] == [(url, BODY) for url in NAMES]
    assert not errors
    source = source_at(str(path))
    for capture in found:
        assert capture.stored
        assert capture.stored.file == str(path)
        assert source.capture(capture.stored) == capture


def test_a_package_that_is_compressed_once_more_is_read_without_places(tmp_path: Path) -> None:
    path = tmp_path / "x.wacz"
    path.write_bytes(package({"archive/a.warc.gz": FIRST}, zipfile.ZIP_DEFLATED))
    found, errors = read(str(path))
    assert [(capture.final_url, capture.stored) for capture in found] == [(url, None) for url in NAMES[:2]]
    assert not errors


def test_a_package_is_read_from_a_web_server(served: tuple[Path, str]) -> None:
    folder, base = served
    (folder / "x.wacz").write_bytes(PACKAGES["several packages"])
    found, errors = read(f"{base}/x.wacz?key=1")
    assert [capture.final_url for capture in found] == NAMES
    assert not errors


def test_damage_in_one_file_of_a_package_costs_nothing_of_the_others(tmp_path: Path) -> None:
    torn, size = tmp_path / "x.wacz", len(FIRST) - 9
    torn.write_bytes(package({"archive/a.warc.gz": FIRST[:size], "archive/b.warc": SECOND}))
    found, (error,) = read(str(torn))
    assert [capture.final_url for capture in found] == NAMES
    assert f"{torn} is truncated or damaged at byte " in str(error)


def test_a_broken_or_empty_package_is_named(tmp_path: Path) -> None:
    for number, data in enumerate((PACKAGES["one file"][:-30], package({}), b"PK\x03\x04")):
        path = tmp_path / f"{number}.wacz"
        path.write_bytes(data)
        found, (error,) = read(str(path))
        assert found == []
        assert str(path) in str(error)


def test_a_folder_stands_for_the_packages_in_it_too(tmp_path: Path) -> None:
    archive = Archive(open_storage(str(tmp_path / "archive")))
    (tmp_path / "theirs").mkdir()
    for name in ("a.wacz", "b.warc.gz", "c.zip"):
        (tmp_path / "theirs" / name).touch()
    assert [Path(each.name).name for each in sources(archive, str(tmp_path / "theirs"))] == ["a.wacz", "b.warc.gz"]


def test_its_own_export_gives_the_same_entries_in_place_and_imported(tmp_path: Path) -> None:
    (tmp_path / "x.wacz").write_bytes(PACKAGES["several packages"])
    (report,) = documents(fangzhi("replay", "x.wacz", "--json", "--archive", "mine", cwd=tmp_path))
    assert (report["added"], report["skipped"]) == (3, {})
    done = fangzhi("replay", "x.wacz", "--into", "imported", "--json", cwd=tmp_path)
    assert documents(done)[0]["added"] == 3
    entries = [documents(fangzhi("list", "--json", "--archive", name, cwd=tmp_path)) for name in ("mine", "imported")]
    assert [each["id"] for each in entries[0]] == [each["id"] for each in entries[1]]
    assert {each["location"]["file"].rpartition("/")[2] for each in entries[1]} == {"a.warc.gz", "b.warc"}
    fangzhi("export", "again.wacz", "--archive", "imported", cwd=tmp_path)
    (again,) = documents(fangzhi("replay", "again.wacz", "--json", "--archive", "third", cwd=tmp_path))
    assert again["added"] == 3


LISTED = {
    "profile": "multi-wacz-package",
    "resources": [{"name": "a", "path": "a.wacz"}, {"name": "b", "path": "more/b.wacz"}],
}


def write_list(folder: Path, document: object = LISTED) -> Path:
    """Write a list of two packages, and the packages."""
    (folder / "more").mkdir()
    (folder / "a.wacz").write_bytes(package({"archive/a.warc.gz": FIRST}))
    (folder / "more/b.wacz").write_bytes(package({"archive/b.warc": SECOND}))
    path = folder / "multi.json"
    path.write_text(json.dumps(document))
    return path


def read_list(folder: Path, address: str) -> list[str]:
    archive = Archive(open_storage(str(folder / "archive")), options=Options(allow_private=True))
    return [capture.final_url for source in sources(archive, address) for _, capture in source.captures()]


def test_the_packages_of_a_list_are_read(served: tuple[Path, str], monkeypatch: pytest.MonkeyPatch) -> None:
    folder, base = served
    path = write_list(folder)
    monkeypatch.chdir(folder)
    for address in (str(path), "multi.json", f"{base}/multi.json", f"{base}/multi.json?key=1"):
        assert read_list(folder, address) == NAMES
    path.write_text(json.dumps(LISTED | {"resources": [{"path": f"{base}/a.wacz"}, {"path": "more/b.wacz"}]}))
    assert read_list(folder, str(path)) == NAMES


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        ({"profile": "data-package", "resources": []}, "its profile is 'data-package'"),
        (["a.wacz"], "is no list of WACZ packages"),
        ({"profile": "multi-wacz-package"}, "is no list of WACZ packages"),
        ({"profile": "multi-wacz-package", "resources": [{"path": "../../a.wacz"}]}, "is not beside or below the list"),
        ({"profile": "multi-wacz-package", "resources": [{"path": "/etc/passwd"}]}, "is not beside or below the list"),
        (
            {"profile": "multi-wacz-package", "resources": [{"path": "file:///etc/a"}]},
            "is not beside or below the list",
        ),
    ],
)
def test_a_file_that_is_no_list_is_named(tmp_path: Path, document: object, problem: str) -> None:
    with pytest.raises(StoreCorrupt, match=problem):
        read_list(tmp_path, str(write_list(tmp_path, document)))


@pytest.mark.parametrize(
    "damage", [b"PK\x03\x05", b"archive/DATA.warc.gz", b"\xff" * 300], ids=["head", "name", "data"]
)
def test_a_damaged_compressed_file_in_a_package_is_an_error_of_the_store(tmp_path: Path, damage: bytes) -> None:
    at = DAMAGED.index(b"archive/data.warc.gz")
    place = {4: at - 30, 20: at}.get(len(damage), at + 20)
    (tmp_path / "x.wacz").write_bytes(DAMAGED[:place] + damage + DAMAGED[place + len(damage) :])
    with pytest.raises(StoreError):
        list(source_at(str(tmp_path / "x.wacz")).captures())


def _with_version(data: bytes) -> bytes:
    """Return a package whose list of files names a version of the format that does not exist."""
    at = data.index(b"PK\x01\x02")
    return data[: at + 6] + b"\xff" + data[at + 7 :]


def _with_name(data: bytes) -> bytes:
    """Return a package with a name that is marked as UTF-8 and is not."""
    at = data.index(b"PK\x01\x02")
    return data[: at + 9] + b"\x08" + data[at + 10 : at + 46] + b"\xff" + data[at + 47 :]


@pytest.mark.parametrize("damaged", [_with_version, _with_name, lambda data: data[:-30]])
def test_a_damaged_list_of_files_is_named(tmp_path: Path, damaged: Callable[[bytes], bytes]) -> None:
    path = tmp_path / "a.wacz"
    path.write_bytes(damaged(PACKAGES["one file"]))
    captures, errors = read(str(path))
    assert not captures
    assert "is not a WACZ file, or is damaged" in str(errors[0])


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
@pytest.mark.parametrize("damaged", [_with_version, _with_name, lambda data: data[:-30]])
def test_a_damaged_package_in_a_package_does_not_hide_the_others(
    tmp_path: Path, damaged: Callable[[bytes], bytes], compression: int
) -> None:
    path = tmp_path / "a.wacz"
    inner = {"bad.wacz": damaged(PACKAGES["one file"]), "good.wacz": PACKAGES["several files"]}
    path.write_bytes(package(inner, compression))
    captures, errors = read(str(path))
    assert [capture.final_url for capture in captures] == NAMES
    assert "bad.wacz" in str(errors[0])
