"""Recognises the error pages of web servers and their frameworks, in Chinese and English, that come with status 200."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipelines.model import Rejection
from pipelines.parse.extract.lines import Line

MAX_ERROR_HANZI = 400
"""Chinese characters outside links of the longest error page: ASP.NET tells developers how to show the details."""

_STATUS = r"[45]\d\d(?:\.\d+)?"
_PATTERNS_BY_PRODUCT = {
    "ASP.NET": (
        r"“?[^“”]{0,40}”?应用程序中的服务器错误",
        r"Server Error in '[^']{1,60}' Application",
        r"(?:运行时|编译|分析器|配置)错误$",
        r"Runtime Error$",
        r"(?:编译器错误消息|堆栈跟踪)\s*[:：]",
    ),
    "IIS": (
        rf"(?:HTTP\s*)?(?:错误|Error)\s*{_STATUS}\s*[-–—.]",
        rf"{_STATUS}\s*[-–—]\s*(?:找不到|禁止访问|服务器|内部)",
        r"IIS\s[\d.]+\s详细错误",
        r"服务器错误$",
        r"Service Unavailable$",
        r"您(?:正在)?(?:查找|搜索)的(?:资源|页面)(?:可能)?已(?:被)?(?:删除|更名)",
    ),
    "Tomcat": (
        rf"HTTP\s*(?:Status|状态)\s*{_STATUS}\b",
        r"Apache Tomcat/\d",
        r"(?:类型|type)\s*(?:异常报告|状态报告|Exception report|Status report)",
    ),
    "nginx": (
        r"50[0234]\s(?:Internal Server Error|Bad Gateway|Service (?:Temporarily )?Unavailable|Gateway Time-?out)$",
    ),
    "PHP": (r"(?:PHP\s)?(?:Fatal error|Parse error|Warning)\s*:\s.{1,300}\son line\s\d+",),
    "WebLogic": (rf"Error\s{_STATUS}--",),
    "Java": (r"Exception in thread", r"javax?\.[\w.]+(?:Exception|Error)\b", r"Whitelabel Error Page"),
    "ThinkPHP": (r"系统发生错误$", r"页面错误！请稍后再试"),
    "DedeCMS": (r"DedeCMS\sError", r"数据库(?:链接|连接)失败"),
}
"""What a line of an error page begins with, by product."""

_ERRORS = {product: re.compile("|".join(patterns), re.IGNORECASE) for product, patterns in _PATTERNS_BY_PRODUCT.items()}
_QUICK = re.compile(r"错误|error|unavailable|exception|gateway|tomcat|http|warning|删除|更名|- |失败", re.IGNORECASE)
_MISSING = re.compile(r"(?:404|410)\b|已(?:被)?(?:删除|更名)")


def error_page(lines: Sequence[Line]) -> Rejection | None:
    """Reject an error page; as a soft 404 if it says that the page is missing, otherwise as an error of the server."""
    unlinked = [line for line in lines if not line.link_chars]
    if sum(line.hanzi for line in unlinked) >= MAX_ERROR_HANZI:
        return None
    for line in filter(lambda line: _QUICK.search(line.text), unlinked):
        for product, pattern in _ERRORS.items():
            found = pattern.match(line.text)
            if found:
                reason = "soft-404" if _MISSING.search(found[0]) else "http-error"
                return Rejection(reason=reason, detail=f"an error page of {product}: {found[0][:80]!r}")
    return None
