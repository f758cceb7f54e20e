"""A site with one list page and a few articles; a raw server (`Wire`) sends its responses byte by byte."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tests.crawler.wire import Wire
from tests.fangzhi import documents, fangzhi

TEXT = "<p>今天，市政府召开会议，部署全市防汛工作。会议要求各区压实责任，落实值班制度。</p>" * 4
ARTICLES = {
    f"/2026/0305/{number}.html": f"<p>{text}</p>" * 4
    for number, text in enumerate(
        (
            "今天，市政府召开会议，部署全市防汛工作。会议要求各区压实责任，落实值班制度。",
            "城东小学的新校舍昨日落成，一千二百名学生将在这里上课，食堂和操场同时启用。",
            "三月起，公交十七路改走滨江大道，沿途增设四个站点，末班车延长到晚上十点半。",
            "县医院添置了两台救护车，山区乡镇的病人从此半个小时以内可以得到急救和转运。",
            "今年全市种植早稻三十万亩，农技人员下到田头，手把手教农户育秧、施肥和除虫。",
        ),
        start=1,
    )
}
"""Texts by path. They are all different, as similar ones would be classified as copies."""

PATHS = list(ARTICLES)


def answer(body: str, status: str = "200 OK", *headers: str, kind: str = "text/html; charset=utf-8") -> bytes:
    head = "\r\n".join(
        (f"HTTP/1.1 {status}", f"Content-Type: {kind}", f"Content-Length: {len(body.encode())}", *headers)
    )
    return f"{head}\r\n\r\n{body}".encode()


def listing(paths: Sequence[str]) -> bytes:
    """Return a list page with links to articles."""
    rows = "".join(f'<li><a href="{path}">市政府召开防汛工作会议 {path}</a> 2026-03-05</li>' for path in paths)
    return answer(f"<ul>{rows}</ul>")


def site_options(wire: Wire, folder: Path, *lines: str) -> list[str]:
    """Write the TOML of a wire's site, with these lines added, and return the options of its crawls."""
    sites = folder / "sites"
    sites.mkdir(exist_ok=True)
    host = wire.base.removeprefix("http://")
    toml = [f'name = "府"\nfamily = "generic"\nhosts = ["{host}"]', *lines]
    toml.append(f'sections = [{{ name = "要闻", url = "{wire.base}/list/" }}]')
    (sites / "fu.toml").write_text("\n".join(toml), "utf-8")
    return ["--archive", str(folder / "archive"), "--registry", str(sites)]


def crawl(wire: Wire, folder: Path, *lines: str, options: Sequence[str] = ()) -> dict:
    """Crawl the site of a wire and return the report; `lines` are added to the TOML of the site."""
    done = fangzhi("crawl", "fu", *options, *site_options(wire, folder, *lines), "--json")
    (report,) = documents(done)
    return report


def asked(wire: Wire) -> list[str]:
    targets = [head.split(b" ")[1].decode() for head in wire.requests]
    return [target for target in targets if target != "/robots.txt"]
