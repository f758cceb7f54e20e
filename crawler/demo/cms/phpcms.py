"""PHPCMS v9: #Article, #pages with 下一页, dynamic and static addresses on one site."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from crawler.demo import markup
from crawler.demo.model import DemoArticle, DemoSection
from crawler.demo.request_context import RequestContext

CHARSETS = {"gb2312-label": "gb2312", "latin1-label": "gb2312", "utf8-label": "utf-8"}
"""The charset that the meta tag names, by trap. All pages are in GBK."""


def article_page(context: RequestContext, article: DemoArticle) -> str:
    """Return the page of an article."""
    story = context.story(article)
    previous, following = markup.neighbour_links(context, article, "<a href=\"javascript:alert('没有了');\">没有了</a>")
    paragraphs = [f"<p>　　{text}</p>" for text in story.paragraphs]
    paragraphs[1:1] = [f'<p style="text-align: center"><img src="{path}" alt="" /></p>' for path in article.pictures]
    main = markup.fill(
        "phpcms_article.html",
        section=article.section.name,
        section_url=article.section.path,
        title=story.title,
        time=f"{article.published:%Y-%m-%d %H:%M:%S}",
        source=article.source,
        body="\n".join(paragraphs),
        editor=f"（责任编辑：{article.person.name}）<br />",
        previous=previous,
        next=following,
        related=_lines(context, context.related(article)),
        hot=_lines(context, context.most_read),
        id=article.serial,
    )
    return _frame(
        f"{story.title} - {article.section.name} - {context.portal.name}", main, CHARSETS.get(article.trap or "", "gbk")
    )


def list_page(context: RequestContext, section: DemoSection, number: int) -> str:
    """Return a list page, counted from 0."""
    rows = []
    for at, row in enumerate(context.page_rows(section, number)):
        blank = '<li class="bk20 hr"></li>\n' if at and at % 5 == 0 else ""
        href = row.href.replace("&", "&amp;")
        rows.append(
            f'{blank}<li><span class="rt">{row.article.published:%Y-%m-%d %H:%M:%S}</span>·'
            f'<a href="{href}" target="_blank">{markup.row_title(context, row)}</a></li>\n'
        )
    main = markup.fill(
        "phpcms_list.html",
        section=section.name,
        section_url=section.path,
        rows="".join(rows),
        pager=_pager(section, number + 1, context.page_count(section), len(context.rows[section.path])),
        hot=_lines(context, context.most_read),
    )
    return _frame(f"{section.name} - {context.portal.name}", main, "gbk")


def home_page(context: RequestContext) -> str:
    """Return the home page: the newest articles of each section."""
    blocks = "".join(
        f'<div class="box"><h5><a href="{s.path}">{s.name}</a></h5><ul class="list">\n'
        + _lines(context, context.newest(s, 10))
        + "</ul></div>\n"
        for s in context.portal.sections
    )
    return _frame(f"{context.portal.name} - 物流行业门户", blocks, "gbk")


def list_addresses(context: RequestContext) -> Iterator[str]:
    """Yield the addresses of all list pages."""
    for section in context.portal.sections:
        yield from (_list_path(section, number) for number in range(1, context.page_count(section) + 1))


def other_page(context: RequestContext, target: str) -> tuple[str, str] | None:
    """Return media type and text of a page other than an article page, or None if there is no such page."""
    if target in ("/", "/index.html", "/index.php"):
        return "text/html", home_page(context)
    folder, _, name = target.rpartition("/")
    section = next((s for s in context.portal.sections if s.path == f"{folder}/"), None)
    number = name.removesuffix(".html") or "1"
    if section is None or not number.isdecimal() or not 1 <= int(number) <= context.page_count(section):
        return None
    return "text/html", list_page(context, section, int(number) - 1)


def _frame(title: str, main: str, charset: str) -> str:
    names = markup.boilerplate("industry")
    submenu = "".join(
        "<dl><dd>" + "</dd><dd>".join(f'<a href="{path}c{at}/">{sub}</a>' for at, sub in enumerate(subs)) + "</dd></dl>"
        for _, path, subs in names["menu"]
        if subs
    )
    routes = names["routes"]
    return markup.fill(
        "phpcms.html",
        page_title=title,
        charset=charset,
        keywords="物流,货运,仓储,运价,华东物流",
        description="华东物流网是面向物流企业的行业门户，提供物流新闻、运价行情、货源车源等信息。",
        menu="".join(f'<li><a href="{path}"><span>{name}</span></a></li>' for name, path, _ in names["menu"]),
        submenu=submenu,
        main=main,
        routes="".join(
            f'<a href="/zhuanxian/{a}-{(a + b) % len(routes)}.html">{start}到{routes[(a + b) % len(routes)]}物流</a>'
            for a, start in enumerate(routes)
            for b in (1, 2, 3, 5, 7, 9, 11, 13)
        ),
        links="".join(
            f'<a href="http://wl{at}.example/" target="_blank">{name}物流网</a>' for at, name in enumerate(routes)
        ),
    )


def _lines(context: RequestContext, articles: Iterable[DemoArticle]) -> str:
    return markup.list_items(context, articles).replace("&", "&amp;")


def _list_path(section: DemoSection, number: int) -> str:
    return section.path if number == 1 else f"{section.path}{number}.html"


def _pager(section: DemoSection, number: int, total: int, count: int) -> str:
    """Return the content of #pages: the number of articles, 上一页, page numbers, 下一页."""
    links = "".join(
        f" <span>{n}</span>" if n == number else f' <a href="{_list_path(section, n)}">{n}</a>'
        for n in range(max(1, number - 4), min(total, number + 5) + 1)
    )
    previous, following = _list_path(section, max(1, number - 1)), _list_path(section, min(total, number + 1))
    back, on = f'<a href="{previous}" class="a1">上一页</a>', f'<a href="{following}" class="a1">下一页</a>'
    return f'<a class="a1">{count}条</a> {back}{links} {on}'
