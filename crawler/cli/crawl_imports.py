"""What a crawl imports, all at once: the server from which `fangzhi schedule` forks crawls imports this module.

Commands import what they need when they run, and Scrapy loads its components by name. What is not imported here, each
crawl imports for itself. No module may start a thread or install Twisted's reactor when it is imported.
"""

from __future__ import annotations

import importlib

from scrapy.settings import Settings
from scrapy.utils.misc import load_object

from pipelines.line.order import STAGES

MODULES = (
    *STAGES,
    "anyio._backends._asyncio",
    "crawler.cli.crawl",
    "crawler.cli.health",
    "crawler.cli.progress",
    "crawler.cli.regions",
    "crawler.cli.report",
    "crawler.cli.run",
    "crawler.cli.site_names",
    "crawler.directory.regions",
    "crawler.download.handler",
    "feedparser",
    "pipelines.storage.s3",
    "sqlalchemy.dialects.postgresql.psycopg",
    "surt",
    "tldextract",
)
"""Modules that a crawl imports when it needs them. Those of S3 and PostgreSQL take its two processes half a second."""

COMPONENTS = ("DOWNLOADER", "DUPEFILTER_CLASS", "LOG_FORMATTER", "STATS_CLASS")
"""Settings of Scrapy that name a class."""

COMPONENT_TABLES = ("DOWNLOADER_MIDDLEWARES", "SPIDER_MIDDLEWARES", "EXTENSIONS", "ITEM_PIPELINES", "DOWNLOAD_HANDLERS")
"""Settings of Scrapy that name classes; those that crawler/settings.py switches off have no value."""


def _import_all() -> None:
    for name in MODULES:
        importlib.import_module(name)
    settings = Settings()
    settings.setmodule("crawler.settings")
    for name in COMPONENTS:
        load_object(settings[name])
    for table in COMPONENT_TABLES:
        for name, value in settings.getwithbase(table).items():
            if value is not None:
                load_object(value if isinstance(value, str) else name)


_import_all()
