"""Header fields that keep archived pages from running scripts and from requesting anything outside the player."""

from __future__ import annotations

import base64
import hashlib

from attrs import field, frozen

from pipelines.model import Headers

SANDBOX = "allow-top-navigation-by-user-activation"
"""What an archived page may do: its links open in the whole window, where the bar is, on a click only."""

FILE_POLICY = (
    "sandbox; default-src 'none'; base-uri 'none'; form-action 'none'; script-src 'none'; connect-src 'none'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; media-src 'self' data:; "
    "frame-src 'self'; object-src 'self'"
)
"""The policy of everything archived. `sandbox` gives it an origin of its own: it cannot use what the server offers to
its own pages. It does not restrict who shows it in a frame, because the origin of an archived page is not 'self'."""

FRAME_POLICY = FILE_POLICY.replace("sandbox", f"sandbox {SANDBOX}", 1)
"""The policy of a page in a frame of an archived page; its links were replaced."""

PAGE_POLICY = f"{FRAME_POLICY}; frame-ancestors 'self'"
"""The policy of a page below the bar."""

SAFE_HEADERS: Headers = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("X-DNS-Prefetch-Control", "off"),
    ("Cross-Origin-Resource-Policy", "cross-origin"),
    ("Access-Control-Allow-Origin", "*"),
)
"""Fonts and masks are requested with CORS, from the origin of the sandbox."""


@frozen(kw_only=True)
class Response:
    """What a server sends: a status, header fields and a body."""

    status: int
    headers: Headers
    body: bytes = field(repr=False)

    def header(self, name: str) -> str:
        """Return the value of a header field, in any case, or an empty string."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")


def archived(status: int, media_type: str, body: bytes, *extra: tuple[str, str], policy: str = FILE_POLICY) -> Response:
    """Return a response with archived content."""
    headers = (("Content-Type", media_type), ("Content-Security-Policy", policy), *SAFE_HEADERS, *extra)
    return Response(status=status, headers=headers, body=body)


def own_page(status: int, html: str, style: str) -> Response:
    """Return a response with a page of the player, whose only style is this one."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; base-uri 'none'; form-action 'none'; style-src 'sha256-{digest}'; frame-src 'self'; "
        "frame-ancestors 'self'"
    )
    fields = (("Content-Type", "text/html; charset=utf-8"), ("Content-Security-Policy", policy), *SAFE_HEADERS[:3])
    return Response(status=status, headers=fields, body=html.encode("utf-8", "replace"))
