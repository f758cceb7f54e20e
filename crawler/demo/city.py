"""The demo city: the answer of every address of every portal on a given visit."""

from __future__ import annotations

import datetime as dt
import functools
import zlib
from collections.abc import Mapping

from attrs import evolve, frozen

from crawler.demo import assets, traps
from crawler.demo.article_schedule import NEWEST_DAY, schedule_articles
from crawler.demo.cms import truecms
from crawler.demo.cms.families import CMS_BY_NAME
from crawler.demo.layout_files import layout_file
from crawler.demo.model import REDIRECT_TRAPS, BaseUrls, DemoArticle, HttpAnswer, Portal, Truth
from crawler.demo.portals import PORTALS
from crawler.demo.request_context import RequestContext, build_context
from crawler.demo.requisites import page_requisites
from crawler.demo.truth import truths
from pipelines.text.traditional import traditional

ROBOTS_TXT = {
    "trs": "User-agent: *\nDisallow: /was5/\nDisallow: /search/\nDisallow: /xwzx/nbzl/\n",
    "generic": "User-agent: *\nDisallow: /search/\n\nSitemap: {base}/sitemap.xml\n",
}
"""robots.txt by CMS. Portals of other CMSs answer 404 for it."""

GZIP_CMSS = ("trs", "jcms")
"""CMSs whose portals compress answers for clients that accept gzip. The others never compress."""


@frozen(kw_only=True)
class City:
    """All portals on one visit.

    `contexts` is keyed by slug. Keys of `article_by_address` and members of `files` are pairs of slug and path: each
    address of an article, and each picture and attachment.
    """

    seed: int
    pages: int
    visit: int
    contexts: Mapping[str, RequestContext]
    article_by_address: Mapping[tuple[str, str], DemoArticle]
    files: frozenset[tuple[str, str]]

    @property
    def portals(self) -> tuple[Portal, ...]:
        """The portals of the city, in the order of their ports."""
        return tuple(context.portal for context in self.contexts.values())

    def truth(self, base_urls: BaseUrls) -> tuple[Truth, ...]:
        """Return the ground truth of each article, list and file, portal by portal."""
        return truths(self.contexts, base_urls)

    def requisites(self, slug: str, url: str, base_urls: BaseUrls) -> frozenset[str]:
        """Return the URLs of all files with which a page of a portal is shown: the ground truth of its requisites."""
        base = base_urls[slug]

        def read(address: str) -> HttpAnswer | None:
            if not address.startswith(f"{base}/"):
                return None
            return self.answer(slug, address.removeprefix(base), base_urls, accept_gzip=False)

        return page_requisites(url, read, self.contexts[slug].portal.charset)

    def answer(
        self, slug: str, target: str, base_urls: BaseUrls, *, accept_gzip: bool = True, referred: bool = True
    ) -> HttpAnswer:
        """Return the answer of a portal to a GET request for this path and query.

        The same (seed, pages, visit) and arguments give the same bytes. Portals of `GZIP_CMSS` compress the body if
        `accept_gzip` is set; the page with the trap "forced-gzip" is always compressed. `referred` says whether the
        request has a Referer header: without it the list API of truecms answers 404.
        """
        context = self.contexts[slug]
        article = self.article_by_address.get((slug, target))
        if article is not None:
            return self._article(context, article, target, base_urls[slug], accept_gzip)
        if target.startswith(truecms.API) and not referred:
            return traps.not_found(context.portal.charset)
        page = CMS_BY_NAME[context.portal.cms].other_page(context, target)
        if page is not None:
            media_type, text = page
            answer = traps.html_answer(200, _in_script(context, text), context.portal.charset)
            headers = (("Server", "nginx"), ("Content-Type", f"{media_type}; charset={context.portal.charset}"))
            return _compressed(evolve(answer, headers=headers), accept_gzip and context.portal.cms in GZIP_CMSS)
        return self._file(context, target, base_urls[slug])

    def _article(
        self, context: RequestContext, article: DemoArticle, target: str, base: str, accept_gzip: bool
    ) -> HttpAnswer:
        trap, charset = article.trap or "", context.portal.charset
        if trap in REDIRECT_TRAPS and target == article.alias:
            return traps.moved(trap, article.path, base)
        if trap == "gone" or (trap == "deleted" and self.visit > 1):
            return traps.not_found(charset)
        if trap == "soft-404":
            return traps.soft_not_found(charset)
        if trap.startswith("challenge"):
            return traps.challenge(trap, article.serial)
        body = _in_script(context, CMS_BY_NAME[context.portal.cms].article_page(context, article)).encode(charset)
        # PHPCMS names the charset only in the page, nginx in front of TRS names it in the header.
        usual_type = "text/html" if charset == "gbk" else f"text/html; charset={charset}"
        content_type = traps.CONTENT_TYPES.get((context.portal.slug, trap), usual_type)
        etag = f"{article.published:%Y%m%d%H%M}-{len(body):x}"
        headers = (("Server", "nginx"), ("Content-Type", content_type), ("ETag", f'"{etag}"'))
        answer = HttpAnswer(status=200, reason="OK", headers=headers, body=body, chunked=trap == "chunked")
        return _compressed(answer, trap == "forced-gzip" or (accept_gzip and context.portal.cms in GZIP_CMSS))

    def _file(self, context: RequestContext, target: str, base: str) -> HttpAnswer:
        is_published = (context.portal.slug, target) in self.files
        name = target if is_published else target.partition("?")[0]
        extension = name.rpartition(".")[2]
        if target == "/robots.txt" and (rules := ROBOTS_TXT.get(context.portal.cms)):
            return _file("text/plain", rules.format(base=base).encode())
        if is_published:
            return _file(assets.MEDIA_TYPES[extension], assets.asset(name))
        if shown := layout_file(context.portal, target):
            return shown
        return traps.not_found(context.portal.charset)


@functools.lru_cache(maxsize=8)
def build(seed: int = 1, pages: int = 300, visit: int = 1, newest_day: dt.date = NEWEST_DAY) -> City:
    """Return the city with about `pages` pages (articles and lists), in its state on a visit, counted from 1.

    `newest_day` is the publication day of the newest articles on visit 1.

    Raises:
        ValueError: `pages` is less than `article_schedule.MIN_PAGES`.
    """
    articles = schedule_articles(seed, pages, newest_day)
    contexts = {portal.slug: build_context(portal, visit, articles[portal.slug]) for portal in PORTALS}
    return city_of(contexts, seed=seed, pages=pages, visit=visit)


def city_of(contexts: Mapping[str, RequestContext], *, seed: int, pages: int, visit: int) -> City:
    """Return the city of these portals, by their slugs."""
    article_by_address: dict[tuple[str, str], DemoArticle] = {}
    files: set[tuple[str, str]] = set()
    for slug, context in contexts.items():
        for article in context.articles:
            if article.trap == "off-site":
                continue
            article_by_address.update({(slug, path): article for path in (article.path, article.alias) if path})
            files.update((slug, path) for path in (*article.pictures, *(path for path, _ in article.attachments)))
    return City(
        seed=seed,
        pages=pages,
        visit=visit,
        contexts=contexts,
        article_by_address=article_by_address,
        files=frozenset(files),
    )


def _in_script(context: RequestContext, text: str) -> str:
    """Return the text of a page, converted to traditional characters if the portal uses them."""
    return traditional(text) if context.portal.script == "hant" else text


def _compressed(answer: HttpAnswer, wanted: bool) -> HttpAnswer:
    """Return the answer with its body in gzip, at level 1 as on busy servers, if compression is wanted."""
    if not wanted:
        return answer
    packer = zlib.compressobj(1, zlib.DEFLATED, 31)
    headers = (*answer.headers, ("Content-Encoding", "gzip"), ("Vary", "Accept-Encoding"))
    return evolve(answer, body=packer.compress(answer.body) + packer.flush(), headers=headers)


def _file(media_type: str, body: bytes) -> HttpAnswer:
    headers = (("Server", "nginx"), ("Content-Type", media_type), ("Accept-Ranges", "bytes"))
    return HttpAnswer(status=200, reason="OK", headers=headers, body=body)
