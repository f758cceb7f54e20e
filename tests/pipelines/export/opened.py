"""A WACZ opened: every part held against what the package says of it."""

from __future__ import annotations

import gzip
import hashlib
import json
import zipfile
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

from attrs import frozen

from pipelines.archive.record_reader import Record, records
from pipelines.archive.record_stream import RecordStream


@frozen
class Opened:
    """What a package holds: its files in order, and what is read in them."""

    files: dict[str, bytes]
    package: dict
    pages: list[dict]
    index: list[tuple[str, str, dict]]

    def warcs(self) -> dict[str, bytes]:
        """Return the WARC files by name."""
        return {name.removeprefix("archive/"): data for name, data in self.files.items() if name.startswith("archive/")}

    def records(self) -> list[Record]:
        """Return all records of all WARC files."""
        return [record for data in self.warcs().values() for record in records(RecordStream(BytesIO(data)))]

    def kinds(self) -> list[str]:
        """Return the types of all records."""
        return [record.kind for record in self.records()]

    def record(self, told: dict) -> Record:
        """Return the record that a line of the index leads to; it must be wholly there."""
        data = self.warcs()[told["filename"]][int(told["offset"]) :][: int(told["length"])]
        (record,) = records(RecordStream(BytesIO(data)))
        return record


def opened(path: Path) -> Opened:
    """Open a package and check that it is one: names, hashes, storage, both index files, and what they lead to."""
    with zipfile.ZipFile(path) as package:
        assert package.testzip() is None
        files = {info.filename: package.read(info) for info in package.infolist()}
        assert len(files) == len(package.infolist())
        # ReplayWeb.page takes a file to begin right behind its name where the list at the end has no extra field.
        assert all(info.extra for info in package.infolist())
        stored = [info.filename for info in package.infolist() if info.compress_type == zipfile.ZIP_STORED]
    assert all(name in stored for name in files if name.endswith(".gz"))
    described = _described(files)
    header, *pages = map(json.loads, files["pages/pages.jsonl"].decode().splitlines())
    assert header["format"] == "json-pages-1.0"
    found = Opened(files, described, pages, _index(files))
    for surt, second, told in found.index:
        record = found.record(told)
        assert record.fields["warc-target-uri"].replace(" ", "%20") == told["url"], surt
        assert record.fields["warc-date"].translate(str.maketrans("", "", "-T:"))[:14] == second
    return found


def _described(files: dict[str, bytes]) -> dict:
    told = json.loads(files["datapackage.json"])
    assert (told["profile"], told["wacz_version"]) == ("data-package", "1.1.1")
    said = {each["path"]: (each["hash"], each["bytes"]) for each in told["resources"]}
    assert said == {
        name: (sha256(data), len(data)) for name, data in files.items() if not name.startswith("datapackage")
    }
    assert len({each["name"] for each in told["resources"]}) == len(said)
    digest = json.loads(files["datapackage-digest.json"])
    assert digest == {"path": "datapackage.json", "hash": sha256(files["datapackage.json"])}
    return told


def _index(files: dict[str, bytes]) -> list[tuple[str, str, dict]]:
    """Return the lines of the index, read block by block as the list of blocks says."""
    header, *blocks = files["indexes/index.idx"].decode().splitlines()
    assert json.loads(header.removeprefix("!meta 0 ")) == {"format": "cdxj-gzip-1.0", "filename": "index.cdx.gz"}
    lines: list[bytes] = []
    end = 0
    for block in blocks:
        key, _, told = block.partition(" {")
        place = json.loads("{" + told)
        assert place["offset"] == end
        data = files["indexes/index.cdx.gz"][end:][: place["length"]]
        assert place["digest"] == sha256(data)
        plain = gzip.decompress(data).splitlines()
        assert plain[0].decode().startswith(f"{key} {{")
        lines += plain
        end += place["length"]
    assert end == len(files["indexes/index.cdx.gz"])
    assert lines == sorted(lines)
    parts = (line.decode().split(" ", 2) for line in lines)
    return [(surt, second, json.loads(told)) for surt, second, told in parts]


def sha256(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def ids(records: Sequence[Record], kind: str) -> set[str]:
    """Return the ids of the records of a type."""
    return {record.fields["warc-record-id"] for record in records if record.kind == kind}
