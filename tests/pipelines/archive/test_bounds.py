"""A file that unpacks to gigabytes is read in bounded memory, and so are the records around it."""

from __future__ import annotations

import bz2
import gzip
import io
import time
import tracemalloc
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import zstandard

from pipelines.archive import MultiReader, record_reader, source_at
from pipelines.archive.headers import MAX_HTTP_HEADER_BYTES, parse_http
from pipelines.errors import StoreError
from pipelines.model import Capture
from tests.pipelines.archive.foreign import HEAD, URL, record, record_id
from tests.pipelines.archive.test_packages import package

MIB = 1 << 20
ZEROS = bytes(MIB)
BEHIND = record("response", url=f"{URL}behind")
MAX_PEAK_BYTES = 150 * MIB
"""Memory of Python's objects; replay itself takes 100 MB, and may take 500."""


def _lz4(pieces: Iterator[bytes]) -> bytes:
    import lz4.frame

    packer = lz4.frame.LZ4FrameCompressor()
    return b"".join([packer.begin(), *map(packer.compress, pieces), packer.flush()])


def _packed(packer: object, pieces: Iterator[bytes]) -> bytes:
    return b"".join([*(packer.compress(piece) for piece in pieces), packer.flush()])  # type: ignore[attr-defined]


CODECS: dict[str, Callable[[Iterator[bytes]], bytes]] = {
    "zst": lambda pieces: _packed(zstandard.ZstdCompressor().compressobj(), pieces),
    "bz2": lambda pieces: _packed(bz2.BZ2Compressor(), pieces),
    "gz": lambda pieces: _packed(zlib.compressobj(6, zlib.DEFLATED, 31), pieces),
    "lz4": _lz4,
}


def bomb(mebibytes: int) -> Iterator[bytes]:
    """Yield a record whose body has so many MiB of zeros."""
    block = HEAD + b"\0"
    head = record("response", block, url=f"{URL}bomb").removesuffix(b"\0\r\n\r\n")
    yield head.replace(b"Content-Length: %d" % len(block), b"Content-Length: %d" % (len(HEAD) + mebibytes * MIB))
    for _ in range(mebibytes):
        yield ZEROS
    yield b"\r\n\r\n"


def read(path: Path) -> tuple[list[Capture], list[StoreError], Counter[str], int]:
    """Return captures, errors, skipped records, and the peak of memory."""
    errors: list[StoreError] = []
    reader = MultiReader([source_at(str(path))], None, errors.append)
    tracemalloc.start()
    try:
        found = [capture for _, capture in reader.captures()]
        return found, errors, reader.skipped, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("codec", CODECS)
def test_a_bomb_ends_at_its_bound_and_the_next_record_is_read(tmp_path: Path, codec: str) -> None:
    path = tmp_path / f"x.warc.{codec}"
    path.write_bytes(CODECS[codec](bomb(200)) + CODECS[codec](iter([BEHIND])))
    found, errors, skipped, peak = read(path)
    assert [capture.final_url for capture in found] == [f"{URL}behind"]
    assert len(errors) + skipped["too-long"] == 1
    assert all(str(path) in str(error) for error in errors)
    assert peak < MAX_PEAK_BYTES


def test_a_bomb_is_named_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "x.warc.zst"
    path.write_bytes(CODECS["zst"](bomb(100)))
    found, errors, _, _ = read(path)
    assert not found
    assert len(errors) == 1
    assert "decompression bomb" in str(errors[0])
    assert "\n" not in str(errors[0])


def test_segments_are_not_joined_to_more_than_a_record_may_have(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(record_reader, "MAX_BLOCK_BYTES", 10_000)
    first = record("response", HEAD + b"a" * 6_000, Segment_Number="1")
    more = {"Segment_Origin_ID": record_id("response")}
    rest = [record("continuation", b"a" * 6_000, Segment_Number=str(number), **more) for number in (2, 3)]
    path = tmp_path / "x.warc"
    path.write_bytes(b"".join([first, *rest, BEHIND]))
    found, _, skipped, _ = read(path)
    assert [capture.final_url for capture in found] == [f"{URL}behind"]
    assert skipped == {"too-long": 1}


@pytest.mark.parametrize(
    "header",
    [
        b"HTTP/1.1 200 OK\r\nA: b\r\n " + b" " * 200_000 + b"x\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b" " * 200_000 + b"\r\n \r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"a:b\r\n" * 3_000_000,
    ],
)
def test_a_header_of_any_form_is_read_at_once(header: bytes) -> None:
    began = time.process_time()
    message = parse_http(header)
    assert time.process_time() - began < 5
    assert (message is None) == (len(header) > MAX_HTTP_HEADER_BYTES)


def test_many_members_without_a_record_are_one_gap(tmp_path: Path) -> None:
    path = tmp_path / "x.warc.gz"
    path.write_bytes(gzip.compress(b"junk\r\n") * 20_000 + gzip.compress(BEHIND))
    began = time.process_time()
    found, errors, _, _ = read(path)
    assert time.process_time() - began < 20
    assert [capture.final_url for capture in found] == [f"{URL}behind"]
    assert len(errors) == 1


def test_a_hundred_megabytes_of_line_ends_are_damage(tmp_path: Path) -> None:
    path = tmp_path / "x.warc.gz"
    path.write_bytes(gzip.compress(BEHIND + b"\r\n" * (50 * MIB)) + gzip.compress(BEHIND))
    found, errors, _, peak = read(path)
    assert [capture.final_url for capture in found] == [f"{URL}behind"] * 2
    assert len(errors) == 1
    assert peak < MAX_PEAK_BYTES


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_compressed_bomb_in_a_package_does_not_hide_the_other_files(tmp_path: Path, method: int) -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as target:
        target.writestr("archive/a.warc", b"".join(bomb(50)), method)
        target.writestr("archive/b.warc", BEHIND)
    path = tmp_path / "x.wacz"
    path.write_bytes(data.getvalue())
    found, errors, _, peak = read(path)
    assert [capture.final_url for capture in found] == [f"{URL}behind"]
    assert ["archive/a.warc" in str(error) and str(path) in str(error) for error in errors] == [True]
    assert peak < MAX_PEAK_BYTES


def test_a_compressed_package_in_a_package_is_unpacked_up_to_a_limit(tmp_path: Path) -> None:
    inner = package({"archive/a.warc": BEHIND + bytes(100 * MIB)})
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as target:
        target.writestr("a.wacz", inner, zipfile.ZIP_DEFLATED)
        target.writestr("archive/b.warc", BEHIND)
    path = tmp_path / "x.wacz"
    path.write_bytes(data.getvalue())
    del inner, data
    found, errors, _, peak = read(path)
    assert [capture.final_url for capture in found] == [f"{URL}behind"]
    assert "a.wacz" in str(errors[0])
    assert peak < MAX_PEAK_BYTES


def test_a_package_with_a_huge_list_of_files_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.wacz"
    with zipfile.ZipFile(path, "w") as target:
        for number in range(2_000):
            target.writestr(f"{number}{'x' * 5_000}", b"")
    found, errors, _, peak = read(path)
    assert not found
    assert "its list of files has" in str(errors[0])
    assert peak < MAX_PEAK_BYTES


def test_files_of_a_package_that_share_bytes_are_refused(tmp_path: Path) -> None:
    """A small package could stand for any number of captures."""
    path = tmp_path / "x.wacz"
    with zipfile.ZipFile(path, "w") as target:
        target.writestr("archive/a.warc", BEHIND)
        target.writestr("archive/b.warc", BEHIND)
        target.filelist[1].header_offset = 0
        target.filelist[1].filename = target.filelist[1].orig_filename = "archive/a.warc"
    found, errors, _, _ = read(path)
    assert not found
    assert "overlap" in str(errors[0])
