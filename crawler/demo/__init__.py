"""The made city: a municipal web on loopback, every CMS and every trap, with its truth.

`build` makes it, `serve` and `running` put it on loopback, `City.truth` says what must come out, and `registry`
names its sites.
"""

from __future__ import annotations

from crawler.demo.city import City, build
from crawler.demo.model import Answer, Article, BaseUrls, Portal, Truth
from crawler.demo.registry import registry
from crawler.demo.server import Server, running, serve

__all__ = [
    "Answer",
    "Article",
    "BaseUrls",
    "City",
    "Portal",
    "Server",
    "Truth",
    "build",
    "registry",
    "running",
    "serve",
]
