"""Five articles of a new site as they would be read, and their pages as they looked, in an archive of a job's own."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from attrs import evolve

from crawler.cli.fetch import checked_url
from crawler.config.config import Config
from crawler.player.address import Address
from crawler.web.jobs import BackgroundJob, run_command
from crawler.web.serving import SAMPLED
from pipelines.errors import ConfigError

SAMPLES_S = 600
"""Seconds after which the reading ends with the articles that it has: five pages and some sixty files that show them,
one at a time, with pauses of two seconds."""

PAGES = "pages"
"""The folder of the archive within that of the job."""

MAX_TEXT_CHARS = 400
"""Characters of a text that are shown: three paragraphs, where navigation or a byline in the text is noticed."""

MAX_LEFT_OUT, MAX_LINE_CHARS = 8, 200
"""Lines that are shown of what was left out, and the characters of each; their number is always given."""


def read_samples(config: Config, job: BackgroundJob, folder: Path, addresses: Sequence[str]) -> list[dict[str, Any]]:
    """Run `fangzhi fetch` with the TOML in a folder, and return what it read of each page.

    The pages and what shows them are archived in the folder, not in the archive of the room. An address that may not be
    fetched is left out, and noted as progress.
    """
    allowed = [checked for url in addresses if (checked := _checked(config, job, url))]
    if not allowed:
        return []
    pages = folder / PAGES
    stores = (f"--archive={pages}", f"--catalogue=sqlite:///{pages}/catalogue.sqlite")
    places = (*stores, f"--frontier={folder}/frontier.sqlite", f"--registry={folder}")
    output = run_command(config, job, folder, ("fetch", "--json", "--page=whole", *places, "--", *allowed), SAMPLES_S)
    job.pages = pages
    found = {each["url"]: each for each in map(json.loads, output.splitlines())}
    return [sample_of(found.get(url, {"url": url, "reason": "failed"})) for url in allowed]


def sample_of(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a person needs of an entry to see whether its page was read well; texts are cut to their beginning.

    >>> sample_of({"url": "http://a.cn/", "reason": "empty"})["reason"]
    'empty'
    """
    articles = entry.get("articles") or [{}]
    article, left_out = articles[0], articles[0].get("left_out") or []
    text = article.get("text") or ""
    return {
        "url": entry["url"],
        "final_url": entry.get("final_url"),
        "fetched_at": entry.get("fetched_at"),
        "reason": entry.get("reason"),
        "articles": len(entry.get("articles") or ()),
        "title": article.get("title"),
        "published": article.get("published_at") or article.get("published_on"),
        "source": article.get("source"),
        "text": text[:MAX_TEXT_CHARS],
        "characters": len(text),
        "left_out": [_line(each) for each in left_out[:MAX_LEFT_OUT]],
        "lines_left_out": len(left_out),
    }


def played(sample: Mapping[str, Any], job: BackgroundJob, content: str) -> str:
    """Return the address of the page of a sample in the player; empty if it is not kept."""
    at, url = sample["fetched_at"], sample["final_url"] or sample["url"]
    if job.pages is None or not at:
        return ""
    address = Address(url=url, at=dt.datetime.fromisoformat(at), mode="mp_")
    return f"{content}{address.path(f'{SAMPLED}/{job.id}')}"


def config_of_samples(config: Config, pages: Path) -> Config:
    """Return a configuration that reads the pages of a job in place of the archive of the room."""
    return evolve(config, archive=str(pages), catalogue=f"sqlite:///{pages}/catalogue.sqlite")


def _checked(config: Config, job: BackgroundJob, url: str) -> str:
    """Return an address in the form in which it is requested; empty if it may not be."""
    try:
        return checked_url(url, allow_private=config.allow_private)
    except ConfigError as error:
        job.note(f"{url}: {error}")
        return ""


def _line(left_out: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(left_out.get(name) or "")[:MAX_LINE_CHARS] for name in ("rule", "place", "text")}
