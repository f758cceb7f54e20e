"""By which few numbers texts are found that have a passage in common: winnowing (Schleimer et al., 2003)."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b
from zlib import crc32

from pipelines.model import Article
from pipelines.text.normalise import normalise

GRAM = 8
"""Characters that an anchor stands for: one wrong character in twenty leaves two of three such spans whole, and few of
them are set phrases, which a shorter one would often hit."""

WINDOW = 32
"""Of so many spans in a row one at least is an anchor: whatever passage of GRAM + WINDOW - 1 characters two texts have
in common, they share an anchor. A text of 1,000 characters has about 60."""

MOST = 512
"""Anchors of one text, which then has some 8,500 characters; of a longer one those with the least hashes, so that two
such texts keep the same."""

_BYTES = 2
"""Of a UTF-16 code unit, which is what counts as a character here."""


def anchors(text: str) -> tuple[int, ...]:
    """Return a simplified text's anchors, numbers of 48 bits in rising order, each once: the same on every machine.

    A text of fewer than GRAM characters has none.
    """
    data = normalise(text).encode("utf-16-le", "surrogatepass")
    span, last = GRAM * _BYTES, len(data) - GRAM * _BYTES
    hashes = [crc32(data[at : at + span]) for at in range(0, last + 1, _BYTES)]
    chosen = sorted(_winnowed(hashes) if hashes else (), key=lambda at: (hashes[at], at))[:MOST]
    grams = {data[at * _BYTES : at * _BYTES + span] for at in chosen}
    return tuple(sorted(int.from_bytes(blake2b(gram, digest_size=6).digest(), "big") for gram in grams))


def anchors_of(articles: Iterable[Article]) -> tuple[int, ...]:
    """Return the anchors of a page's articles together; what a reader worked out already is not worked out again."""
    found = (article.anchors or anchors(article.text_hans) for article in articles)
    return tuple(sorted({anchor for some in found for anchor in some}))


def _winnowed(hashes: list[int]) -> set[int]:
    """Return the places of the least hash in every window, the last of equal ones."""
    chosen = set[int]()
    at = -1
    for end in range(min(WINDOW, len(hashes)), len(hashes) + 1):
        start = max(0, end - WINDOW)
        if at < start:
            window = hashes[start:end]
            at = end - 1 - window[::-1].index(min(window))
        elif hashes[end - 1] <= hashes[at]:
            at = end - 1
        else:
            continue
        chosen.add(at)
    return chosen
