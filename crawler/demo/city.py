"""The city: what every address of every portal answers on a given visit."""

from __future__ import annotations

import datetime as dt
import functools
import zlib
from collections.abc import Mapping

from attrs import evolve, frozen

from crawler.demo import assets, traps
from crawler.demo.article_schedule import NEWEST, plan
from crawler.demo.cms import truecms
from crawler.demo.cms.families import FAMILIES
from crawler.demo.model import MOVED, Answer, Article, BaseUrls, Portal, Truth
from crawler.demo.portals import PORTALS
from crawler.demo.request_context import RequestContext, open_desk
from crawler.demo.truth import truths
from pipelines.catalogue.search import traditional

ROBOTS = {
    "trs": "User-agent: *\nDisallow: /was5/\nDisallow: /search/\nDisallow: /xwzx/nbzl/\n",
    "generic": "User-agent: *\nDisallow: /search/\n\nSitemap: {base}/sitemap.xml\n",
}
"""The robots.txt of portals by their family; the others have none."""
GZIPPED = ("trs", "jcms")  # families whose portals here compress what clients let them; the others send plain bytes


@frozen(kw_only=True)
class City:
    """All portals on one visit; `desks` by slug, `index` finds an article by portal and any of its addresses."""

    seed: int
    pages: int
    visit: int
    desks: Mapping[str, RequestContext]
    index: Mapping[tuple[str, str], Article]
    files: frozenset[tuple[str, str]]

    @property
    def portals(self) -> tuple[Portal, ...]:
        """The city's portals."""
        return PORTALS

    def truth(self, base_urls: BaseUrls) -> tuple[Truth, ...]:
        """Return what must come out of each article, list and file, portal by portal."""
        return truths(self.desks, base_urls)

    def answer(
        self, slug: str, target: str, base_urls: BaseUrls, *, accept_gzip: bool = True, referred: bool = True
    ) -> Answer:
        """Return what a portal answers to a GET of this path and query.

        The same (seed, pages, visit) and arguments give the same bytes. A body is compressed where the portal does
        so and `accept_gzip` lets it; one page is compressed in any case. `referred` is whether the request names the
        page that led to it, without which one list API says 404.
        """
        desk = self.desks[slug]
        page = self.index.get((slug, target))
        if page is not None:
            return self._article(desk, page, target, base_urls[slug], accept_gzip)
        if target.startswith(truecms.API) and not referred:
            return traps.not_found(desk.portal.charset)
        other = FAMILIES[desk.portal.family].other(desk, target)
        if other is not None:
            media_type, text = other
            answer = traps.page(200, _written(desk, text), desk.portal.charset)
            headers = (("Server", "nginx"), ("Content-Type", f"{media_type}; charset={desk.portal.charset}"))
            return _compressed(evolve(answer, headers=headers), accept_gzip and desk.portal.family in GZIPPED)
        return self._file(desk, target, base_urls[slug])

    def _article(self, desk: RequestContext, page: Article, target: str, base: str, accept_gzip: bool) -> Answer:
        trap, charset = page.trap or "", desk.portal.charset
        if trap in MOVED and target == page.alias:
            return traps.refresh(page.path) if trap == "meta-refresh" else traps.moved(int(trap[-3:]), base + page.path)
        if trap == "gone" or (trap == "deleted" and self.visit > 1):
            return traps.not_found(charset)
        if trap == "soft-404":
            return traps.soft_not_found(charset)
        if trap.startswith("challenge"):
            return traps.challenge(trap, page.serial)
        body = _written(desk, FAMILIES[desk.portal.family].article(desk, page)).encode(charset)
        # PHPCMS leaves the charset to the page, nginx with TRS names it.
        plain = "text/html" if charset == "gbk" else f"text/html; charset={charset}"
        content_type = traps.LABELS.get((desk.portal.slug, trap), plain)
        stamp = f"{page.published:%Y%m%d%H%M}-{len(body):x}"
        headers = (("Server", "nginx"), ("Content-Type", content_type), ("ETag", f'"{stamp}"'))
        answer = Answer(status=200, reason="OK", headers=headers, body=body, chunked=trap == "chunked")
        return _compressed(answer, trap == "forced-gzip" or (accept_gzip and desk.portal.family in GZIPPED))

    def _file(self, desk: RequestContext, target: str, base: str) -> Answer:
        published = (desk.portal.slug, target) in self.files
        name = target if published else target.partition("?")[0]
        ending = name.rpartition(".")[2]
        furniture = target.startswith(("/images/", "/statics/", "/css/", "/js/"))
        if target == "/robots.txt" and (rules := ROBOTS.get(desk.portal.family)):
            return _file("text/plain", rules.format(base=base).encode())
        if published or (furniture and ending in assets.MEDIA_TYPES):
            return _file(assets.MEDIA_TYPES[ending], assets.asset(name))
        return traps.not_found(desk.portal.charset)


@functools.lru_cache(maxsize=8)
def build(seed: int = 1, pages: int = 300, visit: int = 1, newest: dt.date = NEWEST) -> City:
    """Return the city with about that many pages (articles and lists), as it stands on a visit counted from 1.

    `newest` is the day of its youngest articles on the first visit.

    Raises:
        ValueError: `pages` is too few to have every trap.
    """
    articles = plan(seed, pages, newest)
    desks = {portal.slug: open_desk(portal, visit, articles[portal.slug]) for portal in PORTALS}
    index: dict[tuple[str, str], Article] = {}
    files: set[tuple[str, str]] = set()
    for slug, desk in desks.items():
        for page in desk.articles:
            if page.trap == "off-site":
                continue
            index.update({(slug, path): page for path in (page.path, page.alias) if path})
            files.update((slug, path) for path in (*page.pictures, *(path for path, _ in page.attachments)))
    return City(seed=seed, pages=pages, visit=visit, desks=desks, index=index, files=frozenset(files))


def _written(desk: RequestContext, text: str) -> str:
    """Return a page in the portal's script."""
    return traditional(text) if desk.portal.script == "hant" else text


def _compressed(answer: Answer, wanted: bool) -> Answer:
    """Return the answer with its body in gzip; level 1, as busy servers have it."""
    if not wanted:
        return answer
    packer = zlib.compressobj(1, zlib.DEFLATED, 31)
    headers = (*answer.headers, ("Content-Encoding", "gzip"), ("Vary", "Accept-Encoding"))
    return evolve(answer, body=packer.compress(answer.body) + packer.flush(), headers=headers)


def _file(media_type: str, body: bytes) -> Answer:
    headers = (("Server", "nginx"), ("Content-Type", media_type), ("Accept-Ranges", "bytes"))
    return Answer(status=200, reason="OK", headers=headers, body=body)
