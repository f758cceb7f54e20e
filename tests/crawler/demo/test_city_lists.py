"""The lists of the city, followed as a crawler of each family follows them, link to exactly the linked articles."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from urllib.parse import urljoin

import pytest
from lxml import etree

from crawler.demo import build

CITY = build(pages=600)
BASE = {portal.slug: f"http://127.0.0.1:{8101 + at}" for at, portal in enumerate(CITY.portals)}


def text(slug: str, url: str) -> str:
    answer = CITY.answer(slug, url.removeprefix(BASE[slug]), BASE, accept_gzip=False)
    assert answer.status == 200, url
    return answer.body.decode("gbk" if slug == "huawu" else "utf-8")


def sections(slug: str) -> list[tuple[str, int]]:
    (portal,) = (portal for portal in CITY.portals if portal.slug == slug)
    return [(section.path, section.code) for section in portal.sections]


def yunzhou() -> Iterator[str]:
    """TRS: take the number of pages from the script, then read index_1.html, index_2.html, …"""
    for path, _ in sections("yunzhou"):
        page = url = BASE["yunzhou"] + path
        found = re.search(r'createPageHTML\((\d+), 0, "index", "html"\);', text("yunzhou", url))
        assert found
        for number in range(int(found[1])):
            url = urljoin(page, f"index_{number}.html" if number else "index.html")
            hrefs = etree.HTML(text("yunzhou", url)).xpath('//div[@class="gl_list"]//a/@href')
            yield from (urljoin(url, href) for href in hrefs)


def huawu() -> Iterator[str]:
    """PHPCMS: follow 下一页 until it links to the same page."""
    for path, _ in sections("huawu"):
        url, following = "", BASE["huawu"] + path
        while following != url:
            url = following
            tree = etree.HTML(text("huawu", url))
            yield from (urljoin(url, href) for href in tree.xpath('//ul[@class="list lh24 f14"]//a/@href'))
            following = urljoin(url, tree.xpath('//div[@id="pages"]/a[text()="下一页"]/@href')[0])


def qinghe() -> Iterator[str]:
    """JCMS: take the first records from the section page, the others from the proxy."""
    record = re.compile(r"<record><!\[CDATA\[.*?href='([^']+)'.*?\]\]></record>", re.DOTALL)
    for path, code in sections("qinghe"):
        first = text("qinghe", BASE["qinghe"] + path)
        total = re.search(r"totalRecord:(\d+)", first)
        assert total
        found = record.findall(first)
        page = 1
        while len(found) < int(total[1]):
            page += 1
            proxy = (
                f"/module/web/jpage/dataproxy.jsp?page={page}&webid=3&columnid={code}&unitid={code + 4000}&perpage=15"
            )
            found += record.findall(text("qinghe", BASE["qinghe"] + proxy))
        yield from (urljoin(BASE["qinghe"], href) for href in found)


def lintan_xxgk() -> Iterator[str]:
    """gkmlpt: take the ids from the tree in _CONFIG; the API returns 100 articles a page."""
    found = re.search(r"window\._CONFIG = (\{.*\});", text("lintan-xxgk", BASE["lintan-xxgk"] + "/gkmlpt/index"))
    assert found
    config = json.loads(found[1])
    for category in config["TREE"][0]["children"]:
        api = f"{BASE['lintan-xxgk']}/gkmlpt/api/all/{category['id']}?page={{}}&sid={config['SID']}"
        assert text("lintan-xxgk", api.format(0)) == text("lintan-xxgk", api.format(1))
        posts = json.loads(text("lintan-xxgk", api.format(1)))["articles"]
        assert len(posts) == min(100, category["post_count"])
        yield from (urljoin(BASE["lintan-xxgk"], post["url"]) for post in posts)


def lintan_ribao() -> Iterator[str]:
    """Founder: the home page redirects to the newest issue, #pageLink links its pages; older issues by date."""
    redirect = re.search(r'URL=([^"]+)"', text("lintan-ribao", BASE["lintan-ribao"] + "/"))
    assert redirect
    issues = {
        truth.final_url.rpartition("/")[0]
        for truth in CITY.truth(BASE)
        if (truth.portal, truth.kind) == ("lintan-ribao", "list")
    }
    assert max(issues) in urljoin(BASE["lintan-ribao"] + "/", redirect[1])
    for issue in issues:
        first = f"{issue}/node_1.htm"
        for node in etree.HTML(text("lintan-ribao", first)).xpath('//a[@id="pageLink"]/@href'):
            url = urljoin(first, node)
            areas = etree.HTML(text("lintan-ribao", url)).xpath('//map[@name="PagePicMap"]/area/@href')
            yield from (urljoin(url, href) for href in areas)


WALKS = {"yunzhou": yunzhou, "huawu": huawu, "qinghe": qinghe, "lintan-xxgk": lintan_xxgk, "lintan-ribao": lintan_ribao}


@pytest.mark.parametrize("slug", WALKS)
def test_lists_link_to_every_linked_article(slug: str) -> None:
    reached = list(WALKS[slug]())
    truths = [truth for truth in CITY.truth(BASE) if truth.portal == slug and truth.kind not in ("list", "file")]
    unwanted = {truth.url for truth in truths if truth.kind in ("robots", "off-site")}
    assert set(reached) - unwanted == {truth.url for truth in truths if truth.linked}
    assert unwanted <= set(reached)


def test_one_article_is_listed_twice() -> None:
    reached = list(yunzhou())
    (twice,) = (truth.url for truth in CITY.truth(BASE) if truth.trap == "listed-twice")
    assert [url for url in set(reached) if reached.count(url) > 1] == [twice]


def test_a_shortened_title_is_complete_in_the_title_attribute() -> None:
    (truth,) = (truth for truth in CITY.truth(BASE) if (truth.portal, truth.trap) == ("yunzhou", "cut-title"))
    lists = (t.url for t in CITY.truth(BASE) if (t.portal, t.kind) == ("yunzhou", "list"))
    links = [
        link
        for url in lists
        for link in etree.HTML(text("yunzhou", url)).xpath('//div[@class="gl_list"]//a')
        if urljoin(url, link.get("href")) == truth.url
    ]
    assert [link.get("title") for link in links] == [truth.title]
    assert links[0].text.endswith("…")
    assert (truth.title or "").startswith(links[0].text.rstrip("…"))
