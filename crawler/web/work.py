"""What the jobs do: fetch a page, survey a site and read five of its articles, write a package."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from crawler.config.config import Config
from crawler.web.jobs import BackgroundJob, JobKind, run_command
from crawler.web.samples import read_samples

FETCH_S = 180
"""Seconds after which a fetch ends: robots.txt and page take 30 s each at most, the delay of a host a minute."""

SURVEY_S = 900
"""Seconds after which a survey ends: it requests some twenty pages from a slow server, at 30 s each at most."""

HAND_OVER_S = 1_800
"""Seconds after which a hand-over ends: from a local disk, this is some 50 GB."""

PACKAGE = "archive.wacz"

_FILE_NAME = re.compile(r"# ([a-z0-9][a-z0-9-]*)\.toml")
"""The first line of what `sites new` prints."""


def fetch(config: Config, job: BackgroundJob, folder: Path) -> None:
    """Run `fangzhi fetch`, which checks the address again when it connects, and read what it prints."""
    found = run_command(
        config, job, folder, ("fetch", "--json", "-v", "--log-format", "json", "--", job.url), FETCH_S
    ).splitlines()
    document = json.loads(found[-1]) if found else {}
    job.capture, job.reason = document.get("id"), document.get("reason")
    if not job.capture:
        job.reason = job.reason or _last_line(job)


def survey(config: Config, job: BackgroundJob, folder: Path) -> None:
    """Run `fangzhi sites new`, which prints the TOML of a site, `sites check` with it, and `fetch` of five articles."""
    place = job.arguments or (job.url,)
    printed = run_command(config, job, folder, ("sites", "new", "--", *place), SURVEY_S).decode("utf-8", "replace")
    named, _, text = printed.partition("\n")
    found = _FILE_NAME.fullmatch(named.strip())
    if found is None or not text.strip():
        job.reason = _last_line(job)
        return
    (folder / f"{found[1]}.toml").write_text(text, encoding="utf-8")
    checked = run_command(
        config, job, folder, ("sites", "check", "--json", "--registry", str(folder), found[1]), FETCH_S
    )
    job.receipt = _checked(checked)
    job.slug, job.toml = found[1], text
    if addresses := job.receipt.pop("articles", None):
        job.receipt = {**job.receipt, "samples": read_samples(config, job, folder, addresses)}


def hand_over(config: Config, job: BackgroundJob, folder: Path) -> None:
    """Run `fangzhi export --sign`, and note the digest of the package."""
    file = folder / PACKAGE
    output = run_command(config, job, folder, ("export", str(file), "--json", "--sign", *job.arguments), HAND_OVER_S)
    if not file.exists():
        job.reason = _last_line(job)
        return
    document = json.loads(output.splitlines()[-1])
    document.pop("file", None)
    with file.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
    job.receipt = {**document, "bytes": file.stat().st_size, "sha256": digest}
    job.file = file


WORK: Mapping[JobKind, Callable[[Config, BackgroundJob, Path], None]] = {
    "fetch": fetch,
    "survey": survey,
    "hand-over": hand_over,
}
"""The kind of a job → what does it; it raises OSError, SubprocessError or ValueError."""


def _checked(output: bytes) -> dict[str, Any]:
    """Return what `sites check` found of the site; nothing if it failed."""
    for line in output.splitlines():
        document = json.loads(line)
        if isinstance(document, dict) and "listed" in document:
            return {name: document.get(name) for name in ("ok", "listed", "title", "articles", "findings")}
    return {}


def _last_line(job: BackgroundJob) -> str:
    return job.events[-1] if job.events else "failed"
