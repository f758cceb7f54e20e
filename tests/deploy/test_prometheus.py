"""The alert rules, checked and tested by Prometheus itself, use metrics that fangzhi has."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from crawler.frontier.latencies import BOUNDS, HistogramBucket
from crawler.monitoring.metrics import Snapshot, exposition, metrics, verifications
from tests.crawler.monitoring.test_metrics import AT
from tests.fangzhi import ROOT

FOLDER = ROOT / "deploy" / "prometheus"
RULES, EXAMPLES = FOLDER / "fangzhi-rules.yml", FOLDER / "fangzhi-rules-test.yml"
HISTOGRAMS = {f"fangzhi_{step}_duration_seconds_bucket" for step in BOUNDS}
LATENCIES = [HistogramBucket(step=step, bound=bounds[0], number=1, seconds=0.01) for step, bounds in BOUNDS.items()]
SNAPSHOT = Snapshot(version="", at=AT, latencies=LATENCIES)
NAMES = {each.name for each in (*metrics(SNAPSHOT), *verifications([]))} | {
    name for name in HISTOGRAMS if name in exposition(metrics(SNAPSHOT))
}

needs_promtool = pytest.mark.skipif(
    not shutil.which("promtool"), reason="promtool (Debian package prometheus) is not installed"
)


def promtool(*arguments: str, folder: Path = FOLDER) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["promtool", *arguments], cwd=folder, capture_output=True, text=True, timeout=120, check=False
    )


def alerts() -> list[dict[str, str]]:
    (group,) = yaml.safe_load(RULES.read_text("utf-8"))["groups"]
    return group["rules"]


@needs_promtool
def test_the_rules_are_valid_and_every_alert_fires_when_it_should() -> None:
    for arguments in (("check", "rules", RULES.name), ("test", "rules", EXAMPLES.name)):
        done = promtool(*arguments)
        assert done.returncode == 0, done.stdout + done.stderr


@needs_promtool
def test_the_examples_find_a_wrong_rule(tmp_path: Path) -> None:
    for path in (RULES, EXAMPLES):
        shutil.copy(path, tmp_path)
    rules = tmp_path / RULES.name
    rules.write_text(rules.read_text("utf-8").replace('state="dead"} == 1', 'state="dead"} == 2'), "utf-8")
    assert promtool("test", "rules", EXAMPLES.name, folder=tmp_path).returncode != 0


def test_every_alert_has_an_example_and_says_what_to_do() -> None:
    examples = yaml.safe_load(EXAMPLES.read_text("utf-8"))["tests"]
    tested = {each["alertname"] for example in examples for each in example["alert_rule_test"]}
    assert tested == {rule["alert"] for rule in alerts()}
    assert all({"summary", "action"} <= dict(rule["annotations"]).keys() for rule in alerts())


@pytest.mark.parametrize("rule", alerts(), ids=lambda rule: rule["alert"])
def test_rules_name_metrics_that_fangzhi_has(rule: dict[str, str]) -> None:
    assert set(re.findall(r"\bfangzhi_\w+", rule["expr"])) <= NAMES


def test_the_dashboard_names_metrics_that_fangzhi_has() -> None:
    dashboard = json.loads((FOLDER.parent / "grafana" / "fangzhi.json").read_text("utf-8"))
    queries = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    assert queries
    names = set(re.findall(r"\bfangzhi_\w+", " ".join(queries)))
    assert names <= NAMES
    assert names >= HISTOGRAMS
