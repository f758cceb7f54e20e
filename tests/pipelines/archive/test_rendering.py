"""A rendered page is a record of its own, which is not mistaken for a response of the server."""

from __future__ import annotations

import datetime as dt
import gzip
from collections.abc import Callable
from pathlib import Path

import pytest
from attrs import evolve

from crawler.download.capture import rendered
from pipelines.archive import Archive, read_file
from pipelines.archive.records import conversion_member
from pipelines.archive.recovery import recover
from pipelines.archive.writer import OpenWarcFile
from pipelines.model import Capture
from pipelines.parse.decode import decode
from pipelines.storage import open_storage
from tests.pipelines.archive.made import digests, made

PAGE = made(1, status=200, truncated=None)
SHOWN = rendered(PAGE, '<meta charset="gbk"><p>江门</p>', "Chromium/150.0", PAGE.fetched_at + dt.timedelta(seconds=3))


def written(folder: Path) -> tuple[Path, list[Capture]]:
    """Return a WARC file with a page and its rendering, and both captures with their locations."""
    file = OpenWarcFile.create(open_storage(str(folder)), "site", PAGE.fetched_at, {})
    captures = [evolve(each, stored=file.put(each, digests(each), None)) for each in (PAGE, SHOWN)]
    file.abandon()
    return file.path, captures


def test_it_comes_back_equal_by_its_place_and_from_its_file(
    archive: Archive, folder: Path, valid: Callable[[Path], bool]
) -> None:
    put = [evolve(each, stored=archive.put(each, digests(each), "site")) for each in (PAGE, SHOWN)]
    assert archive.get(put[1].stored) == put[1]
    archive.close()
    (key,) = archive.files()
    read = [capture for _, capture in archive.read(key)]
    assert [each.rendered for each in read] == [None, SHOWN.rendered]
    assert read[1] == put[1]
    assert SHOWN.rendered
    assert SHOWN.rendered.record_id == read[0].record_id
    assert valid(folder / key)


def test_its_characters_are_read_whatever_its_markup_or_the_site_says() -> None:
    assert decode(SHOWN, "gb18030") == '<meta charset="gbk"><p>江门</p>'


def test_a_crash_behind_it_loses_nothing_and_one_within_it_only_itself(folder: Path, tmp_path: Path) -> None:
    path, captures = written(folder)
    with path.open("r+b") as file:
        assert recover(file, path.name) == 0
        file.truncate(path.stat().st_size - 1)
        recover(file, path.name)
    cut = tmp_path / "cut.warc.gz"
    cut.write_bytes(path.read_bytes())
    (left,) = [capture for _, capture in read_file(cut)]
    assert (left.final_url, left.body, left.rendered) == (captures[0].final_url, captures[0].body, None)


@pytest.mark.parametrize("media_type", [b"text/plain; charset=utf-8", b"text/html"])
def test_another_conversion_is_no_capture(tmp_path: Path, media_type: bytes) -> None:
    plain = gzip.decompress(conversion_member(PAGE, "江门", 1, PAGE.fetched_at, "seed"))
    path = tmp_path / "theirs.warc"
    path.write_bytes(plain.replace(b"text/plain; charset=utf-8", media_type))
    assert list(read_file(path)) == []
