"""The simplified form of a text: OpenCC's, with the errors mended that are known of it."""

from __future__ import annotations

import functools
import re
from typing import Any

from pipelines.model import Script
from pipelines.text.opencc_fixes import CONVERTED, KNOWN, VARIANTS, write_aspect
from pipelines.text.script import folded, foreign_to, script_of, table

_HANZI = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]+")


def simplify(text: str) -> str:
    """Return the simplified form of a text; in a simplified page only lines with traditional characters change.

    >>> simplify("位於倫敦，忙著寫顯著的成效")
    '位于伦敦，忙着写显著的成效'
    """
    if foreign_to("hans").isdisjoint(text):
        return text
    script = script_of(text)
    return "\n".join(_line(line, script) for line in text.split("\n"))


def convert(text: str) -> str:
    """Return what OpenCC makes of a text.

    OpenCC reads 0.6 MB a second, so it is asked only for runs of characters in which one of its phrases stands; all
    others it would turn into their entries in its table of characters.

    >>> convert("瞭望臺上一目瞭然")
    '瞭望台上一目了然'
    """
    phrases = _phrases()
    if not phrases.search(text):
        return folded(text)
    pieces, at = [], 0
    for run in _HANZI.finditer(text):
        if phrases.search(text, run.start(), run.end()):
            pieces += [folded(text[at : run.start()]), _converter().convert(run[0])]
            at = run.end()
    return "".join([*pieces, folded(text[at:])])


def _line(line: str, page: Script) -> str:
    if page != "hant" and foreign_to("hans").isdisjoint(line):
        return line
    if page == "hant" or script_of(line) != "hans":
        line = write_aspect(line)
    pieces, at = [], 0
    for known in KNOWN.finditer(line):
        pieces += [convert(line[at : known.start()]), CONVERTED[known[0]]]
        at = known.end()
    return "".join([*pieces, convert(line[at:])]).translate(VARIANTS)


@functools.cache
def _converter() -> Any:
    from opencc import OpenCC

    return OpenCC("t2s")


@functools.cache
def _phrases() -> re.Pattern[str]:
    return re.compile("|".join(table("TSPhrases")))
