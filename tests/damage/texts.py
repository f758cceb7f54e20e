"""Clean texts: the project's own ones, and those of the corpus, if it is beside the checkout or above it."""

from __future__ import annotations

import functools
import lzma
from pathlib import Path

OWN = Path(__file__).parent / "clean"
CORPUS = next(
    (path for up in Path(__file__).parents if (path := up / "shared" / "corpus" / "clean").is_dir()), Path("nowhere")
)

# The newspaper writes numbers full-width, which is no longer done; all other full-width forms are punctuation.
_NUMBERS = {ord(char) + 0xFEE0: char for char in "%./+-=~&#@_*"}
_NUMBERS |= {
    code: code - 0xFEE0 for first, last in ("０９", "ＡＺ", "ａｚ") for code in range(ord(first), ord(last) + 1)
}


@functools.cache
def own() -> dict[str, str]:
    """Return the project's own clean texts by script."""
    return {path.stem: path.read_text("utf-8").strip() for path in sorted(OWN.glob("*.txt"))}


@functools.cache
def corpus() -> dict[str, str]:
    """Return the clean texts of the corpus by name."""
    texts = {path.name.partition(".")[0]: lzma.decompress(path.read_bytes()).decode() for path in CORPUS.glob("*.xz")}
    return {name: text.translate(_NUMBERS) for name, text in sorted(texts.items())}


def pages(text: str, size: int) -> list[str]:
    """Return a text in pages of complete lines; each page except the last has at least this many characters."""
    out, page, chars = list[str](), list[str](), 0
    for line in text.split("\n"):
        page.append(line)
        chars += len(line)
        if chars >= size:
            out.append("\n".join(page))
            page, chars = [], 0
    return [*out, "\n".join(page)] if page else out
