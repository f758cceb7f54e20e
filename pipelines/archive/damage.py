"""The error that names the damaged parts of a WARC file."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.archive.compression import MAX_RATIO
from pipelines.archive.record_stream import Gap
from pipelines.errors import StoreCorrupt
from pipelines.messages import Message
from pipelines.messages import gettext as _

MAX_NAMED_GAPS = 10
"""Damaged parts that a message lists; a person repairs more than these with a program."""


def damage_error(name: str, gaps: Sequence[Gap], *, is_warc: bool) -> StoreCorrupt:
    """Return the error of a file with damaged parts; `is_warc` is false if it holds no record at all."""
    bomb = next((gap for gap in gaps if gap.bomb), None)
    if bomb:
        return StoreCorrupt(
            _(
                "{name}: the member at byte {offset} unpacks to more than {ratio} times its size, it is a "
                "decompression bomb; {size} bytes of the file were skipped, everything else was read",
                name=name,
                offset=bomb.offset,
                ratio=MAX_RATIO,
                size=sum(gap.end - gap.offset for gap in gaps),
            ),
            hint=_("do not unpack the file with other programs; if you trust it, compress it again with gzip"),
        )
    if not is_warc:
        return StoreCorrupt(
            _("{name} is not a WARC, or its first record is damaged", name=name),
            hint=_("check that it is a WARC file and that it is complete"),
        )
    return StoreCorrupt(_message(name, gaps), hint=_("download or copy the file again, or repair it by hand"))


def _message(name: str, gaps: Sequence[Gap]) -> Message:
    size = sum(gap.end - gap.offset for gap in gaps)
    if len(gaps) > 1:
        named = ", ".join(f"{gap.offset}–{gap.end - 1}" for gap in gaps[:MAX_NAMED_GAPS])
        more = ", …" if len(gaps) > MAX_NAMED_GAPS else ""
        return _(
            "{name} is damaged in {count} places, bytes {named}; {size} bytes were skipped, everything else was read",
            name=name,
            count=len(gaps),
            named=named + more,
            size=size,
        )
    if gaps[0].torn:
        return _(
            "{name} is truncated or damaged at byte {offset}; its last record, of {size} bytes, is incomplete",
            name=name,
            offset=gaps[0].offset,
            size=size,
        )
    return _(
        "{name} is truncated or damaged at byte {offset}; {size} bytes were skipped, everything else was read",
        name=name,
        offset=gaps[0].offset,
        size=size,
    )
