"""What commands do, in Chinese, and what their exit codes mean. A test fails if a command or a code is missing here."""

from __future__ import annotations

from crawler.cli.main import DONE, FAILED, INTERRUPTED, SOME_FAILED, WRONG
from pipelines.model.bilingual import Bilingual

EXIT_CODES = {
    DONE: Bilingual(en="Done.", zh="完成。"),
    FAILED: Bilingual(en="Failed: nothing, or not the whole, was done.", zh="失败：没有完成。"),
    WRONG: Bilingual(en="Wrong usage or configuration.", zh="用法或配置有误。"),
    SOME_FAILED: Bilingual(
        en="Done, but some pages failed, or a site that used to have articles has none.",
        zh="已完成，但部分页面失败，或某个曾有文章的网站现在没有文章。",
    ),
    INTERRUPTED: Bilingual(en="Interrupted by Ctrl-C; nothing is lost.", zh="被 Ctrl-C 中断，没有数据丢失。"),
}
"""Exit code → its meaning."""

SOME_FAILED_OF = {
    "crawl": Bilingual(en="Some pages failed, or a site is dead or blocked.", zh="部分页面失败，或有网站失效、受阻。"),
    "schedule": Bilingual(en="With `--once`: some crawls failed.", zh="使用 `--once` 时：部分抓取失败。"),
    "fetch": Bilingual(
        en="Some pages failed, or a server's error left a page without an article.",
        zh="部分页面失败，或因服务器错误而没有文章。",
    ),
    "replay": Bilingual(en="Some files, records or pages cannot be read.", zh="部分文件、记录或页面无法读取。"),
    "rebuild": Bilingual(
        en="Some records or pages cannot be read, or the old catalogue had entries that the archive no longer has.",
        zh="部分记录或页面无法读取，或原目录库中有些条目在档案库中已不存在。",
    ),
    "copy": Bilingual(
        en="Some files were not copied, because they are damaged, open or removed; each is listed.",
        zh="部分文件因损坏、仍在写入或已删除而没有复制，均已列出。",
    ),
    "status": Bilingual(en="A site is dead or blocked.", zh="有网站失效或受阻。"),
    "sites": Bilingual(
        en="`check`: a site is broken. `new`: some addresses cannot be registered.",
        zh="`check`：有网站存在问题。`new`：部分网址无法登记。",
    ),
    "notify": Bilingual(en="Some messages could not be sent.", zh="部分消息未能发出。"),
    "demo": Bilingual(en="As `crawl`.", zh="同 `crawl`。"),
}
"""Command → what the exit code 3 means; other commands never exit with it."""

FAILED_OF = {
    "verify": Bilingual(en="Something is wrong with the archive or the package.", zh="档案库或 WACZ 包存在问题。"),
}
"""Command → what the exit code 1 means, if it is a result of the command and not an error."""

COMMANDS_ZH = {
    "crawl": "抓取指定的网站；不指定时抓取所有已启用且到期的网站。",
    "schedule": "持续运行，在每个网站到期时抓取，直到停止。",
    "fetch": "获取单个网页，存档，并输出其中的文章。",
    "replay": "从档案库或 WARC 文件重新提取文章。",
    "verify": "检查档案库、索引和目录库的完整性，或检查 WACZ 包及其签名。",
    "rebuild": "根据档案库重建目录库，以及缺失或有误的索引。",
    "seal": "制作封存证明：说明档案库内容的简短声明，供保存在档案库之外。",
    "copy": "把档案库 SRC 复制到另一处 DST：文件夹或 S3。",
    "copy-frontier": "把待抓队列 SRC 复制到新的 DST：文件或 PostgreSQL 数据库。",
    "backup": "把机器继续抓取所需的文件复制到 FOLDER：frontier、记录、配置、网站和密钥。",
    "forget": "从档案库中永久删除捕获，并记入账本。",
    "list": "列出捕获，最新的在前。",
    "show": "显示一条捕获记录、页面的历史，或两个版本之间的改动。",
    "search": "查找符合检索式的文章。",
    "counts": "按发布日期、地方、来源、栏目或查重结论统计文章数。",
    "export": "把捕获或文章导出为 JSON Lines、CSV、Parquet、WACZ 或 CDXJ。",
    "serve": "打开阅览室：以网页、订阅源和 API 提供档案库的内容，中英双语。",
    "mcp": "通过模型上下文协议（MCP，标准输入输出）向语言模型提供档案库的内容。",
    "status": "显示档案库的内容和各网站的状况。",
    "notify": "按规则发送关于失效网站、被删页面、检索到的词语和损坏的消息。",
    "sites": "列出、显示、检查和新增登记的网站。",
    "sites list": "列出登记的网站。",
    "sites find": "在随附的全国网站名录中查找一个地方的网站。",
    "sites show": "显示一个网站的登记内容。",
    "sites check": "检查网站是否仍与登记内容相符。",
    "sites new": "检查未登记的网站，并写出其 TOML。",
    "demo": "在本机抓取一个模拟城市的网站，然后提示下一步可以试什么。",
}
"""Command → the first sentence of its help in Chinese; the English one is in its module."""
