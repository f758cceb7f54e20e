"""Pure. What a capture's fingerprints are, and what they say beside those that were there before."""

from __future__ import annotations

import hashlib

from pipelines.model import Capture, Outcome, Prints, Rejection, Seen, Verdict
from pipelines.nearness import normalise


def fingerprint(capture: Capture, outcome: Outcome) -> Prints:
    """Return the digest of the bytes as they came, and that of the articles' text if there is any."""
    payload = payload_digest(capture)
    if isinstance(outcome, Rejection):
        return Prints(payload=payload)
    text = "".join(normalise(article.text_hans) for article in outcome)
    return Prints(payload=payload, text=f"sha256:{hashlib.sha256(text.encode()).hexdigest()}" if text else None)


def payload_digest(capture: Capture) -> str:
    """Return the digest of the bytes as they came."""
    return f"sha256:{hashlib.sha256(capture.body).hexdigest()}"


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
