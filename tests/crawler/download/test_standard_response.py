"""Responses are cut at their ends, in whatever pieces the bytes arrive, and nothing of one is taken for the next."""

from __future__ import annotations

import contextlib

import h11
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.download.response_head import read_head
from crawler.download.standard_response import StandardResponse
from tests.crawler.download.test_odd_answers import CUT, SENT, WHOLE, page_of

GET = b"GET /a.html HTTP/1.1\r\nHost: a.cn\r\n\r\n"
FORGED = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged"


class IncompleteBody(Exception):
    """The body ends before its end, or its chunks break off."""


def exchange(pieces: list[bytes], request: bytes = GET) -> tuple[StandardResponse, bytes]:
    """Return the reader and the body that h11 gets from the pieces; an empty piece is the end of the stream."""
    reader = StandardResponse()
    reader.sent(request)
    parser = h11.Connection(h11.CLIENT, max_incomplete_event_size=100_000)
    method = request.partition(b" ")[0]
    parser.send(h11.Request(method=method, target="/a.html", headers=[("Host", "a.cn")]))
    parser.send(h11.EndOfMessage())
    body, pieces = b"", [*pieces]
    while True:
        try:
            event = parser.next_event()
        except h11.RemoteProtocolError as error:
            raise IncompleteBody(error) if "peer closed" in str(error) or "chunk" in str(error) else error from error
        if event is h11.NEED_DATA:
            while (data := reader.take()) is None:
                reader.receive(pieces.pop(0))
            parser.receive_data(data)
        elif isinstance(event, h11.Data):
            body += bytes(event.data)
        elif isinstance(event, h11.EndOfMessage):
            return reader, body


@pytest.mark.parametrize("name", WHOLE)
@pytest.mark.parametrize("size", [1, 7, 100_000])
def test_pieces_of_any_size_give_the_same_body(name: str, size: int) -> None:
    sent = SENT[name]
    reader, body = exchange([*(sent[at : at + size] for at in range(0, len(sent), size)), b""])
    assert body == page_of(name)
    assert reader.head is not None
    assert sent.endswith(reader.head.raw + sent[len(sent) - len(sent.partition(reader.head.raw)[2]) :])


@pytest.mark.parametrize("name", [name for name in WHOLE if b"Content-Length" in SENT[name] or "chunked" in name])
def test_a_second_response_is_never_taken_for_the_next_one(name: str) -> None:
    """A server, or who controls a part of its answers, sends two responses to one request."""
    reader, body = exchange([SENT[name] + FORGED, b""])
    assert reader.head is not None
    if b"forged" in body:  # the end of the stream is the end of this body: no other request follows
        assert not reader.head.is_reusable or b"Connection: close" in standard(reader)
    else:
        assert body == page_of(name)
        assert reader.has_surplus


def standard(reader: StandardResponse) -> bytes:
    assert reader.head is not None
    is_chunked = reader.head.chunked
    return reader.head.standard(
        chunked=is_chunked, is_reusable=reader.head.is_reusable and reader.head.length is not None
    )


@pytest.mark.parametrize("status", [b"204 No Content", b"304 Not Modified"])
def test_a_status_without_a_body_ends_with_its_head(status: bytes) -> None:
    reader, body = exchange([b"HTTP/1.1 " + status + b"\r\nContent-Length: 6\r\n\r\nsecret"])
    assert (body, reader.has_surplus) == (b"", True)


def test_a_head_request_has_no_body() -> None:
    reader, body = exchange([b"HTTP/1.1 200 OK\r\nContent-Length: 600\r\n\r\n"], GET.replace(b"GET", b"HEAD"))
    assert (body, reader.has_surplus) == (b"", False)


@pytest.mark.parametrize(
    ("fields", "is_reusable"),
    [
        (b"Content-Length: 5\r\n", True),
        (b"Content-Length: 5, 5\r\n", True),
        (b"Content-Length: 5\r\nContent-Length: 6\r\n", False),
        (b"Content-Length: +5\r\n", False),
        (b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", False),
        (b"Content-Length: 5\r\nConnection: Keep-Alive, close\r\n", False),
        (b"Transfer-Encoding: chunked\r\n", True),
        (b"transfer-encoding : chunked\r\n", True),
        (b"Transfer-Encoding: gzip, chunked\r\n", True),
    ],
)
def test_a_connection_is_used_again_only_if_the_end_of_the_response_is_beyond_doubt(
    fields: bytes, is_reusable: bool
) -> None:
    head = read_head(b"HTTP/1.1 200 OK\r\n" + fields + b"\r\n")
    assert head is not None
    assert head.is_reusable is is_reusable


@given(st.data())
def test_any_bytes_give_a_response_or_an_error(data: st.DataObject) -> None:
    """Heads with arbitrary lines: h11 accepts what the reader makes of each."""
    lines = data.draw(st.lists(st.binary(max_size=40), max_size=6))
    sent = b"HTTP/1.1 200 OK\r\n" + b"\r\n".join(lines) + b"\r\n\r\n" + page_of("any")
    with contextlib.suppress(IncompleteBody):
        exchange([sent, b""])


def test_the_table_has_cut_answers() -> None:
    for name in CUT:
        with pytest.raises(IncompleteBody):
            exchange([SENT[name], b""])
