"""Crawl, fetch and replay with an archive in a bucket of a real S3 server."""

from __future__ import annotations

import os
from pathlib import Path

import boto3
import pytest
from attrs import evolve

from tests.fangzhi import documents, fangzhi, one_line, warcio_check, warcs
from tests.journeys.test_kill import crawling
from tests.pipelines.storage.counting import counted_requests
from tests.pipelines.storage.server import free_ports
from tests.town import SITES, Town


@pytest.fixture
def far(new_town: Town, bucket: str, aws: pytest.MonkeyPatch, tmp_path: Path) -> Town:
    """A small city with its archive in a bucket; spool and catalogue are in folders of this test."""
    aws.setenv("FANGZHI_CATALOGUE", f"sqlite:///{tmp_path}/catalogue.sqlite")
    return evolve(new_town, archive=f"s3://{bucket}/news/prefix")


def spool() -> list[Path]:
    return [path for path in Path(os.environ["FANGZHI_SPOOL"]).rglob("*") if path.is_file()]


def downloaded(town: Town, folder: Path) -> Path:
    """Download the objects of an archive into a folder."""
    bucket, _, prefix = str(town.archive).removeprefix("s3://").partition("/")
    client = boto3.client("s3")
    for item in client.list_objects_v2(Bucket=bucket, Prefix=f"{prefix}/").get("Contents", ()):
        path = folder / item["Key"].removeprefix(f"{prefix}/")
        path.parent.mkdir(parents=True, exist_ok=True)
        client.download_file(bucket, item["Key"], str(path))
    return folder


def test_crawl_fetch_and_replay_into_a_bucket(far: Town, tmp_path: Path) -> None:
    first = far.crawl()
    assert not spool()
    second = far.crawl()
    assert 0 < second["fetched"] < first["fetched"] / 5, "known articles are not fetched again"
    assert (second["articles"], second["revisits"]) == (0, second["fetched"])

    truth = next(truth for truth in far.truths() if truth.kind == "article")
    (fetched,) = far.run("fetch", truth.url)
    assert fetched["verdict"]["kind"] == "same-bytes"
    assert fetched["articles"][0]["text"] == truth.text

    before = far.entries()
    (report,) = far.run("replay", "--json")
    assert (report["unchanged"], report["changed"], report["added"]) == (len(before), 0, 0)
    assert far.entries() == before

    objects = downloaded(far, tmp_path / "objects")
    assert {entry["location"]["file"] for entry in before} == {
        path.relative_to(objects).as_posix() for path in warcs(objects)
    }
    assert warcio_check(objects).returncode == 0


def test_files_of_a_killed_crawl_in_the_spool_are_published_at_the_next_start(far: Town, tmp_path: Path) -> None:
    catalogue = tmp_path / "catalogue.sqlite"
    with crawling(far, 12, catalogue) as (process, _):
        process.kill()
    left = {path.name.removesuffix(".open") for path in spool()}
    assert left
    acknowledged = far.entries()
    assert not warcs(downloaded(far, tmp_path / "before"))

    far.run("fetch", far.truths()[0].url)
    assert not spool()
    objects = downloaded(far, tmp_path / "after")
    assert left <= {path.name for path in warcs(objects)}
    assert warcio_check(objects).returncode == 0
    entries = far.entries()
    assert [entry for entry in entries if entry in acknowledged] == acknowledged
    (report,) = far.run("replay", "--json")
    assert (report["unchanged"], report["changed"], report["added"]) == (len(entries), 0, 0)


@pytest.mark.parametrize("command", [("crawl", *SITES), ("replay",)])
def test_a_server_that_is_down_is_named(far: Town, aws: pytest.MonkeyPatch, command: tuple[str, ...]) -> None:
    aws.setenv("AWS_ENDPOINT_URL_S3", f"http://127.0.0.1:{free_ports(1)[0]}")
    done = fangzhi(*command, *far.options, "--json")
    assert (done.returncode, documents(done)) == (1, [])
    message = one_line(done.stderr)
    assert "cannot be reached" in message
    assert "AWS_ENDPOINT_URL_S3" in message


def test_a_missing_bucket_is_named(far: Town) -> None:
    done = fangzhi("crawl", *SITES, "--archive", "s3://no-such-bucket/x", *far.options[2:])
    assert done.returncode == 1
    assert "there is no bucket no-such-bucket" in one_line(done.stderr)
    assert "correct --archive" in done.stderr


def test_verify_and_rebuild_read_from_a_bucket(far: Town, tmp_path: Path) -> None:
    far.crawl()
    before = far.entries()
    (tmp_path / "catalogue.sqlite").unlink()
    bucket, _, prefix = str(far.archive).removeprefix("s3://").partition("/")
    (index, *_) = [key for key in keys(bucket, f"{prefix}/cdx/") if key.endswith(".cdxj")]
    boto3.client("s3").delete_object(Bucket=bucket, Key=index)
    (report,) = far.run("rebuild", "--json")
    assert (report["captures"], report["indexes"]) == (len(before), 1)
    assert far.entries() == before
    for options in ((), ("--deep",)):
        assert far.run("verify", "--json", *options) == []
    (warc, *_) = keys(bucket, f"{prefix}/warc/")
    boto3.client("s3").delete_object(Bucket=bucket, Key=warc)
    done = fangzhi("verify", "--json", *far.options)
    assert done.returncode == 1
    assert warc.removeprefix(f"{prefix}/") in {finding["file"] for finding in documents(done)}


def test_status_asks_no_file_for_its_size(far: Town, endpoint: str, aws: pytest.MonkeyPatch) -> None:
    for truth in far.truths()[:3]:
        far.run("fetch", truth.url)
    with counted_requests(endpoint) as (proxy, methods):
        aws.setenv("AWS_ENDPOINT_URL_S3", proxy)
        (status,) = far.run("status", "--json")
        assert (status["warcs"], status["bytes"] > 0) == (3, True)
        assert methods == {"GET": 1}, "one page of the listing"


def test_scheduled_crawls_share_a_file_in_the_spool_that_is_sent_when_it_is_old(
    far: Town, tmp_path: Path, aws: pytest.MonkeyPatch
) -> None:
    aws.setenv("FANGZHI_SHARED_FILES", "always")
    for site in SITES:
        assert fangzhi("schedule", site, "--once", *far.options).returncode in (0, 3)
    (left,) = [path for path in spool() if path.name.endswith(".warc.gz.open")]
    assert not warcs(downloaded(far, tmp_path / "before"))
    before = far.entries()
    assert {entry["site"] for entry in before} == set(SITES)
    assert far.run("verify", "--deep", "--json") == []
    aws.setenv("FANGZHI_SHARED_FILES", "scheduled")
    aws.setenv("FANGZHI_SHARED_SECONDS", "1")
    far.run("fetch", far.truths()[0].url)
    assert not spool()
    objects = downloaded(far, tmp_path / "after")
    assert left.name.removesuffix(".open") in {path.name for path in warcs(objects)}
    assert warcio_check(objects).returncode == 0
    assert far.run("verify", "--deep", "--json") == []
    assert far.entries()[: len(before)] == before


def keys(bucket: str, prefix: str) -> list[str]:
    return [item["Key"] for item in boto3.client("s3").list_objects_v2(Bucket=bucket, Prefix=prefix)["Contents"]]
