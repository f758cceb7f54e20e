"""Many small sites on loopback, each with about 20 pages: portals of four CMSs with names of their own."""

from __future__ import annotations

import datetime as dt

from attrs import evolve, frozen

from crawler.demo.article_schedule import articles_without_traps
from crawler.demo.city import City, city_of
from crawler.demo.model import Portal
from crawler.demo.registry import site_toml
from crawler.demo.request_context import build_context
from crawler.demo.small_portals import SMALL_PORTALS

PAGES = 20
ARTICLES = 16
"""Articles of a site: with its two sections, and the pages of their lists, it has about `PAGES` pages."""

CMSS = ("vsb", "webplus", "dedecms", "empirecms")


@frozen(kw_only=True)
class Habits:
    """When a site may be crawled and when it is due."""

    schedule: str
    windows: tuple[str, ...] = ()

    def toml(self) -> str:
        windows = ", ".join(f'"{each}"' for each in self.windows)
        return f'schedule = "{self.schedule}"\n' + (f"windows = [{windows}]\n" if windows else "")


def habits(number: int) -> Habits:
    """Return the habits of a site: a fifth of the sites each have one of two intervals, two windows, or an hour."""
    return (
        Habits(schedule="every 2d"),
        Habits(schedule="every 3d"),
        Habits(schedule="every 2d", windows=("22:00-06:00",)),
        Habits(schedule="every 3d", windows=("12:00-14:00",)),
        Habits(schedule=f"{number % 60} {number % 24} */2 * *"),
    )[number % 5]


def slug(number: int) -> str:
    return f"s{number:03}"


def build_small(count: int, newest_day: dt.date) -> City:
    """Return a city of so many small sites, whose newest articles are of this day."""
    kinds = [portal for portal in SMALL_PORTALS if portal.cms in CMSS and portal.slug != "bianmin"]
    portals = [_portal(kinds[number % len(kinds)], number) for number in range(count)]
    articles = {each.slug: articles_without_traps(each, 1, PAGES, newest_day) for each in portals}
    contexts = {each.slug: build_context(each, 1, articles[each.slug]) for each in portals}
    return city_of(contexts, seed=1, pages=PAGES * count, visit=1)


def tomls(city: City, base_urls: dict[str, str], delay_s: float) -> dict[str, str]:
    """Return the TOML text of each site by its file name; all have the same pace."""
    texts = {}
    for number, portal in enumerate(city.portals):
        text = site_toml(portal, base_urls[portal.slug], "text")
        text = text.replace("delay = 0 ", f"delay = {delay_s} ").replace("concurrency = 8", "concurrency = 1")
        head, mark, sections = text.partition("\n[[sections]]")
        texts[f"{portal.slug}.toml"] = f"{head}{habits(number).toml()}{mark}{sections}"
    return texts


def _portal(kind: Portal, number: int) -> Portal:
    name = f"{kind.name}第{number}分站"
    return evolve(kind, slug=slug(number), name=name, fixed_article_count=ARTICLES, rows_per_page=8)
