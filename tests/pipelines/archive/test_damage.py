"""Damage costs the records that it hits, and nothing behind them."""

from __future__ import annotations

import bz2
import gzip
import io
import random
from collections.abc import Callable

import pytest
import zstandard

from pipelines.archive.reader import capture_at, captures
from pipelines.archive.records import exchange_members, warcinfo_member
from pipelines.errors import StoreCorrupt
from pipelines.model import Capture
from tests.pipelines.archive.foreign import BODY, HEAD, URL, arc, http, record
from tests.pipelines.archive.made import AT, digests, made


def read(data: bytes) -> tuple[list[Capture], str]:
    """Return the captures of a file and the message about its damage."""
    found: list[Capture] = []
    try:
        found.extend(capture for _, capture in captures(io.BytesIO(data), "their.warc"))
    except StoreCorrupt as error:
        return found, str(error)
    return found, ""


def urls(data: bytes) -> list[str]:
    return [capture.final_url for capture in read(data)[0]]


PAGES = [record("response", HEAD + BODY * 40, url=f"{URL}{number}") for number in range(4)]
NAMES = [f"{URL}{number}" for number in range(4)]

PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "zstd": zstandard.ZstdCompressor(write_checksum=True).compress,
    "bzip2": bz2.compress,
    "plain": bytes,
}


@pytest.mark.parametrize("packing", PACKERS)
def test_every_packing_is_read_behind_a_destroyed_record(packing: str) -> None:
    packed = [PACKERS[packing](page) for page in PAGES]
    middle = packed[1][: len(packed[1]) // 3] + bytes(9) + packed[1][len(packed[1]) // 3 + 9 :]
    if packing == "plain":
        middle = packed[1].replace(b"Content-Length: ", b"Content-Length: x")
    data = b"".join([packed[0], middle, *packed[2:]])
    found, message = read(data)
    assert [capture.final_url for capture in found] == [NAMES[0], *NAMES[2:]]
    start, end = len(packed[0]), len(packed[0]) + len(middle)
    assert f"damaged at byte {start}; {end - start} bytes were skipped, everything else was read" in message
    for capture in found:
        assert capture.stored
        at = capture.stored.offset
        assert capture_at(data[at : at + capture.stored.length], capture.stored)[0] == capture


def test_a_flipped_bit_costs_at_most_one_capture() -> None:
    """`python -m tests.benchmarks.damage` flips 200 bits, and compares the loss with that of other programs."""
    pages = [made(number, body=random.Random(number).randbytes(900) + b"<p>" * 99) for number in range(20)]
    members = [member for page in pages for member in exchange_members(page, digests(page).payload)]
    data = b"".join([warcinfo_member("a.warc.gz", AT, {"software": "x"}), *members])
    whole = {(capture.final_url, capture.body) for capture in read(data)[0]}
    assert len(whole) == len(pages)
    choice = random.Random(1)
    for _ in range(40):
        changed = bytearray(data)
        changed[choice.randrange(len(data))] ^= 1 << choice.randrange(8)
        found, message = read(bytes(changed))
        lost = len(whole - {(capture.final_url, capture.body) for capture in found})
        assert lost <= 1
        assert message or not lost


def test_the_damaged_bytes_are_named() -> None:
    packed = [gzip.compress(page) for page in PAGES]
    data = b"".join([packed[0], b"\0\1\2\3", packed[1], packed[2][:-5], packed[3]])
    found, message = read(data)
    assert [capture.final_url for capture in found] == [NAMES[0], NAMES[1], NAMES[3]]
    first, second = len(packed[0]), len(packed[0]) + 4 + len(packed[1])
    size = 4 + len(packed[2]) - 5
    assert message.startswith(
        f"their.warc is damaged in 2 places, bytes {first}–{first + 3}, {second}–{second + len(packed[2]) - 6}; "
        f"{size} bytes were skipped, everything else was read"
    )


def with_length(page: bytes, added: int) -> bytes:
    length = len(HEAD + BODY * 40)
    assert b"Content-Length: %d" % length in page
    return page.replace(b"Content-Length: %d" % length, b"Content-Length: %d" % (length + added))


@pytest.mark.parametrize("added", [7, 60, 5_000, 10**12])
def test_the_end_of_a_member_is_believed_over_a_length(added: int) -> None:
    data = b"".join(map(gzip.compress, [PAGES[0], with_length(PAGES[1], added), PAGES[2]]))
    found, message = read(data)
    assert [capture.final_url for capture in found[:2]] == NAMES[:2] or added == 10**12
    assert found[-1].final_url == NAMES[2] or added == 10**12
    if added < 10**12:
        assert (found[1].body, found[1].truncated, message) == (BODY * 40, None, "")
    else:
        assert urls(data)[0] == NAMES[0]


@pytest.mark.parametrize("added", [7, 60, 600, 50_000])
def test_a_plain_record_ends_where_the_next_begins(added: int) -> None:
    data = b"".join([PAGES[0], with_length(PAGES[1], added), PAGES[2], PAGES[3]])
    found, message = read(data)
    assert [(capture.final_url, capture.body, capture.truncated) for capture in found] == [
        (name, BODY * 40, None) for name in NAMES
    ]
    assert message == ""
    assert [capture_at(data[c.stored.offset :][: c.stored.length], c.stored)[0] for c in found if c.stored] == found


def test_a_length_that_is_too_short_loses_no_other_record() -> None:
    found, message = read(b"".join([PAGES[0], with_length(PAGES[1], -20), PAGES[2]]))
    assert [capture.final_url for capture in found] == NAMES[:3]
    assert "20 bytes" in message or "24 bytes" in message


def test_text_that_looks_like_a_record_stays_in_its_page() -> None:
    inner = HEAD + b"text\r\n\r\nWARC/1.0\r\nWARC-Type: response\r\nContent-Length: 3\r\n\r\nabc"
    data = record("response", inner, url=NAMES[0]) + b"garbage\n" + PAGES[1]
    found, message = read(data)
    assert [capture.final_url for capture in found] == NAMES[:2]
    assert found[0].body == inner[len(HEAD) :]
    assert "8 bytes were skipped" in message


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_a_torn_last_record_is_kept_as_truncated(pack: Callable[[bytes], bytes]) -> None:
    body = random.Random(1).randbytes(40_000)
    last = pack(record("response", HEAD + body, url=NAMES[1]))
    data = pack(PAGES[0]) + last[: len(last) // 2]
    found, message = read(data)
    assert [(capture.final_url, capture.truncated) for capture in found] == [(NAMES[0], None), (NAMES[1], "disconnect")]
    assert len(found[1].body) > 10_000
    assert body.startswith(found[1].body)
    assert "its last record" in message
    place = found[1].stored
    assert place
    assert capture_at(data[place.offset :], place)[0] == found[1]


def test_a_torn_arc_record_with_the_announced_length_is_whole() -> None:
    head, page = arc((URL, http("HTTP/1.1 200 OK", f"Content-Length: {len(BODY)}")))
    length = len(http("HTTP/1.1 200 OK", f"Content-Length: {len(BODY)}"))
    found, _ = read(head + page.replace(b" %d\n" % length, b" %d\n" % (length + 2), 1).rstrip(b"\n"))
    assert [(capture.body, capture.truncated) for capture in found] == [(BODY, None)]


@pytest.mark.parametrize("junk", [b"- - - -", b"1.2.3 now text/plain many", b"0.0.0.0 20200102030405 text/plain -1"])
def test_an_arc_file_with_a_description_that_is_junk(junk: bytes) -> None:
    head, *pages = arc((NAMES[0], HEAD + BODY), (NAMES[1], HEAD + BODY))
    first, _, rest = head.partition(b"\n")
    data = b"filedesc://x.arc " + junk + b"\n" + rest + b"".join(pages)
    found, message = read(data)
    assert [capture.final_url for capture in found] == NAMES[:2], first
    assert message == ""
