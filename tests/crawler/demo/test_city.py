"""The demo city is reproducible and of the requested size, and its ground truth agrees with its pages."""

from __future__ import annotations

import gzip
import re
import statistics
import unicodedata
import zlib
from collections import Counter
from functools import cache
from html.parser import HTMLParser

import pytest
from lxml import etree

from crawler.demo import HttpAnswer, Truth, build, registry
from crawler.demo.article_schedule import TRAPS
from crawler.demo.damage import PASSAGES
from pipelines.text.simplify import simplify

BASE = {slug: f"http://127.0.0.1:{8101 + at}" for at, slug in enumerate(portal.slug for portal in build().portals)}
GBK = [portal.slug for portal in build().portals if portal.charset == "gbk"]
NORMAL = [portal.slug for portal in build().portals]


def answer_for(truth: Truth, visit: int = 1, accept_gzip: bool = False) -> HttpAnswer:
    city = build(visit=visit)
    return city.answer(truth.portal, truth.url.removeprefix(BASE[truth.portal]), BASE, accept_gzip=accept_gzip)


def html_of(truth: Truth, visit: int = 1) -> str:
    """Return the page decoded by its real encoding, whatever its labels say."""
    answer = answer_for(truth, visit)
    body = gzip.decompress(answer.body) if ("Content-Encoding", "gzip") in answer.headers else answer.body
    return body.decode("gb18030" if truth.portal in GBK else "utf-8")


@cache
def every_truth(visit: int) -> tuple[Truth, ...]:
    return build(visit=visit).truth(BASE)


def truths(kind: str, visit: int = 1) -> list[Truth]:
    return [truth for truth in every_truth(visit) if truth.kind == kind]


def trapped(name: str, visit: int = 1) -> list[Truth]:
    return [truth for truth in every_truth(visit) if truth.trap == name]


def media_type(answer: HttpAnswer) -> str:
    return dict(answer.headers)["Content-Type"]


class Paragraphs(HTMLParser):
    """Collects the text of every <p>."""

    def __init__(self) -> None:
        super().__init__()
        self.paragraphs: list[str] = []
        self.in_paragraph = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "p":
            self.in_paragraph = True
            self.paragraphs.append("")

    def handle_endtag(self, tag: str) -> None:
        self.in_paragraph = self.in_paragraph and tag != "p"

    def handle_data(self, data: str) -> None:
        if self.in_paragraph:
            self.paragraphs[-1] += data


def test_the_same_arguments_give_the_same_city() -> None:
    build.cache_clear()
    first = build(seed=3, pages=200)
    answers = [first.answer(t.portal, t.url.removeprefix(BASE[t.portal]), BASE) for t in first.truth(BASE)]
    truth = first.truth(BASE)
    build.cache_clear()
    second = build(seed=3, pages=200)
    assert second is not first
    assert second.truth(BASE) == truth
    assert [second.answer(t.portal, t.url.removeprefix(BASE[t.portal]), BASE) for t in truth] == answers


def test_another_seed_gives_other_texts() -> None:
    texts = {truth.text for truth in truths("article")}
    assert texts.isdisjoint(truth.text for truth in build(seed=2).truth(BASE) if truth.kind == "article")


@pytest.mark.parametrize("pages", [150, 300, 2000, 10000])
def test_size_is_about_what_was_requested(pages: int) -> None:
    city = build(pages=pages)
    growing = {portal.slug for portal in city.portals if not portal.fixed_article_count}
    truths = city.truth(BASE) if pages < 10000 else ()
    count = sum(truth.kind != "file" and truth.portal in growing for truth in truths) or sum(
        len(context.articles) for slug, context in city.contexts.items() if slug in growing
    )
    assert abs(count - pages) <= pages * 0.12


def test_too_small_a_city_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 150 pages, not 20"):
        build(pages=20)


def test_every_trap_is_in_the_truth() -> None:
    for slug, traps in TRAPS.items():
        assert set(traps) <= {truth.trap for truth in build().truth(BASE) if truth.portal == slug}
    assert {"reprint", "near-copy"} <= {truth.trap for truth in build().truth(BASE)}


def test_addresses_are_unique() -> None:
    counts = Counter(truth.url for truth in build().truth(BASE))
    assert counts.most_common(1)[0][1] == 1


@pytest.mark.parametrize("slug", NORMAL)
def test_an_article_page_contains_its_truth(slug: str) -> None:
    for truth in truths("article"):
        if truth.portal != slug or truth.url != truth.final_url:
            continue
        page = Paragraphs()
        page.feed(html_of(truth))
        paragraphs = [text.strip() for text in page.paragraphs]
        expected = (truth.text or "").split("\n")
        if passage := PASSAGES.get(truth.trap or ""):
            assert expected[-len(passage.clean) :] == list(passage.clean)
            expected[-len(passage.clean) :] = passage.printed
        start = paragraphs.index(expected[0])
        body = [text for text in paragraphs[start:] if text]
        assert body[: len(expected)] == expected, truth.url
        assert truth.title is not None
        assert truth.title in html_of(truth)
        assert truth.source is not None
        assert truth.source in html_of(truth)
        assert all(person.name in html_of(truth) for person in truth.authors)


def test_texts_differ_unless_they_are_copies() -> None:
    originals = [truth for truth in build(pages=1500).truth(BASE) if truth.kind == "article" and truth.copy is None]
    originals = [truth for truth in originals if truth.url == truth.final_url]
    plain = Counter(
        "".join(c for c in truth.text or "" if unicodedata.category(c)[0] not in "PZS" and c != "\n")
        for truth in originals
    )
    assert plain.most_common(1)[0][1] == 1


def test_texts_are_of_realistic_length_and_punctuation() -> None:
    lengths = sorted(len(truth.text or "") for truth in build(pages=2000).truth(BASE) if truth.kind == "article")
    assert lengths[0] >= 100
    assert 300 <= statistics.median(lengths) <= 900
    assert lengths[-1] <= 2600
    half_width = re.compile(r"[一-鿿][,:;!?()]|[{}<>&§]")
    assert not [t.text for t in truths("article") if half_width.search(t.text or "")]


def test_pages_are_of_realistic_size() -> None:
    sizes = {slug: [len(html_of(t).encode()) for t in truths("article") if t.portal == slug] for slug in NORMAL}
    assert 24_000 <= statistics.median(sizes["yunzhou"]) <= 38_000
    assert 20_000 <= statistics.median(sizes["huawu"]) <= 38_000


def test_traps_have_the_status_and_content_of_their_kind() -> None:
    for kind, statuses in {"http-error": {404}, "challenge": {521, 412, 200}, "soft-404": {200}}.items():
        assert {answer_for(truth).status for truth in truths(kind)} == statuses
    assert all(
        len(answer_for(truth).body) < 2000 and "您访问的页面不存在" in html_of(truth) for truth in truths("soft-404")
    )
    assert all("__jsl_clearance" in html_of(t) or "$_ts" in html_of(t) for t in truths("challenge"))
    for truth in truths("image-only"):
        assert "<img" in html_of(truth)


def test_moved_pages_lead_to_their_article() -> None:
    for name, status in {"moved-301": 301, "moved-302": 302, "meta-refresh": 200}.items():
        page, alias = trapped(name)
        answer = answer_for(alias)
        assert (answer.status, alias.final_url, alias.text) == (status, page.url, page.text)
        path = page.url.removeprefix(BASE["yunzhou"])
        if status == 200:
            assert f'http-equiv="refresh" content="0;url={path}"'.encode() in answer.body
        else:
            assert dict(answer.headers)["Location"] == page.url
        assert (page.linked, alias.linked) == (False, True)


def test_copies_are_as_close_to_their_originals_as_the_truth_says() -> None:
    by_url = {truth.url: truth for truth in build().truth(BASE)}
    kinds = Counter(truth.copy for truth in by_url.values() if truth.copy)
    assert kinds["same-bytes"] == 1
    assert kinds["same-text"] >= 5
    assert kinds["near-copy"] >= 2
    for truth in by_url.values():
        if truth.copy_of is None:
            continue
        original = by_url[truth.copy_of]
        assert (simplify(truth.text) == original.text) == (truth.copy != "near-copy")
        assert (answer_for(truth).body == answer_for(original).body) == (truth.copy == "same-bytes")
        assert simplify(truth.source) == "云洲市人民政府" or truth.copy == "same-bytes"


def test_charset_labels_are_wrong_where_the_trap_says() -> None:
    labels = {(t.portal, t.trap): media_type(answer_for(t)) for t in truths("article") if t.trap and "label" in t.trap}
    assert labels["yunzhou", "latin1-label"] == "text/html; charset=ISO-8859-1"
    assert labels["huawu", "latin1-label"] == "text/html; charset=iso-8859-1"
    assert labels["huawu", "gb2312-label"] == "text/html; charset=gb2312"
    for name, meta in {"utf8-label": "utf-8", "gb2312-label": "gb2312"}.items():
        (truth,) = trapped(name)
        body = answer_for(truth).body
        assert f"charset={meta}".encode() in body
        with pytest.raises(UnicodeDecodeError):
            body.decode(meta)
        assert "陶镕、退休教师周喆" in body.decode("gbk")


def test_gzip_is_sent_when_accepted_and_in_one_case_always() -> None:
    plain = next(truth for truth in truths("article") if truth.portal == "yunzhou" and truth.trap is None)
    assert zlib.decompress(answer_for(plain, accept_gzip=True).body, 31) == answer_for(plain).body
    (forced,) = trapped("forced-gzip")
    assert ("Content-Encoding", "gzip") in answer_for(forced).headers
    assert all(answer_for(truth).chunked for truth in trapped("chunked"))


def test_the_second_visit_edits_one_deletes_one_and_adds_two() -> None:
    first = {truth.url: truth for truth in truths("article")}
    second = {truth.url: truth for truth in truths("article", visit=2)}
    (edited,) = trapped("edited")
    (deleted,) = trapped("deleted", visit=2)
    changed = {url for url in first.keys() & second.keys() if first[url].text != second[url].text}
    assert changed == {edited.url}
    assert first.keys() - second.keys() == {deleted.url}
    assert (deleted.kind, answer_for(deleted, visit=2).status) == ("http-error", 404)
    assert len(second.keys() - first.keys()) == 2
    same = [
        url
        for url in first.keys() & second.keys()
        if answer_for(first[url]).body == answer_for(second[url], visit=2).body
    ]
    assert len(same) == len(first) - 2


def test_files_are_valid() -> None:
    for truth in truths("file"):
        answer = answer_for(truth)
        signatures = {"application/pdf": b"%PDF-1.4", "image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff"}
        assert answer.body.startswith(signatures[media_type(answer)])
        if media_type(answer) == "application/pdf":
            table = int(answer.body.split(b"startxref\n")[1].split()[0])
            assert answer.body[table:].startswith(b"xref")
    bodies = [answer_for(truth).body for truth in truths("file")]
    assert len(set(bodies)) == len(bodies)


def test_pages_of_documents_contain_their_disclosure_table() -> None:
    documents = [truth for truth in truths("article") if truth.document]
    assert {truth.portal for truth in documents} == {"yunzhou", "lintan-xxgk"}
    for truth in documents:
        cells = "".join(etree.HTML(html_of(truth)).xpath("//table[1]//text()"))
        assert truth.document is not None
        assert truth.document.document_number is not None
        assert truth.document.document_number in cells
        assert str(truth.document.index_number) in cells


def test_the_mirror_is_in_traditional_characters_throughout() -> None:
    mirrored = trapped("mirror")
    assert len(mirrored) == 8
    reprinted = {truth.copy_of for truth in truths("article") if truth.portal == "huawu"}
    assert {truth.copy_of for truth in mirrored} <= reprinted, "some texts exist three times"
    for truth in mirrored:
        page = html_of(truth)
        assert "來源" in page
        assert not re.search("来源|责任编辑|市长|会议", page)


def test_look_alikes_come_from_four_templates_and_are_all_different() -> None:
    look_alikes = trapped("look-alike")
    assert set(Counter(truth.column for truth in look_alikes).values()) == {4}
    assert len({truth.text for truth in look_alikes}) == len(look_alikes)
    assert not any(truth.copy_of for truth in look_alikes)


def test_robots_forbids_what_the_truth_says() -> None:
    (truth,) = truths("robots")
    robots = build().answer("yunzhou", "/robots.txt", BASE).body.decode()
    rules = re.findall(r"Disallow: (\S+)", robots)
    path = truth.url.removeprefix(BASE["yunzhou"])
    assert any(path.startswith(rule) for rule in rules)
    assert build().answer("huawu", "/robots.txt", BASE).status == 404


def test_unknown_addresses_are_not_found() -> None:
    for slug in NORMAL:
        assert build().answer(slug, "/no/such/page.html", BASE).status == 404


def test_registry_contains_the_sections_that_are_crawled() -> None:
    sites = registry(BASE)
    assert set(sites) == {f"{slug}.toml" for slug in NORMAL}
    assert f'url = "{BASE["yunzhou"]}/xwzx/yw/"' in sites["yunzhou.toml"]
    assert f'url = "{BASE["lintan-ribao"]}/"' in sites["lintan-ribao.toml"]
    assert 'family = "phpcms"' in sites["huawu.toml"]
