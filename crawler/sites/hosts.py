"""The host of a URL, and which hosts of a site cover it."""

from __future__ import annotations

import functools
from urllib.parse import urlsplit

MAX_KNOWN_URLS = 1_024
"""URLs whose hosts are kept: a crawl asks some eight times for the host of each URL that it requests."""


@functools.lru_cache(MAX_KNOWN_URLS)
def netloc(url: str) -> str:
    """Return a URL's host, with its port if that is not the scheme's default; empty if the URL has no host.

    >>> netloc("http://www.Example.cn:80/"), netloc("http://127.0.0.1:8101/a")
    ('www.example.cn', '127.0.0.1:8101')
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return ""
    default = {"http": 80, "https": 443}.get(parts.scheme)
    host = f"[{host}]" if ":" in host else host
    return host if port in (None, default) else f"{host}:{port}"


def covers(hosts: tuple[str, ...], url: str) -> bool:
    """Tell whether a URL's host is one of these hosts or matches one of their wildcards."""
    return not set(hosts_of(url)).isdisjoint(hosts)


def hosts_of(url: str) -> tuple[str, ...]:
    """Return the hosts and wildcards that match a URL, most specific first.

    >>> hosts_of("http://news.example.cn:8080/")
    ('news.example.cn:8080', '*.example.cn:8080', '*.cn:8080')
    """
    labels = (own := netloc(url)).split(".")
    return (own, *("*." + ".".join(labels[at:]) for at in range(1, len(labels)))) if own else ()
