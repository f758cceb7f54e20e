"""The demo city: fictional municipal portals on loopback, with every CMS, every trap and their ground truth.

`build` makes the city, `serve` and `running` serve it on loopback, `City.truth` returns the expected results of a
crawl, and `registry` returns the TOML files that register its sites.
"""

from __future__ import annotations

from crawler.demo.city import City, build
from crawler.demo.model import BaseUrls, DemoArticle, HttpAnswer, Portal, Truth
from crawler.demo.registry import registry
from crawler.demo.server import Server, running, serve

__all__ = [
    "BaseUrls",
    "City",
    "DemoArticle",
    "HttpAnswer",
    "Portal",
    "Server",
    "Truth",
    "build",
    "registry",
    "running",
    "serve",
]
