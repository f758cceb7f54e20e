"""Metrics of a crawled city: in a file, over HTTP, and of a verification; and the log as JSON."""

from __future__ import annotations

import json
import shutil
import stat
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from crawler.cli.metrics import LastReading
from tests.crawler.monitoring.test_metrics import samples
from tests.fangzhi import fangzhi, start_installed
from tests.pipelines.storage.server import free_ports
from tests.town import Town
from tests.wait import wait_until


def test_status_writes_the_metrics_of_all_sites_to_a_file(town: Town, tmp_path: Path) -> None:
    file = tmp_path / "fangzhi.prom"
    file.write_text("old")
    assert town.run("status", "--metrics", str(file)) == []
    found = samples(file.read_text("utf-8"))
    (status,) = town.run("status", "--json")
    for site in status["sites"]:
        counts = {name: value for name, value in found.items() if f'captures_total{{site="{site["site"]}"' in name}
        assert sum(counts.values()) == site["captures"]
    assert (found["fangzhi_archive_files"], found["fangzhi_archive_bytes"]) == (status["warcs"], status["bytes"])
    assert found["fangzhi_ledger_entries"] > 0
    captures = sum(site["captures"] for site in status["sites"])
    assert found["fangzhi_fetch_duration_seconds_count"] >= captures * 0.9, "redirects of the page itself have no own"
    assert found["fangzhi_line_duration_seconds_count"] >= captures * 0.9
    assert found["fangzhi_line_duration_seconds_sum"] > 0
    assert found["fangzhi_upload_duration_seconds_count"] >= found["fangzhi_archive_files"], "each file, once"
    assert {value for name, value in found.items() if "readable" in name} == {1}
    assert stat.S_IMODE(file.stat().st_mode) == 0o644
    assert list(tmp_path.iterdir()) == [file]


def test_a_part_that_cannot_be_read_is_named_and_the_others_are_written(town: Town, tmp_path: Path) -> None:
    shutil.copytree(town.archive, tmp_path / "archive")
    (tmp_path / "archive" / "catalogue.sqlite").write_bytes(b"no database" * 999)
    file = tmp_path / "fangzhi.prom"
    done = fangzhi("status", "--metrics", str(file), "--archive", str(tmp_path / "archive"))
    assert done.returncode == 1
    assert "catalogue" in done.stderr
    found = samples(file.read_text("utf-8"))
    assert found['fangzhi_readable{part="catalogue"}'] == 0
    assert found["fangzhi_archive_files"] > 0


def test_a_wrong_use_of_the_file_is_refused(town: Town, tmp_path: Path) -> None:
    for arguments in (("status", "yunzhou"), ("verify", "x.wacz")):
        done = fangzhi(*arguments, "--metrics", str(tmp_path / "x.prom"), *town.options)
        assert done.returncode == 2, done.stderr
        assert "--metrics" in done.stderr
    done = fangzhi("status", "--metrics", str(tmp_path / "none" / "x.prom"), *town.options)
    assert done.returncode == 1
    assert "cannot write" in done.stderr


@pytest.mark.parametrize("kind", ["sample", "deep"])
def test_verify_writes_its_result(town: Town, tmp_path: Path, kind: str) -> None:
    file = tmp_path / "verify.prom"
    town.run("verify", "--json", "--metrics", str(file), *(["--deep"] if kind == "deep" else []))
    found = samples(file.read_text("utf-8"))
    assert found[f'fangzhi_verify_findings{{kind="{kind}"}}'] == 0
    assert found[f'fangzhi_verify_timestamp_seconds{{kind="{kind}"}}'] > 1e9


def test_schedule_serves_metrics_on_loopback_and_logs_json(town: Town, tmp_path: Path) -> None:
    shutil.copytree(town.archive, tmp_path / "archive")
    (port,) = free_ports(1)
    options = ("--archive", str(tmp_path / "archive"), "--registry", str(town.registry), "--log-format", "json")
    assert fangzhi("verify", *options[:4]).returncode == 0
    with start_installed("schedule", "huawu", "--metrics-port", str(port), *options) as process:
        wait_until(lambda: process.poll() is not None or "fangzhi_captures_total" in fetched(port, "/metrics"))
        text, wrong = fetched(port, "/metrics"), fetched(port, "/other")
        again = fangzhi("schedule", "huawu", "--metrics-port", str(port), *options)
        process.terminate()
        _out, log = process.communicate(timeout=60)
    assert samples(text)['fangzhi_readable{part="catalogue"}'] == 1
    assert samples(text)['fangzhi_verify_findings{kind="sample"}'] == 0
    assert wrong == "404"
    events = [json.loads(line) for line in log.splitlines()]
    assert all({"time", "level", "event", "message"} <= each.keys() for each in events)
    assert process.returncode == 0
    assert again.returncode == 2
    assert json.loads(again.stderr.splitlines()[-1])["event"] == "error"


def fetched(port: int, path: str) -> str:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
            return str(answer.read().decode())
    except urllib.error.HTTPError as error:
        return str(error.code)
    except OSError:
        return ""


def test_a_bucket_is_listed_less_often_than_the_rest_is_read() -> None:
    kept, reads = LastReading(), iter(range(3))
    assert [kept.get("files", age_s, lambda: {"files": next(reads)}) for age_s in (60.0, 60.0, -1.0)] == [
        {"files": 0},
        {"files": 0},
        {"files": 1},
    ]
