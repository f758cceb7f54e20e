"""What the states of sites and the failures of requests mean. A test fails if the code has one that is missing here."""

from __future__ import annotations

from pipelines.model.bilingual import Bilingual

STATES = {
    "alive": Bilingual(en="The lists of the site show articles.", zh="网站的列表中有文章。"),
    "quiet": Bilingual(
        en="The lists show articles, but the newest one is older than the usual gap of the site.",
        zh="列表中有文章，但最新一篇距今超过该站通常的间隔。",
    ),
    "dead": Bilingual(
        en="The site had articles, and now none of its lists shows one, whatever they answer; or it published nothing "
        "for more than 14 days and for more than four times its usual gap, up to the last crawl. Days before its first "
        "capture do not count. Also a site that never had an article and cannot be reached.",
        zh="网站曾有文章，而现在所有列表都没有文章（不论返回什么）；或到最近一次抓取为止，已有 14 天以上、"
        "且超过通常间隔四倍的时间没有发布。首条捕获记录之前的日子不计。从未有过文章且无法连接的网站也属此类。",
    ),
    "blocked": Bilingual(
        en="The site answers with challenges instead of most of its lists; or instead of most of its articles, "
        "while its news are late.",
        zh="多数列表返回的是反爬验证；或新闻已经滞后，且多数文章返回的是反爬验证。",
    ),
    "empty": Bilingual(
        en="The site answers, but never had an article: check its TOML.",
        zh="网站有响应，但从未有过文章：请检查其 TOML。",
    ),
    "unknown": Bilingual(
        en="Not all of its lists were requested: it was outside its time window, its budget was used up, or its crawl "
        "was interrupted.",
        zh="并非所有列表都请求过：不在允许时段内、当天请求数已用完，或抓取被中断。",
    ),
}
"""State of a site → its meaning."""

FAILURES = {
    "robots": Bilingual(en="robots.txt forbids the page; it was not requested.", zh="robots.txt 禁止访问，没有请求。"),
    "robots-unreachable": Bilingual(
        en="robots.txt cannot be fetched, and may forbid the page.", zh="robots.txt 无法获取，可能禁止访问。"
    ),
    "left-alone": Bilingual(
        en="The site is paused; the page is fetched in a later crawl.", zh="网站已暂停抓取，该页留待以后。"
    ),
    "not-rendered": Bilingual(en="The browser could not show the page.", zh="浏览器无法显示该页面。"),
    "private-address": Bilingual(
        en="The address is private, loopback or that of a metadata service, or the URL is not allowed.",
        zh="地址属于内网、本机或云元数据服务，或网址不被允许。",
    ),
    "no-such-host": Bilingual(en="The host name cannot be resolved.", zh="主机名无法解析。"),
    "unreachable": Bilingual(en="The host cannot be reached.", zh="主机无法连接。"),
    "timeout": Bilingual(en="There was no answer in time.", zh="没有在时限内答复。"),
    "broken-answer": Bilingual(en="The response is incomplete or not HTTP.", zh="响应不完整，或不是 HTTP。"),
    "failed": Bilingual(en="Another error; the log has the details.", zh="其他错误，详见日志。"),
}
"""Why a request got no answer → its meaning. Such pages have no capture; they are counted and retried."""
