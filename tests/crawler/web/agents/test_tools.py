"""`fangzhi mcp`, asked by the client of the protocol's own package."""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
from collections.abc import Awaitable, Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from pipelines.model import Entry
from tests.crawler.web.rooms import archived, sample
from tests.crawler.web.test_hostile import hostile
from tests.fangzhi import fangzhi

pytestmark = pytest.mark.skipif(find_spec("mcp") is None, reason="the extra fangzhi[mcp] is not installed")

TOOLS = ("search", "article", "history", "diff", "reprints", "counts", "cite")


def asked(folder: Path, ask: Callable[[Any], Awaitable[Any]]) -> Any:
    """Start the server of an archive, and return what is asked of a client of it."""
    from mcp import Client, StdioServerParameters, stdio_client

    command = ["-P", "-m", "crawler.cli", "mcp", "--archive", str(folder)]

    server = StdioServerParameters(command=sys.executable, args=command, env=dict(os.environ))

    async def run() -> Any:
        async with Client(stdio_client(server)) as client:
            return await ask(client)

    return asyncio.run(run())


def content(result: Any) -> Any:
    """Return the JSON of an answer, which stands between its marks."""
    assert not result.is_error, result.content
    (found,) = result.content
    match = re.fullmatch(r"Quoted from [^\n]+\n<(archived-[0-9a-f]{16})>\n(.*)\n</\1>", found.text, re.DOTALL)
    assert match, found.text[:300]
    return json.loads(match[2])


@pytest.fixture
def entries(tmp_path: Path) -> list[Entry]:
    return archived(tmp_path, sample())


def test_every_tool_answers_and_says_that_it_only_reads(tmp_path: Path, entries: list[Entry]) -> None:
    first, edited = entries[0].id, entries[1].id

    async def ask(client: Any) -> tuple[Any, dict[str, Any]]:
        given = {
            "search": {"query": "电梯", "since": "2024", "limit": 5},
            "article": {"id": first},
            "history": {"id": edited},
            "diff": {"before": first, "after": edited},
            "reprints": {"id": first},
            "counts": {"query": "电梯", "by": "month"},
            "cite": {"id": first},
        }
        return (await client.list_tools()).tools, {
            name: content(await client.call_tool(name, each)) for name, each in given.items()
        }

    tools, found = asked(tmp_path, ask)
    assert tuple(each.name for each in tools) == TOOLS
    assert all(each.annotations.read_only_hint and each.description for each in tools)
    assert all(
        schema.get("description") or "default" in schema
        for each in tools
        for schema in each.input_schema["properties"].values()
    )
    assert found["search"]["total"] == 2
    assert found["article"]["articles"][0]["text"].startswith("全市加装电梯12部")
    assert (
        [each["id"] for each in found["history"]["events"]][:1] == [first]
        if "events" in found["history"]
        else found["history"]
    )
    assert "15" in json.dumps(found["diff"], ensure_ascii=False)
    assert len(found["reprints"]) == 2
    assert sum(row["articles"]["电梯"] for row in found["counts"]) >= 1
    assert "GB/T 7714" in found["cite"]
    assert "电梯" in found["cite"]["BibTeX"]


def test_what_cannot_be_answered_is_an_error_that_says_why(tmp_path: Path, entries: list[Entry]) -> None:
    async def ask(client: Any) -> list[Any]:
        calls = [("article", {"id": "nothing"}), ("search", {"since": "never"}), ("search", {"sort": "x"})]
        return [await client.call_tool(name, given) for name, given in [*calls, ("counts", {"by": "colour"})]]

    for result in asked(tmp_path, ask):
        assert result.is_error
        assert "Traceback" not in result.content[0].text
        assert len(result.content[0].text) > 10


def test_a_page_cannot_end_its_quotation(tmp_path: Path) -> None:
    entries = archived(tmp_path, hostile())

    async def ask(client: Any) -> list[Any]:
        return [await client.call_tool("article", {"id": entries[0].id}) for _ in range(2)]

    one, other = asked(tmp_path, ask)
    marks = [each.content[0].text.partition("<")[2].partition(">")[0] for each in (one, other)]
    assert marks[0] != marks[1]
    for each in (one, other):
        assert content(each)["articles"]
        assert "\x1b" not in each.content[0].text


def test_nothing_is_written(tmp_path: Path, entries: list[Entry]) -> None:
    def files() -> dict[str, bytes]:
        every = (each for each in tmp_path.rglob("*") if each.is_file() and "sqlite" not in each.name)
        return {f"{each}": each.read_bytes() for each in every}

    before = files()

    async def ask(client: Any) -> Any:
        return content(await client.call_tool("article", {"id": entries[0].id}))

    asked(tmp_path, ask)
    assert files() == before


def test_an_archive_that_is_missing_is_an_error_of_usage(tmp_path: Path) -> None:
    assert fangzhi("mcp", "--archive", str(tmp_path / "nothing")).returncode == 2
