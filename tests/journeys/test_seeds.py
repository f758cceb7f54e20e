"""Four seed texts that mirrors, converters and paywalls damaged, on pages like those of their sites, all repaired."""

from __future__ import annotations

import pytest

from tests.crawler.wire import wired
from tests.fangzhi import Entries, documents, fangzhi
from tests.journeys.proofread import PROOFS, SEEDS, proofread, seed, simplified

pytestmark = pytest.mark.skipif(not SEEDS.is_dir(), reason="the seed texts are not beside this checkout")

HEAD = '<!DOCTYPE html><html><head><meta charset="{charset}"><title>{title}</title></head><body>'
NAVIGATION = '<div class="nav"><a href="/">首頁</a> <a href="/zw/">政務公開</a> <a href="/hd/">互動交流</a></div>'
FOOT = '<div class="footer">主辦單位:市人民政府辦公室 網站地圖</div></body></html>'
TITLES = {"000": "市領導到開平督導疫情防控工作", "002": "疫情防控發言", "003": "區領導暗訪檢查聯防聯控工作"}


def page(number: str, charset: str) -> str:
    """Return the page of a seed text: of a government, a trade portal, a document site, or a mirror (in one line)."""
    lines = [line for line in seed(number).split("\n") if line.strip()]
    paragraphs = "\n".join(f"<p>{line}</p>" for line in lines)
    title = TITLES.get(number, "")
    titled = f'{NAVIGATION}<div class="main"><h1>{title}</h1>'
    body = {
        "000": f'{titled}<div id="zoom">{paragraphs}</div></div>',
        "001": f'<div class="wrap">{"".join(f"<div>{line}</div>" for line in lines)}</div>',
        "002": f'{titled}<div class="content">{"<br>".join(lines)}</div></div>',
        "003": f'{titled}<div class="content"><p>{lines[0]}</p></div></div>',
    }[number]
    return HEAD.format(charset=charset, title=title or f"{lines[2].strip()}_無錫物流網") + body + FOOT


@pytest.fixture(scope="module", params=["utf-8", "gb18030"])
def entries(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Entries:
    """Fetch the four pages, replay the archive, and return the entries in the order of `PROOFS`."""
    archive = tmp_path_factory.mktemp("seeds") / "archive"
    with wired() as wire:
        for number in PROOFS:
            status = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"
            wire.answers[f"/{number}.html"] = status + page(number, request.param).encode(request.param)
        done = fangzhi("fetch", *(wire.base + path for path in wire.answers), "--archive", str(archive))
    assert done.returncode == 0, done.stderr
    fetched = documents(done)
    (report,) = documents(fangzhi("replay", "--json", "--archive", str(archive)))
    assert (report["unchanged"], report["changed"], report["added"]) == (4, 0, 0)
    listed = {entry["url"]: entry for entry in documents(fangzhi("list", "--json", "--archive", str(archive)))}
    assert [listed[entry["url"]]["articles"] for entry in fetched] == [entry["articles"] for entry in fetched]
    return fetched


def article(entries: Entries, number: str) -> dict:
    (found,) = entries[list(PROOFS).index(number)]["articles"]
    return found


@pytest.mark.parametrize("number", PROOFS)
def test_the_text_equals_the_corrected_one(entries: Entries, number: str) -> None:
    assert article(entries, number)["text"].split("\n") == proofread(number).split("\n")


def test_title_time_and_source_of_the_trade_portal(entries: Entries) -> None:
    found = article(entries, "001")
    assert found["title"].startswith("以最堅決果斷有力舉措")
    assert found["published_at"] == "2021-12-13T22:23:10+08:00"
    assert found["source"] == "互聯網"


def test_the_missing_text_of_the_document_site_is_recorded(entries: Entries) -> None:
    found = article(entries, "002")
    quality = found["quality"]
    assert (quality["truncated"], quality["paywall"]) == (True, True)
    assert (quality["omitted_chars"], quality["full_chars"], quality["shown_chars"]) == (725, 4031, 2036)
    assert quality["masked_chars"] == sum(map(found["text"].count, "*_"))
    assert len(found["outline"]) == 18
    assert "五、應急準備保障有力，做好疫情防控“一本賬”" in found["outline"]
    assert quality["parts"]["complete"] < 0.51


def test_the_captions_of_the_mirror_are_recorded(entries: Entries) -> None:
    lifted = [made["before"] for made in article(entries, "003")["repairs"] if "lift-captions" in made["rule"]]
    assert "".join(lifted).count("▲") == 10


@pytest.mark.parametrize("number", PROOFS)
def test_the_simplified_form_equals_the_corrected_one(entries: Entries, number: str) -> None:
    assert article(entries, number)["text_hans"].split("\n") == simplified(number).split("\n")
