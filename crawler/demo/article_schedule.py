"""Which articles a city of a given size prints, where, when, and which of them are traps."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator

from attrs import evolve

from crawler.demo import addresses
from crawler.demo.model import MOVED, PAPERS, Article, Portal, Section
from crawler.demo.portals import HUAWU, PORTALS, YUNZHOU
from crawler.demo.prose import Dice, stock
from crawler.demo.small_portals import LOOK_ALIKES, MIRROR
from pipelines.model import Person
from pipelines.times import CHINA

NEWEST = dt.date(2024, 3, 29)
SPAN = 400  # days over which a portal's articles lie: more than a year, so that years and months change in addresses
FEWEST = 150  # pages: the smallest city that still has room for every trap
ISSUE = 16  # articles in one issue of the paper: four editions of four

# In the order in which they are laid out over a portal's news, newest first.
TRAPS = {
    "yunzhou": (
        *("edited", "gone", "same-bytes", "listed-twice", "cut-title", "moved-301", "meta-refresh", "image-only"),
        *("soft-404", "challenge-521", "robots", "off-site", "forced-gzip", "chunked", "latin1-label"),
        *("challenge-412", "moved-302", "challenge-200"),
    ),
    "huawu": ("gb2312-label", "utf8-label", "latin1-label", "gone", "soft-404", "chunked"),
    "qinghe": ("gone", "cut-title"),
    "lintan-ribao": ("image-only",),
    "yunling-news": ("paged", "paged"),
}


def plan(seed: int, pages: int, newest: dt.date) -> dict[str, tuple[Article, ...]]:
    """Return each portal's articles, newest first; with the lists they make about that many pages, and some hundred
    more on the portals whose size is fixed.

    All lie in the time up to the day `newest`; the youngest of them is gone on visit 2. The last two to appear, from
    visit 2 on, are a day younger. All three come first on the TRS portal.

    Raises:
        ValueError: `pages` is too few to have every trap.
    """
    if pages < FEWEST:
        raise ValueError(f"a city has at least {FEWEST} pages, not {pages}")
    plain = {portal.slug: tuple(_ordinary(portal, seed, pages, newest)) for portal in PORTALS}
    towns = {slug: _trapped(articles, TRAPS.get(slug, ())) for slug, articles in plain.items()}
    towns[HUAWU.slug] = tuple(_with_reprints(towns[HUAWU.slug], towns[YUNZHOU.slug]))
    towns[MIRROR.slug] = tuple(_mirrored(plain[MIRROR.slug], towns[HUAWU.slug]))
    towns[LOOK_ALIKES.slug] = tuple(_of_forms(plain[LOOK_ALIKES.slug]))
    towns[YUNZHOU.slug] = (*_latest(seed, newest), _withdrawn(seed, newest), *towns[YUNZHOU.slug])
    return towns


def _count(portal: Portal, pages: int) -> int:
    if portal.size:
        return portal.size
    share = pages * portal.share // 100
    lists = math.ceil(share / (portal.rows + 1)) + len(portal.sections) // 2
    if portal.family != "founder-paper":
        return share - lists
    return max(1, round(share / (ISSUE + len(portal.sections)))) * ISSUE


def _ordinary(portal: Portal, seed: int, pages: int, newest: dt.date) -> Iterator[Article]:
    count = _count(portal, pages)
    for at in range(count):
        dice = Dice(f"{seed}/{portal.slug}/{at}")
        if portal.family in PAPERS:
            issue = portal.rows * len(portal.sections)
            section = portal.sections[at % issue // portal.rows]
            day = newest - dt.timedelta(days=at // issue * portal.every)
        else:
            section, day = dice.pick(portal.sections), newest - dt.timedelta(days=at * SPAN // count)
        # Within a day the later article comes first, as serials and lists have it.
        minute = 18 * 60 - (at * SPAN % count * 600 // count) - dice.below(2)
        published = dt.datetime.combine(day, dt.time(minute // 60, minute % 60), CHINA)
        yield _article(
            portal, section, 20000 + (count - at) * 3 + dice.below(3), published, dice, f"{seed}/{portal.slug}/{at}"
        )


def _article(portal: Portal, section: Section, serial: int, published: dt.datetime, dice: Dice, key: str) -> Article:
    place = addresses.address(portal, section, serial, published)
    pictures = attachments = 0
    if section.kind in ("news", "trade"):
        pictures = (0, 0, 0, 1, 2)[dice.below(5)]  # two in five municipal news pieces have pictures
    elif portal.family not in PAPERS:
        attachments = (0, 1, 2)[dice.below(3)]
    name = dice.pick(stock()["words"]["surname"]) + dice.pick(stock()["words"]["given"])
    role = "reporter" if portal.family in PAPERS else "editor"
    return Article(
        portal=portal.slug,
        section=section,
        serial=serial,
        path=place,
        published=published,
        key=key,
        source=_source(portal, section, dice),
        person=Person(name=name, role=role),
        pictures=tuple(addresses.picture(portal, place, serial, published, n) for n in range(pictures)),
        attachments=tuple(
            (addresses.attachment(portal, place, serial, published, n), ("情况汇总表", "申报材料目录")[n] + ".pdf")
            for n in range(attachments)
        ),
    )


def _source(portal: Portal, section: Section, dice: Dice) -> str:
    words: dict[str, list[str]] = stock()["words"]
    if portal.family == "phpcms":
        return portal.name
    if portal.family in PAPERS:
        return portal.name
    if section.kind == "news":
        return dice.pick(words["source"])
    return "市政府办公室" if section.kind == "document" else dice.pick(words["bureau"])


def _trapped(articles: tuple[Article, ...], traps: tuple[str, ...]) -> tuple[Article, ...]:
    """Lay the traps evenly over the news, newest first."""
    out = list(articles)
    places = [at for at, article in enumerate(articles) if article.section.kind in ("news", "trade")]
    places = [at for at in places if not articles[at].section.path.startswith("/zhengce/")]
    for number, trap in enumerate(traps):
        at = places[(2 * number + 1) * len(places) // (2 * len(traps))]
        out[at] = _caught(articles[at], trap)
    return tuple(out)


def _caught(article: Article, trap: str) -> Article:
    """Return the article with the trap's name and whatever other addresses or files it takes."""
    folder, _, page = article.path.rpartition("/")
    if trap in MOVED:
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


def _with_reprints(own: tuple[Article, ...], others: tuple[Article, ...]) -> Iterator[Article]:
    """Fill the trade portal's policy column with reprints of the city's news, every third one rewritten."""
    fit = [a for a in others if a.trap is None and a.section.kind in ("news", "notice")]
    taken = -1
    number = 0
    for article in own:
        if article.section.code != HUAWU.sections[-1].code:
            yield article
            continue
        taken = next((at for at in range(taken + 1, len(fit)) if fit[at].published < article.published), len(fit))
        if taken == len(fit):  # the oldest pieces find nothing older to reprint
            continue
        number += 1
        trap = "near-copy" if number % 3 == 0 else "reprint"
        yield evolve(article, original=fit[taken], trap=trap, source=YUNZHOU.name, key=fit[taken].key, pictures=())


def _mirrored(own: tuple[Article, ...], reprints: tuple[Article, ...]) -> Iterator[Article]:
    """Let a mirror print, a day after, what the trade portal reprints: so some texts have three prints."""
    originals = [article.original for article in reprints if article.original]
    for article, original in zip(own, originals, strict=False):
        moved = _moved(MIRROR, article, article.section, original.published + dt.timedelta(days=1))
        yield evolve(moved, original=original, trap="mirror", source=YUNZHOU.name, key=original.key)


def _of_forms(own: tuple[Article, ...]) -> Iterator[Article]:
    """Deal the look-alikes out to their columns in turn, so that each has several."""
    for number, article in enumerate(own):
        section = LOOK_ALIKES.sections[number % len(LOOK_ALIKES.sections)]
        moved = _moved(LOOK_ALIKES, article, section, article.published)
        yield evolve(moved, trap="look-alike", source=LOOK_ALIKES.name)


def _moved(portal: Portal, article: Article, section: Section, published: dt.datetime) -> Article:
    """Return an article of text alone, in this column and of this time."""
    path = addresses.address(portal, section, article.serial, published)
    return evolve(article, section=section, published=published, path=path, pictures=(), attachments=())


def _withdrawn(seed: int, newest: dt.date) -> Article:
    """Return the youngest article of the first visit, which is deleted a day later, as mostly young ones are."""
    dice, key = Dice(f"{seed}/withdrawn"), f"{seed}/withdrawn"
    published = dt.datetime.combine(newest, dt.time(18, 40), CHINA)
    return evolve(_article(YUNZHOU, YUNZHOU.sections[0], 90000, published, dice, key), trap="deleted")


def _latest(seed: int, newest: dt.date) -> Iterator[Article]:
    for at in range(2):
        dice, key = Dice(f"{seed}/latest/{at}"), f"{seed}/latest/{at}"
        published = dt.datetime.combine(newest + dt.timedelta(days=1), dt.time(16 - at, 20), CHINA)
        section = YUNZHOU.sections[at]
        yield evolve(_article(YUNZHOU, section, 90002 - at, published, dice, key), since=2)
