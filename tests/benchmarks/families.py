"""Shapes of list addresses: how many are recognised by the address alone, and on a page that shows a list.

`python -m tests.benchmarks.families [CSV] [--sample N]` reads the column `list_url` of a directory of lists, by default
the one beside the checkout; without one it reads the examples of the tests. The pages are made: rows and pager are
those of the address's shape. `--sample` prints addresses that are taken for lists, to be checked by eye.
"""

from __future__ import annotations

import argparse
import csv
import random
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from attrs import define, field, frozen

from crawler.families import GENERIC, recognise
from crawler.families.list_pages import is_list_page
from crawler.families.list_shapes import is_section, list_shape
from crawler.families.paper_layouts import is_issue_page
from crawler.families.url_patterns import url_pattern
from tests.crawler.families.shapes import EXAMPLES, HOST, ListExample
from tests.crawler.families.test_url_patterns import EXAMPLES as ARTICLES

DIRECTORY = Path(__file__).parents[3] / "shared" / "field" / "directory.csv"

OTHER = ListExample("/yw/", "/yw/index_1.html", "/yw/202403/t20240305_88{:02}.html")
"""The list that is made for addresses of all other shapes: that of TRS, the most frequent CMS."""


@frozen
class Verdict:
    """What one address is taken for: its group, and whether it is recognised, a list, or an article."""

    url: str
    group: str
    family: bool
    by_address: bool
    on_page: bool
    article: bool


@define
class Counts:
    """The counts of a group of addresses."""

    urls: int = 0
    taken: Counter[str] = field(factory=Counter)

    def add(self, verdict: Verdict) -> None:
        """Count an address."""
        self.urls += 1
        self.taken.update(name for name in ("family", "by_address", "on_page", "article") if getattr(verdict, name))

    def row(self, group: str) -> str:
        """Return the counts as a line of the table."""
        shares = (
            f"{self.taken[name]:>6} {self.taken[name] / self.urls:>6.1%}"
            for name in ("family", "by_address", "on_page")
        )
        return f"{group:22}{self.urls:>6}  {'  '.join(shares)}  {self.taken['article']:>7}"


def main() -> None:
    """Print the table, the lists among the known article addresses, and a sample if one is asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.families")
    parser.add_argument("csv", nargs="?", type=Path, default=DIRECTORY)
    parser.add_argument("--sample", type=int, default=0, metavar="N")
    options = parser.parse_args(sys.argv[1:] if sys.argv[0].endswith("families.py") else [])
    urls = list(_addresses(options.csv))
    groups: dict[str, Counts] = {}
    total, lists = Counts(), []
    for url in urls:
        verdict = classify(url)
        groups.setdefault(verdict.group, Counts()).add(verdict)
        total.add(verdict)
        lists.extend([url] if verdict.on_page else [])
    print(f"{'shape':22}{'URLs':>6}  {'family':>13}  {'list by URL':>13}  {'list on page':>13}  article")
    for group, counts in sorted(groups.items(), key=lambda each: -each[1].urls):
        print(counts.row(group))
    print(total.row("all"))
    wrong = [path for path, _ in ARTICLES.values() if is_section(HOST + path)]
    wrong += [each.article_url(12) for each in EXAMPLES.values() if is_section(each.article_url(12))]
    print(
        f"{len(wrong)} of {len(ARTICLES) + len(EXAMPLES)} known forms of article addresses are taken for lists", *wrong
    )
    for url in random.Random(1).sample(lists, min(options.sample, len(lists))):
        print(url)


def classify(url: str) -> Verdict:
    """Return what the address of a list is taken for."""
    html = made_page(url)
    shape, on_page = list_shape(url), recognise(html, url)
    pattern = url_pattern(url)
    group = "paper" if is_issue_page(url) else shape.name if shape else "article" if pattern else "unknown"
    return Verdict(
        url=url,
        group=group,
        family=recognise("", url) != GENERIC,
        by_address=recognise("", url).is_list(url),
        on_page=is_list_page(html, url, on_page),
        article=on_page.is_article(url),
    )


def made_page(url: str) -> str:
    """Return the page of a list with the rows and the pager of the address's shape."""
    shape = list_shape(url)
    examples = (each for each in EXAMPLES.values() if shape and list_shape(HOST + each.first) == shape)
    return next(examples, OTHER).html()


def _addresses(path: Path) -> Iterator[str]:
    if not path.exists():
        print(f"{path} does not exist; these are the examples of the tests")
        yield from (HOST + each.first for each in EXAMPLES.values())
        return
    with path.open(encoding="utf-8") as file:
        yield from (row["list_url"] for row in csv.DictReader(file) if row.get("list_url"))


if __name__ == "__main__":
    main()
