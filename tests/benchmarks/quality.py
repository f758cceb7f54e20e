"""Body F1, titles, dates and sources on the evaluation corpus: ours beside the peers that are installed, in one run.

Ours gets the bytes and decodes them itself; the peers get the page decoded as its truth says. Peers that are not there
are left out: `pip install readability-lxml gne resiliparse` brings them, best in a venv of its own.
"""

from __future__ import annotations

import datetime as dt
import importlib.util
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

from pipelines.line import read_page
from pipelines.model import Capture, Job, Recipe, Rejection

SCORER = Path(__file__).parents[3] / "shared" / "corpus" / "score.py"
SETS = ("daniel_zh", "magic_zh", "cleaneval_zh", "ref_zh", "htmldate_zh")
FIELDS = ("F1", "title", "date", "source")

Fields = dict[str, Any]
Predict = Callable[[str, bytes, str], Fields]


def ours(url: str, body: bytes, _: str) -> Fields:
    """Read a page as the line does."""
    address = url or "http://page.example/"
    at = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    capture = Capture(url=address, final_url=address, fetched_at=at, status=200, body=body)
    outcome = read_page(Job(capture=capture, recipe=Recipe(name="generic/1")))
    if isinstance(outcome, Rejection):
        return {}
    first = outcome[0]
    text = "\n".join(article.text for article in outcome)
    return {"body": text, "title": first.title, "date": str(first.published_on or ""), "source": first.source}


def trafilatura(html: str, url: str) -> Fields:
    """Read a page with trafilatura as it comes."""
    from trafilatura import bare_extraction

    found = bare_extraction(html, url=url, with_metadata=True)
    return {"body": found.text, "title": found.title, "date": found.date} if found else {}


def readability(html: str, _: str) -> Fields:
    """Read a page with readability-lxml."""
    from lxml.html import fromstring
    from readability import Document

    document = Document(html)
    return {"body": fromstring(document.summary()).text_content(), "title": document.short_title()}


def gne(html: str, _: str) -> Fields:
    """Read a page with GNE, the general news extractor."""
    from gne import GeneralNewsExtractor

    found = GeneralNewsExtractor().extract(html)
    return {"body": found["content"], "title": found["title"], "date": found["publish_time"]}


def resiliparse(html: str, _: str) -> Fields:
    """Read a page with resiliparse."""
    from resiliparse.extract.html2text import extract_plain_text

    return {"body": extract_plain_text(html, main_content=True)}


PEERS = (trafilatura, readability, gne, resiliparse)
"""Those that read Chinese as they come: jusText wants a list of words, newspaper4k minutes for its segmentation."""


def predictor(peer: Callable[[str, str], Fields], failures: Counter[str]) -> Predict:
    """Return a peer as the scorer calls it; a page on which it fails counts as empty, and is counted."""

    def predict(url: str, body: bytes, encoding: str) -> Fields:
        try:
            return peer(body.decode(encoding, "replace"), url)
        except Exception as error:  # noqa: BLE001 - peers fail on real pages in their own ways
            failures[f"{peer.__name__}: {type(error).__name__}: {error}"[:120]] += 1
            return {}

    return predict


def scorer() -> ModuleType:
    """Load the corpus's own scorer."""
    spec = importlib.util.spec_from_file_location("score", SCORER)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["score"] = module
    spec.loader.exec_module(module)
    return module


def main() -> None:
    """Print a row for each extractor: four fields on each set, a dash where it has none."""
    if not SCORER.exists():
        print("skipped: the evaluation corpus does not lie beside this checkout")
        return
    score = scorer().score
    installed = [peer for peer in PEERS if importlib.util.find_spec(peer.__name__)]
    failures: Counter[str] = Counter()
    contenders: dict[str, Predict] = {"fangzhi": ours}
    contenders |= {peer.__name__: predictor(peer, failures) for peer in installed}
    print(f"{'':<12}" + "".join(f"{name:>26}" for name in SETS))
    print(f"{'':<12}" + "   F1 title  date   src".rjust(26) * len(SETS))
    for name, predict in contenders.items():
        figures = score(predict)
        cells = [[figures[kind].get(field) for field in FIELDS] for kind in SETS]
        row = ["".join("     –" if value is None else f"{value:>6.3f}" for value in cell).rjust(26) for cell in cells]
        print(f"{name:<12}" + "".join(row))
    for failure, times in failures.most_common(9):
        print(f"failed on {times} pages: {failure}")


if __name__ == "__main__":
    main()
