"""Which bytes of a WARC file an export copies, and the offsets of its records in the new file."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence, Set

from attrs import field, frozen

ByteSpan = tuple[int, int]
"""Offset and length of bytes in a file."""


@frozen(kw_only=True)
class CdxjLine:
    """A line of a CDXJ index: its sort key (SURT and second), and the values of its JSON object."""

    key: str
    values: dict[str, str]

    @property
    def offset(self) -> int:
        """Offset of the record in its file."""
        return int(self.values["offset"])

    @property
    def length(self) -> int:
        """Compressed length of the record."""
        return int(self.values["length"])

    @property
    def revisit(self) -> bool:
        """Whether the record is a revisit."""
        return self.values.get("mime") == "warc/revisit"

    def text(self) -> str:
        """Return the line as written in an index, with its line end."""
        return f"{self.key} {json.dumps(self.values)}\n"

    def at(self, filename: str, offset: int, length: int) -> CdxjLine:
        """Return the line of the same record in another file."""
        location = {"length": str(length), "offset": str(offset), "filename": filename}
        return CdxjLine(key=self.key, values=self.values | location)


@frozen(kw_only=True)
class CopiedBytes:
    """Copied bytes: their span in the original file, and their content, which differs if they were compressed again."""

    span: ByteSpan
    data: bytes = field(repr=False)


class OffsetMap:
    """Maps offsets in the original file to offsets in the copy."""

    def __init__(self) -> None:
        self.end = 0
        self._moves: list[tuple[int, int, int, int]] = []

    def add(self, copied: CopiedBytes) -> None:
        """Record that bytes were appended to the copy."""
        self._moves.append((*copied.span, self.end, len(copied.data)))
        self.end += len(copied.data)

    def moved(self, line: CdxjLine, filename: str) -> CdxjLine | None:
        """Return the index line of a record in the copy; None if the record was not copied."""
        after = bisect_right(self._moves, line.offset, key=lambda move: move[0])
        if not after:
            return None
        start, length, new_start, new_length = self._moves[after - 1]
        if line.offset >= start + length:
            return None
        return line.at(filename, new_start + line.offset - start, line.length if new_length == length else new_length)


def index_lines(content: bytes) -> list[CdxjLine]:
    """Return the lines of an index that fangzhi wrote, in the order of their records."""
    parts = (line.split(" ", 2) for line in content.decode().splitlines())
    lines = (CdxjLine(key=f"{surt} {second}", values=json.loads(values)) for surt, second, values in parts)
    return sorted(lines, key=lambda line: line.offset)


def own_spans(lines: Sequence[CdxjLine], size: int, wanted: Set[int]) -> list[ByteSpan]:
    """Return the spans of the warcinfo and the wanted captures in a file that fangzhi wrote; adjacent spans are joined.

    `lines` are all index lines of the file. In our files the request follows its response, so a capture ends where the
    next one begins. A rendering, which has no index line, also ends there.

    >>> lines = [CdxjLine(key="", values={"offset": str(at)}) for at in (100, 250, 400)]
    >>> own_spans(lines, 500, {250, 400})
    [(0, 100), (250, 250)]
    """
    starts = sorted({*(line.offset for line in lines), *wanted})
    pairs = zip([0, *starts], [*starts, size], strict=True)
    found: list[ByteSpan] = []
    for start, end in pairs:
        if start and start not in wanted:
            continue
        if found and sum(found[-1]) == start:
            found[-1] = (found[-1][0], end - found[-1][0])
        else:
            found.append((start, end - start))
    return found


def read_groups(spans: Iterable[ByteSpan], max_bytes: int) -> Iterator[list[ByteSpan]]:
    """Yield spans in groups for one read of up to `max_bytes` each; longer spans are divided.

    >>> list(read_groups([(0, 2), (3, 1), (8, 5)], 4))
    [[(0, 2), (3, 1)], [(8, 4)], [(12, 1)]]
    """
    group: list[ByteSpan] = []
    for start, length in spans:
        for at in range(start, start + length, max_bytes):
            part = (at, min(max_bytes, start + length - at))
            if group and sum(part) - group[0][0] > max_bytes:
                yield group
                group = []
            group.append(part)
    if group:
        yield group
