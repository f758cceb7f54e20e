"""What a replay reads from an archive, with which site, and the result of each capture."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing
from pathlib import Path

import pytest
from attrs import evolve

from crawler.replay.indexing import ReplayResult
from crawler.replay.run import DateRange, body_finder, jobs, recover, replay
from crawler.sites.registry import Registry
from crawler.sites.serialize import site_json
from crawler.sites.site import Section, Site
from pipelines.archive import Archive
from pipelines.catalogue.catalogue import Catalogue
from pipelines.errors import StoreAway, StoreError
from pipelines.line.order import read_page
from pipelines.model import Capture, Digests, Entry, Location
from pipelines.storage import open_storage
from pipelines.storage.local import LocalStorage
from tests.pipelines.archive.foreign import sha1
from tests.pipelines.archive.made import reference
from tests.pipelines.made import capture, entry, sha256
from tests.pipelines.pages import page

DAY = dt.date(2024, 3, 5)
NEXT = dt.date(2024, 3, 6)


def site(host: str, slug: str = "fu", name: str = "府") -> Site:
    section = Section(name="要闻", url=f"http://{host}/list/")
    return Site(slug=slug, name=name, family="generic", hosts=(host,), sections=(section,))


def captured(host: str, described: Site | None) -> tuple[dict[str, str], Capture]:
    at = dt.datetime(2024, 3, 5, tzinfo=dt.UTC)
    made = Capture(url=f"http://{host}/a", final_url=f"http://{host}/a", fetched_at=at, status=200)
    return ({"fangzhi-site": site_json(described)} if described else {}), made


def test_an_unregistered_site_is_taken_from_the_description_in_each_file() -> None:
    before, after = site("old.example.cn"), site("new.example.cn")
    found = [captured("old.example.cn", before), captured("new.example.cn", after), captured("old.example.cn", None)]
    assert [job.site for job in jobs(found, Registry())] == ["fu", "fu", None]


def test_the_registry_overrides_the_description_in_the_file() -> None:
    now = Registry(sites={"xin": site("old.example.cn", "xin")})
    assert [job.site for job in jobs([captured("old.example.cn", site("old.example.cn"))], now)] == ["xin"]


def at(moment: str) -> Capture:
    return evolve(capture(), fetched_at=dt.datetime.fromisoformat(moment))


@pytest.mark.parametrize(
    ("dates", "moment", "contained"),
    [
        (DateRange(), "1999-01-01T00:00:00+00:00", True),
        (DateRange(since=DAY), "2024-03-04T23:59:59+08:00", False),
        (DateRange(since=DAY), "2024-03-05T00:00:00+08:00", True),
        (DateRange(until=DAY), "2024-03-05T23:59:59+08:00", True),
        (DateRange(until=DAY), "2024-03-06T00:00:00+08:00", False),
        (DateRange(since=DAY, until=DAY), "2024-03-05T12:00:00+08:00", True),
        (DateRange(since=NEXT), "2024-03-05T15:59:59+00:00", False),
        (DateRange(until=DAY), "2024-03-05T15:59:59+00:00", True),
    ],
)
def test_a_date_range_contains_whole_days_in_china(dates: DateRange, moment: str, contained: bool) -> None:
    assert dates.contains(at(moment)) is contained


def test_the_kind_of_a_result_depends_on_the_entry_before() -> None:
    made = entry(capture())
    assert ReplayResult(before=None, after=made).kind == "added"
    assert ReplayResult(before=made, after=entry(capture())).kind == "unchanged"
    assert ReplayResult(before=made, after=evolve(made, recipe="trs/2")).kind == "changed"


def test_a_dry_run_catalogues_nothing_and_a_replay_does() -> None:
    captured = [({}, page(number, text=f"第{number}条消息，全市各县区的工作都已经完成。")) for number in range(3)]
    with closing(Catalogue("sqlite://")) as catalogue:

        def kinds(*, dry_run: bool) -> list[str]:
            selected = jobs(captured, Registry(), DateRange())
            return [change.kind for change in replay(selected, catalogue, dry_run=dry_run)]

        assert kinds(dry_run=True) == ["added"] * 3
        assert list(catalogue.entries()) == []
        assert kinds(dry_run=False) == ["added"] * 3
        assert kinds(dry_run=False) == ["unchanged"] * 3
        assert len(list(catalogue.entries())) == 3


class CountingCatalogue(Catalogue):
    """A catalogue that counts its transactions."""

    transactions = 0

    def transaction(self) -> AbstractContextManager[None]:
        self.transactions += 1
        return super().transaction()


def pages(count: int) -> list[tuple[dict[str, str], Capture]]:
    place = Location(file="/a.warc.gz", offset=0, length=9)
    made = (page(number, text=f"第{number}条消息，全市各县区的工作都已经完成。") for number in range(count))
    return [({}, evolve(each, stored=evolve(place, offset=number))) for number, each in enumerate(made)]


def test_captures_share_transactions_and_a_repeated_one_is_compared_with_the_first_of_its_batch() -> None:
    with closing(CountingCatalogue("sqlite://")) as catalogue:
        once = pages(8)
        kinds = [each.kind for each in replay(jobs([*once, *once[:2]], Registry()), catalogue)]
        assert kinds == ["added"] * 8 + ["unchanged"] * 2
        assert catalogue.transactions < 2 * 10, "each batch opens one and joins it; captures alone would make 20"


def test_what_comes_before_a_file_that_cannot_be_read_is_catalogued() -> None:
    def broken() -> Iterator[tuple[dict[str, str], Capture]]:
        yield from pages(3)
        raise StoreAway("the server does not answer")

    with closing(Catalogue("sqlite://")) as catalogue:
        with pytest.raises(StoreAway):
            list(replay(jobs(broken(), Registry()), catalogue))
        assert len(list(catalogue.entries())) == 3


def test_only_captures_in_the_date_range_are_read() -> None:
    captured = [({}, at("2024-03-04T12:00:00+00:00")), ({}, at("2024-03-05T12:00:00+00:00"))]
    assert [job.capture for job in jobs(captured, Registry(), DateRange(since=DAY))] == [captured[1][1]]


def test_a_body_is_found_by_digest_by_second_or_among_the_latest_of_its_url(tmp_path: Path) -> None:
    with closing(Catalogue("sqlite://")) as catalogue:
        archive = Archive(open_storage(str(tmp_path)))
        made = [capture(number, f"{number}".encode(), url="http://news.example/a") for number in range(3)]
        for each in made:
            place = archive.put(each, Digests(payload=sha256(each.body)), "news")
            catalogue.put(evolve(entry(each), location=place))
        archive.close()
        find = body_finder(archive, catalogue)
        url = made[0].final_url
        for number, found in enumerate(
            (
                find(sha1(b"0"), url, None),
                find(sha256(b"1"), "http://other.example/", None),
                find("sha1:UNKNOWN", url, made[2].fetched_at.replace(microsecond=0)),
            )
        ):
            assert found
            assert found.body == made[number].body
        assert find(sha1(b"9"), url, None) is None
        assert find(sha1(b"0"), "http://other.example/", None) is None


class RemoteStorage(LocalStorage):
    """A folder in the role of a server, which gives no WARC file while `away` is set."""

    separate_spool = True
    away = False

    def read(self, key: str, offset: int = 0, length: int | None = None) -> bytes:
        if self.away and key.startswith("warc/"):
            raise StoreAway("the server does not answer")
        return super().read(key, offset, length)


@pytest.fixture
def catalogue() -> Iterator[Catalogue]:
    with closing(Catalogue("sqlite://")) as opened:
        yield opened


def leave_unfinished(storage: RemoteStorage, catalogue: Catalogue, again: Capture) -> Entry:
    """Leave a revisit in the spool whose original is on the server; return its entry."""
    first, archive = page(url="http://news.example/a"), Archive(storage)
    catalogue.put(evolve(entry(first), location=archive.put(first, Digests(payload=sha256(first.body)), "news")))
    archive.close()
    place = archive.put(again, Digests(payload=sha256(again.body)), "news", reference(first))
    archive.abandon()
    return evolve(entry(again), location=place)


AGAIN = page(1, url="http://news.example/a")


def test_an_unfinished_revisit_whose_body_is_on_an_unreachable_server_is_recovered_later(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    storage = RemoteStorage(tmp_path)
    leave_unfinished(storage, catalogue, AGAIN)

    def recovered() -> list[str]:
        return [change.after.url for change in recover(Archive(storage), catalogue, Registry())]

    storage.away = True
    assert recovered() == []
    assert len(list(tmp_path.rglob("*.open"))) == 1
    storage.away = False
    assert recovered() == [AGAIN.url]
    assert list(tmp_path.rglob("*.open")) == []
    assert recovered() == []


@pytest.mark.parametrize("again", [AGAIN, evolve(AGAIN, status=304, body=b"")])
def test_an_unfinished_revisit_that_is_catalogued_needs_no_body(
    tmp_path: Path, catalogue: Catalogue, again: Capture
) -> None:
    storage = RemoteStorage(tmp_path)
    catalogue.put(leave_unfinished(storage, catalogue, again))
    storage.away = True
    assert list(recover(Archive(storage), catalogue, Registry())) == []
    assert list(tmp_path.rglob("*.open")) == []


DESCRIPTIONS = {
    "not JSON": "not json",
    "200,000 brackets": "[" * 200_000,
    "deep objects": '{"a":' * 100_000,
    "a list": "[1]",
    "null": "null",
    "without sections": json.dumps({"slug": "fu", "name": "府", "family": "generic", "hosts": ["a.cn"]}),
    "bad slug": site_json(evolve(site("a.cn"), slug="../..")),
    "unknown family": site_json(evolve(site("a.cn"), family="cms")),
    "address of a section": site_json(evolve(site("a.cn"), sections=(Section(name="要闻", url="http://[::1"),))),
    "recipe without name": site_json(site("a.cn")).replace('"recipes": []', '"recipes": [{"body": ["p"]}]'),
}


@pytest.mark.parametrize("name", DESCRIPTIONS)
def test_a_description_that_cannot_be_read_is_named_once_and_the_registry_counts(name: str) -> None:
    errors: list[StoreError] = []
    place = Location(file="/srv/x.warc", offset=0, length=1)
    found = [({"fangzhi-site": DESCRIPTIONS[name]}, evolve(captured("a.cn", None)[1], stored=place))] * 2
    found += [({}, found[0][1]), found[0]]
    made = list(jobs(found, Registry(sites={"xin": site("a.cn", "xin")}), on_error=errors.append))
    assert [job.site for job in made] == ["xin"] * 4
    assert ["/srv/x.warc" in str(error) for error in errors] == [True]


ADDRESSES = [
    *("http://[::1", "http://[abc]/a.html", "http://ａ℀.cn/a.html", "https://[/x/content_12.html?id=1&page=2"),
    *("HTTP://[v1.x]]/a.html", "http://a.cn:99999999/a.html", "http:///a.html", "http://a b/a.html"),
    *("http://a\x1b[31m.cn/\x07a.html", "http://\u202e.cn/a.html"),
]


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("asked", ["http://old.example.cn/a", None])
def test_an_address_that_no_server_can_have_loses_no_article(address: str, asked: str | None) -> None:
    registry = Registry(sites={"fu": site("old.example.cn")})
    made = evolve(page(), url=asked or address, final_url=address)
    job = next(iter(jobs([({}, made)], registry)))
    assert isinstance(read_page(job), tuple)
