"""Protection against server-side request forgery (SSRF): which addresses may be fetched, in any notation.

Addresses of this machine and its network are refused. The addresses of a host name are known only when it is resolved:
the code that connects calls `refusal` with the address it connects to, for the first request and every redirect.
"""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import SplitResult, unquote, urlsplit

from pipelines.errors import PageError
from pipelines.messages import gettext as _

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

MAX_URL_CHARS = 4096
"""Maximum length of a URL: far longer than any surveyed URL; servers commonly reject request lines above 8 KiB."""

# IANA special-purpose registries (RFC 6890 and later), narrow networks before wide ones.
_SPECIAL_NETWORKS = tuple(
    (ipaddress.ip_network(network), kind)
    for kind, networks in (
        (_("a cloud metadata address"), "169.254.169.254/32 100.100.100.200/32 192.0.0.192/32 fd00:ec2::254/128"),
        (_("a loopback address"), "127.0.0.0/8 ::1/128"),
        (_("an unspecified address"), "0.0.0.0/8 ::/128"),
        (_("a private address"), "10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 fc00::/7"),
        (_("a carrier's private address"), "100.64.0.0/10"),
        (_("a link-local address"), "169.254.0.0/16 fe80::/10"),
        (_("a site-local address"), "fec0::/10"),
        (_("a multicast address"), "224.0.0.0/4 ff00::/8"),
        (_("a documentation address"), "192.0.2.0/24 198.51.100.0/24 203.0.113.0/24 2001:db8::/32 3fff::/20"),
        (_("a benchmarking address"), "198.18.0.0/15 2001:2::/48"),
        (_("a reserved address"), "192.0.0.0/24 192.88.99.0/24 240.0.0.0/4 64:ff9b:1::/48 2001::/23"),
    )
    for network in networks.split()
)

# Public IPv6: allocated addresses (RFC 4291), mapped IPv4 addresses (RFC 4291 2.5.5.2) and NAT64 (RFC 6052).
_PUBLIC_IPV6 = tuple(ipaddress.IPv6Network(network) for network in ("2000::/3", "::ffff:0:0/96", "64:ff9b::/96"))

# IPv6 with an IPv4 address in the last 32 bits: compatible (RFC 4291 2.5.5.1), mapped, translated (RFC 2765), NAT64.
_IPV4_IN_LOW_32 = tuple(
    ipaddress.IPv6Network(network) for network in ("::/96", "::ffff:0:0/96", "::ffff:0:0:0/96", "64:ff9b::/96")
)
_ISATAP = (0x00005EFE, 0x02005EFE)  # RFC 5214: the 32 bits before the IPv4 address, in any network

_PRIVATE_KINDS = ("a loopback address", "a private address", "a carrier's private address")


def refusal(address: str, allow_private: bool = False) -> str | None:
    """Return why an IP address may not be fetched, such as "a loopback address"; None if it may.

    `allow_private` allows loopback and private addresses. Link-local, metadata, multicast and reserved addresses remain
    forbidden: no site is published there.
    """
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return _("not an IP address")
    kinds = (_special_kind(each) for each in (*_embedded_ipv4(ip), ip))
    if (kind := next(filter(None, kinds), None)) is None or (allow_private and kind in _PRIVATE_KINDS):
        return None
    return kind


def check_url(url: str, allow_private: bool = False) -> str:
    """Return an http(s) URL in the form in which it is fetched.

    That is: ASCII, host in lower case, IP address in the usual notation, no default port, no fragment. Raises PageError
    if it is no URL, has a user name or password, or has an IP address that may not be fetched. Host names are accepted:
    their addresses are checked when they are resolved.
    """
    given = url.strip()
    parts = _split(given)
    host = _host(given, parts)
    ip = _ip_address(given, host)
    address = str(ip) if ip else "127.0.0.1" if re.fullmatch(r"(?:.*\.)?localhost", host) else None  # RFC 6761
    if address and (why := refusal(address, allow_private=allow_private)):
        allowable = why in _PRIVATE_KINDS
        hint = _("--allow-private allows it") if allowable else _("only public addresses are fetched")
        raise PageError(_("{host} is {why}", host=host, why=why), url=given, hint=hint)
    literal = f"[{ip}]" if ip and ip.version == 6 else ip and str(ip)
    return _join_url(parts, literal or host, _port(given, parts))


def _join_url(parts: SplitResult, host: str, port: int | None) -> str:
    from w3lib.url import safe_url_string

    netloc = host if port in (None, 443 if parts.scheme == "https" else 80) else f"{host}:{port}"
    return safe_url_string(parts._replace(netloc=netloc, path=parts.path or "/", fragment="").geturl())


def _special_kind(ip: IpAddress) -> str | None:
    for network, kind in _SPECIAL_NETWORKS:
        if ip in network:
            return kind
    if ip.version == 6 and not any(ip in network for network in _PUBLIC_IPV6):
        return _("a reserved address")
    return None


def _embedded_ipv4(ip: IpAddress) -> tuple[IpAddress, ...]:
    """Return the IPv4 addresses in an IPv6 address that is mapped, translated or a tunnel."""
    if isinstance(ip, ipaddress.IPv4Address):
        return ()
    if ip.sixtofour:
        return (ip.sixtofour,)
    if ip.teredo:
        return ip.teredo
    number = int(ip)
    isatap = (number >> 32) & 0xFFFFFFFF in _ISATAP
    if isatap or (number > 1 and any(ip in network for network in _IPV4_IN_LOW_32)):  # :: and ::1 are no IPv4
        return (ipaddress.IPv4Address(number & 0xFFFFFFFF),)
    return ()


def _split(url: str) -> SplitResult:
    if not url or len(url) > MAX_URL_CHARS:
        raise _invalid_url(url, _("a URL has 1 to {count} characters", count=MAX_URL_CHARS))
    if not re.match(r"https?://", url, re.IGNORECASE):
        raise _invalid_url(url, _("write it in full, with http:// or https://"))
    if re.search(r"[\x00-\x20\x7f\\]", url):
        raise _invalid_url(url, _("write spaces as %20; control characters and backslashes are not allowed"))
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise _invalid_url(url, f"{error}".lower()) from None
    if "@" in parts.netloc:
        shown = parts._replace(netloc="***@" + parts.netloc.rpartition("@")[2]).geturl()
        raise _invalid_url(shown, _("user names and passwords are never sent; remove the part before @"))
    return parts


def _host(url: str, parts: SplitResult) -> str:
    """Return the host in ASCII as browsers do: unquoted, full-width forms folded, IDN in punycode."""
    if parts.netloc.startswith("["):
        return parts.hostname or ""
    name = unquote(parts.hostname or "", errors="replace")
    try:
        name = name.encode("idna").decode("ascii").lower().removesuffix(".")
    except UnicodeError:
        raise _invalid_url(url, _("its host is not a valid name")) from None
    if not re.fullmatch(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*", name) or len(name) > 253:
        raise _invalid_url(url, _("its host is not a valid name"))
    return name


def _ip_address(url: str, host: str) -> IpAddress | None:
    """Return the IP address in a host, also in decimal, octal, hexadecimal or short notation; None for a host name."""
    try:
        if ":" in host:
            return ipaddress.IPv6Address(host.partition("%")[0])
        if re.fullmatch(r"(?:.*\.)?(?:\d+|0x[0-9a-f]*)", host):  # by the URL standard: the last part is a number
            return ipaddress.IPv4Address(_ipv4_number(host.split(".")))
    except ValueError:
        raise _invalid_url(url, _("its host looks like an IP address, but is not valid")) from None
    return None


def _ipv4_number(parts: list[str]) -> int:
    """Read up to four numbers as inet_aton and browsers do: the last number fills all remaining bytes."""
    numbers = [_number(part) for part in parts]
    *single_bytes, last = numbers
    if len(parts) > 4 or any(byte > 255 for byte in single_bytes) or last >= 256 ** (5 - len(parts)):
        raise ValueError
    return sum(byte << (24 - 8 * place) for place, byte in enumerate(single_bytes)) + last


def _number(part: str) -> int:
    if not re.fullmatch(r"\d+|0x[0-9a-f]*", part):
        raise ValueError
    if part.startswith("0x"):
        return int(part[2:] or "0", 16)
    return int(part, 8 if part.startswith("0") and len(part) > 1 else 10)


def _port(url: str, parts: SplitResult) -> int | None:
    try:
        port = parts.port
    except ValueError:
        port = 0
    if port == 0:
        raise _invalid_url(url, _("a port is a number from 1 to 65535"))
    return port


def _invalid_url(url: str, hint: str) -> PageError:
    shown = url if len(url) <= 80 and url.isprintable() else repr(url[:80])
    return PageError(_("not a URL: {shown}", shown=shown or "nothing"), url=url, hint=hint)
