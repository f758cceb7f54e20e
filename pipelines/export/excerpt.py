"""Which bytes of a WARC are wanted, and where its index lines point once those stand in a file of their own."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence, Set

from attrs import field, frozen

Span = tuple[int, int]
"""Offset and length of bytes in a file."""


@frozen(kw_only=True)
class Line:
    """A line of CDXJ: the address and second that it is sorted by, and what it says of the record."""

    key: str
    told: dict[str, str]

    @property
    def offset(self) -> int:
        """Where its record begins."""
        return int(self.told["offset"])

    @property
    def length(self) -> int:
        """How long its record is, packed."""
        return int(self.told["length"])

    @property
    def revisit(self) -> bool:
        """Whether its record stands for the body of another."""
        return self.told.get("mime") == "warc/revisit"

    def text(self) -> str:
        """Return the line as it stands in an index, with its end."""
        return f"{self.key} {json.dumps(self.told)}\n"

    def at(self, filename: str, offset: int, length: int) -> Line:
        """Return the line of the same record in another file."""
        return Line(key=self.key, told=self.told | {"length": str(length), "offset": str(offset), "filename": filename})


@frozen(kw_only=True)
class Piece:
    """Bytes that were copied: where they came from, and what they are now, which differs if they were packed anew."""

    span: Span
    data: bytes = field(repr=False)


class Moves:
    """Where the pieces of a file went, told in their order."""

    def __init__(self) -> None:
        self.end = 0
        self._moves: list[tuple[int, int, int, int]] = []

    def add(self, piece: Piece) -> None:
        """Note that a piece was put behind those before it."""
        self._moves.append((*piece.span, self.end, len(piece.data)))
        self.end += len(piece.data)

    def moved(self, line: Line, filename: str) -> Line | None:
        """Return the line of a record that was copied; None if it was not."""
        after = bisect_right(self._moves, line.offset, key=lambda move: move[0])
        if not after:
            return None
        start, length, now, packed = self._moves[after - 1]
        if line.offset >= start + length:
            return None
        return line.at(filename, now + line.offset - start, line.length if packed == length else packed)


def index_lines(content: bytes) -> list[Line]:
    """Return the lines of an index that fangzhi wrote, in the order of their records."""
    parts = (line.split(" ", 2) for line in content.decode().splitlines())
    lines = (Line(key=f"{surt} {second}", told=json.loads(told)) for surt, second, told in parts)
    return sorted(lines, key=lambda line: line.offset)


def own_spans(lines: Sequence[Line], size: int, wanted: Set[int]) -> list[Span]:
    """Return where the warcinfo and the wanted captures of a file lie that we wrote; those that touch are one.

    `lines` are all of the file's. Our requests stand behind their responses, so a capture ends where the next begins;
    a rendering, which has no line, ends there too.

    >>> lines = [Line(key="", told={"offset": str(at)}) for at in (100, 250, 400)]
    >>> own_spans(lines, 500, {250, 400})
    [(0, 100), (250, 250)]
    """
    starts = sorted({*(line.offset for line in lines), *wanted})
    pairs = zip([0, *starts], [*starts, size], strict=True)
    found: list[Span] = []
    for start, end in pairs:
        if start and start not in wanted:
            continue
        if found and sum(found[-1]) == start:
            found[-1] = (found[-1][0], end - found[-1][0])
        else:
            found.append((start, end - start))
    return found


def windows(spans: Iterable[Span], most: int) -> Iterator[list[Span]]:
    """Yield spans in groups that can be read in one go of at most so many bytes; longer ones in parts.

    >>> list(windows([(0, 2), (3, 1), (8, 5)], 4))
    [[(0, 2), (3, 1)], [(8, 4)], [(12, 1)]]
    """
    group: list[Span] = []
    for start, length in spans:
        for at in range(start, start + length, most):
            part = (at, min(most, start + length - at))
            if group and sum(part) - group[0][0] > most:
                yield group
                group = []
            group.append(part)
    if group:
        yield group
