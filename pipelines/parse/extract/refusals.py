"""Recognises pages that are not articles by their content: challenges, errors, soft 404s, lists."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from pipelines.model import Capture, Rejection
from pipelines.parse.extract.densest import MIN_TEASER_HANZI, is_teaser
from pipelines.parse.extract.lines import Line
from pipelines.parse.extract.tree import count_hanzi
from pipelines.text.script import simplified_copy

MAX_TAGS = 50_000
"""Tags of the largest page that is parsed: the largest of 340 real pages has 12,000, and a yearly budget of 2,000 rows
about 40,000. A page with more is hostile or is data. Its bytes are archived, so that it can be read again later."""

MAX_PAGE_CHARS = 4_000_000
"""Characters of the largest page that is parsed: the largest page of any survey has 5 MB, and parsing takes about 70
bytes of memory for a character."""

MAX_FIREWALL_TEXT_CHARS = 4000
"""Characters of the largest firewall page of text only; articles that quote one are longer."""

MAX_CHALLENGE_CHARS = 20_000
"""Characters of the largest page that is only a challenge's script: those of 瑞数 have about 10,000. A firewall page
with an error status may be as large, because it contains a logo and styles."""

MAX_FIREWALL_HANZI = 200
"""Visible Chinese characters of the longest firewall page; a page with more has other content."""

MAX_SOFT_404_HANZI = 120
"""Chinese characters outside links of the longest soft 404: apology, countdown, and advice."""

MIN_LIST_LINK_SHARE = 0.85
"""Share of Chinese characters in links from which a page is a list: home and column pages have over .9, articles under
.8."""

MIN_LIST_LINK_SHARE_WITHOUT_TEXT = 0.4
"""The same for a page on which no text was found: half of the text on an e-paper's page of headlines is its frame."""

MIN_TEASERS = 4
"""Linked headlines with a summary below each from which a page is a list of articles or of search results."""

MIN_TEASER_SHARE = 0.8
"""Summaries have at least this share of the characters that were taken for the text."""

MIN_ARTICLE_HANZI = 80
"""Chinese characters in whole sentences from which a page full of links has an article: the teasers of a column break
off, and the sentence in the footer has under 50. Portals put 2,000 characters of links around an article of 200."""

MAX_SENTENCE_LINK_SHARE = 0.3
"""Share of a sentence that may be links: some portals link names of companies and places in the text."""

MIN_PARAGRAPH_HANZI = 100
"""Chinese characters from which a line with a sentence is a paragraph although it breaks off; teasers have under 80."""

_SENTENCE_STOP = re.compile("[。！？]")
_SENTENCE_END = re.compile(r"[。！？][”’」』）)]*$")

_CHALLENGE_SCRIPTS = (
    ("加速乐", ("__jsl", "document.cookie"), r"__jsl_clearance|__jsluid|document\.cookie\s*=\s*\(['\"]_['\"]\)"),
    ("瑞数", ("$_ts",), r"\$_ts\s*=\s*window\[['\"]\$_ts['\"]\]|\$_ts\.(?:nsd|cd)\s*="),
    ("C3VK", ("C3VK=",), r"document\.cookie\s*=\s*['\"]C3VK="),
    ("acw", ("acw_sc__v2", "arg1"), r"acw_sc__v2|arg1\s*=\s*['\"][0-9A-F]{40}['\"]"),
    ("EdgeOne", ("__tst_status", "EO_Bot_Ssid"), r"__tst_status|EO_Bot_Ssid"),
    (
        "Cloudflare",
        ("cf-browser-verification", "cf_chl_opt", "/cdn-cgi/challenge-platform/"),
        r"cf-browser-verification|cf_chl_opt|/cdn-cgi/challenge-platform/[^\"']*orchestrate",
    ),
)
"""Challenge scripts: the product, words of which the script contains at least one, for a fast first test, and the
regular expression that decides."""

_FIREWALL_TEXT = re.compile(
    r"""
    请输入验证码 | 滑动验证 | 拖动滑块 | 安全验证 | 人机验证 | 访问验证 | 请完成验证 | 环境异常  # captchas
    | 您的请求(?:带有不合法参数|已被) | 疑似(?:黑客)?攻击 | 对网站造成安全威胁                   # suspected attacks
    | (?:访问|请求)(?:已)?被(?:阻断|拦截|拒绝) | (?:访问|请求|操作)(?:太|过于|过)频繁            # blocked, too often
    | 云防护 | 网站防火墙 | Web应用防火墙 | WZWS | reason:\s?GeoBL                               # products
    | please[ ]enable[ ]javascript | access[ ]denied | request[ ]blocked | request[ ]has[ ]been[ ]blocked
    | verify[ ]you[ ]are[ ]human | checking[ ]your[ ]browser
    """,
    re.VERBOSE | re.IGNORECASE,
)
_FIREWALL_WORDS = re.compile(
    "验证|滑块|环境异常|您的请求|攻击|威胁|阻断|拦截|拒绝|频繁|防护|防火墙|wzws|geobl"
    "|enable javascript|access denied|blocked|verify you|checking your"
)
"""Each match of _FIREWALL_TEXT contains one of these in lower case."""

_INVISIBLE = re.compile(r"<(script|style).*?</\1>|<[^>]+>", re.DOTALL | re.IGNORECASE)
_NOT_FOUND = r"""
    (?:页面|网页|文章|内容|信息|资源)(?:不存在|未找到|已(?:被)?删除|找不到|走丢|没有找到)  # does not exist
    | 找不到(?:该|您|此|页面|网页|相关)                                                         # cannot be found
    | page[ ]not[ ]found | 404[ ]not[ ]found
"""
NOT_FOUND_TEXT = re.compile(_NOT_FOUND, re.VERBOSE | re.IGNORECASE)
"""A text which says that the page does not exist."""

_NOT_FOUND_TITLE = re.compile(
    rf"{_NOT_FOUND} | \b404\b | not[ ]found | 不存在 | 已删除 | 已下线 | 无法访问", re.VERBOSE | re.IGNORECASE
)


def outsized(html: str) -> Rejection | None:
    """Reject a page whose tree would cost seconds and gigabytes, before it is parsed."""
    if len(html) > MAX_PAGE_CHARS:
        return Rejection(reason="too-large", detail=f"the page has {len(html)} characters")
    tags = html.count("<") if len(html) > MAX_TAGS else 0
    return Rejection(reason="too-large", detail=f"the page has {tags} tags") if tags > MAX_TAGS else None


def challenge(html: str, capture: Capture) -> Rejection | None:
    """Recognise a challenge, captcha or firewall page by its content, regardless of its status."""
    if len(html) <= MAX_CHALLENGE_CHARS or capture.status in (412, 521):
        for name, words, script in _CHALLENGE_SCRIPTS:
            if any(word in html for word in words) and re.search(script, html):
                return Rejection(reason="challenge", detail=f"the page is a {name} challenge")
    max_chars = MAX_CHALLENGE_CHARS if capture.status >= 400 else MAX_FIREWALL_TEXT_CHARS
    found = _firewall_text(html) if len(html) < max_chars else None
    if found and count_hanzi(_INVISIBLE.sub("", html)) < MAX_FIREWALL_HANZI:
        return Rejection(reason="challenge", detail=f"the page says {html[found.start() : found.end()]!r}")
    return _firewall_status(capture)


def _firewall_text(html: str) -> re.Match[str] | None:
    """Return the text of a firewall; the search for a word of it spares most pages the slow search."""
    copy = simplified_copy(html)
    return _FIREWALL_TEXT.search(copy) if _FIREWALL_WORDS.search(copy.lower()) else None


def _firewall_status(capture: Capture) -> Rejection | None:
    """Recognise a response that only firewalls send: 412, which no server sends to a plain GET, or 521 of 加速乐."""
    cookies = [value for name, value in capture.headers if name.lower() == "set-cookie"]
    if capture.status == 412 or (capture.status == 521 and any("__jsluid" in cookie for cookie in cookies)):
        return Rejection(reason="challenge", detail=f"status {capture.status}, as firewalls answer")
    return None


def failure(capture: Capture) -> Rejection | None:
    """Reject a response whose status is not a success."""
    if 200 <= capture.status <= 299:
        return None
    reason = "redirect" if 300 <= capture.status <= 399 else "http-error"
    if capture.status == 304:
        reason = "not-modified"
    return Rejection(reason=reason, detail=f"status {capture.status} {capture.reason}".rstrip())


def soft_404(lines: tuple[Line, ...], title: str) -> Rejection | None:
    """Recognise a page with status 200 that says that nothing exists here, in its title or as nearly its whole text."""
    unlinked = [line for line in lines if not line.link_chars]
    if sum(line.hanzi for line in unlinked) >= MAX_SOFT_404_HANZI:
        return None
    found = _NOT_FOUND_TITLE.search(title) or NOT_FOUND_TEXT.search("\n".join(line.text for line in unlinked))
    return Rejection(reason="soft-404", detail=f"the page says {found[0]!r}") if found else None


def listing(lines: Sequence[Line], body: Sequence[Line] = (), share: float = MIN_LIST_LINK_SHARE) -> Rejection | None:
    """Recognise a home or column page: nearly all its Chinese characters are links, and its body has few sentences."""
    total = sum(line.hanzi for line in lines)
    linked = total - sum(line.unlinked_hanzi for line in lines)
    if total and linked > share * total and sum(line.hanzi for line in body if _is_sentence(line)) < MIN_ARTICLE_HANZI:
        return Rejection(reason="not-an-article", detail=f"{round(100 * linked / total)} % of its text is links")
    return None


def teasers(lines: Sequence[Line], body: Sequence[Line] = ()) -> Rejection | None:
    """Recognise a list of summaries: what was taken for the text begins below a linked headline, as other texts do."""
    summaries = [pair for pair in pairwise(lines) if is_teaser(*pair)]
    parts = {id(line) for pair in summaries for line in pair}
    first = next((line for line in body if id(line) in parts or line.unlinked_hanzi >= MIN_TEASER_HANZI), None)
    if len(summaries) < MIN_TEASERS or (body and id(first) not in parts):
        return None
    if sum(line.hanzi for _, line in summaries) < MIN_TEASER_SHARE * sum(line.unlinked_hanzi for line in body):
        return None
    return Rejection(reason="not-an-article", detail=f"{len(summaries)} linked headlines with summaries")


def _is_sentence(line: Line) -> bool:
    is_paragraph = line.hanzi >= MIN_PARAGRAPH_HANZI and _SENTENCE_STOP.search(line.text)
    is_prose = _SENTENCE_END.search(line.text) or is_paragraph
    return bool(is_prose) and line.link_chars <= MAX_SENTENCE_LINK_SHARE * len(line.text)
