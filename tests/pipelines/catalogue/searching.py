"""Random entries and queries, and the search that reads every entry: what each index must agree with."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from attrs import evolve
from hypothesis import strategies as st

from pipelines.catalogue.catalogue import Catalogue
from pipelines.catalogue.filters import Filter
from pipelines.catalogue.query import And, Node, Not, Or, Term, parse_query, text_term
from pipelines.catalogue.query_match import matches, searched, title_hits
from pipelines.model import Article, Entry, OfficialDocument, Person, Quality, Region
from tests.pipelines.made import capture, entry

CHARS = "电梯小区电梯小区號号国国發发2017 47ab５Ａ，。〔〕\n\u200b〇々𠮷é-_'\"\\*:"
"""Few characters, so that phrases meet: of both scripts, half- and full-width, and what databases treat specially."""

texts = st.text(CHARS, max_size=24)
names = st.one_of(st.none(), texts)
REGIONS = (None, "440700", "440783", "320000")
SITES = ("news", "other", None)

articles = st.builds(
    lambda title, text, source, column, author, number, flags: Article(
        title=title,
        text=text,
        text_hans=text,
        script="hans",
        source=source,
        column=tuple(column),
        authors=tuple(Person(name=name, role="reporter") for name in author),
        document=OfficialDocument(document_number=number) if number else None,
        published_on=dt.date(2024, 3, 1 + len(text) % 9),
        quality=Quality(score=len(text) / 30, flags=tuple(flags)),
    ),
    *(names, texts, names, st.lists(texts, max_size=2), st.lists(texts, max_size=2), names),
    st.lists(st.sampled_from(("torn", "torn-end", "pinyin")), max_size=2, unique=True),
)


@st.composite
def entries(draw: st.DrawFn, number: int) -> Entry:
    """Draw the entry of the capture with a number: with no, one or several articles."""
    found = draw(st.lists(articles, max_size=3))
    code = draw(st.sampled_from(REGIONS))
    url = f"http://a.cn/{draw(st.integers(0, 2))}"  # some pages are captured again
    kind = draw(st.sampled_from(("new", "new-version", "same-text")))
    return evolve(
        entry(capture(number, url=url), text="正文" if found else None, kind=kind),
        site=draw(st.sampled_from(SITES)),
        region=Region(code=code, name=code) if code else None,
        articles=tuple(found),
    )


terms = st.one_of(
    st.builds(
        text_term,
        st.sampled_from(("", "", "title", "source", "column", "author", "number")),
        st.text(CHARS, min_size=1, max_size=6).filter(lambda text: any(char.isalnum() for char in text)),
    ),
    st.builds(lambda slug: Term("site", slug, slug), st.sampled_from(("news", "other", "no'one"))),
    st.builds(lambda code: Term("region", code, code), st.sampled_from(("44", "440783", "32", "5%"))),
)
queries: st.SearchStrategy[Node] = st.recursive(
    terms,
    lambda nodes: st.one_of(
        st.builds(Not, nodes),
        st.builds(And, st.lists(nodes, min_size=2, max_size=3).map(tuple)),
        st.builds(Or, st.lists(nodes, min_size=2, max_size=3).map(tuple)),
    ),
    max_leaves=6,
)


def found(catalogue: Catalogue, query: Node) -> list[str]:
    """Return the ids that a search finds, after a check of its totals and of the filter of entries."""
    results = catalogue.search(Filter(query=query), folded=False)
    ids = [each.id for each in results.found]
    assert results.total == results.captures == len(ids)
    assert {each.id for each in catalogue.entries(Filter(query=query))} == set(ids)
    assert [hit.entry.id for hit in catalogue.hits(query, results.found)] == ids
    return ids


def ids(catalogue: Catalogue, query: str) -> list[str]:
    """Return the ids that a search for a query finds."""
    return found(catalogue, parse_query(query))


def scan(found: Iterable[Entry], query: Node) -> list[str]:
    """Return the ids of the entries with an article that matches a query, by relevance, then newest first."""
    relevance = {
        each.id: max(title_hits(query, searched(each, article)) for article in matching)
        for each in found
        if (matching := matching_articles(each, query))
    }
    moments = {each.id: each.fetched_at for each in found}
    return sorted(relevance, key=lambda key: (relevance[key], moments[key], key), reverse=True)


def matching_articles(each: Entry, query: Node) -> Sequence[Article]:
    """Return the articles of an entry that match a query."""
    return [article for article in each.articles if matches(query, searched(each, article))]
