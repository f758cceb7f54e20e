"""A crawl of the simulated city finds exactly the pages and articles of its ground truth."""

from __future__ import annotations

from warcio.archiveiterator import ArchiveIterator

from crawler.demo import Truth
from tests.fangzhi import warcio_check, warcs
from tests.town import Town

ALL_PAGES_DUE_DAYS = 181
"""Days after which every page is fetched again, whatever its age when it was found."""


def outcome_of(entry: dict) -> str:
    return "article" if entry["outcome"] == "article" else entry["reason"]


def expected(truth: Truth) -> dict:
    return {
        "title": truth.title,
        "text": truth.text,
        "published_at": truth.published,
        "source": truth.source,
        "authors": [{"name": person.name, "role": person.role} for person in truth.authors],
        "column": list(truth.column),
        "attachments": list(truth.attachments),
        "images": list(truth.images),
    }


def read(entry: dict) -> dict:
    (article,) = entry["articles"]
    found = {key: article[key] for key in ("title", "text", "published_at", "source", "authors", "column")}
    found |= {key: [item["url"] for item in article[key]] for key in ("attachments", "images")}
    return found


def test_every_linked_page_is_captured_once_and_nothing_else(town: Town) -> None:
    captured = [(entry["url"], entry["final_url"]) for entry in town.entries()]
    assert len(captured) == len(set(captured))
    truths = {truth.url: truth for truth in town.truths()}
    assert {url for url, _ in captured} == truths.keys()
    for truth in truths.values():
        assert (truth.url, truth.final_url) in captured


def test_articles_and_rejections_match_the_ground_truth(town: Town) -> None:
    entries = {(entry["url"], entry["final_url"]): entry for entry in town.entries()}
    for truth in town.truths():
        entry = entries[truth.url, truth.final_url]
        assert outcome_of(entry) == ("not-an-article" if truth.kind == "list" else truth.kind), truth
        if truth.kind == "article":
            assert read(entry) == expected(truth), truth


def test_copies_are_recognised_by_bytes_and_by_text(town: Town) -> None:
    entries = {entry["final_url"]: entry for entry in town.entries() if entry["outcome"] == "article"}
    exact = [truth for truth in town.truths() if truth.copy in ("same-bytes", "same-text")]
    assert {truth.copy for truth in exact} == {"same-bytes", "same-text"}
    for truth in exact:
        copy, original = sorted((entries[truth.final_url], entries[truth.copy_of]), key=lambda one: one["fetched_at"])[
            ::-1
        ]
        assert (copy["verdict"]["kind"], copy["verdict"]["of"]) == (truth.copy, original["id"])
        assert original["verdict"]["kind"] == "new"


def test_edited_reprints_are_recognised_and_nothing_else_is(town: Town) -> None:
    entries = {entry["final_url"]: entry for entry in town.entries() if entry["outcome"] == "article"}
    wanted = {truth.final_url: truth.copy_of for truth in town.truths() if truth.copy == "near-copy"}
    ids = {entry["id"]: url for url, entry in entries.items()}
    near_copies = {url: entry["verdict"] for url, entry in entries.items() if entry["verdict"]["kind"] == "near-copy"}
    pairs = {frozenset((url, ids[verdict["of"]])) for url, verdict in near_copies.items()}
    assert len(wanted) >= 2
    assert pairs == {frozenset(pair) for pair in wanted.items()}
    assert all(verdict["similarity"] >= 0.6 for verdict in near_copies.values())


def test_robots_txt_is_obeyed_and_the_user_agent_names_fangzhi(town: Town) -> None:
    requests = [visit for visit in town.server.log if visit.user_agent.startswith("fangzhi/")]
    assert len(requests) == len(town.server.log)
    forbidden = [truth for truth in town.server.city.truth(town.server.base_urls) if truth.trap == "robots"]
    assert forbidden
    targets = {f"{town.server.base_urls[visit.portal]}{visit.target}" for visit in requests}
    assert targets.isdisjoint(truth.url for truth in forbidden)


def test_the_warcs_are_valid_and_contain_a_request_for_every_response(town: Town) -> None:
    checked = warcio_check(town.archive)
    assert checked.returncode == 0, checked.stdout
    types: list[str] = []
    for path in warcs(town.archive):
        with path.open("rb") as file:
            types += [record.rec_type for record in ArchiveIterator(file)]
    captures = len(town.entries())
    assert types.count("request") == types.count("response") + types.count("revisit") == captures
    assert types.count("warcinfo") == len(warcs(town.archive))


def test_the_report_adds_up_and_a_second_crawl_writes_no_bytes_twice(new_town: Town) -> None:
    first = new_town.crawl()
    new_town.pass_time(ALL_PAGES_DUE_DAYS)
    second = new_town.crawl()
    for report in (first, second):
        counted = report["articles"] + report["duplicates"] + sum(report["rejected"].values())
        assert report["fetched"] == counted + sum(report["failed"].values())
    assert first["rejected"]["file"] > 0
    assert second["fetched"] == first["fetched"] - first["rejected"]["file"], (
        "a file that was fetched is not requested again"
    )
    assert second["articles"] == 0
    entries = new_town.entries()
    later = entries[first["fetched"] :]
    assert len(entries) == first["fetched"] + second["fetched"]
    bodies = [entry for entry in later if entry["verdict"]["kind"] != "same-bytes"]
    assert {entry["reason"] for entry in bodies} <= {"redirect", "not-modified"}, (
        "only responses without a body are not revisits"
    )
    assert warcio_check(new_town.archive).returncode == 0


def test_since_skips_articles_that_the_lists_date_earlier(new_town: Town) -> None:
    new_town.run("crawl", "yunzhou", "--json", "--since", "2024-03-01")
    articles = [entry for entry in new_town.entries() if entry["outcome"] == "article"]
    assert articles
    assert min(entry["articles"][0]["published_on"] for entry in articles) >= "2024-03-01"
