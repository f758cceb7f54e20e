"""Checks of a few captures of a WARC file by range reads."""

from __future__ import annotations

from collections.abc import Iterator
from secrets import SystemRandom

from pipelines.archive import Archive
from pipelines.archive.cdxj import cdxj_key, read_cdxj
from pipelines.archive.verify import Finding, check_range
from pipelines.errors import StoreCorrupt
from pipelines.messages import gettext as _
from pipelines.model import IMPORTED, Location
from pipelines.verify.counts import VerificationCounts

MISSING_INDEX = _("its WARC has no index; `fangzhi rebuild` makes it")


def sampled(archive: Archive, key: str, size: int, sample: int, counts: VerificationCounts) -> Iterator[Finding]:
    """Check random captures, and the last one with all bytes up to the end of the file."""
    name = cdxj_key(key)
    try:
        locations = read_cdxj(archive.storage.read(name))
    except StoreCorrupt:
        yield Finding(file=name, kind="no-index", what=MISSING_INDEX)
        return
    except ValueError as error:
        yield Finding(file=name, kind="wrong-index", what=str(error))
        return
    ends = [*(location.offset for location in locations[1:]), size]
    pairs = list(zip(locations, ends, strict=False))
    counts.indexed += len(pairs)
    for location, end in [*SystemRandom().sample(pairs[:-1], min(sample - 1, len(pairs[:-1]))), *pairs[-1:]]:
        counts.records += 1
        if key.startswith(IMPORTED):
            yield from _readable(archive, location, counts)
            continue
        data = archive.storage.read(key, location.offset, max(end - location.offset, location.length))
        counts.bytes += len(data)
        yield from check_range(data, location)


def _readable(archive: Archive, location: Location, counts: VerificationCounts) -> Iterator[Finding]:
    """Check that a capture in another program's file can be read."""
    counts.bytes += location.length
    try:
        archive.get(location)
    except StoreCorrupt as error:
        yield Finding(file=location.file, offset=location.offset, kind="wrong-place", what=error.message)
