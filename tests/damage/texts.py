"""Clean texts: the project's own, and those of the corpus beside the checkout or above it, where it is."""

from __future__ import annotations

import functools
import lzma
from pathlib import Path

OWN = Path(__file__).parent / "clean"
CORPUS = next(
    (path for up in Path(__file__).parents if (path := up / "shared" / "corpus" / "clean").is_dir()), Path("nowhere")
)

# The newspaper writes numbers full-width, as nobody has for long; the rest of the full-width forms are punctuation.
_NUMBERS = {ord(char) + 0xFEE0: char for char in "%./+-=~&#@_*"}
_NUMBERS |= {
    code: code - 0xFEE0 for first, last in ("０９", "ＡＺ", "ａｚ") for code in range(ord(first), ord(last) + 1)
}


@functools.cache
def own() -> dict[str, str]:
    """Return the project's own clean texts by their script."""
    return {path.stem: path.read_text("utf-8").strip() for path in sorted(OWN.glob("*.txt"))}


@functools.cache
def corpus() -> dict[str, str]:
    """Return the clean texts of the corpus by their names."""
    texts = {path.name.partition(".")[0]: lzma.decompress(path.read_bytes()).decode() for path in CORPUS.glob("*.xz")}
    return {name: text.translate(_NUMBERS) for name, text in sorted(texts.items())}


def pages(text: str, size: int) -> list[str]:
    """Return a text in pages of whole lines, each at least of this many characters but the last."""
    out, page, chars = list[str](), list[str](), 0
    for line in text.split("\n"):
        page.append(line)
        chars += len(line)
        if chars >= size:
            out.append("\n".join(page))
            page, chars = [], 0
    return [*out, "\n".join(page)] if page else out
