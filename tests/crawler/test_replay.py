"""Jobs out of an archive: each capture with its site as it was, or as it is now."""

from __future__ import annotations

import datetime as dt

from crawler.replay import jobs
from crawler.sites import Registry, Section, Site, site_json
from pipelines.model import Capture


def site(host: str, slug: str = "fu", name: str = "府") -> Site:
    section = Section(name="要闻", url=f"http://{host}/list/")
    return Site(slug=slug, name=name, family="generic", hosts=(host,), sections=(section,))


def captured(host: str, told: Site | None) -> tuple[dict[str, str], Capture]:
    at = dt.datetime(2024, 3, 5, tzinfo=dt.UTC)
    capture = Capture(url=f"http://{host}/a", final_url=f"http://{host}/a", fetched_at=at, status=200)
    return ({"fangzhi-site": site_json(told)} if told else {}), capture


def test_a_site_that_is_not_registered_is_as_each_file_describes_it() -> None:
    before, after = site("old.example.cn"), site("new.example.cn")
    found = [captured("old.example.cn", before), captured("new.example.cn", after), captured("old.example.cn", None)]
    assert [job.site for job in jobs(found, Registry())] == ["fu", "fu", None]


def test_what_is_registered_now_is_in_force() -> None:
    now = Registry(sites={"xin": site("old.example.cn", "xin")})
    assert [job.site for job in jobs([captured("old.example.cn", site("old.example.cn"))], now)] == ["xin"]
