"""How the reading room is served: addresses, limits, and who may fetch pages."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from urllib.parse import urlsplit

from attrs import field, frozen

from pipelines.errors import ConfigError
from pipelines.messages import gettext as _

FIRST_PORT = 8940
"""The demo city takes the ports from 8930 on."""

MAX_QUERY_BYTES = 8_192
"""Longest query string: all filters and a long query have less than 2 KB."""

MAX_PARAMETERS = 100
"""Parameters in a query string: there are some twenty, one of which may be repeated."""

MAX_BODY_BYTES = 16_384
"""Longest body of a request: an address to fetch has less than 8 KB, also when it is percent-encoded."""

PUBLIC_RATE = 20.0
"""Requests that one address may make in a second on average; a page with its style takes two."""

BURST_SECONDS = 10
"""Seconds of this rate that may come at once: somebody opens twenty results in tabs."""

READERS = 4
"""Requests that read the catalogue at a time. More would wait for the processor; each has a page cache of 64 MB."""

LOOPBACK_NAMES = ("localhost", "127.0.0.1", "[::1]")


PLAYED = "/play"
"""The beginning of the paths of archived pages; a time and an address follow, as in pywb and the Internet Archive."""

SAMPLED = "/sample"
"""The beginning of the paths of pages that were fetched to describe a new site; the id of the job follows."""


@frozen(kw_only=True)
class Serving:
    """Where the room listens and how its readers reach it.

    `public_url` is the address behind a proxy, with its path if it has one; None if readers come directly.
    `content_url` is the origin of archived content, which must be another one; by default it is the next port.
    `token` permits to fetch pages; None: nobody may. `rate` is in requests a second and client; None: no limit.
    """

    host: str = "127.0.0.1"
    port: int = FIRST_PORT
    content_port: int = field()
    public_url: str | None = None
    content_url: str | None = None
    token: str | None = field(default=None, repr=False)
    rate: float | None = field()

    @content_port.default
    def _next_port(self) -> int:
        return self.port + 1

    @rate.default
    def _rate_of_strangers(self) -> float | None:
        return PUBLIC_RATE if self.public_url else None

    @property
    def base_url(self) -> str:
        """The address of the room for absolute links, without a slash at its end."""
        return (self.public_url or f"http://{self._netloc(self.port)}").rstrip("/")

    @property
    def content_base_url(self) -> str:
        """The address of archived content, without a slash at its end."""
        return (self.content_url or f"http://{self._netloc(self.content_port)}").rstrip("/")

    @property
    def prefix(self) -> str:
        """The path of the public address, empty without one."""
        return urlsplit(self.base_url).path.rstrip("/")

    @property
    def origins(self) -> Sequence[str]:
        """The origins at which readers have the room: on this machine by each of its names, as far as a policy can
        name them (Content Security Policy Level 3 has no IPv6 addresses)."""
        names = [f"http://{name}:{self.port}" for name in LOOPBACK_NAMES if "[" not in name] if self.is_local else []
        scheme, host = _origin(self.base_url)
        return tuple(dict.fromkeys([f"{scheme}://{host}", *names]))

    @property
    def hosts(self) -> frozenset[str]:
        """The values of `Host` that requests may have, in lower case: any other is one of DNS rebinding."""
        return self._hosts(self.port, self.base_url)

    @property
    def content_hosts(self) -> frozenset[str]:
        """The values of `Host` that requests for archived content may have."""
        return self._hosts(self.content_port, self.content_base_url)

    def _hosts(self, port: int, address: str) -> frozenset[str]:
        names = (*LOOPBACK_NAMES, self._name) if self.is_local else ()
        return frozenset((*(f"{name}:{port}" for name in names), urlsplit(address).netloc.lower()))

    def _netloc(self, port: int) -> str:
        return f"{self._name}:{port}"

    @property
    def _name(self) -> str:
        return f"[{self.host}]" if ":" in self.host else self.host

    @property
    def is_local(self) -> bool:
        """Whether only programs of this machine reach the room's port."""
        return is_loopback(self.host)


def checked(serving: Serving) -> Serving:
    """Return how to serve; raises ConfigError for addresses that are unsafe or contradict each other."""
    for name, address in (("--public-url", serving.public_url), ("--content-url", serving.content_url)):
        if address and not _is_address(address):
            raise ConfigError(_("{option}: {address!r} is no address of http or https", option=name, address=address))
    if not serving.is_local and not serving.public_url:
        raise ConfigError(
            _("{host} is reachable by others", host=serving.host),
            _("say with --public-url at which address readers reach the room"),
        )
    if serving.public_url and not serving.content_url:
        raise ConfigError(
            _("archived content needs an origin of its own"),
            _("name another host or port, which leads to port {port}, with --content-url", port=serving.content_port),
        )
    if _origin(serving.base_url) == _origin(serving.content_base_url):
        raise ConfigError(
            _("{address} is the origin of the room and of archived content", address=serving.content_base_url),
            _("name another host or port with --content-url"),
        )
    return serving


def is_loopback(host: str) -> bool:
    """Tell whether a name or an address is one of this machine alone.

    >>> is_loopback("127.0.0.2"), is_loopback("localhost"), is_loopback("0.0.0.0"), is_loopback("example.cn")
    (True, True, False, False)
    """
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and not (parts.query or parts.fragment)
    except ValueError:
        return False


def _origin(address: str) -> tuple[str, str]:
    parts = urlsplit(address)
    return parts.scheme, parts.netloc.lower()
