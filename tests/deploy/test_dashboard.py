"""Every panel of the dashboard shows something: a real Prometheus reads a schedule and answers the panels' queries."""

from __future__ import annotations

import json
import shutil
import subprocess
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.fangzhi import ROOT, fangzhi, start_installed
from tests.pipelines.storage.server import free_ports
from tests.town import Town
from tests.wait import wait_until

PROMETHEUS = shutil.which("prometheus")
DASHBOARD = ROOT / "deploy/grafana/fangzhi.json"
QUIET = {"Firing alerts", "Overdue crawls"}
"""Panels that are empty while all is well."""


def queries() -> Iterator[tuple[str, str]]:
    """Yield the title of each panel with each of its queries."""
    for panel in json.loads(DASHBOARD.read_text("utf-8"))["panels"]:
        for target in panel["targets"]:
            yield panel["title"], target["expr"]


@contextmanager
def prometheus(folder: Path, target: int) -> Iterator[str]:
    """Run a Prometheus with our rules that reads a port of this machine each second; yields the URL of its API."""
    (port,) = free_ports(1)
    shutil.copy(ROOT / "deploy/prometheus/fangzhi-rules.yml", folder)
    jobs = [{"job_name": "fangzhi", "static_configs": [{"targets": [f"127.0.0.1:{target}"]}]}]
    every = {"scrape_interval": "1s", "evaluation_interval": "1s"}
    text = yaml.safe_dump({"global": every, "rule_files": ["fangzhi-rules.yml"], "scrape_configs": jobs})
    (folder / "prometheus.yml").write_text(text, "utf-8")
    options = (f"--storage.tsdb.path={folder}/data", f"--web.listen-address=127.0.0.1:{port}")
    command = [str(PROMETHEUS), f"--config.file={folder}/prometheus.yml", *options]
    with (folder / "log").open("w") as log, subprocess.Popen(command, stdout=log, stderr=log) as server:
        try:
            yield f"http://127.0.0.1:{port}/api/v1"
        finally:
            server.terminate()


def answer(api: str, query: str) -> list[Any]:
    """Return the series that a query finds now; none while Prometheus starts."""
    try:
        url = f"{api}/query?{urllib.parse.urlencode({'query': query})}"
        with urllib.request.urlopen(url, timeout=10) as response:
            found: list[Any] = json.load(response)["data"]["result"]
    except OSError:
        return []
    return found


@pytest.mark.skipif(not PROMETHEUS, reason="prometheus (Debian package prometheus) is not installed")
def test_prometheus_finds_something_for_every_panel_but_alarms(town: Town, tmp_path: Path) -> None:
    shutil.copytree(town.archive, tmp_path / "archive")
    (port,) = free_ports(1)
    options = ("--archive", str(tmp_path / "archive"), "--registry", str(town.registry))
    assert fangzhi("verify", *options).returncode == 0
    with (
        start_installed("schedule", "huawu", "--metrics-port", str(port), *options) as process,
        prometheus(tmp_path, port) as api,
    ):
        wait_until(lambda: process.poll() is not None or len(answer(api, "fangzhi_captures_total[1m]")) > 0)
        wait_until(lambda: bool(answer(api, "rate(fangzhi_captures_total[1m])")))
        empty = {title for title, query in queries() if not answer(api, query)}
        process.terminate()
        process.communicate(timeout=60)
    assert empty <= QUIET
