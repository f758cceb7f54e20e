"""Made pages for the line, and some that harm the process that parses them."""

from __future__ import annotations

import os
import time

from attrs import asdict, frozen

from pipelines.model import Capture, Job, Recipe
from tests.pipelines.made import capture

SENTENCE = "市住房和城乡建设局三月四日召开会议，部署今年老旧小区改造工作，要求各县区按时完成任务。"


def page(number: int = 0, text: str = SENTENCE, url: str | None = None) -> Capture:
    """Return the capture of a page with one article, made `number` seconds after the first."""
    paragraphs = "".join(f"<p>第{each}段：{text}</p>" for each in ("一", "二", "三", "四"))
    head = "<html><head><title>我市部署老旧小区改造</title></head>"
    return capture(number, f"{head}<body><div class='content'>{paragraphs}</div></body></html>".encode(), url)


def job(made: Capture) -> Job:
    return Job(capture=made, recipe=Recipe(name="generic/1", body=("div.content",)), site="news")


@frozen(kw_only=True)
class Fatal(Capture):
    """A page that kills the process that parses it, like a fault in a C library."""

    def header(self, name: str) -> str:
        os._exit(11)


@frozen(kw_only=True)
class Endless(Capture):
    """A page that takes longer to parse than any timeout."""

    def header(self, name: str) -> str:
        time.sleep(600)
        return ""


@frozen(kw_only=True)
class Traced(Capture):
    """A page on which the parser raises an error with the id of its process."""

    def header(self, name: str) -> str:
        raise ValueError(f"process {os.getpid()}")


def harmful(kind: type[Capture], made: Capture) -> Capture:
    """Return a capture as one of the harmful kinds of pages."""
    return kind(**asdict(made, recurse=False))
