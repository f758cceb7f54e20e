"""Pages per second of extraction alone: fangzhi and the installed peers, in one run on the same decoded pages.

The pages are articles of the demo city and, if it is beside the checkout, the evaluation corpus: all of its pages, and
those whose body is in a known container. fangzhi also reads title, dates, people and files; trafilatura runs with its
defaults, with and without metadata.
"""

from __future__ import annotations

import datetime as dt
import importlib.util
import json
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from crawler.demo import BaseUrls, City, Truth, build
from pipelines.model import Capture, Recipe
from pipelines.parse.decode import decode
from pipelines.parse.extract import container, tree
from pipelines.parse.extract.article import extract
from pipelines.parse.extract.lines import lay_out

CORPUS = Path(__file__).parents[3] / "shared" / "corpus" / "pages"
CITY_PAGES = 150
ROUNDS = 3
"""Every contender reads each page this often, in turns, and its best time counts, because the machine is shared."""

RECIPE = Recipe(name="generic/1")
Page = tuple[Capture, str]


def ours(page: Page) -> Any:
    return extract(page[1], page[0], RECIPE)


def contenders() -> dict[str, Callable[[Page], Any]]:
    """Return the contenders that can be imported, by their names in the table."""
    found: dict[str, Callable[[Page], Any]] = {"fangzhi, with metadata": ours}
    import trafilatura

    found["trafilatura, with metadata"] = lambda page: trafilatura.bare_extraction(page[1], with_metadata=True)
    found["trafilatura"] = lambda page: trafilatura.bare_extraction(page[1], with_metadata=False)
    found["trafilatura fast"] = lambda page: trafilatura.bare_extraction(page[1], fast=True, with_metadata=False)
    if importlib.util.find_spec("justext"):
        import justext

        found["jusText"] = lambda page: justext.justext(page[1].encode(), frozenset(), encoding="utf-8")
    if importlib.util.find_spec("readability"):
        from readability import Document

        found["readability-lxml"] = lambda page: Document(page[1]).summary()
    if importlib.util.find_spec("resiliparse"):
        from resiliparse.extract.html2text import extract_plain_text

        found["resiliparse"] = lambda page: extract_plain_text(page[1], main_content=True)
    return found


def made(pages: Iterable[tuple[str, bytes]]) -> list[Page]:
    """Decode pages; this is not measured, as it costs every contender the same."""
    at = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    captures = [Capture(url=url, final_url=url, fetched_at=at, status=200, body=body) for url, body in pages]
    decoded = [(capture, decode(capture)) for capture in captures]
    return [(capture, html) for capture, html in decoded if isinstance(html, str)]


def city() -> list[Page]:
    """Return articles of the five CMSs of the demo city."""
    built = build(pages=3 * CITY_PAGES)
    bases = {portal.slug: f"http://{portal.slug}.example" for portal in built.portals}
    truths = [truth for truth in built.truth(bases) if truth.kind == "article" and truth.trap is None]
    step = max(1, len(truths) // CITY_PAGES)  # truths are sorted by portal
    return made((truth.url, _served(built, truth, bases)) for truth in truths[::step])


def _served(built: City, truth: Truth, bases: BaseUrls) -> bytes:
    target = truth.final_url.removeprefix(bases[truth.portal])
    return built.answer(truth.portal, target, bases, accept_gzip=False).body


def corpus() -> list[Page]:
    """Return the pages of the evaluation corpus; none if it is absent."""
    truths = [(path, json.loads(path.read_text("utf-8"))) for path in sorted(CORPUS.glob("*/*.json"))]
    return made(
        (truth["url"] or "http://page.example/", path.with_suffix(".html").read_bytes()) for path, truth in truths
    )


def is_marked(page: Page) -> bool:
    """Return whether the body of a page is in a known container."""
    root = tree.parse_html(page[1])
    found = container.find_body(root, lay_out(root), page[1], (), None) if root is not None else None
    return found is not None and found.marker != "densest"


def main() -> None:
    """Print a table for each set of pages: pages per second, and the ratio to trafilatura with metadata."""
    real = corpus()
    sets = {"the demo city": city(), "the corpus": real, "the corpus, known containers": [*filter(is_marked, real)]}
    for name, pages in sets.items():
        print(f"{name}: {len(pages)} pages" if pages else f"{name}: skipped, it is not beside this checkout")
        if pages:
            table(pages)


def table(pages: list[Page]) -> None:
    rows = contenders()
    for read in rows.values():
        read(pages[0])  # the first call loads data and compiles patterns
    turns = [{name: [timed(read, page) for page in pages] for name, read in rows.items()} for _ in range(ROUNDS)]
    spent = {name: sum(map(min, *(turn[name] for turn in turns))) for name in rows}
    for name, seconds in spent.items():
        ratio = spent["trafilatura, with metadata"] / seconds
        print(f"  {name:<28} {len(pages) / seconds:>7.1f} pages/s  {ratio:>6.2f} × trafilatura")


def timed(read: Callable[[Page], Any], page: Page) -> float:
    """Return the CPU seconds that extracting a page takes."""
    start = time.process_time()
    read(page)
    return time.process_time() - start


if __name__ == "__main__":
    main()
