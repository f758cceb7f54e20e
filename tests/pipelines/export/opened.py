"""Reads a WACZ file and compares every file in it with the description of the package."""

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
    """The content of a package: its files in order, description, pages and index lines."""

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

    def record(self, values: dict) -> Record:
        """Return the record at the location of an index line; it must be whole."""
        data = self.warcs()[values["filename"]][int(values["offset"]) :][: int(values["length"])]
        (record,) = records(RecordStream(BytesIO(data)))
        return record


def opened(path: Path) -> Opened:
    """Open a package and check names, hashes, compression, both index files and the locations in them."""
    with zipfile.ZipFile(path) as package:
        assert package.testzip() is None
        files = {info.filename: package.read(info) for info in package.infolist()}
        assert len(files) == len(package.infolist())
        # If the central directory has no extra field, ReplayWeb.page looks for the content right after the file name.
        assert all(info.extra for info in package.infolist())
        stored = [info.filename for info in package.infolist() if info.compress_type == zipfile.ZIP_STORED]
    assert all(name in stored for name in files if name.endswith(".gz"))
    described = _described(files)
    header, *pages = map(json.loads, files["pages/pages.jsonl"].decode().splitlines())
    assert header["format"] == "json-pages-1.0"
    found = Opened(files, described, pages, _index(files))
    for surt, second, values in found.index:
        record = found.record(values)
        assert record.fields["warc-target-uri"].replace(" ", "%20") == values["url"], surt
        assert record.fields["warc-date"].translate(str.maketrans("", "", "-T:"))[:14] == second
    return found


def _described(files: dict[str, bytes]) -> dict:
    package = json.loads(files["datapackage.json"])
    assert (package["profile"], package["wacz_version"]) == ("data-package", "1.1.1")
    described = {each["path"]: (each["hash"], each["bytes"]) for each in package["resources"]}
    assert described == {
        name: (sha256(data), len(data)) for name, data in files.items() if not name.startswith("datapackage")
    }
    assert len({each["name"] for each in package["resources"]}) == len(described)
    digest = json.loads(files["datapackage-digest.json"])
    assert digest == {"path": "datapackage.json", "hash": sha256(files["datapackage.json"])}
    return package


def _index(files: dict[str, bytes]) -> list[tuple[str, str, dict]]:
    """Return the lines of the index, read block by block by the list of blocks."""
    header, *blocks = files["indexes/index.idx"].decode().splitlines()
    assert json.loads(header.removeprefix("!meta 0 ")) == {"format": "cdxj-gzip-1.0", "filename": "index.cdx.gz"}
    lines: list[bytes] = []
    end = 0
    for block in blocks:
        key, _, document = block.partition(" {")
        location = json.loads("{" + document)
        assert location["offset"] == end
        data = files["indexes/index.cdx.gz"][end:][: location["length"]]
        assert location["digest"] == sha256(data)
        plain = gzip.decompress(data).splitlines()
        assert plain[0].decode().startswith(f"{key} {{")
        lines += plain
        end += location["length"]
    assert end == len(files["indexes/index.cdx.gz"])
    assert lines == sorted(lines)
    parts = (line.decode().split(" ", 2) for line in lines)
    return [(surt, second, json.loads(values)) for surt, second, values in parts]


def sha256(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def ids(records: Sequence[Record], kind: str) -> set[str]:
    """Return the ids of the records of a type."""
    return {record.fields["warc-record-id"] for record in records if record.kind == kind}
