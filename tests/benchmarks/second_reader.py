"""What the second reader does on the evaluation corpus: pages on which it is asked, and body F1 without and with it.

The pages are measured as they are, with the known markers of containers removed, as on sites with unknown templates,
and without markers and with their paragraphs in boxes of two between advertisements. Texts are those before repairs.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from statistics import fmean

from attrs import field, frozen
from lxml import etree, html
from lxml.html import HtmlElement

from pipelines.model import Capture, Recipe
from pipelines.parse.decode import decode
from pipelines.parse.extract import container, tree
from pipelines.parse.extract.beside import with_prose_beside
from pipelines.parse.extract.body import read_body
from pipelines.parse.extract.doubt import doubtful_region
from pipelines.parse.extract.judge import judge, settled
from pipelines.parse.extract.lines import lay_out
from pipelines.parse.extract.metadata import known_values, read_metadata
from pipelines.parse.extract.page import parsed_page
from pipelines.parse.extract.roles import described
from pipelines.parse.extract.second_reader import lines_of_second_reader
from pipelines.parse.extract.unlike_text import surroundings
from tests.benchmarks.quality import AT, DEFAULT_URL, SCORER, SETS, scorer
from tests.quality.measures import folded

PARAGRAPHS_PER_BOX = 2
ADVERTISEMENT = "<div>" + "<p><a href=/offer>开户优惠火热进行中，名额有限</a></p>" * 3 + "</div>"
COLUMNS = ("pages", "asked", "changed", "better", "worse")

Change = Callable[[HtmlElement, str], None]
"""Changes a parsed page, whose true body is given."""


@frozen(kw_only=True)
class Row:
    """The body F1 of the pages of a set without and with the second reader, and the numbers of pages."""

    before: list[float] = field(factory=list)
    after: list[float] = field(factory=list)
    counts: Counter[str] = field(factory=Counter)


def pages() -> Iterator[tuple[str, Capture, str, str]]:
    """Yield the set, the capture, the HTML and the true body of each page of the corpus whose body is known."""
    for path in sorted(SCORER.parent.glob("pages/*/*.json")):
        truth = json.loads(path.read_text("utf-8"))
        url, body = truth["url"] or DEFAULT_URL, path.with_suffix(".html").read_bytes()
        capture = Capture(url=url, final_url=url, fetched_at=AT, status=200, body=body)
        page = decode(capture)
        if truth["body"] and isinstance(page, str):
            yield truth["set"], capture, page, truth["body"]


def without_markers(root: HtmlElement, _: str) -> None:
    """Remove the names by which a container is known, and the comments of Founder's CMS."""
    etree.strip_tags(root, etree.Comment)
    for element in root.iter(etree.Element):
        if described(element.tag, element.get("id"), element.get("class"), element.get("itemprop"))[0].marker:
            element.tag = "div"
            for name in ("id", "class", "itemprop"):
                element.attrib.pop(name, None)


def in_boxes(root: HtmlElement, body: str) -> None:
    """Move the paragraphs of the text into boxes of their own, with advertisements between them."""
    without_markers(root, body)
    truth = folded(body)
    found = [each for each in root.iter("p") if (text := folded(each.text_content())) and text in truth]
    parents = Counter(each.getparent() for each in found).most_common(1)
    own = [each for each in found if each.getparent() is parents[0][0]]
    for start in range(0, len(own), PARAGRAPHS_PER_BOX):
        box = etree.Element("div")
        own[start].addprevious(box)
        box.extend(own[start : start + PARAGRAPHS_PER_BOX])
        box.addnext(html.fragment_fromstring(ADVERTISEMENT))


def texts(page: str, capture: Capture) -> tuple[str, str | None]:
    """Return the text without the second reader, and the one with it, or None if it is not asked."""
    root = tree.parse_html(page)
    if root is None:
        return "", None
    tree.unwrap_unclosed_links(root)
    layout = lay_out(root)
    parsed = parsed_page(root, page, capture, Recipe(name="generic/1"), layout)
    metadata, _near_lines = read_metadata(parsed)
    title = metadata["title"].value if "title" in metadata else None
    found = container.find_body(root, layout, page, (), title)
    if found is None:
        return "", None
    found = with_prose_beside(found, layout, title)
    values = known_values(metadata, [title] if title else [])

    def text(block: container.Container) -> str:
        return "\n".join(each.text for each in read_body(parsed, block, values).blocks)

    region = doubtful_region(found, layout, title, ())
    if region is None:
        return text(found), None
    around = surroundings(layout, title)
    return text(found), text(settled(found, around, judge(found, around, lines_of_second_reader(layout, region))))


def measured(change: Change | None, score: Callable[[str, str], float]) -> dict[str, Row]:
    """Extract all pages, each after a change if one is given."""
    rows: dict[str, Row] = {}
    for kind, capture, page, body in pages():
        without, with_second = texts(_changed(page, body, change), capture)
        row = rows.setdefault(kind, Row())
        row.before.append(score(without, body))
        row.after.append(row.before[-1] if with_second is None else score(with_second, body))
        row.counts.update(_counts(without, with_second, row.after[-1] - row.before[-1]))
    return rows


def _changed(page: str, body: str, change: Change | None) -> str:
    root = tree.parse_html(page) if change else None
    if change is None or root is None:
        return page
    change(root, body)
    return str(html.tostring(root, encoding="unicode"))


def _counts(without: str, with_second: str | None, gain: float) -> Iterator[str]:
    yield "pages"
    if with_second is not None:
        yield "asked"
        if with_second != without:
            yield "changed"
            yield "better" if gain > 0 else "worse" if gain < 0 else "same"


def table(name: str, rows: dict[str, Row], kinds: Iterable[str]) -> None:
    print(f"{name:<24}" + "".join(f"{column:>9}" for column in COLUMNS) + f"{'F1 before':>12}{'F1 after':>10}")
    for kind in kinds:
        if row := rows.get(kind):
            cells = "".join(f"{row.counts[column]:>9}" for column in COLUMNS)
            print(f"{kind:<24}{cells}{fmean(row.before):>12.4f}{fmean(row.after):>10.4f}")


def main() -> None:
    """Print a table for each form of the pages."""
    if not SCORER.exists():
        print("skipped: the evaluation corpus is not beside this checkout")
        return
    prf = scorer().prf
    forms: tuple[tuple[str, Change | None], ...] = (
        ("as they are", None),
        ("without known markers", without_markers),
        ("in boxes of two", in_boxes),
    )
    for name, change in forms:
        table(name, measured(change, lambda got, truth: prf(got, truth)[2]), SETS)


if __name__ == "__main__":
    main()
