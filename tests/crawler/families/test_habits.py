"""Every family finds the same articles in the demo city's lists, in each variant of their markup."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import cache
from itertools import islice

import pytest
from attrs import evolve

from crawler.demo import build, registry
from crawler.demo.cms import epoint
from crawler.demo.cms.families import CMS_BY_NAME
from crawler.demo.model import Portal
from crawler.families import FAMILIES, Family, Listing, recognise
from tests.crawler.families.habits import HABITS, WRAPPINGS, links, with_query

CITY = build(pages=300)
BASES = {portal.slug: f"http://{portal.slug}.example.cn" for portal in CITY.portals}
LISTS = 3
"""Lists of each portal: the first page, the page after it, and that of another section if lists are short."""

UNHARMED = (None, "look-alike", "mirror")
"""Traps whose articles are served like any other article."""

NAMED = {name.removesuffix(".toml"): tomllib.loads(text)["family"] for name, text in registry(BASES).items()}


def _got(portal: Portal, path: str) -> str:
    answer = CITY.answer(portal.slug, path, BASES, accept_gzip=False, referred=True)
    return answer.body.decode(portal.charset) if answer.status == 200 else ""


def _lists() -> Iterator[tuple[Family, str, str]]:
    """Yield family, URL and HTML of some lists of every portal, and of its home page."""
    for portal in CITY.portals:
        for path in ("/", *islice(CMS_BY_NAME[portal.cms].list_addresses(CITY.contexts[portal.slug]), LISTS)):
            html = _got(portal, path.partition("#")[0])
            if html.startswith("<") and not html.startswith("<?xml"):
                yield FAMILIES[NAMED[portal.slug]], BASES[portal.slug] + path, html


def _articles() -> Iterator[tuple[Family, str, str]]:
    """Yield family, URL and HTML of one article of every portal."""
    for portal in CITY.portals:
        plain = (article for article in CITY.contexts[portal.slug].articles if article.trap in UNHARMED)
        path = next(plain).path
        url = BASES[portal.slug] + path
        html = _got(portal, path)
        yield recognise(html, url), url, html


def _answers() -> Iterator[tuple[Family, str, str]]:
    """Yield family, URL and JSON of every answer of the city's list APIs; the request's body is the fragment."""
    for portal in CITY.portals:
        context = CITY.contexts[portal.slug]
        asked = {path: path for path in CMS_BY_NAME[portal.cms].list_addresses(context)}
        if portal.cms == "epoint":
            asked = {f"{epoint.API}#{form}": f"{epoint.API}?{form}" for form in epoint.post_bodies(context)}
        for path, target in asked.items():
            if (text := _got(portal, target)).startswith("{"):
                yield FAMILIES[NAMED[portal.slug]], BASES[portal.slug] + path, text


PAGES, ARTICLES, ANSWERS = list(_lists()), list(_articles()), list(_answers())


@cache
def _read(family: Family, url: str, html: str) -> tuple[Listing, bool]:
    """Return what a family finds in a list, and whether it is one of its own."""
    return family.listing(html, url), bool(family.recognise(html, url))


def test_there_are_pages_of_every_family() -> None:
    assert {family.name for family, *_ in PAGES} == FAMILIES.keys()
    assert {family.name for family, *_ in ANSWERS} == {"gkmlpt", "jpaas", "ucap", "epoint", "truecms"}


@pytest.mark.parametrize("habit", HABITS)
def test_a_list_is_read_alike_in_any_habit(habit: str) -> None:
    changed = 0
    for family, url, html in PAGES:
        otherwise = HABITS[habit](html, url)
        changed += otherwise != html
        assert _read(family, url, otherwise) == _read(family, url, html), url
    assert changed


@pytest.mark.parametrize("habit", HABITS)
def test_an_article_is_known_in_any_habit(habit: str) -> None:
    for family, url, html in ARTICLES:
        otherwise = HABITS[habit](html, url)
        assert recognise(otherwise, url) == family, url


def test_an_unknown_query_leaves_articles_what_they_are() -> None:
    def bare(listing: Listing) -> Listing:
        plain = (evolve(link, url=link.url.removesuffix("xxgkhide=1").rstrip("?&")) for link in listing.articles)
        return Listing(articles=tuple(plain))

    for family, url, html in PAGES:
        otherwise = links(with_query("xxgkhide=1"))(html, url)
        assert bare(family.listing(otherwise, url)) == bare(_read(family, url, html)[0]), url


def test_links_to_other_hosts_are_no_fingerprints() -> None:
    for family, url, html in PAGES:
        linked = "".join(
            f'<li><a href="{link.url}">{link.title}</a></li>' for link in _read(family, url, html)[0].articles
        )
        recognised = {
            name for name, each in FAMILIES.items() if each.recognise(f"<ul>{linked}</ul>", "http://www.b.cn/a.html")
        }
        assert recognised <= {"generic"}, url


@pytest.mark.parametrize("habit", WRAPPINGS)
def test_an_answer_is_read_alike_in_any_wrapping(habit: str) -> None:
    for family, url, text in ANSWERS:
        read = family.listing(text, url)
        assert read.articles, url
        assert family.listing(WRAPPINGS[habit](text), url) == read, url
