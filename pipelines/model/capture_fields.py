"""What people read of a capture besides its articles, with labels: its page, its time, its verdict and its record."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from attrs import frozen

from pipelines.messages import Message
from pipelines.messages import gettext as _
from pipelines.model.entry import Entry
from pipelines.times import CHINA


@frozen(kw_only=True)
class CaptureField:
    """A fact of a capture by the labels under which people read it; `line` returns it, empty if it is unknown.

    `exact` facts are compared character by character: ids, digests and places. `is_place` is true for the place of the
    WARC record.
    """

    zh: str
    en: str
    line: Callable[[Entry], str]
    exact: bool = False
    is_place: bool = False

    def label(self, lang: str) -> str:
        """Return the label in a language, `zh` or `en`."""
        return self.zh if lang == "zh" else self.en


def china_time(moment: dt.datetime, timespec: str = "seconds") -> str:
    """Return a time in China with its offset, as people read it everywhere.

    >>> china_time(dt.datetime(2024, 3, 5, 1, 30, 0, 5, dt.UTC))
    '2024-03-05 09:30:00 +08:00'
    """
    written = moment.astimezone(CHINA).replace(tzinfo=None).isoformat(" ", timespec)
    return f"{written} +08:00"


def verdict_line(entry: Entry) -> str:
    """Return what a capture is in comparison with earlier ones, and with which; empty for a page without an article."""
    verdict = entry.verdict
    if verdict.kind == "new":
        return _("new text") if entry.articles else ""
    if verdict.kind == "near-copy":
        likeness = _RELATIONS[verdict.relation or "equal"]
        return likeness(verdict.of or "", verdict.similarity or 0)
    return _KINDS[verdict.kind](verdict.of or "")


_KINDS: dict[str, Callable[[str], Message]] = {
    "same-bytes": lambda of: _("the same bytes as {of}", of=of),
    "same-text": lambda of: _("the same text as {of}", of=of),
    "new-version": lambda of: _("a new version of {of}", of=of),
}

_RELATIONS: dict[str, Callable[[str, float], Message]] = {
    "equal": lambda of, share: _("nearly the same text as {of} (similarity {share:g})", of=of, share=share),
    "contains": lambda of, share: _("the text of {of} and more (similarity {share:g})", of=of, share=share),
    "within": lambda of, share: _("a part of the text of {of} (similarity {share:g})", of=of, share=share),
}


def _record(entry: Entry) -> str:
    if (place := entry.location) is None:
        return ""
    return _("{file}, offset {offset}, {length} bytes", file=place.file, offset=place.offset, length=place.length)


SITE = CaptureField(zh="网站", en="Site", line=lambda entry: entry.site or "")
URL = CaptureField(zh="网址", en="URL", line=lambda entry: entry.final_url)
CAPTURED = CaptureField(zh="捕获时间", en="Captured", line=lambda entry: china_time(entry.fetched_at))
ID = CaptureField(zh="捕获编号", en="Capture id", line=lambda entry: entry.id, exact=True)
VERDICT = CaptureField(zh="查重结论", en="Verdict", line=verdict_line)
DIGEST = CaptureField(zh="内容摘要", en="Digest of bytes", line=lambda entry: entry.digests.payload, exact=True)
RECORD = CaptureField(zh="存档位置", en="WARC record", line=_record, exact=True, is_place=True)

CAPTURE_FIELDS = (SITE, URL, CAPTURED, ID, VERDICT, DIGEST, RECORD)
"""The facts that `fangzhi show` prints below an article, in this order."""

VERSION_FIELDS = (CAPTURED, ID, DIGEST, RECORD)
"""The facts that distinguish two versions of a page, and by which each is found again and proved."""
