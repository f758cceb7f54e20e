"""Pages with the markup of each CMS in both scripts, and the articles that must be extracted from them."""

from __future__ import annotations

import datetime as dt
import tomllib
from pathlib import Path
from typing import Any

import pytest
from opencc import OpenCC

from pipelines.model import Capture, Draft, Edition, OfficialDocument, Recipe, Rejection
from pipelines.parse.decode import decode
from pipelines.parse.extract.article import extract
from tests.fangzhi import ROOT

PAGES = ROOT / "tests" / "pages"
CASES = sorted(PAGES.glob("*/*.toml"))
assert CASES, f"there are no pages in {PAGES}"


ADDRESSES = {"url", "images", "encoding", "reason", "recipe", "parts"}
"""What a case has in the same form for both scripts."""


def traditional(value: Any, convert: OpenCC) -> Any:
    """Return the expected values of a page in traditional characters: file addresses and roles are ASCII."""
    if isinstance(value, str):
        return convert.convert(value)
    if isinstance(value, dict):
        return {key: each if key in ADDRESSES else traditional(each, convert) for key, each in value.items()}
    return [traditional(each, convert) for each in value] if isinstance(value, list) else value


def read(case: Path, script: str = "hans") -> tuple[Draft | Rejection, dict[str, Any]]:
    truth = tomllib.loads(case.read_text("utf-8"))
    html = case.with_suffix(".html").read_text("utf-8")
    if script == "hant":
        convert = OpenCC("s2t")
        truth, html = traditional(truth, convert) | {"encoding": "utf-8"}, convert.convert(html)
    capture = Capture(
        url=truth["url"],
        final_url=truth["url"],
        fetched_at=dt.datetime(2024, 6, 1, tzinfo=dt.UTC),
        status=truth.get("status", 200),
        headers=(("Content-Type", "text/html"),),
        body=html.encode(truth.get("encoding", "utf-8")),
    )
    decoded = decode(capture, None)
    assert isinstance(decoded, str)
    return extract(decoded, capture, Recipe(name="generic/1", **truth.get("recipe", {}))), truth


@pytest.mark.parametrize("script", ["hans", "hant"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parent.name}/{case.stem}")
def test_page(case: Path, script: str) -> None:
    found, truth = read(case, script)
    if "reason" in truth:
        assert isinstance(found, Rejection)
        assert found.reason == truth["reason"]
        return
    assert isinstance(found, Draft), found
    assert [block.text for block in found.blocks] == truth["blocks"]
    assert found.title == truth["title"]
    assert found.published_at == truth["published_at"]
    assert found.source == truth.get("source")
    assert found.subtitle == truth.get("subtitle")
    assert found.dateline == truth.get("dateline")
    assert [[person.name, person.role] for person in found.authors] == truth.get("authors", [])
    assert list(found.column) == truth.get("column", [])
    assert [image.url for image in found.images] == truth.get("images", [])
    assert [[file.url, file.title] for file in found.attachments] == truth.get("attachments", [])
    if "edition" in truth:
        assert found.edition == Edition(**truth["edition"])
    assert list(found.parts) == truth.get("parts", [])
    assert found.document == (OfficialDocument(**truth["document"]) if "document" in truth else None)
