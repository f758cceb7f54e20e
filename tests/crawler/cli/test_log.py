"""The log as JSON has one event a line, with names that do not depend on the texts."""

from __future__ import annotations

import ast
import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from crawler.cli.log import start_logging
from crawler.cli.log_events import EVENTS
from tests.fangzhi import ROOT, fangzhi

LEVELS = {"warning", "error", "info", "exception"}


def templates() -> Iterator[str]:
    """Yield the template of each message that the code logs."""
    for folder in ("crawler", "pipelines"):
        for path in Path(ROOT, folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                match node:
                    case ast.Call(func=ast.Attribute(value=ast.Name(id="logger"), attr=level), args=[first, *_]) if (
                        level in LEVELS
                    ):
                        text = first.args[0] if isinstance(first, ast.Call) else first
                        assert isinstance(text, ast.Constant), path
                        yield str(text.value)


def test_every_message_of_the_code_has_an_event_and_no_other_is_named() -> None:
    assert set(templates()) == EVENTS.keys()


@pytest.fixture
def json_log() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    start_logging(quiet=False, verbose=0, as_json=True)
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.mark.usefixtures("json_log")
def test_a_message_is_one_line_with_its_event(capsys: pytest.CaptureFixture[str]) -> None:
    logging.getLogger("crawler.download.throttle").warning(
        "%s is paused until the next crawl: %s", "huawu", 'a "challenge"\nof two lines, http://u:secret@x.cn/'
    )
    try:
        raise ValueError("a bug")
    except ValueError:
        logging.getLogger("crawler.x").exception("%s", "odd")
    first, second = (json.loads(line) for line in capsys.readouterr().err.splitlines())
    assert (first["event"], first["level"], first["logger"]) == ("site-paused", "warning", "crawler.download.throttle")
    assert first["message"].startswith('huawu is paused until the next crawl: a "challenge"')
    assert "secret" not in first["message"]
    assert second["event"] == "problem"
    assert "ValueError: a bug" in second["exception"]


def test_an_error_and_a_summary_of_a_command_are_events_too(tmp_path: Path) -> None:
    done = fangzhi("status", "--log-format", "json", "--archive", str(tmp_path / "none"), FANGZHI_LANG="zh")
    (line,) = done.stderr.splitlines()
    document = json.loads(line)
    assert (document["event"], document["level"]) == ("error", "error")
    assert document["message"].startswith("there is no archive at")
    assert document["hint"].startswith("name the archive")
