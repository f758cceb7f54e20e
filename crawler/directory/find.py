"""Finds sites of the directory by a name in either script, in pinyin, by a code or by a host."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from unicodedata import normalize

from crawler.directory.names import compact_pinyin, is_latin, short_name
from crawler.directory.places import LEVELS, Directory, DirectorySite, bare_host

EXACT, SHORT, BEGINNING, PART = range(4)
"""How well a site fits a query: its own name; this name without its last part (市, 县), or the end of its full name;
the beginning of its name; another part of it."""

MAX_NEAR_NAMES = 5
"""Names in the hint after an unknown one: more would not be read."""

MIN_LIKENESS = 0.5
"""Minimum likeness of a near name: of two characters, one may be wrong."""

_TOWN_DIGITS = re.compile(r"(?<=^\d{6})0{6}$")
"""The statistical office writes a code of GB/T 2260 with six more digits, for towns and villages: 440783000000."""

Rank = Callable[[DirectorySite], int | None]


def find(directory: Directory, query: str) -> tuple[DirectorySite, ...]:
    """Return the sites that a query means: those without a doubt first, and of these the best matches first.

    A query is a code of GB/T 2260, a host or URL, or words that are a name or a part of it, in simplified or
    traditional characters or in pinyin. `南京 鼓楼` and `nanjing gulou` name a region below another one. Latin letters
    that are no pinyin of a name may begin a host: `urumqi` is 乌鲁木齐, by www.urumqi.gov.cn.
    """
    return tuple(site for _, site in matches(directory, query))


def best_matches(directory: Directory, query: str) -> tuple[DirectorySite, ...]:
    """Return the sites to choose from if a query must mean one: those that match best, governments before others.

    >>> from crawler.directory import load_directory
    >>> [site.name for site in best_matches(load_directory(), "开平市")]
    ['广东省江门市开平市']
    """
    found = matches(directory, query)
    best = min((rank for rank, _ in found), default=EXACT)
    sites = [site for rank, site in found if rank == best]
    return tuple([site for site in sites if site.is_government] or sites)


def matches(directory: Directory, query: str) -> list[tuple[int, DirectorySite]]:
    """Return the sites that a query means with their ranks, in the order of `find`."""
    query = " ".join(normalize("NFKC", query).split())
    if not query:
        return []
    if query.isascii() and query.isdigit():
        code = _TOWN_DIGITS.sub("", query).ljust(6, "0")
        return _ranked(directory, lambda site: EXACT if site.code == code else None)
    if "." in query or "://" in query:
        return _ranked(directory, _host_rank(query))
    for written in _spellings(query):
        if found := _ranked(directory, _name_rank(written)) or _below(directory, written):
            return found
    return _ranked(directory, _host_beginning_rank(compact_pinyin(query))) if is_latin(query) else []


def near_names(directory: Directory, query: str) -> list[str]:
    """Return the own names of places that are most like a query, which names none of them."""
    import difflib  # here, because most queries name a place

    if is_latin(query):
        names = {site.spellings[1]: site.own for site in directory.governments.values()}
        query = compact_pinyin(query)
    else:
        *_, query = _spellings(" ".join(query.split()))
        names = {name: site.own for site in directory.governments.values() for name in (short_name(site.own), site.own)}
    close = difflib.get_close_matches(query, names, n=2 * MAX_NEAR_NAMES, cutoff=MIN_LIKENESS)
    return list(dict.fromkeys(names[each] for each in close))[:MAX_NEAR_NAMES]


def _spellings(query: str) -> Iterable[str]:
    """Yield a query as it is, then in simplified characters: 乾安 is the same in both, though 乾 also becomes 干."""
    yield query
    if not query.isascii():
        from pipelines.text.simplify import simplify  # here, because it loads the tables of OpenCC

        yield simplify(query)


def _ranked(directory: Directory, rank: Rank) -> list[tuple[int, DirectorySite]]:
    found = [(each, site) for site in directory.sites if (each := rank(site)) is not None]
    found.sort(key=lambda pair: (pair[1].doubt is not None, pair[0], LEVELS.index(pair[1].level), pair[1].code or "9"))
    return found


def _host_rank(query: str) -> Rank:
    host = bare_host(query if "://" in query else f"http://{query}")

    def rank(site: DirectorySite) -> int | None:
        if site.host == host:
            return EXACT
        if any(bare_host(each.url) == host for each in site.lists):
            return SHORT
        return PART if site.host.endswith(f".{host}") else None

    return rank


def _host_beginning_rank(letters: str) -> Rank:
    return lambda site: PART if site.is_government and site.host.startswith(letters) else None


def _name_rank(query: str) -> Rank:
    return _pinyin_rank(query) if is_latin(query) else _hanzi_rank(query.replace(" ", ""))


def _hanzi_rank(query: str) -> Rank:
    def rank(site: DirectorySite) -> int | None:
        if query not in site.name:
            return None
        if query == site.own:
            return EXACT
        short = short_name(site.own)
        own, begin = len(site.name) - len(site.own), site.name.rfind(query)
        if begin + len(query) <= own or begin >= own + len(short):
            return None  # it has this only from the regions above it, or as the last part of its name (市, 县)
        if query == short or site.name.endswith(query):
            return SHORT
        return BEGINNING if begin == own else PART

    return rank


def _pinyin_rank(query: str) -> Rank:
    wanted = compact_pinyin(query)
    own = re.compile(rf"(?:^| ){' ?'.join(map(re.escape, wanted))}")

    def rank(site: DirectorySite) -> int | None:
        match = own.search(site.pinyin.replace("v", "u"))
        if not match or (match[0].strip() and site.pinyin[: match.start() + 1].count(" ") >= len(short_name(site.own))):
            return None
        whole, short = map(compact_pinyin, site.spellings)
        if wanted in (whole, short):
            return EXACT if wanted == whole else SHORT
        return PART if match.start() else BEGINNING

    return rank


def _below(directory: Directory, query: str) -> list[tuple[int, DirectorySite]]:
    """Return the sites below a region if the query names first the region and then the site: 南京 鼓楼, 南京鼓楼."""
    words = query.split()
    cuts = [(words[:at], words[at:]) for at in range(1, len(words))]
    if len(words) == 1 and not is_latin(query):
        cuts = [([query[:at]], [query[at:]]) for at in range(2, len(query) - 1)]
    for above, own in cuts:
        region, rank = _name_rank(" ".join(above)), _name_rank(" ".join(own))
        regions = {site.code for site in directory.governments.values() if region(site) in (EXACT, SHORT, BEGINNING)}
        found = [
            (each, site)
            for each, site in _ranked(directory, rank)
            if any(parent.code in regions for parent in directory.parents(site.code))
        ]
        if found:
            return found
    return []
