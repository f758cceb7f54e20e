"""What changes around a text by the hour makes no new version of it: counters, hot lists, today's date."""

from __future__ import annotations

import re
from contextlib import closing
from pathlib import Path

import pytest
from attrs import evolve

from crawler.city import build, registry
from crawler.city.model import Truth
from crawler.city.portals import PORTALS
from crawler.sites import Registry, load
from pipelines.catalogue import Catalogue
from pipelines.history import versions
from pipelines.line import Nowhere, Stores, process
from pipelines.model import Capture
from tests.pipelines.made import capture

BASE = {portal.slug: f"http://{portal.slug}.example" for portal in PORTALS}
CITY = build(pages=150)
ARTICLES = {
    truth.portal: truth for truth in CITY.truth(BASE) if truth.kind == "article" and truth.linked and not truth.trap
}

TODAY = "<body\\g<1>><div class='date'>今天是2024年4月{}日　星期三　农历二月廿五　多云转晴　12℃~{}℃</div>"
HOT = (
    "<div class='rdph'><h3>热点排行</h3><ul><li><a href='/a/1.html'>市领导调研重点项目建设（{}次）</a></li>"
    "<li><a href='/a/2.html'>我市召开经济运行分析会议（{}次）</a></li></ul></div></body>"
)


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Registry:
    folder = tmp_path_factory.mktemp("sites")
    for name, toml in registry(BASE).items():
        (Path(folder) / name).write_text(toml, "utf-8")
    return load(folder)


def seen_at(truth: Truth, hour: int) -> Capture:
    """Return the article's page as it looks some hours later: another day, more readers, other pieces read most."""
    answer = CITY.answer(truth.portal, truth.url.removeprefix(BASE[truth.portal]), BASE, accept_gzip=False)
    charset = next(portal.charset for portal in PORTALS if portal.slug == truth.portal)
    html = answer.body.decode(charset)
    html = re.sub(r"<body([^>]*)>", TODAY.format(hour, hour + 12), html, count=1)
    html = html.replace("</body>", HOT.format(hour * 31, hour * 17))
    html = re.sub(r'(id="hits">|class="WP_VisitCount"[^>]*>)\d*', rf"\g<1>{hour * 53}", html)
    made = capture(hour * 3600, html.encode(charset, "xmlcharrefreplace"), truth.final_url)
    return evolve(made, headers=answer.headers)


@pytest.mark.parametrize("portal", sorted(ARTICLES))
def test_furniture_alone_makes_no_version(known: Registry, portal: str) -> None:
    with closing(Catalogue("sqlite://")) as catalogue:
        stores = Stores(archive=Nowhere(), catalogue=catalogue)
        entries = [process(known.job(seen_at(ARTICLES[portal], hour)), stores) for hour in (1, 7, 23)]
        assert entries[0].outcome == "article"
        assert [entry.verdict.kind for entry in entries] == ["new", "same-text", "same-text"]
        assert len({entry.digests.payload for entry in entries}) == 3
        assert len(versions(catalogue.captures(ARTICLES[portal].final_url))) == 1
