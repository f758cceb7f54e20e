"""The digests of a capture, and its verdict: what it is in comparison with earlier captures."""

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

EMPTY = f"sha256:{hashlib.sha256(b'').hexdigest()}"
"""The payload digest of an empty body."""


def fingerprint(capture: Capture, outcome: Outcome) -> Digests:
    """Return the digest of the bytes as they came over the wire, and that of the articles' text if there is any.

    On a page of several articles each has a digest too, by which a reprint of it is found.
    """
    payload = payload_digest(capture)
    if isinstance(outcome, Rejection):
        return Digests(payload=payload)
    texts = [text for article in outcome if (text := normalise(article.text_hans))]
    each = tuple(map(_digest, texts)) if len(outcome) > 1 else ()
    return Digests(payload=payload, text=_digest("".join(texts)) if texts else None, articles=each)


def payload_digest(capture: Capture) -> str:
    """Return the digest of the bytes as they came over the wire."""
    return f"sha256:{hashlib.sha256(capture.body).hexdigest()}"


def _digest(text: str) -> str:
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def classify(digests: Digests, prior: PriorCaptures) -> Verdict:
    """Return the verdict on a capture by exact digests: same bytes, same text, a new version of its URL, or new.

    The first that applies counts. An empty body has a digest too but never counts as a copy.
    """
    if prior.same_bytes and digests.payload != EMPTY:
        return Verdict(kind="same-bytes", of=prior.same_bytes.id, similarity=1.0)
    if prior.same_text and digests.text:
        return Verdict(kind="same-text", of=prior.same_text.id, similarity=1.0)
    if prior.previous and digests.text:
        return Verdict(kind="new-version", of=prior.previous.id)
    return Verdict(kind="new")


def classify_near(articles: Iterable[Article], candidates: Sequence[NearDuplicateCandidate]) -> Verdict:
    """Return the verdict on new articles, compared with candidates for near copies, which come earliest first.

    A near copy refers to the earliest text that it nearly equals, else to the first that contains it or that it
    contains. It has been compared with that very text: a near copy of a copy need not be near to the original.
    """
    verdict = Verdict(kind="new")
    if not candidates:
        return verdict
    here = compared("\n".join(article.text_hans for article in articles))
    for candidate in candidates:
        found = here.similarity_to(compared(candidate.text))
        if found and (found.relation == "equal" or verdict.kind == "new"):
            verdict = Verdict(kind="near-copy", of=candidate.id, similarity=found.similarity, relation=found.relation)
            if found.relation == "equal":
                break
    return verdict
