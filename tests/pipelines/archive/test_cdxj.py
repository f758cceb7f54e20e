"""The index of a WARC file is that of other programs' indexers, and leads to its captures."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from attrs import evolve

from pipelines.archive import Archive
from pipelines.archive.cdxj import cdxj_key, read_cdxj
from pipelines.model import Capture
from pipelines.storage import Storage, open_storage
from tests.fangzhi import ROOT
from tests.pipelines.archive.made import digests, made, reference

ADDRESSES = (
    "http://www.News.example.cn:80/A/?b=2&A=1#top",
    "https://新闻.example.cn:8443/路径/甲.html",
    "http://192.0.2.7/x;jsessionid=0123456789ABCDEF0123456789ABCDEF?id=3",
    "http://news.example.cn/with space/a.html",
)
TYPES = ("text/html; charset=gbk", "IMAGE/PNG", "", None, "a b")


def varied(number: int) -> Capture:
    kind = TYPES[number % len(TYPES)]
    headers = () if kind is None else (("content-TYPE", kind),)
    url = ADDRESSES[number % len(ADDRESSES)]
    return made(number, final_url=url, headers=headers, status=(200, 404, 301)[number % 3])


def filled(storage: Storage) -> tuple[str, list[Capture]]:
    """Return the key of a file and its captures, with a revisit and a 304 response among them."""
    archive = Archive(storage)
    captures = [made(0), *map(varied, range(1, 41))]
    captures = [evolve(each, stored=archive.put(each, digests(each), "site")) for each in captures]
    got = {"method": "GET", "request_body": b""}  # cdxj-indexer leaves the request body out of the keys of revisits
    for later in (made(50, body=captures[0].body, **got), made(51, status=304, body=b"", **got)):
        location = archive.put(later, digests(later), "site", reference(captures[0]))
        captures.append(evolve(later, stored=location))
    archive.close()
    (key,) = archive.files()
    return key, captures


def test_an_index_has_the_location_of_every_capture(storage: Storage) -> None:
    key, captures = filled(storage)
    name = cdxj_key(key)
    assert list(storage.keys("cdx/")) == [name]
    assert read_cdxj(storage.read(name)) == [capture.stored for capture in captures]
    assert list(storage.spool.rglob("*.open")) == []


def test_its_lines_are_sorted_by_byte_and_have_the_fields_of_pywb(tmp_path: Path) -> None:
    storage = open_storage(str(tmp_path))
    key, _ = filled(storage)
    lines = storage.read(cdxj_key(key)).splitlines()
    assert lines == sorted(lines)
    surt, second, document = next(line for line in lines if b'"304"' in line).decode().split(" ", 2)
    assert (surt, second) == ("cn,example,news)/content/51.html?from=%e6%96%b0%e4%bc%9a", "20260304050607")
    values = json.loads(document)
    assert list(values) == ["url", "mime", "status", "digest", "length", "offset", "filename"]
    assert (values["mime"], values["filename"], values["digest"]) == ("warc/revisit", key, digests(made(0)).payload)


def test_the_indexer_of_another_program_gives_the_same_bytes(tmp_path: Path) -> None:
    program = ROOT / ".players/bin/cdxj-indexer"
    if not program.exists():
        pytest.skip("cdxj-indexer is not installed: make players")
    storage = open_storage(str(tmp_path))
    key, _ = filled(storage)
    command = [program, "-s", "-p", "--dir-root", str(tmp_path), str(tmp_path / key)]
    done = subprocess.run(command, capture_output=True, timeout=60, check=True)
    assert storage.read(cdxj_key(key)) == done.stdout


def test_an_index_from_before_a_crash_does_not_prevent_publishing(tmp_path: Path) -> None:
    storage = open_storage(str(tmp_path))
    archive = Archive(storage)
    capture = made(1)
    location = archive.put(capture, digests(capture), "site")
    name = tmp_path / cdxj_key(location.file)
    name.parent.mkdir(parents=True)
    name.write_bytes(b"of an older version\n")
    archive.close()
    assert archive.get(location) == evolve(capture, stored=location)
    assert name.read_bytes() == b"of an older version\n"


@pytest.mark.parametrize(
    "values", ['{"filename": "a", "offset": Infinity, "length": 1}', '{"offset": []}', "[" * 5_000, "1"]
)
def test_a_line_that_is_no_cdxj_is_refused(values: str) -> None:
    with pytest.raises(ValueError, match="not a CDXJ line"):
        read_cdxj(f"cn,a)/ 20200102030405 {values}\n".encode())
