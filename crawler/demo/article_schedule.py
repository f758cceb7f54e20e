"""The articles of a city of a given size: portal and section, publication time, and trap if there is one."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator

from attrs import evolve

from crawler.demo import addresses
from crawler.demo.model import NEWSPAPERS, REDIRECT_TRAPS, DemoArticle, DemoSection, Portal
from crawler.demo.portals import HUAWU, PORTALS, YUNZHOU
from crawler.demo.prose import SeededRandom, vocabulary
from crawler.demo.small_portals import LOOK_ALIKES, MIRROR
from pipelines.model import Person
from pipelines.times import CHINA

NEWEST_DAY = dt.date(2024, 3, 29)
SPAN_DAYS = 400  # from a portal's oldest article to its newest: over a year, so that the years in URLs differ
MIN_PAGES = 150  # the smallest city that has room for every trap
ARTICLES_PER_ISSUE = 16  # of the daily newspaper: four pages of four articles

TRAPS = {
    "yunzhou": (
        *("edited", "gone", "same-bytes", "listed-twice", "cut-title", "moved-301", "meta-refresh", "image-only"),
        *("soft-404", "challenge-521", "robots", "off-site", "forced-gzip", "chunked", "latin1-label"),
        *("challenge-412", "moved-302", "challenge-200"),
    ),
    "huawu": ("gb2312-label", "utf8-label", "latin1-label", "gone", "soft-404", "chunked"),
    "qinghe": ("gone", "cut-title"),
    "lintan-ribao": ("image-only",),
    "college": ("masked-names",),
    "yunling-news": ("paged", "paged"),
    "changlin": ("pinyin",),
    "anping": ("gbk-shift",),
    "beishan": ("paywall",),
    "qinghe-wanbao": ("wrapped-lines",),
}
"""Traps of each portal, in the order in which its news gets them, newest article first."""


def schedule_articles(seed: int, pages: int, newest_day: dt.date) -> dict[str, tuple[DemoArticle, ...]]:
    """Return the articles of each portal by its slug, newest first.

    Articles and list pages together are about `pages` pages; the portals of a fixed size add some hundred. All articles
    are published by `newest_day`, except two that exist from visit 2 on and are a day newer. The newest article of
    visit 1 is deleted on visit 2. These three are the first ones of the TRS portal.

    Raises:
        ValueError: `pages` is less than MIN_PAGES.
    """
    if pages < MIN_PAGES:
        raise ValueError(f"a city has at least {MIN_PAGES} pages, not {pages}")
    untrapped = {portal.slug: tuple(articles_without_traps(portal, seed, pages, newest_day)) for portal in PORTALS}
    by_portal = {slug: _with_traps(articles, TRAPS.get(slug, ())) for slug, articles in untrapped.items()}
    by_portal[HUAWU.slug] = tuple(_with_reprints(by_portal[HUAWU.slug], by_portal[YUNZHOU.slug]))
    by_portal[MIRROR.slug] = tuple(_mirror_articles(untrapped[MIRROR.slug], by_portal[HUAWU.slug]))
    by_portal[LOOK_ALIKES.slug] = tuple(_look_alikes(untrapped[LOOK_ALIKES.slug]))
    by_portal[YUNZHOU.slug] = (
        *_articles_of_second_visit(seed, newest_day),
        _deleted_article(seed, newest_day),
        *by_portal[YUNZHOU.slug],
    )
    return by_portal


def _article_count(portal: Portal, pages: int) -> int:
    """Return the number of a portal's articles in a city of `pages` pages, its share less its list pages."""
    if portal.fixed_article_count:
        return portal.fixed_article_count
    share = pages * portal.share_percent // 100
    lists = math.ceil(share / (portal.rows_per_page + 1)) + len(portal.sections) // 2
    if portal.cms != "founder-paper":
        return share - lists
    return max(1, round(share / (ARTICLES_PER_ISSUE + len(portal.sections)))) * ARTICLES_PER_ISSUE


def articles_without_traps(portal: Portal, seed: int, pages: int, newest_day: dt.date) -> Iterator[DemoArticle]:
    """Yield the articles of one portal, newest first."""
    count = _article_count(portal, pages)
    for at in range(count):
        rng = SeededRandom(f"{seed}/{portal.slug}/{at}")
        if portal.cms in NEWSPAPERS:
            issue = portal.rows_per_page * len(portal.sections)
            section = portal.sections[at % issue // portal.rows_per_page]
            day = newest_day - dt.timedelta(days=at // issue * portal.issue_interval_days)
        else:
            section, day = rng.choice(portal.sections), newest_day - dt.timedelta(days=at * SPAN_DAYS // count)
        # Within a day the later article comes first, in agreement with serial numbers and lists.
        minute = 18 * 60 - (at * SPAN_DAYS % count * 600 // count) - rng.randbelow(2)
        published = dt.datetime.combine(day, dt.time(minute // 60, minute % 60), CHINA)
        yield _article(
            portal, section, 20000 + (count - at) * 3 + rng.randbelow(3), published, rng, f"{seed}/{portal.slug}/{at}"
        )


def _article(
    portal: Portal, section: DemoSection, serial: int, published: dt.datetime, rng: SeededRandom, text_key: str
) -> DemoArticle:
    place = addresses.article_path(portal, section, serial, published)
    pictures = attachments = 0
    if section.kind in ("news", "trade"):
        pictures = (0, 0, 0, 1, 2)[rng.randbelow(5)]  # two in five municipal news pieces have pictures
    elif portal.cms not in NEWSPAPERS:
        attachments = (0, 1, 2)[rng.randbelow(3)]
    name = rng.choice(vocabulary()["words"]["surname"]) + rng.choice(vocabulary()["words"]["given"])
    role = "reporter" if portal.cms in NEWSPAPERS else "editor"
    return DemoArticle(
        portal=portal.slug,
        section=section,
        serial=serial,
        path=place,
        published=published,
        text_key=text_key,
        source=_source(portal, section, rng),
        person=Person(name=name, role=role),
        pictures=tuple(addresses.picture_path(portal, place, serial, published, n) for n in range(pictures)),
        attachments=tuple(
            (addresses.attachment_path(portal, place, serial, published, n), ("情况汇总表", "申报材料目录")[n] + ".pdf")
            for n in range(attachments)
        ),
    )


def _source(portal: Portal, section: DemoSection, rng: SeededRandom) -> str:
    words: dict[str, list[str]] = vocabulary()["words"]
    if portal.cms in ("phpcms", *NEWSPAPERS):
        return portal.name
    if section.kind == "news":
        return rng.choice(words["source"])
    return "市政府办公室" if section.kind == "document" else rng.choice(words["bureau"])


def _with_traps(articles: tuple[DemoArticle, ...], traps: tuple[str, ...]) -> tuple[DemoArticle, ...]:
    """Distribute the traps evenly over the news articles, newest first; the section of reprints gets none."""
    trapped = list(articles)
    news = [at for at, article in enumerate(articles) if article.section.kind in ("news", "trade")]
    news = [at for at in news if not articles[at].section.path.startswith("/zhengce/")]
    for number, trap in enumerate(traps):
        at = news[(2 * number + 1) * len(news) // (2 * len(traps))]
        trapped[at] = _with_trap(articles[at], trap)
    return tuple(trapped)


def _with_trap(article: DemoArticle, trap: str) -> DemoArticle:
    """Return the article with the name of the trap, and with the addresses and pictures that the trap needs."""
    folder, _, page = article.path.rpartition("/")
    if trap in REDIRECT_TRAPS:
        return evolve(article, trap=trap, alias=f"/old{folder}/{page}")
    if trap == "same-bytes":
        other = article.path.replace("/yw/", "/jrtt/").replace("/bmdt/", "/jrtt/").replace("/xqdt/", "/jrtt/")
        return evolve(article, trap=trap, alias=other, pictures=())
    if trap == "robots":
        return evolve(article, trap=trap, path=f"/xwzx/nbzl/{page}", pictures=())
    if trap == "image-only":
        return evolve(
            article,
            trap=trap,
            pictures=article.pictures or (f"{folder}/W0{article.published:%Y%m%d}{article.serial:012}.jpg",),
        )
    return evolve(article, trap=trap)


def _with_reprints(own: tuple[DemoArticle, ...], others: tuple[DemoArticle, ...]) -> Iterator[DemoArticle]:
    """Make the policy section of the trade portal reprint news of the city's portal, every third one rewritten."""
    candidates = [a for a in others if a.trap is None and a.section.kind in ("news", "notice")]
    chosen = -1
    number = 0
    for article in own:
        if article.section.code != HUAWU.sections[-1].code:
            yield article
            continue
        later = range(chosen + 1, len(candidates))
        chosen = next((at for at in later if candidates[at].published < article.published), len(candidates))
        if chosen == len(candidates):  # nothing is older than the oldest articles, so that they have no original
            continue
        original = candidates[chosen]
        number += 1
        trap = "near-copy" if number % 3 == 0 else "reprint"
        yield evolve(
            article, original=original, trap=trap, source=YUNZHOU.name, text_key=original.text_key, pictures=()
        )


def _mirror_articles(own: tuple[DemoArticle, ...], reprints: tuple[DemoArticle, ...]) -> Iterator[DemoArticle]:
    """Make the mirror republish, a day later, what the trade portal reprints: some texts then exist three times."""
    originals = [article.original for article in reprints if article.original]
    for article, original in zip(own, originals, strict=False):
        placed = _text_only(MIRROR, article, article.section, original.published + dt.timedelta(days=1))
        yield evolve(placed, original=original, trap="mirror", source=YUNZHOU.name, text_key=original.text_key)


def _look_alikes(own: tuple[DemoArticle, ...]) -> Iterator[DemoArticle]:
    """Distribute the look-alikes over their sections in turn, so that each section has several."""
    for number, article in enumerate(own):
        section = LOOK_ALIKES.sections[number % len(LOOK_ALIKES.sections)]
        placed = _text_only(LOOK_ALIKES, article, section, article.published)
        yield evolve(placed, trap="look-alike", source=LOOK_ALIKES.name)


def _text_only(portal: Portal, article: DemoArticle, section: DemoSection, published: dt.datetime) -> DemoArticle:
    """Return the article without files, in this section and published at this time."""
    path = addresses.article_path(portal, section, article.serial, published)
    return evolve(article, section=section, published=published, path=path, pictures=(), attachments=())


def _deleted_article(seed: int, newest_day: dt.date) -> DemoArticle:
    """Return the newest article of visit 1, deleted a day later: portals mostly delete articles that are new."""
    rng, text_key = SeededRandom(f"{seed}/withdrawn"), f"{seed}/withdrawn"
    published = dt.datetime.combine(newest_day, dt.time(18, 40), CHINA)
    return evolve(_article(YUNZHOU, YUNZHOU.sections[0], 90000, published, rng, text_key), trap="deleted")


def _articles_of_second_visit(seed: int, newest_day: dt.date) -> Iterator[DemoArticle]:
    """Yield the two articles that exist from visit 2 on, newest first.

    They are published soon after midnight, so that they are not from the future on the day on which visit 2 is crawled.
    """
    for at in range(2):
        rng, text_key = SeededRandom(f"{seed}/latest/{at}"), f"{seed}/latest/{at}"
        published = dt.datetime.combine(newest_day + dt.timedelta(days=1), dt.time(0, 20 - 10 * at), CHINA)
        section = YUNZHOU.sections[at]
        yield evolve(_article(YUNZHOU, section, 90002 - at, published, rng, text_key), first_visit=2)
