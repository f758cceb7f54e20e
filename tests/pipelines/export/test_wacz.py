"""A WACZ file of a whole archive, or of the records that match a filter and their originals."""

from __future__ import annotations

import gzip
import os
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from attrs import evolve

from pipelines.archive import Archive, import_file
from pipelines.archive.sources import source_at
from pipelines.catalogue.catalogue import Catalogue
from pipelines.catalogue.filters import Filter
from pipelines.export import ExportCounts, output, select_captures, write_cdxj, write_wacz
from pipelines.model import Location
from pipelines.storage import Storage, open_storage
from pipelines.times import CHINA
from tests.fangzhi import ROOT
from tests.pipelines.archive import foreign
from tests.pipelines.archive.made import digests, made, reference
from tests.pipelines.export.opened import Opened, ids, opened
from tests.pipelines.made import entry

FIRST, OTHER, THIRD = (evolve(made(number), headers=(), truncated=None) for number in (1, 2, 3))
REVISIT = evolve(FIRST, fetched_at=made(0).fetched_at.replace(day=8))
NOT_MODIFIED = evolve(OTHER, fetched_at=made(0).fetched_at.replace(day=9), status=304, body=b"")


@pytest.fixture
def catalogue(storage: Storage) -> Iterator[Catalogue]:
    """The catalogue of an archive of two sites: three responses, a revisit across the sites, and a 304 response."""
    archive = Archive(storage)
    with closing(Catalogue("sqlite://")) as catalogue:
        for capture, site, original in (
            (FIRST, "one", None),
            (OTHER, "one", None),
            (REVISIT, "two", FIRST),
            (THIRD, "two", None),
            (NOT_MODIFIED, "two", OTHER),
        ):
            location = archive.put(capture, digests(capture), site, reference(original) if original else None)
            row = entry(capture, text=None if capture is NOT_MODIFIED else f"正文{capture.final_url}")
            catalogue.put(evolve(row, location=location, site=site))
        archive.close()
        yield catalogue


def exported(
    storage: Storage, catalogue: Catalogue, path: Path, wanted: Filter | None = None
) -> tuple[Opened, ExportCounts]:
    selection = select_captures(Archive(storage), catalogue, wanted)
    with output(str(path)) as file:
        written = write_wacz(storage, selection, catalogue.entries(wanted), file)
    assert not list(path.parent.glob("*.part"))
    return opened(path), written


def test_without_a_filter_it_contains_every_file_unchanged(
    storage: Storage, catalogue: Catalogue, tmp_path: Path
) -> None:
    found, written = exported(storage, catalogue, tmp_path / "all.wacz")
    keys = list(storage.keys("warc/"))
    assert found.warcs() == {key.rpartition("/")[2]: storage.read(key) for key in keys}
    assert (written.captures, written.pages, written.missing) == (5, 4, 0)
    assert len(found.index) == 5
    assert found.package["created"] == "2026-03-09T05:06:07Z"


def test_its_pages_are_the_articles_with_their_titles_and_text(
    storage: Storage, catalogue: Catalogue, tmp_path: Path
) -> None:
    found, _ = exported(storage, catalogue, tmp_path / "all.wacz")
    newest = found.pages[0]
    assert newest == {
        "id": newest["id"],
        "url": REVISIT.final_url,
        "ts": "2026-03-08T05:06:07Z",
        "title": "标题",
        "text": f"正文{REVISIT.final_url}",
    }
    assert [page["url"] for page in found.pages[1:]] == [THIRD.final_url, OTHER.final_url, FIRST.final_url]
    indexed = {(values["url"], second) for _, second, values in found.index}
    assert {(page["url"], page["ts"].translate(str.maketrans("", "", "-T:Z"))) for page in found.pages} <= indexed


def test_the_same_archive_makes_the_same_bytes(storage: Storage, catalogue: Catalogue, tmp_path: Path) -> None:
    paths = [tmp_path / "a.wacz", tmp_path / "b.wacz"]
    for path in paths:
        exported(storage, catalogue, path)
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_a_filter_exports_matching_records_with_their_requests_and_originals(
    storage: Storage, catalogue: Catalogue, tmp_path: Path
) -> None:
    found, written = exported(
        storage, catalogue, tmp_path / "two.wacz", Filter(captured_since=REVISIT.fetched_at.astimezone(CHINA).date())
    )
    assert sorted(found.kinds()) == [
        *["request"] * 4,
        *["response"] * 2,
        *["revisit"] * 2,
        *["warcinfo"] * 2,
    ]
    records = found.records()
    revisits = {r.fields["warc-refers-to"] for r in records if r.kind == "revisit"}
    assert revisits == ids(records, "response")
    assert {values["url"] for _, _, values in found.index} == {FIRST.final_url, OTHER.final_url}
    assert [page["url"] for page in found.pages] == [REVISIT.final_url]
    assert (written.captures, written.pages) == (4, 1)


def test_the_records_of_a_filter_are_byte_for_byte_those_of_the_archive(
    storage: Storage, catalogue: Catalogue, tmp_path: Path
) -> None:
    found, _ = exported(
        storage, catalogue, tmp_path / "some.wacz", Filter(site="two", verdict="new", outcome="article")
    )
    whole = b"".join(storage.read(key) for key in storage.keys("warc/"))
    for _, _, values in found.index:
        data = found.warcs()[values["filename"]][int(values["offset"]) :][: int(values["length"])]
        assert data in whole


def test_captures_outside_of_finished_files_are_counted_as_missing(
    storage: Storage, catalogue: Catalogue, tmp_path: Path
) -> None:
    elsewhere = made(30)
    location = Location(file="/theirs/x.warc.gz", offset=0, length=9)
    catalogue.put(evolve(entry(elsewhere), location=location, site="two"))
    for wanted in (None, Filter(site="two")):
        found, written = exported(storage, catalogue, tmp_path / "x.wacz", wanted)
        assert written.missing == 1
        assert elsewhere.final_url not in {page["url"] for page in found.pages}


def record_pairs() -> list[bytes]:
    """Return records as wget writes them: requests before their responses, and a metadata record at the end."""
    found = [foreign.record("warcinfo", b"software: wget\r\n", Content_Type="application/warc-fields")]
    for url in ("http://a.cn/1", "http://a.cn/2"):
        found += [
            foreign.record("request", b"GET / HTTP/1.1\r\n\r\n", url=url),
            foreign.record("response", url=url),
        ]
    return [*found, foreign.record("metadata", b"x: y", Content_Type="application/warc-fields")]


FILES = {
    "a.warc.gz": lambda found: b"".join(map(gzip.compress, found)),
    "b.warc": b"".join,
    "c.warc.zst": lambda found: foreign.zstd(found, dictionary=b"WARC/1.0\r\nWARC-Type: response" * 20),
}


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("whole", [True, False])
def test_files_of_other_programs_are_exported_in_gzip(tmp_path: Path, name: str, whole: bool) -> None:
    storage = open_storage(str(tmp_path / "archive"))
    storage.check()
    path = tmp_path / name
    path.write_bytes(FILES[name](record_pairs()))
    key = import_file(storage, source_at(str(path)))
    with closing(Catalogue("sqlite://")) as catalogue:
        for number, (_, capture) in enumerate(Archive(storage).read(key)):
            catalogue.put(evolve(entry(capture), location=capture.stored, site=f"site-{number}"))
        found, written = exported(storage, catalogue, tmp_path / "x.wacz", None if whole else Filter(site="site-1"))
    if whole:
        assert found.kinds()[:5] == ["warcinfo", *["request", "response"] * 2]
    else:
        assert found.kinds() == ["warcinfo", "request", "response"]
        assert found.records()[2].fields["warc-target-uri"] == "http://a.cn/2"
    assert written.captures == (2 if whole else 1)
    (archived,) = found.warcs()
    assert archived.endswith(f"-{name[0]}.warc.gz")


def test_the_index_of_an_archive_has_the_lines_of_all_its_files(
    storage: Storage, catalogue: Catalogue, tmp_path: Path
) -> None:
    path = tmp_path / "index.cdxj"
    with output(str(path)) as file:
        assert write_cdxj(storage, select_captures(Archive(storage), catalogue, None), file) == 5
    lines = [line for key in storage.keys("cdx/") for line in storage.read(key).splitlines(keepends=True)]
    assert path.read_bytes() == b"".join(sorted(lines))


def test_an_interrupted_export_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "a.wacz"
    path.write_bytes(b"before")

    def stopped() -> None:
        with output(str(path)) as file:
            file.write(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stopped()
    assert [each.read_bytes() for each in tmp_path.iterdir()] == [b"before"]


@pytest.mark.parametrize("storage", ["folder"], indirect=True)
def test_the_validator_of_another_program_accepts_it(storage: Storage, catalogue: Catalogue, tmp_path: Path) -> None:
    program = Path(os.environ.get("FANGZHI_WACZ", ROOT / ".players/bin/wacz"))
    if not program.exists():
        pytest.skip("py-wacz is not installed: make players, or FANGZHI_WACZ")
    for number, wanted in enumerate((None, Filter(site="two"))):
        path = tmp_path / f"{number}.wacz"
        exported(storage, catalogue, path, wanted)
        done = subprocess.run([program, "validate", "-f", str(path)], capture_output=True, timeout=120, check=False)
        assert done.returncode == 0, done.stdout
        assert b"Validation succeeded" in done.stdout
