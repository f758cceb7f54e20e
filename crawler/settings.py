"""Scrapy's settings: the constant ones, and in `scrapy_settings` those that follow from the configuration."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from scrapy.settings import BaseSettings, Settings

from crawler.config.config import Config
from crawler.config.load import load_config, product_token
from crawler.sites.folders import load
from crawler.sites.registry import Registry
from crawler.sites.serialize import site_json

BOT_NAME = "fangzhi"
SPIDER_MODULES = ["crawler.spiders"]
ADDONS = {"crawler.settings.Configuration": 0}
TWISTED_REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"

ITEM_PIPELINES = {"pipelines.line.item_pipeline.ArchivePipeline": 100}
DOWNLOAD_HANDLERS = {
    "http": "crawler.download.handler.ExchangeHandler",
    "https": "crawler.download.handler.ExchangeHandler",
    "data": None,
    "file": None,
    "ftp": None,
    "s3": None,
}
DOWNLOADER = "crawler.download.downloader.StoppableDownloader"
DUPEFILTER_CLASS = "crawler.frontier.dupefilter.OnceFilter"
DOWNLOADER_MIDDLEWARES = {
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,  # the registry decides what is followed
    "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,  # no credentials are sent
    "crawler.frontier.dupefilter.RedirectTargets": 50,  # before robots.txt is asked for
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "crawler.download.robots.Robots": 100,
    "scrapy.downloadermiddlewares.redirect.MetaRefreshMiddleware": None,
    "crawler.download.client_redirect.ClientRedirect": 580,  # sees bodies without their content-encoding
    "crawler.download.throttle.Throttle": 560,  # sees each answer before Scrapy's retry, at 550, replaces it
    "crawler.download.render.Render": 540,  # sees what none of these asks for again
}
# Each layer that Scrapy puts around the output of a spider costs time for each page, also if it changes nothing.
SPIDER_MIDDLEWARES = {
    "scrapy.spidermiddlewares.start.StartSpiderMiddleware": None,
    "scrapy.spidermiddlewares.httperror.HttpErrorMiddleware": None,  # every response is archived, whatever its status
    "scrapy.spidermiddlewares.urllength.UrlLengthMiddleware": None,  # it would drop URLs without an error
    "scrapy.spidermiddlewares.depth.DepthMiddleware": None,  # the frontier has the depth of lists
    "scrapy.spidermiddlewares.metacopy.MetaCopyDetectionMiddleware": None,
}
WARN_ON_GENERATOR_RETURN_VALUE = False  # it would read and parse the source of the spider for each response
DOWNLOADER_STATS = False  # crawler/monitoring counts captures, also those of earlier runs
# Replaces Scrapy's own list: two of its extensions open a port through which code can be run.
EXTENSIONS_BASE = {
    "scrapy.extensions.corestats.CoreStats": 0,
    "scrapy.extensions.logcount.LogCount": 0,
    "scrapy.extensions.logstats.LogStats": 0,
    "scrapy.extensions.memusage.MemoryUsage": 0,
    "scrapy.extensions.closespider.CloseSpider": 0,
}

# A proxy would resolve names and connect for us: the check of private addresses (pipelines/storage/ssrf.py) would not
# see the real address, and the archive would record the address of the proxy.
HTTPPROXY_ENABLED = False
ROBOTSTXT_OBEY = True
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "zh-CN,zh;q=0.9",
}
CONCURRENT_REQUESTS = 32
# Tasks that Scrapy starts for each response. A response yields one job, and one more for each redirect before it.
CONCURRENT_ITEMS = 2
# For hosts that belong to no registered site; a site has its own values.
CONCURRENT_REQUESTS_PER_DOMAIN = 1
DOWNLOAD_DELAY = 1.0
# A site's delay, and the Crawl-delay of its robots.txt, are minima: Scrapy would send half of the requests earlier.
DOWNLOAD_DELAY_JITTER = 0.0

# The exceptions that ExchangeHandler raises. Scrapy's own list would import handlers that are not used here.
RETRY_EXCEPTIONS = [
    "scrapy.exceptions.CannotResolveHostError",
    "scrapy.exceptions.DownloadConnectionRefusedError",
    "scrapy.exceptions.DownloadFailedError",
    "scrapy.exceptions.DownloadTimeoutError",
]
LOG_ENABLED = False
LOG_INSTALL_ROOT_HANDLER = False

TOTAL_TIMEOUT_FACTOR = 10
"""Maximum time of a whole exchange, in timeouts of one step: a gazette of 30 MB at 100 KB/s takes 300 s."""


def warcinfo(config: Config, registry: Registry) -> dict[str, dict[str, str]]:
    """Return the extra warcinfo fields of each site's files, by slug; under "" those of all other files."""
    about = {"http-header-user-agent": config.user_agent, "robots": "obey"}
    about |= {key: value for key in ("operator", "contact") if (value := getattr(config, key))}
    return {"": about} | {slug: about | {"fangzhi-site": site_json(site)} for slug, site in registry.sites.items()}


def scrapy_settings(config: Config, registry: Registry) -> dict[str, Any]:
    """Return the Scrapy settings that the configuration and the registry decide."""
    return {
        "FANGZHI_ALLOW_PRIVATE": config.allow_private,
        "FANGZHI_ARCHIVE": config.archive,
        "FANGZHI_CATALOGUE": config.catalogue,
        "FANGZHI_BROWSER": config.browser,
        "FANGZHI_FRONTIER": config.frontier,
        "FANGZHI_INFO": warcinfo(config, registry),
        "FANGZHI_IP_VERSIONS": {host: site.ip for site in registry.sites.values() if site.ip for host in site.hosts},
        "FANGZHI_MAX_BODY": config.max_body,
        "FANGZHI_MAX_SECONDS": TOTAL_TIMEOUT_FACTOR * config.timeout,
        "FANGZHI_OPTIONS": config.options,
        "FANGZHI_REGISTRY": registry,
        "FANGZHI_WORKERS": config.workers,
        "DOWNLOAD_SLOTS": {
            slug: {"concurrency": site.concurrency, "delay": site.delay} for slug, site in registry.sites.items()
        },
        "DOWNLOAD_MAXSIZE": config.max_body,
        "DOWNLOAD_TIMEOUT": config.timeout,
        "REDIRECT_MAX_TIMES": config.max_redirects,
        "ROBOTSTXT_USER_AGENT": product_token(config.user_agent),
        "USER_AGENT": config.user_agent,
    }


def run_settings(config: Config, registry: Registry) -> Settings:
    """Return all Scrapy settings of a run that one of fangzhi's commands starts."""
    settings = Settings()
    settings.setmodule("crawler.settings")
    settings.update(scrapy_settings(config, registry), priority="cmdline")
    settings.set("SPIDER_MODULES", [], priority="cmdline")  # the commands have their spider: Scrapy need not find it
    return settings


class Configuration:
    """Scrapy's add-on for `scrapy crawl`: it adds the settings that the configuration and the registry decide.

    The commands of fangzhi have loaded both already, with the options of their command line, and pass their settings
    on: then nothing is loaded here.
    """

    @classmethod
    def update_pre_crawler_settings(cls, settings: BaseSettings) -> None:
        """Add them with the priority of add-ons, so that `-s NAME=VALUE` and a spider's own settings win.

        Scrapy calls `update_settings` too late: the spider has been made then, and it needs the registry.
        """
        if settings.get("FANGZHI_REGISTRY") is None:
            config = load_config({}, os.environ, Path.cwd())
            settings.update(scrapy_settings(config, load(*config.registry)), priority="addon")
