"""Pages that are no articles: challenges, errors, soft 404, lists, told by what they hold."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipelines.model import Capture, Rejection
from pipelines.parse.extract.lines import Line
from pipelines.parse.extract.tree import hanzi

MOST_TAGS = 50_000
"""Tags of the largest page that is read: the largest of 340 real pages has 12,000, a yearly budget of 2,000 rows about
40,000. What has more is made to hurt or is data; its bytes are kept, so that it can be read again."""

SMALL = 4000
"""Characters of the largest page of a firewall that is only text; articles that quote one are longer."""

MOST_SHOWN = 200
"""Hanzi from which such a page says more than that it is a firewall."""

SHORT = 120
"""Hanzi outside links that a page with nothing to say has at most: apology, countdown, and advice."""

LINKED = 0.85
"""Share of hanzi in links from which a page is a list: home and column pages have over .9, articles under .8."""

SAID = 80
"""Hanzi of whole sentences from which a page full of links still has an article: a column's teasers break off, and
the footer's sentence has under 50. Portals put 2,000 hanzi of links around an article of 200."""

LINKED_SENTENCE = 0.3
"""Share of a sentence that links may have: names of companies and places are linked in the text of some portals."""

PARAGRAPH = 100
"""Hanzi from which a line with a sentence in it is a paragraph though it breaks off; lists' teasers have under 80."""

_STOP = re.compile("[。！？]")
_SENTENCE = re.compile(r"[。！？][”’」』）)]*$")
BARE = 0.4
"""The same for a page on which no text was found: an e-paper's page of headlines has half of them in its frame."""

_SCRIPTS = {
    "加速乐": ("__jsl document.cookie", r"__jsl_clearance|__jsluid|document\.cookie\s*=\s*\(['\"]_['\"]\)"),
    "瑞数": ("$_ts", r"\$_ts\s*=\s*window\[['\"]\$_ts['\"]\]|\$_ts\.(?:nsd|cd)\s*="),
    "C3VK": ("C3VK=", r"document\.cookie\s*=\s*['\"]C3VK="),
    "acw": ("acw_sc__v2 arg1", r"acw_sc__v2|arg1\s*=\s*['\"][0-9A-F]{40}['\"]"),
    "EdgeOne": ("__tst_status EO_Bot_Ssid", r"__tst_status|EO_Bot_Ssid"),
    "Cloudflare": (
        "cf-browser-verification cf_chl_opt /cdn-cgi/challenge-platform/",
        r"cf-browser-verification|cf_chl_opt|/cdn-cgi/challenge-platform/[^\"']*orchestrate",
    ),
}
"""Whose challenge a script is: words of which it has one, which are looked for first, and how it is told."""

_TEXTS = re.compile(
    r"请输入验证码|滑动验证|拖动滑块|安全验证|人机验证|环境异常|访问验证|请完成验证|您的请求(?:带有不合法参数|已被)"
    r"|疑似(?:黑客)?攻击|(?:访问|请求)(?:已)?被(?:阻断|拦截|拒绝)|(?:访问|请求|操作)(?:太|过于|过)频繁"
    r"|对网站造成安全威胁|云防护|网站防火墙|Web应用防火墙|WZWS|reason:\s?GeoBL|please enable javascript"
    r"|access denied|request blocked|request has been blocked|verify you are human|checking your browser",
    re.IGNORECASE,
)
_UNSHOWN = re.compile(r"<(script|style).*?</\1>|<[^>]+>", re.DOTALL | re.IGNORECASE)
MISSING = re.compile(
    r"(?:页面|网页|頁面|文章|内容|信息|资源)(?:不存在|未找到|已(?:被)?删除|找不到|走丢|没有找到)"
    r"|找不到(?:该|您|此|页面|网页|相关)|page not found|404 not found",
    re.IGNORECASE,
)
_MISSING_TITLE = re.compile(rf"{MISSING.pattern}|\b404\b|not found|不存在|已删除|已下线|无法访问", re.IGNORECASE)
SHELL = 20_000
"""Characters of the largest page that is only a challenge's script: 瑞数's are about 10,000. A page of a firewall whose
status says so as well may be as large: it has its logo and style in it."""


def outsized(html: str) -> Rejection | None:
    """Refuse a page whose tree would cost seconds and gigabytes, before it is parsed."""
    tags = html.count("<")
    return Rejection(reason="too-large", detail=f"the page has {tags} tags") if tags > MOST_TAGS else None


def challenge(html: str, capture: Capture) -> Rejection | None:
    """Recognise a challenge, captcha or firewall page by its content, whatever its status says."""
    if len(html) <= SHELL or capture.status in (412, 521):
        for name, (words, script) in _SCRIPTS.items():
            if any(word in html for word in words.split()) and re.search(script, html):
                return Rejection(reason="challenge", detail=f"the page is a {name} challenge")
    most = SHELL if capture.status >= 400 else SMALL
    found = _TEXTS.search(html) if len(html) < most else None
    if found and hanzi(_UNSHOWN.sub("", html)) < MOST_SHOWN:
        return Rejection(reason="challenge", detail=f"the page says {found[0]!r}")
    return _walled(capture)


def _walled(capture: Capture) -> Rejection | None:
    """Recognise an answer that only firewalls give, by its head: 412, as no server answers a GET, or 加速乐's 521."""
    cookies = [value for name, value in capture.headers if name.lower() == "set-cookie"]
    if capture.status == 412 or (capture.status == 521 and any("__jsluid" in cookie for cookie in cookies)):
        return Rejection(reason="challenge", detail=f"status {capture.status}, as firewalls answer")
    return None


def failure(capture: Capture) -> Rejection | None:
    """Refuse what the status says is no page."""
    if 200 <= capture.status <= 299:
        return None
    reason = "redirect" if 300 <= capture.status <= 399 else "http-error"
    if capture.status == 304:
        reason = "not-modified"
    return Rejection(reason=reason, detail=f"status {capture.status} {capture.reason}".rstrip())


def missing(lines: tuple[Line, ...], title: str) -> Rejection | None:
    """Recognise a page that says with status 200 that there is nothing: in its title, or as nearly all of its text."""
    bare = [line for line in lines if not line.linked]
    if sum(line.size for line in bare) >= SHORT:
        return None
    found = _MISSING_TITLE.search(title) or MISSING.search("\n".join(line.text for line in bare))
    return Rejection(reason="soft-404", detail=f"the page says {found[0]!r}") if found else None


def listing(lines: Sequence[Line], body: Sequence[Line] = (), share: float = LINKED) -> Rejection | None:
    """Recognise a home or column page: nearly all its hanzi are links, and what would be its body says little."""
    total = sum(line.size for line in lines)
    linked = total - sum(line.prose for line in lines)
    if total and linked > share * total and sum(line.size for line in body if _is_sentence(line)) < SAID:
        return Rejection(reason="not-an-article", detail=f"{round(100 * linked / total)} % of its text is links")
    return None


def _is_sentence(line: Line) -> bool:
    ended = _SENTENCE.search(line.text) or (line.size >= PARAGRAPH and _STOP.search(line.text))
    return bool(ended) and line.linked <= LINKED_SENTENCE * len(line.text)
