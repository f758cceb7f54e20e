"""Extracted texts are conversion records in files of their own, with a reference to their original record."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from pipelines.archive import read_file
from pipelines.archive.conversions import Conversions
from pipelines.archive.manifest import manifest_key
from pipelines.model import Article, Version
from pipelines.storage import Storage, open_storage
from pipelines.storage.options import Options
from tests.pipelines.archive.made import AT, made

VERSION = Version(fangzhi="1.2", trafilatura="2.3")
TEXTS = ("市住建局召开会议。\n会议指出。", "第二篇")


def article(text: str) -> Article:
    return Article(title="标题", text=text, text_hans=text, script="hans")


@pytest.fixture
def storage(folder: Path) -> Storage:
    folder.mkdir()
    return open_storage(str(folder))


def written(path: Path) -> list[tuple[dict[str, str], str]]:
    """Return fields and texts of a file's conversions as warcio reads them."""
    with path.open("rb") as file:
        return [
            (dict(record.rec_headers.headers), record.content_stream().read().decode())
            for record in ArchiveIterator(file)
            if record.rec_type == "conversion"
        ]


def test_an_article_is_a_record_that_refers_to_its_original(
    storage: Storage, folder: Path, valid: Callable[[Path], bool]
) -> None:
    capture = made(1, record_id="<urn:uuid:1>")
    out = Conversions(storage, VERSION, AT)
    out.put(capture, map(article, TEXTS))
    out.close()
    (key,) = out.keys
    assert key.startswith("text/fangzhi-1.2/fangzhi-text-1.2-20260304050607-00000-")
    assert valid(folder / key)
    assert (folder / manifest_key(key)).is_file()
    found = written(folder / key)
    assert [text for _, text in found] == list(TEXTS)
    assert [fields["Fangzhi-Article"] for fields, _ in found] == ["1", "2"]
    for fields, _ in found:
        assert fields["WARC-Refers-To"] == "<urn:uuid:1>"
        assert fields["WARC-Target-URI"] == capture.final_url
        assert fields["Content-Type"] == "text/plain; charset=utf-8"
    assert len({fields["WARC-Record-ID"] for fields, _ in found}) == 2
    assert [capture for _, capture in read_file(folder / key)] == [], "a replay does not take them for pages"


def test_without_an_article_there_is_no_file(storage: Storage, folder: Path) -> None:
    out = Conversions(storage, VERSION, AT)
    out.put(made(1), ())
    out.close()
    assert list(folder.iterdir()) == []


def test_large_files_are_followed_by_further_ones(
    storage: Storage, folder: Path, valid: Callable[[Path], bool]
) -> None:
    out = Conversions(storage, VERSION, AT, Options(roll_size=1_000))
    for number in range(9):
        out.put(made(number), [article(TEXTS[0])])
    out.close()
    assert len(out.keys) > 1
    assert all(valid(folder / key) for key in out.keys)
    assert sum(len(written(folder / key)) for key in out.keys) == 9


@pytest.mark.parametrize("torn", [0, 9])
def test_files_left_by_a_kill_are_published_by_the_next_run(storage: Storage, folder: Path, torn: int) -> None:
    if (child := os.fork()) == 0:
        out = Conversions(storage, VERSION, AT)
        out.put(made(1), map(article, TEXTS))
        os._exit(0)
    os.waitpid(child, 0)
    (left,) = folder.rglob("*.open")
    left.write_bytes(left.read_bytes()[: -torn or None])
    out = Conversions(storage, VERSION, AT)
    out.recover()
    (key,) = out.keys
    assert [text for _, text in written(folder / key)] == list(TEXTS[: 1 if torn else 2])
    assert not list(folder.rglob("*.open"))


def test_files_of_a_living_process_are_left_alone(storage: Storage, folder: Path) -> None:
    out = Conversions(storage, VERSION, AT)
    out.put(made(1), map(article, TEXTS))
    other = Conversions(storage, VERSION, AT)
    other.recover()
    assert other.keys == []
    out.close()
    assert len(out.keys) == 1
