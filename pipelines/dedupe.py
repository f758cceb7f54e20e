"""Pure. What a capture's fingerprints are, and what they say beside those that were there before."""

from __future__ import annotations

import functools
import hashlib
import unicodedata

from pipelines.model import Capture, Outcome, Prints, Rejection, Seen, Verdict

_DROPPED = ("P", "Z", "C")
"""First letters of the Unicode categories that say nothing of a text's identity: punctuation, separators, controls."""


def fingerprint(capture: Capture, outcome: Outcome) -> Prints:
    """Return the digest of the bytes as they came, and that of the articles' text if there is any.

    Of a page of several articles each has one too, by which a reprint of it is found.
    """
    payload = payload_digest(capture)
    if isinstance(outcome, Rejection):
        return Prints(payload=payload)
    texts = [text for article in outcome if (text := normalise(article.text_hans))]
    each = tuple(map(_digest, texts)) if len(outcome) > 1 else ()
    return Prints(payload=payload, text=_digest("".join(texts)) if texts else None, articles=each)


def payload_digest(capture: Capture) -> str:
    """Return the digest of the bytes as they came."""
    return f"sha256:{hashlib.sha256(capture.body).hexdigest()}"


def normalise(text: str) -> str:
    """Return simplified text as it is compared: NFKC, lower case, no white space, no punctuation, no symbols of either.

    >>> normalise("３月４日,　市住建局 召开“会议”。") == normalise("3月4日，市住建局召开会议")
    True
    """
    return unicodedata.normalize("NFKC", text).lower().translate(_dropped())


def _digest(text: str) -> str:
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def judge(prints: Prints, seen: Seen) -> Verdict:
    """Return how a capture stands to earlier ones: same bytes, else same text, else a new version of its URL, else new.

    An empty body has a digest like any other but repeats nothing.
    """
    if seen.same_bytes and prints.payload != EMPTY:
        return Verdict(kind="same-bytes", of=seen.same_bytes.id, similarity=1.0)
    if seen.same_text and prints.text:
        return Verdict(kind="same-text", of=seen.same_text.id, similarity=1.0)
    if seen.previous and prints.text:
        return Verdict(kind="new-version", of=seen.previous.id)
    return Verdict(kind="new")


EMPTY = f"sha256:{hashlib.sha256(b'').hexdigest()}"


@functools.cache
def _dropped() -> dict[int, None]:
    """Every character of the basic plane that normalising drops, as str.translate wants it."""
    return {code: None for code in range(0x10000) if unicodedata.category(chr(code))[0] in _DROPPED}
