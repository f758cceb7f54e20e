"""A crawl that is killed, and one that is interrupted: nothing that was acknowledged is lost, nothing doubled."""

from __future__ import annotations

import signal
import subprocess
import time
from collections import Counter

from tests.fangzhi import ENVIRONMENT, PROGRAM, documents, fangzhi, warcio_check
from tests.journeys.conftest import SITES, Town


def begin(town: Town, captures: int) -> subprocess.Popen[str]:
    """Start a crawl and come back when the catalogue holds so many captures."""
    command = [str(PROGRAM), "crawl", *SITES, *town.options, "--json"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=ENVIRONMENT)
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        listed = fangzhi("list", "--json", "--archive", str(town.archive))
        if listed.returncode == 0 and len(documents(listed)) >= captures:
            break
    assert process.poll() is None, "the crawl was over before it could be stopped"
    return process


def test_kill_9_loses_and_doubles_nothing(new_town: Town) -> None:
    process = begin(new_town, captures=10)
    process.kill()
    process.communicate()
    acknowledged = {entry["id"]: entry for entry in new_town.entries()}
    assert list(new_town.archive.rglob("*.open"))
    new_town.crawl()
    assert not list(new_town.archive.rglob("*.open"))
    entries = {entry["id"]: entry for entry in new_town.entries()}
    assert {key: entries[key] for key in acknowledged} == acknowledged
    whole = {truth.url for truth in new_town.truths()}
    assert {entry["url"] for entry in entries.values()} == whole
    kept = Counter(
        entry["digests"]["payload"] for entry in entries.values() if entry["verdict"]["kind"] != "same-bytes"
    )
    empty = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert {digest for digest, times in kept.items() if times > 1} <= {empty}
    assert warcio_check(new_town.archive).returncode == 0
    (report,) = new_town.run("replay", "--json")
    assert (report["unchanged"], report["changed"], report["added"]) == (len(entries), 0, 0)


def test_ctrl_c_finishes_what_is_in_flight_and_closes_the_files(new_town: Town) -> None:
    process = begin(new_town, captures=5)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert "Traceback" not in err
    assert '"fetched":' in out
    assert not list(new_town.archive.rglob("*.open"))
    assert warcio_check(new_town.archive).returncode == 0
