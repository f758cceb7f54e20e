"""Pages as PHPCMS v9 makes them: #Article, #pages with 下一页, dynamic and static addresses side by side."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from crawler.demo import markup
from crawler.demo.model import Article, Section
from crawler.demo.request_context import RequestContext

CHARSETS = {"gb2312-label": "gb2312", "latin1-label": "gb2312", "utf8-label": "utf-8"}


def article(desk: RequestContext, page: Article) -> str:
    """Return an article's page."""
    story = desk.story(page)
    older, newer = markup.beside(desk, page, "<a href=\"javascript:alert('没有了');\">没有了</a>")
    paragraphs = [f"<p>　　{text}</p>" for text in story.paragraphs]
    paragraphs[1:1] = [f'<p style="text-align: center"><img src="{path}" alt="" /></p>' for path in page.pictures]
    main = markup.fill(
        "phpcms_article.html",
        section=page.section.name,
        section_url=page.section.path,
        title=story.title,
        time=f"{page.published:%Y-%m-%d %H:%M:%S}",
        source=page.source,
        body="\n".join(paragraphs),
        editor=f"（责任编辑：{page.person.name}）<br />",
        previous=older,
        next=newer,
        related=_lines(desk, desk.related(page)),
        hot=_lines(desk, desk.hot),
        id=page.serial,
    )
    return _frame(
        f"{story.title} - {page.section.name} - {desk.portal.name}", main, CHARSETS.get(page.trap or "", "gbk")
    )


def listing(desk: RequestContext, section: Section, number: int) -> str:
    """Return a list page, counted from 0."""
    rows = []
    for at, row in enumerate(desk.page(section, number)):
        blank = '<li class="bk20 hr"></li>\n' if at and at % 5 == 0 else ""
        href = row.href.replace("&", "&amp;")
        rows.append(
            f'{blank}<li><span class="rt">{row.article.published:%Y-%m-%d %H:%M:%S}</span>·'
            f'<a href="{href}" target="_blank">{markup.headline(desk, row)}</a></li>\n'
        )
    main = markup.fill(
        "phpcms_list.html",
        section=section.name,
        section_url=section.path,
        rows="".join(rows),
        pager=_pager(section, number + 1, desk.pages(section), len(desk.rows[section.path])),
        hot=_lines(desk, desk.hot),
    )
    return _frame(f"{section.name} - {desk.portal.name}", main, "gbk")


def home(desk: RequestContext) -> str:
    """Return the home page: the newest of every section."""
    blocks = "".join(
        f'<div class="box"><h5><a href="{s.path}">{s.name}</a></h5><ul class="list">\n'
        + _lines(desk, [row.article for row in desk.page(s, 0)[:10]])
        + "</ul></div>\n"
        for s in desk.portal.sections
    )
    return _frame(f"{desk.portal.name} - 物流行业门户", blocks, "gbk")


def lists(desk: RequestContext) -> Iterator[str]:
    """Yield the address of every list page."""
    for section in desk.portal.sections:
        yield from (_list_path(section, number) for number in range(1, desk.pages(section) + 1))


def other(desk: RequestContext, target: str) -> tuple[str, str] | None:
    """Return media type and text of a page that is no article, or none if there is no such page."""
    if target in ("/", "/index.html", "/index.php"):
        return "text/html", home(desk)
    folder, _, name = target.rpartition("/")
    section = next((s for s in desk.portal.sections if s.path == f"{folder}/"), None)
    number = name.removesuffix(".html") or "1"
    if section is None or not number.isdecimal() or not 1 <= int(number) <= desk.pages(section):
        return None
    return "text/html", listing(desk, section, int(number) - 1)


def _frame(title: str, main: str, charset: str) -> str:
    stock = markup.furniture("industry")
    submenu = "".join(
        "<dl><dd>" + "</dd><dd>".join(f'<a href="{path}c{at}/">{sub}</a>' for at, sub in enumerate(subs)) + "</dd></dl>"
        for _, path, subs in stock["menu"]
        if subs
    )
    routes = stock["routes"]
    return markup.fill(
        "phpcms.html",
        page_title=title,
        charset=charset,
        keywords="物流,货运,仓储,运价,华东物流",
        description="华东物流网是面向物流企业的行业门户，提供物流新闻、运价行情、货源车源等信息。",
        menu="".join(f'<li><a href="{path}"><span>{name}</span></a></li>' for name, path, _ in stock["menu"]),
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


def _lines(desk: RequestContext, articles: Iterable[Article]) -> str:
    return markup.lines(desk, articles).replace("&", "&amp;")


def _list_path(section: Section, number: int) -> str:
    return section.path if number == 1 else f"{section.path}{number}.html"


def _pager(section: Section, number: int, total: int, count: int) -> str:
    """Return PHPCMS's #pages: the count, 上一页, numbers, 下一页."""
    links = "".join(
        f" <span>{n}</span>" if n == number else f' <a href="{_list_path(section, n)}">{n}</a>'
        for n in range(max(1, number - 4), min(total, number + 5) + 1)
    )
    before, after = _list_path(section, max(1, number - 1)), _list_path(section, min(total, number + 1))
    back, on = f'<a href="{before}" class="a1">上一页</a>', f'<a href="{after}" class="a1">下一页</a>'
    return f'<a class="a1">{count}条</a> {back}{links} {on}'
