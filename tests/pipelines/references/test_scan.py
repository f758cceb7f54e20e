"""Passing over tags changes nothing of what is found."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.references.html import find_html, rewritten_tokens
from pipelines.references.reference import FileReference

URL = "http://a.example.cn/b/1.html"
PAGES = sorted(Path("tests/pages").rglob("*.html"))
PIECES = (
    *(
        "<p ",
        "<img ",
        "<a ",
        "<td ",
        "</p>",
        "</a ",
        ">",
        "/>",
        " ",
        "\n",
        "src",
        "href",
        "style",
        "background",
        "data-bg",
    ),
    *(
        "=",
        '"',
        "'",
        "a.png",
        "url(b.png)",
        "'c.png'",
        '"d.png"',
        "<",
        "/",
        "<!--",
        "-->",
        "<script>",
        "</script>",
        "`",
    ),
    *("<style>", "</style>", "<link rel=stylesheet ", "文", "&quot;", "<x:y ", "<P\tClass=a ", "<svg fill=url(e.svg) "),
)


def read_in_full(html: str) -> tuple[FileReference, ...]:
    """Return what is found if the attributes of every tag are read."""
    found: dict[tuple[str, str], FileReference] = {}

    def collect(reference: FileReference) -> None:
        if reference.kind != "link":
            found.setdefault((reference.url, reference.kind), reference)

    for _ in rewritten_tokens(html, URL, collect):
        pass
    return tuple(found.values())


@given(st.lists(st.sampled_from(PIECES), max_size=60).map("".join))
def test_any_markup(html: str) -> None:
    assert find_html(html, URL) == read_in_full(html)


@pytest.mark.parametrize("page", PAGES[:: max(1, len(PAGES) // 40)], ids=lambda page: page.stem)
def test_pages(page: Path) -> None:
    html = page.read_text("utf-8", "replace")
    assert find_html(html, URL) == read_in_full(html)
