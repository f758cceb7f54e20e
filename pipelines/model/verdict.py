"""What a capture is told apart by, and how it stands to what was there before."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Literal

from attrs import frozen

from pipelines.model.capture import Capture


@frozen(kw_only=True)
class Digests:
    """A capture's fingerprints: `sha256:…` of the bytes, and of the normalised simplified text of its articles.

    `articles` are those of each of them by itself, where a page holds several.
    """

    payload: str
    text: str | None = None
    articles: tuple[str, ...] = ()


@frozen(kw_only=True)
class Reference:
    """An earlier capture, as a revisit record must name it; the payload digest where it is asked about as well."""

    id: str
    url: str
    fetched_at: dt.datetime
    payload: str | None = None


@frozen(kw_only=True)
class PriorCaptures:
    """What the catalogue knows from before a capture.

    The first with its bytes, and the first of these that our own archive holds, which a revisit may refer to (others
    were read where they lie, in somebody else's files); the first with its text; the last article under its URL.
    """

    same_bytes: Reference | None = None
    kept: Reference | None = None
    same_text: Reference | None = None
    previous: Reference | None = None


@frozen(kw_only=True)
class NearDuplicateCandidate:
    """An earlier capture's simplified text that one may be near to, all of its articles."""

    id: str
    text: str


VerdictKind = Literal["new", "same-bytes", "same-text", "near-copy", "new-version"]


Relation = Literal["equal", "contains", "within"]
"""How a text stands to an earlier one that it is near to: nearly the same, larger with all of it, or a part of it."""


@frozen(kw_only=True)
class Verdict:
    """How a capture stands to what was there before; `of` is the id of the entry that it repeats or replaces.

    `similarity` of a near copy is the Jaccard index of the two texts where they are `equal`, else how much of the
    smaller one is in the larger.
    """

    kind: VerdictKind
    of: str | None = None
    similarity: float | None = None
    relation: Relation | None = None

    @property
    def repeats(self) -> bool:
        """Whether what came was there before, or nearly so: not where it holds an earlier text and more besides."""
        return self.kind in ("same-bytes", "same-text") or (self.kind == "near-copy" and self.relation != "contains")


def capture_id(capture: Capture, payload: str) -> str:
    """Return the id of a capture with this payload digest: its second in UTC, then 12 digits that tell it from others.

    Ids sort by time. The same exchange has the same id through whichever door it comes and whatever reads it.
    """
    exact = capture.fetched_at.astimezone(dt.UTC).isoformat()
    told = hashlib.sha256(f"{capture.final_url}\n{exact}\n{payload}".encode() + capture.request_body).hexdigest()[:12]
    return f"{capture.fetched_at.astimezone(dt.UTC):%Y%m%d%H%M%S}-{told}"


def capture_reference(capture: Capture, payload: str) -> Reference:
    """Return a capture with this payload digest as others refer to it."""
    return Reference(id=capture_id(capture, payload), url=capture.final_url, fetched_at=capture.fetched_at)
