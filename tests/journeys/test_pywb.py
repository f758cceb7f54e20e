"""pywb replays archives of fangzhi from a folder and from a bucket, with the indexes of fangzhi.

pywb has an environment of its own: run `make players`, or set FANGZHI_PYWB to its `wayback` program.
"""

from __future__ import annotations

import contextlib
import email.utils
import os
import re
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from attrs import evolve

from pipelines.archive import Archive
from pipelines.model import Entry
from pipelines.model.serialize import entry_from_json
from pipelines.storage import open_storage
from tests.fangzhi import ROOT, fangzhi
from tests.pipelines.storage.server import free_ports
from tests.town import Town

WAYBACK = Path(os.environ.get("FANGZHI_PYWB", ROOT / ".players/bin/wayback"))
STARTS_WITHIN = 60
"""Seconds; it takes about 3 on an idle machine."""

LINKED = re.compile(rb'(?:src|href)="(/statics/[^"]+\.css|/uploadfile/\d{4}/[^"]+\.jpg)"')

TREE = """
collections_root: {folder}
index_paths: cdx/*/*/*
archive_paths: ./
"""
ONE_INDEX = """
collections:
  archive:
    index: {folder}/index.cdxj
    archive_paths: {archive}/
"""

needs_pywb = pytest.mark.skipif(not WAYBACK.exists(), reason="pywb is not installed: make players, or FANGZHI_PYWB")

pytestmark = needs_pywb


@contextmanager
def playing(folder: Path, config: str) -> Iterator[str]:
    """Run pywb with a configuration, and yield the URL of its collection `archive`."""
    (folder / "config.yaml").write_text(config, "utf-8")
    (port,) = free_ports(1)
    command = [str(WAYBACK), "-b", "127.0.0.1", "-p", str(port)]
    with (folder / "pywb.txt").open("wb") as output:
        process = subprocess.Popen(command, cwd=folder, stdout=output, stderr=output)
    try:
        _wait(f"http://127.0.0.1:{port}/", process)
        yield f"http://127.0.0.1:{port}/archive"
    finally:
        process.terminate()
        process.wait(10)


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + STARTS_WITHIN
    while True:
        with contextlib.suppress(urllib.error.URLError):
            urllib.request.urlopen(url, timeout=5)
            return
        assert process.poll() is None, "pywb ended"
        assert time.monotonic() < until, "pywb does not start"
        time.sleep(0.2)


def archived(town: Town) -> list[Entry]:
    """Archive a page in GBK with its style sheet and picture, then the page again; return the four entries."""
    pages = [truth.url for truth in town.truths() if truth.portal == "huawu" and truth.kind == "article"]
    for page in pages:
        with urllib.request.urlopen(page, timeout=20) as answer:
            body = answer.read()
        linked = {link.rpartition(b".")[2]: link.decode() for link in LINKED.findall(body)}
        if len(linked) == 2:
            break
    assert body.decode("gbk") != body.decode("utf-8", "replace")
    base = page[: page.index("/", len("http://"))]
    for urls in ((page, *(base + link for link in linked.values())), (page,)):
        done = fangzhi("fetch", *urls, *town.options)
        assert done.returncode in (0, 3), done.stderr
    lines = fangzhi("list", "--json", *town.options).stdout.splitlines()
    entries = [entry_from_json(line) for line in reversed(lines)]
    assert len(entries) == 4
    assert entries[-1].verdict.kind == "same-bytes"
    return entries


def check(town: Town, entries: list[Entry], collection: str) -> None:
    """Request each capture from pywb, and compare it with the archive and the site."""
    archive = Archive(open_storage(str(town.archive)))
    for entry in entries:
        url = f"{collection}/{entry.fetched_at:%Y%m%d%H%M%S}id_/{entry.final_url}"
        with urllib.request.urlopen(url, timeout=20) as answer:
            body, headers = answer.read(), answer.headers
        with urllib.request.urlopen(entry.final_url, timeout=20) as answer:
            assert body == answer.read(), url
        location = entry.location
        assert location is not None
        if entry.verdict.kind == "new":
            assert archive.get(location).body == body
        replayed = email.utils.parsedate_to_datetime(headers["Memento-Datetime"])
        assert replayed == entry.fetched_at.replace(microsecond=0)


def test_pywb_replays_a_folder(new_town: Town, tmp_path: Path) -> None:
    town = evolve(new_town, archive=tmp_path / "archive")
    entries = archived(town)
    with playing(tmp_path, TREE.format(folder=tmp_path)) as collection:
        check(town, entries, collection)


def test_pywb_replays_a_shared_file(new_town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FANGZHI_SHARED_FILES", "always")
    town = evolve(new_town, archive=tmp_path / "archive")
    entries = archived(town)
    town.run("replay", "--json")
    assert len(list(Path(town.archive, "warc/shared").rglob("*.warc.gz"))) == 1
    with playing(tmp_path, TREE.format(folder=tmp_path)) as collection:
        check(town, entries, collection)


def test_pywb_replays_a_bucket_with_one_index(
    new_town: Town, bucket: str, aws: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    aws.setenv("FANGZHI_CATALOGUE", f"sqlite:///{tmp_path}/catalogue.sqlite")
    aws.setenv("AWS_DEFAULT_REGION", "us-east-1")
    town = evolve(new_town, archive=f"s3://{bucket}/news/prefix")
    entries = archived(town)
    town.run("export", str(tmp_path / "index.cdxj"))
    with playing(tmp_path, ONE_INDEX.format(folder=tmp_path, archive=town.archive)) as collection:
        check(town, entries, collection)
