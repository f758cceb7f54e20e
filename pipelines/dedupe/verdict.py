"""What a capture's fingerprints are, and what they say beside those that were there before."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

from pipelines.dedupe.similarity import compared
from pipelines.model import (
    Article,
    Capture,
    Digests,
    NearDuplicateCandidate,
    Outcome,
    PriorCaptures,
    Rejection,
    Verdict,
)
from pipelines.text.normalise import normalise


def fingerprint(capture: Capture, outcome: Outcome) -> Digests:
    """Return the digest of the bytes as they came, and that of the articles' text if there is any.

    Of a page of several articles each has one too, by which a reprint of it is found.
    """
    payload = payload_digest(capture)
    if isinstance(outcome, Rejection):
        return Digests(payload=payload)
    texts = [text for article in outcome if (text := normalise(article.text_hans))]
    each = tuple(map(_digest, texts)) if len(outcome) > 1 else ()
    return Digests(payload=payload, text=_digest("".join(texts)) if texts else None, articles=each)


def payload_digest(capture: Capture) -> str:
    """Return the digest of the bytes as they came."""
    return f"sha256:{hashlib.sha256(capture.body).hexdigest()}"


def _digest(text: str) -> str:
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def classify(digests: Digests, seen: PriorCaptures) -> Verdict:
    """Return how a capture stands to earlier ones: same bytes, else same text, else a new version of its URL, else new.

    An empty body has a digest like any other but repeats nothing.
    """
    if seen.same_bytes and digests.payload != EMPTY:
        return Verdict(kind="same-bytes", of=seen.same_bytes.id, similarity=1.0)
    if seen.same_text and digests.text:
        return Verdict(kind="same-text", of=seen.same_text.id, similarity=1.0)
    if seen.previous and digests.text:
        return Verdict(kind="new-version", of=seen.previous.id)
    return Verdict(kind="new")


def classify_near(articles: Iterable[Article], before: Sequence[NearDuplicateCandidate]) -> Verdict:
    """Return how articles that are new stand to earlier texts that may be near them, the earliest first.

    A near copy is one of the earliest that it is nearly equal to, else of the first that it is a part or a whole of. It
    was compared with that one itself: what is near to a copy need not be near to its original.
    """
    verdict = Verdict(kind="new")
    if not before:
        return verdict
    here = compared("\n".join(article.text_hans for article in articles))
    for other in before:
        found = here.likeness(compared(other.text))
        if found and (found.relation == "equal" or verdict.kind == "new"):
            verdict = Verdict(kind="near-copy", of=other.id, similarity=found.similarity, relation=found.relation)
            if found.relation == "equal":
                break
    return verdict


EMPTY = f"sha256:{hashlib.sha256(b'').hexdigest()}"
