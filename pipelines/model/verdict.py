"""The digests and the id of a capture, and the verdict that compares it with earlier captures."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Literal

from attrs import frozen

from pipelines.model.capture import Capture


@frozen(kw_only=True)
class Digests:
    """The digests of a capture: `sha256:…` of its bytes, and of the normalised simplified text of its articles.

    `articles` has the digest of each article's text if a page contains several.
    """

    payload: str
    text: str | None = None
    articles: tuple[str, ...] = ()


@frozen(kw_only=True)
class Reference:
    """An earlier capture, as a revisit record refers to it; `payload` is its payload digest if it was looked up."""

    id: str
    url: str
    fetched_at: dt.datetime
    payload: str | None = None


@frozen(kw_only=True)
class PriorCaptures:
    """The captures before a capture that its verdict depends on.

    `same_bytes` and `same_text` are the first ones with its bytes and with its text. `previous` is the last article of
    its URL.
    """

    same_bytes: Reference | None = None
    same_text: Reference | None = None
    previous: Reference | None = None


@frozen(kw_only=True)
class NearDuplicateCandidate:
    """An earlier capture that may be a near duplicate: `text` has the simplified texts of all its articles."""

    id: str
    text: str


VerdictKind = Literal["new", "same-bytes", "same-text", "near-copy", "new-version"]


Relation = Literal["equal", "contains", "within"]
"""The relation of a near copy to the earlier text: nearly the same, containing all of it, or a part of it."""


@frozen(kw_only=True)
class Verdict:
    """What a capture is in comparison with earlier ones; `of` is the id of the entry that it repeats or replaces.

    `similarity` of a near copy is the Jaccard index of the two texts if they are `equal`, else the share of the smaller
    text that the larger one contains.
    """

    kind: VerdictKind
    of: str | None = None
    similarity: float | None = None
    relation: Relation | None = None

    @property
    def repeats(self) -> bool:
        """Whether the capture repeats an earlier one, exactly or nearly, and does not contain more than that."""
        return self.kind in ("same-bytes", "same-text") or (self.kind == "near-copy" and self.relation != "contains")


def capture_id(capture: Capture, payload: str) -> str:
    """Return the id of a capture with this payload digest: its second in UTC, then 12 hex digits of a hash.

    Ids sort by time. The same exchange has the same id, no matter which journey captures or reads it.
    """
    exact = capture.fetched_at.astimezone(dt.UTC).isoformat()
    mark = hashlib.sha256(f"{capture.final_url}\n{exact}\n{payload}".encode() + capture.request_body).hexdigest()[:12]
    return f"{capture.fetched_at.astimezone(dt.UTC):%Y%m%d%H%M%S}-{mark}"


def capture_reference(capture: Capture, payload: str) -> Reference:
    """Return the reference to a capture with this payload digest."""
    return Reference(id=capture_id(capture, payload), url=capture.final_url, fetched_at=capture.fetched_at)
