"""Measures beside body F1: which lines of an article are lost, which lines are not the article's, and which are torn.

The F1 of character pairs hides a lost line of a long article, and cells of a table that were glued together.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping

MIN_LINE_CHARS = 2
"""Characters of the shortest line that counts: a lone character is a bullet or a decoration."""

Fields = Mapping[str, object]


def folded(text: str) -> str:
    """Return the letters, digits and Chinese characters of a text: repairs replace punctuation on purpose."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).lower()))


def lines(text: str | None) -> list[str]:
    """Return the lines of a text that count, each folded."""
    found = (folded(line) for line in (text or "").split("\n"))
    return [line for line in found if len(line) >= MIN_LINE_CHARS]


def missing(wanted: Iterable[str], text: str | None) -> list[str]:
    """Return the folded lines that are nowhere in a text, whatever its line breaks are."""
    whole = folded(text or "")
    return [line for line in wanted if line not in whole]


def kept_share(wanted: list[str], lost: list[str]) -> float:
    """Return the share of lines that are not lost."""
    return 1 - len(lost) / len(wanted) if wanted else 1.0


def line_figures(got: str | None, truth: str) -> dict[str, float]:
    """Return shares of one page.

    `lines` of the truth are in the text; `own` lines of the text are in the truth; `paragraphs` of the truth are whole
    lines of the text, not torn and not joined; `cells` of the truth's tables are cells of the text.

    >>> line_figures("市住建局召开会议\\n分享到", "市住建局\\n召开会议")
    {'lines': 1.0, 'own': 0.5, 'paragraphs': 0.0}
    """
    wanted, found = lines(truth), lines(got)
    figures = {
        "lines": kept_share(wanted, missing(wanted, got)),
        "own": kept_share(found, missing(found, truth)),
        "paragraphs": kept_share(wanted, [line for line in wanted if line not in set(found)]),
    }
    if cells := [cell for line in truth.split("\n") if "\t" in line for cell in _cells(line)]:
        ours = {cell for line in (got or "").split("\n") for cell in _cells(line)}
        figures["cells"] = kept_share(cells, [cell for cell in cells if cell not in ours])
    return figures


def _cells(line: str) -> list[str]:
    return [cell for cell in map(folded, line.split("\t")) if cell]


def files_figure(got: Iterable[str], truth: Iterable[tuple[str, str]]) -> float:
    """Return the share of the truth's attachments, pairs of name and URL, that were found; extra files cost as much.

    >>> files_figure(["http://a.cn/1.doc", "http://a.cn/2.doc"], [("附件", "http://a.cn/1.doc")])
    0.5
    """
    wanted, found = {url for _, url in truth}, set(got)
    return len(wanted & found) / len(wanted | found) if wanted | found else 1.0


def people_figure(got: Iterable[str], truth: str) -> float:
    """Return the share of the truth's names, separated by spaces or punctuation, that were found."""
    wanted = [
        name for name in "".join(char if char.isalnum() or char == "·" else " " for char in truth).split() if name
    ]
    found = set(got)
    return sum(name in found for name in wanted) / len(wanted) if wanted else 1.0
