"""Answers requests for archived pages and files: what a server of the player calls, without a server and a store."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Protocol
from urllib.parse import quote

from crawler.player import bar
from crawler.player.address import DEFAULT_PREFIX, Address, address_of, parse_path
from crawler.player.document import PlayedDocument, document_of
from crawler.player.nearest import Held
from crawler.player.policy import FRAME_POLICY, PAGE_POLICY, Response, archived
from crawler.player.tame import tamed_html
from pipelines.model import Capture
from pipelines.references import SVG_TYPE, FileReference, find_html, rewrite_css, rewrite_svg, rewritten_tokens


class Holdings(Protocol):
    """What an archive holds."""

    def locate(self, url: str, when: dt.datetime) -> Held | None:
        """Return the capture that shows best what a URL returned at a time."""

    def times(self, url: str) -> list[dt.datetime]:
        """Return the times of all captures of a URL that have a body, the oldest first."""

    def archived(self, urls: Collection[str]) -> set[str]:
        """Return those of the URLs of which the archive has a capture with a body."""

    def capture(self, held: Held) -> Capture:
        """Return a capture with its body; raises StoreError."""


def play(holdings: Holdings, path: str, *, prefix: str = DEFAULT_PREFIX, lang: str = "zh") -> Response | None:
    """Return the response to a GET of a path with its query; None if the path is not one of the player."""
    address = parse_path(path, prefix)
    return None if address is None else play_address(holdings, address, prefix=prefix, lang=lang)


def play_address(holdings: Holdings, address: Address, *, prefix: str = DEFAULT_PREFIX, lang: str = "zh") -> Response:
    """Return an archived page or file as an address says; nothing is ever requested from the live site.

    Raises:
        StoreError: the record cannot be read.
    """
    held = holdings.locate(address.url, address.at)
    if held is None:
        return _not_archived(address, lang)
    if held.final_url != address.url and address.mode in ("", "mp_", "if_"):
        target = Address(url=held.final_url, at=held.at, mode=address.mode)
        return archived(302, "text/plain", b"", ("Location", target.path(prefix)))
    document = document_of(holdings.capture(held), address.charset)
    if address.mode == "":
        return _with_bar(holdings, address, held, document, prefix, lang)
    if address.mode == "id_":
        return archived(200, "application/octet-stream", document.body, _as_file(held.final_url))
    return _content(address, held, document, prefix)


def _not_archived(address: Address, lang: str) -> Response:
    if address.mode == "im_":
        return archived(404, "image/svg+xml", bar.not_archived_picture(lang))
    return archived(404, "text/css", b"") if address.mode == "cs_" else bar.not_archived_page(address, lang)


def _content(address: Address, held: Held, document: PlayedDocument, prefix: str) -> Response:
    """Return the content itself, with the status of the capture: 404 for a captured error."""
    status = held.status if 200 <= held.status <= 299 or held.status >= 400 else 200

    def path(reference: FileReference) -> str:
        return address_of(reference, held.at, document.encoding).path(prefix)

    if document.css is not None and address.mode == "cs_":
        css = rewrite_css(document.css, held.final_url, path, document.encoding)
        return archived(status, "text/css; charset=utf-8", css.encode("utf-8", "replace"))
    if document.html is not None:
        found = rewritten_tokens(document.html, held.final_url, path, document.encoding)
        html = tamed_html(found, lambda each: each.startswith(f"{prefix}/"))
        policy = PAGE_POLICY if address.mode == "mp_" else FRAME_POLICY
        return archived(status, "text/html; charset=utf-8", html.encode("utf-8", "replace"), policy=policy)
    if document.media_type == SVG_TYPE:
        svg = rewrite_svg(document.body.decode("utf-8", "replace"), held.final_url, path)
        return archived(status, SVG_TYPE, svg.encode())
    return archived(status, document.media_type or "application/octet-stream", document.body)


def _with_bar(
    holdings: Holdings, address: Address, held: Held, document: PlayedDocument, prefix: str, lang: str
) -> Response:
    urls = [each.url for each in find_html(document.html or "", held.final_url, document.encoding)]
    wanted = list(dict.fromkeys(urls))
    present = holdings.archived(wanted)
    facts = bar.CaptureFacts(
        held=held,
        title=document.title or held.final_url,
        asked_for=address.at,
        times=holdings.times(held.final_url),
        requisites=len(wanted),
        missing=[url for url in wanted if url not in present],
    )
    shown = Address(url=held.final_url, at=held.at, mode="mp_")
    if document.html is None and not document.media_type.startswith(("image/", "text/", "audio/", "video/")):
        size = len(document.body)
        return bar.file_page(facts, shown.as_mode("id_"), prefix, document.media_type, size, lang)
    return bar.framed_page(facts, shown, prefix, lang)


def _as_file(url: str) -> tuple[str, str]:
    name = quote(url.partition("?")[0].rstrip("/").rpartition("/")[2], safe="%")
    return "Content-Disposition", f"attachment; filename*=UTF-8''{name or 'file'}"
