"""Archives whose every field attacks the room: nothing of a page acts as markup, script, header or formula."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from attrs import evolve
from starlette.testclient import TestClient

from crawler.records import LEVELS, RECORDS_FILE, CrawlRecord, LogLine, Mark, Verified, opened_records
from crawler.web.mementos import links_of
from crawler.web.room import Room
from crawler.web.rooms import PAGES
from crawler.web.rooms.compare import CHANGES
from crawler.web.serving import Serving
from pipelines.model import (
    Attachment,
    Edition,
    Entry,
    Evidence,
    Image,
    LeftOut,
    OfficialDocument,
    Person,
    Quality,
    Region,
    Repair,
    Table,
    Verdict,
)
from tests.crawler.web.rooms import archived, article, config_of, made_entry, opened

MARK = "x7y7z7"
PAYLOAD = (
    f"</script></title></textarea><script>{MARK}()</script><img src=x onerror={MARK}()>\"'onload={MARK}() "
    f"{{{{ 1337*7919 }}}}{{% raw %}}${{1337*7919}} javascript:{MARK}() \r\nSet-Cookie: {MARK}=1\r\n"
    "\x1b[31m\u202e]]>&lt;style&gt;"
)


def hostile() -> list[Entry]:
    """Return two versions of a page, a print of it, and a page without an article, with the payload in every field."""
    text = f"{PAYLOAD}正文正文正文"
    one = article(
        PAYLOAD,
        text,
        subtitle=PAYLOAD,
        kicker=PAYLOAD,
        source=PAYLOAD,
        authors=(Person(name=PAYLOAD, role=PAYLOAD),),
        dateline=PAYLOAD,
        column=(PAYLOAD, PAYLOAD),
        document=OfficialDocument(index_number=PAYLOAD, issuer=PAYLOAD, document_number=PAYLOAD, status=PAYLOAD),
        images=(Image(url=f"javascript:{MARK}()", caption=PAYLOAD),),
        attachments=(
            Attachment(url=f"javascript:{MARK}()", title=PAYLOAD),
            Attachment(url=f'http://x/"onclick={MARK}()', title=PAYLOAD, media_type=PAYLOAD, size=1, digest=PAYLOAD),
        ),
        parts=(f"javascript:{MARK}()",),
        keywords=(PAYLOAD,),
        description=PAYLOAD,
        site_name=PAYLOAD,
        site_domain=PAYLOAD,
        site_code=PAYLOAD,
        edition=Edition(paper=PAYLOAD, page=PAYLOAD, name=PAYLOAD),
        left_out=(LeftOut(rule=PAYLOAD, text=PAYLOAD, place="head"),),
        outline=(PAYLOAD,),
        tables=(Table(rows=((PAYLOAD, PAYLOAD),), start=0, end=len(PAYLOAD), caption=PAYLOAD, headers=((0, 0),)),),
        quality=Quality(flags=(PAYLOAD,), score=0.1),
        repairs=(Repair(rule=PAYLOAD, start=len(PAYLOAD), end=len(PAYLOAD) + 1, before=PAYLOAD, after="正"),),
        evidence=(Evidence(field="title", origin=PAYLOAD),),
        published_on=dt.date(2024, 3, 1),
    )
    address = f'http://evil.example/a.html?"><script>{MARK}()</script>'
    region = Region(code="440783", name=PAYLOAD)
    first = made_entry(0, one, url=address, region=region, recipe=PAYLOAD)
    other = article(f"{PAYLOAD}二", f"{text}改", source=PAYLOAD, published_on=dt.date(2024, 3, 2))
    edited = made_entry(1, other, url=address, region=region, verdict=Verdict(kind="new-version", of=first.id))
    copied = made_entry(
        2, one, url="http://evil.example/b.html", verdict=Verdict(kind="same-text", of=first.id), site=None
    )
    failed = made_entry(3, None, url=address, status=404, reason=PAYLOAD[:60])
    scripted = made_entry(4, None, url=f"javascript:{MARK}()", reason="empty", site=None)
    return [first, edited, copied, failed, scripted]


def hostile_records(folder: Path, entries: list[Entry]) -> None:
    """Write records with the payload in every field: a crawl's reasons, a verification's findings, a reader's note."""
    at = dt.datetime(2024, 3, 5, tzinfo=dt.UTC)
    counts = {"fetched": 1, "articles": 1, "duplicates": 0, "rejected": {PAYLOAD: 1}, "failed": {PAYLOAD: 2}}
    finding = {"file": PAYLOAD, "kind": PAYLOAD, "what": PAYLOAD, "offset": None, "record": PAYLOAD}
    with opened_records(folder / RECORDS_FILE) as records:
        records.add_crawls(
            [CrawlRecord(site=site, started=at, ended=at, outcome=PAYLOAD, counts=counts) for site in ("news", PAYLOAD)]
        )
        records.add_verification(Verified(at=at, kind="deep", seconds=1, findings=1, counts={}, first=[finding]))
        run = records.logs.begin(["news"], at)
        lines = [LogLine(at=at, level=level, event=PAYLOAD, site="news", message=PAYLOAD) for level in LEVELS]
        records.logs.add(run, lines, 1, at)
        records.mark(Mark(capture=entries[0].id, kind="wrong", note=PAYLOAD, at=at))
        records.mark(Mark(capture=PAYLOAD, kind="wrong", note=PAYLOAD, at=at))


def hostile_registry(folder: Path) -> None:
    """Register a site whose name, host and reason attack."""
    (folder / "registry").mkdir()
    name = json.dumps(PAYLOAD.replace("\x1b", "").replace("\u202e", ""))
    toml = f'name = {name}\nfamily = "trs"\nhosts = ["news.example"]\nenabled = false\nreason = {name}\n'
    (folder / "registry" / "news.toml").write_text(
        f'{toml}[[sections]]\nname = {name}\nurl = "http://news.example/a/"\n', encoding="utf-8"
    )


@pytest.fixture(scope="module")
def entries() -> list[Entry]:
    return hostile()


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory, entries: list[Entry]) -> Iterator[TestClient]:
    folder: Path = tmp_path_factory.mktemp("hostile")
    archived(folder, entries)
    hostile_records(folder, entries)
    hostile_registry(folder)
    with opened(folder, token="a-long-token") as client:
        yield client


FRAMED = re.compile(r"http://[\w.-]+:\d+/play/\d{14}mp_/http://[^\s\"'<>]+\Z")
"""The address of an archived page in the player, on the origin of content."""


class Elements(HTMLParser):
    """Collects the elements and attributes of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def addresses(entries: list[Entry]) -> list[str]:
    first, edited, copied, failed, scripted = (each.id for each in entries)
    parts = {"id": first, "before": first, "after": edited, "slug": "news", "started": "2024-03-05T00:00:00Z"}
    return [
        *(page.path.format(**parts) for page in PAGES if page is not CHANGES),  # the first capture has none
        f"/a/{edited}/diff",
        *(f"/a/{each}" for each in (edited, copied, failed, scripted)),
        "/search?q=正文",
        "/counts?by=source",
        "/counts?by=column&q=正文",
        "/counts?by=region",
        "/tray?marked=wrong",
        f"/hand-over?id={first}",
        "/new-site",
        "/tray",
    ]


def test_no_field_of_a_page_becomes_markup(room: TestClient, entries: list[Entry]) -> None:
    for address in addresses(entries):
        answer = room.get(address)
        assert answer.status_code == 200, address
        elements = Elements()
        elements.feed(answer.text)
        for tag, attributes in elements.found:
            if tag == "iframe":
                assert FRAMED.match(attributes["src"] or ""), (address, attributes)
                assert attributes["sandbox"] == "allow-top-navigation-by-user-activation"
                continue
            assert tag not in ("script", "img", "object", "embed", "style", "base"), (address, tag)
            assert not [name for name in attributes if name.startswith("on") or name == "style"], (address, attributes)
            for target in (attributes[name] or "" for name in ("href", "src", "action") if name in attributes):
                assert target.lower().startswith(("/", "#", "http://")), (address, target)
        assert f"{1337 * 7919}" not in answer.text, "a template was evaluated"
        assert "\x1b" not in answer.text
        assert "\u202e" not in answer.text
        assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("name", ["q", "source", "column", "site", "region", "flag", "reason", "page", "since", "x"])
def test_no_parameter_becomes_markup(room: TestClient, name: str) -> None:
    payload = PAYLOAD.replace("\r\n", " ").replace("\x1b", "")
    for path in ("/search", "/counts", "/gone", "/tray", "/sites", "/fetch", "/runs", "/hand-over", "/new-site", "/x"):
        answer = room.get(path, params={name: payload})
        elements = Elements()
        elements.feed(answer.text)
        assert not [tag for tag, _ in elements.found if tag in ("script", "img")], (path, name)
        assert not [each for _, each in elements.found if any(key.startswith("on") for key in each)], (path, name)


def test_a_picture_has_no_markup_of_a_query(room: TestClient) -> None:
    words = [f"{PAYLOAD} 正文".replace("\r\n", " ").replace("\x1b", "").replace("\u202e", ""), "正文"]
    query = [("q", f'"{word.replace(chr(34), "")}"') for word in words]
    drawing = room.get("/counts.svg", params=[*query, ("by", "day")])
    assert drawing.status_code == 200, drawing.text
    names = {each.tag.rpartition("}")[2] for each in ET.fromstring(drawing.content).iter()}
    assert names <= {"svg", "style", "rect", "line", "text", "g", "path", "title"}, names
    assert f"{1337 * 7919}" not in drawing.text
    assert drawing.headers["Content-Security-Policy"].startswith("default-src 'none'; sandbox")


def test_no_line_of_a_log_begins_another_one(room: TestClient) -> None:
    text = room.get("/runs/news/2024-03-05T00:00:00Z.txt")
    assert text.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert text.headers["X-Content-Type-Options"] == "nosniff"
    lines = [line for line in text.text.splitlines() if not line.startswith("    ")]
    assert [line[:19] for line in lines] == ["2024-03-05 08:00:00"] * len(LEVELS)
    assert "\x1b" not in text.text


def test_no_header_is_injected(room: TestClient, entries: list[Entry]) -> None:
    for path in (f"/timegate/{entries[0].final_url}", f"/api/record/{entries[0].id}", "/timegate/http://x/%0d%0aA:b"):
        answer = room.get(path, follow_redirects=False)
        assert "set-cookie" not in answer.headers
        assert "a" not in answer.headers


def test_no_link_header_is_injected(tmp_path: Path, entries: list[Entry]) -> None:
    archived(tmp_path, entries)
    made = Room(config_of(tmp_path), Serving())
    for entry in (entries[0], evolve(entries[0], final_url=f"http://x/{PAYLOAD}")):
        links = links_of(made, entry)
        assert links.count("<") == links.count(">") == 4
        assert links.isascii()
        assert links.isprintable()
    made.close()


def test_no_cell_is_a_formula(tmp_path: Path) -> None:
    formula = '=HYPERLINK("http://evil.example")'
    one = article(formula, "+正文", source="@x", quality=Quality(score=0.5), published_on=dt.date(2024, 3, 1))
    archived(tmp_path, [made_entry(0, one)])
    with opened(tmp_path) as client:
        for path in ("/search.csv", "/index.csv", "/api/export.csv", "/tray.csv"):
            cells = [cell for row in csv.reader(io.StringIO(client.get(path).text)) for cell in row]
            assert f"'{formula}" in cells, path
            assert not [cell for cell in cells if cell.startswith(("=", "+", "@"))], path


def test_feeds_stay_xml(room: TestClient) -> None:
    for path in ("/search.atom", "/changed.atom", "/gone.atom"):
        root = ET.fromstring(room.get(path).content)
        names = {each.tag.rpartition("}")[2] for each in root.iter()}
        assert names <= {"feed", "title", "id", "link", "updated", "author", "name", "entry", "summary"}, names


def test_a_cached_answer_does_not_depend_on_what_a_client_claims(room: TestClient) -> None:
    plain = room.get("/search.json")
    claims = {"X-Forwarded-Host": "evil.example", "X-Original-URL": "/fetch", "X-Forwarded-Prefix": "/evil"}
    assert room.get("/search.json", headers=claims).content == plain.content
    page = room.get("/", headers=claims)
    assert "evil.example/" not in page.text.replace("http://evil.example/a", "").replace("http://evil.example/b", "")
    assert page.headers["Cache-Control"].startswith("private")


def test_no_answer_to_a_false_claim_is_kept_for_others(sample_archive: Path) -> None:
    """A first request with headers of an attacker must not decide what the next one gets, nor where it is sent."""
    claims = {
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "javascript",
        "X-Forwarded-Port": "1",
        "X-Forwarded-For": "192.0.2.1",
        "Forwarded": "host=evil.example",
        "X-Host": "evil.example",
        "X-Original-URL": "/fetch",
        "X-Rewrite-URL": "/fetch",
        "X-HTTP-Method-Override": "POST",
        "Range": "bytes=0-1",
    }
    paths = ("/", "/search?q=电梯", "/search?q=电梯&since=", "/sites", "/search.atom", "/api/openapi.json", "/nowhere")
    for path in paths:
        with opened(sample_archive) as client:
            first = client.get(path, headers=claims, follow_redirects=False)
            second = client.get(path, follow_redirects=False)
        with opened(sample_archive) as client:
            clean = client.get(path, follow_redirects=False)
        assert (first.status_code, second.status_code) == (clean.status_code, clean.status_code), path
        assert "evil" not in first.text + str(first.headers), path
        assert first.headers.get("location") == clean.headers.get("location"), path
        assert second.content == clean.content, path


def test_an_absolute_target_and_a_second_host_do_not_change_the_room(room: TestClient) -> None:
    plain = room.get("/search.json").content
    assert room.get("/search.json", headers={"Host": "127.0.0.1:8940", "X-Forwarded-Host": "x"}).content == plain
    assert room.get("/search.json", headers={"Host": "127.0.0.1:8940, evil.example"}).status_code == 421
    assert room.get("/search.json", headers={"Host": "127.0.0.1:8940@evil.example"}).status_code == 421
