"""Quality of extraction on the evaluation corpus, of fangzhi and the installed peers.

The first table has body F1, title, date and source; the second has what F1 hides, as in `tests/quality/measures.py`.

fangzhi gets the bytes and decodes them itself; peers get the page decoded with its true encoding. Peers that are not
installed are skipped: `pip install readability-lxml gne resiliparse 'newspaper4k[zh]'` installs them, best in a venv of
its own. magic-html has one release, 0.1.8, for Python 3.12 and later; it also runs on 3.11 after
`pip install numpy py_asciimath` and `pip install --no-deps --ignore-requires-python magic-html`. jusText comes with
trafilatura; it has no list of Chinese stop words and runs without one.
"""

from __future__ import annotations

import datetime as dt
import importlib.util
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import fmean
from types import ModuleType
from typing import Any

from pipelines.line.order import read_page
from pipelines.model import Capture, Job, Recipe, Rejection
from tests.quality.measures import files_figure, line_figures, people_figure

SCORER = Path(__file__).parents[3] / "shared" / "corpus" / "score.py"
SETS = ("gov", "daniel_zh", "magic_zh", "cleaneval_zh", "ref_zh", "htmldate_zh")
AT = dt.datetime(2026, 9, 1, tzinfo=dt.UTC)
"""The time of capture of all pages, shortly after the newest one was published: later dates are not believed."""

DEFAULT_URL = "http://page.example/"
"""The URL for pages whose URL the corpus does not know; some peers extract nothing without one."""

FIELDS = ("F1", "title", "date", "source")
LINES = ("lines", "own", "paragraphs", "people", "files")

Fields = dict[str, Any]
Peer = Callable[[str, str], Fields]
Predict = Callable[[str, bytes, str], Fields]
Scores = dict[str, dict[str, float]]


def ours(url: str, body: bytes, _: str) -> Fields:
    """Extract a page as the line does."""
    page_url = url or DEFAULT_URL
    capture = Capture(url=page_url, final_url=page_url, fetched_at=AT, status=200, body=body)
    outcome = read_page(Job(capture=capture, recipe=Recipe(name="generic/1")))
    if isinstance(outcome, Rejection):
        return {}
    first = outcome[0]
    text = "\n".join(article.text for article in outcome)
    return {
        "body": text,
        "title": first.title,
        "date": str(first.published_on or ""),
        "source": first.source,
        "people": [person.name for article in outcome for person in article.authors],
        "files": [file.url for article in outcome for file in article.attachments],
    }


def trafilatura(html: str, url: str) -> Fields:
    """Extract a page with trafilatura and its defaults."""
    from trafilatura import bare_extraction

    found = bare_extraction(html, url=url, with_metadata=True)
    return {"body": found.text, "title": found.title, "date": found.date} if found else {}


def readability(html: str, _: str) -> Fields:
    """Extract a page with readability-lxml."""
    from lxml.html import fromstring
    from readability import Document

    document = Document(html)
    return {"body": fromstring(document.summary()).text_content(), "title": document.short_title()}


def gne(html: str, _: str) -> Fields:
    """Extract a page with GNE, the general news extractor."""
    from gne import GeneralNewsExtractor

    found = GeneralNewsExtractor().extract(html)
    return {"body": found["content"], "title": found["title"], "date": found["publish_time"]}


def resiliparse(html: str, _: str) -> Fields:
    """Extract a page with resiliparse."""
    from resiliparse.extract.html2text import extract_plain_text

    return {"body": extract_plain_text(html, main_content=True)}


def newspaper4k(html: str, url: str) -> Fields:
    """Extract a page with newspaper4k, set to Chinese."""
    from newspaper import Article

    article = Article(url or DEFAULT_URL, language="zh", fetch_images=False)
    article.download(input_html=html)
    article.parse()
    return {"body": article.text, "title": article.title, "date": str(article.publish_date or "")}


def magic_html(html: str, url: str) -> Fields:
    """Extract a page with magic-html, whose result is stripped of its markup."""
    from lxml.html import fromstring
    from magic_html import GeneralExtractor

    found = GeneralExtractor().extract(html, base_url=url or DEFAULT_URL, html_type="article")
    return {"body": fromstring(found["html"]).text_content(), "title": found.get("title")}


def justext(html: str, _: str) -> Fields:
    """Extract a page with jusText: 20 and 60 Chinese characters correspond to its defaults of 70 and 200 letters."""
    import justext as package

    paragraphs = package.justext(html, frozenset(), stopwords_low=0, stopwords_high=0, length_low=20, length_high=60)
    return {"body": "\n".join(paragraph.text for paragraph in paragraphs if not paragraph.is_boilerplate)}


PEERS: dict[str, tuple[str, Peer]] = {
    "trafilatura": ("trafilatura", trafilatura),
    "readability": ("readability", readability),
    "gne": ("gne", gne),
    "resiliparse": ("resiliparse", resiliparse),
    "newspaper4k": ("newspaper", newspaper4k),
    "justext": ("justext", justext),
    "magic-html": ("magic_html", magic_html),
}
"""By name: the module that must be installed, and the function that calls it."""


def predictor(name: str, peer: Peer, failures: Counter[str]) -> Predict:
    """Return a peer as the scorer calls it; a page on which it fails counts as empty, and the failure is counted."""

    def predict(url: str, body: bytes, encoding: str) -> Fields:
        try:
            return peer(body.decode(encoding, "replace"), url)
        except Exception as error:  # noqa: BLE001 - peers fail on real pages in their own ways
            failures[f"{name}: {type(error).__name__}: {error}"[:120]] += 1
            return {}

    return predict


def scorer() -> ModuleType:
    """Load the scorer of the corpus."""
    spec = importlib.util.spec_from_file_location("score", SCORER)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["score"] = module
    spec.loader.exec_module(module)
    return module


def score_with_lines(score: Callable[..., Scores], predict: Predict) -> Scores:
    """Return the scorer's figures, and those of `tests/quality/measures.py`, by set; each page is extracted once."""
    shares: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    truths = {(truth["url"], body): truth for truth, body in scorer().pages()}

    def measured(url: str, body: bytes, encoding: str) -> Fields:
        got, truth = predict(url, body, encoding), truths[url, body]
        for name, share in page_figures(got, truth):
            shares[truth["set"]][name].append(share)
        return got

    figures = score(measured)
    return {kind: row | {name: fmean(found) for name, found in shares[kind].items()} for kind, row in figures.items()}


def page_figures(got: Fields, truth: Fields) -> Iterator[tuple[str, float]]:
    """Yield the measures for which the corpus has a truth and the extractor a field."""
    if truth["body"]:
        yield from line_figures(got.get("body"), truth["body"]).items()
    if truth["author"] and "people" in got:
        yield "people", people_figure(got["people"], truth["author"])
    if truth.get("attachments") is not None and "files" in got:
        yield "files", files_figure(got["files"], truth["attachments"])


def table(results: dict[str, Scores], columns: tuple[str, ...]) -> None:
    """Print a row for each extractor and set, with a dash for what is not extracted or has no truth."""
    print(f"{'':<14}{'':<14}" + "".join(f"{column:>12}" for column in columns))
    for kind in SETS:
        for name, figures in results.items():
            values = [figures[kind].get(column) for column in columns]
            cells = "".join(f"{'–':>12}" if value is None else f"{value:>12.3f}" for value in values)
            print(f"{kind:<14}{name:<14}{cells}")


def main() -> None:
    """Print both tables."""
    if not SCORER.exists():
        print("skipped: the evaluation corpus is not beside this checkout")
        return
    score = scorer().score
    failures: Counter[str] = Counter()
    contenders: dict[str, Predict] = {"fangzhi": ours}
    contenders |= {
        name: predictor(name, peer, failures)
        for name, (module, peer) in PEERS.items()
        if importlib.util.find_spec(module)
    }
    results = {name: score_with_lines(score, predict) for name, predict in contenders.items()}
    for columns in (FIELDS, LINES):
        table(results, columns)
    for failure, times in failures.most_common(9):
        print(f"failed on {times} pages: {failure}")


if __name__ == "__main__":
    main()
