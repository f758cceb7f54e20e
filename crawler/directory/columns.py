"""What each column of the directory's file means, for its reference. A test compares them with the file."""

from __future__ import annotations

from pipelines.model.bilingual import Bilingual

MADE = "2026-11"
"""The month in which the directory was made; `seen` is the month of each source."""

COLUMNS = {
    "code": Bilingual(
        en="The place's code in GB/T 2260; empty if the place is newer than the table of codes. A department or paper "
        "has the code of its region.",
        zh="该地的 GB/T 2260 代码；代码表公布之后新设的地方为空。部门和报纸用所在地区的代码。",
    ),
    "name": Bilingual(en="The full name, with the regions above.", zh="全称，包括上级地区。"),
    "own": Bilingual(en="The name without the regions above.", zh="不含上级地区的名称。"),
    "pinyin": Bilingual(
        en="The syllables of the own name. Where a character has several readings, that of the site's host is taken, "
        "else that of a list of place names.",
        zh="名称的拼音音节。多音字先依网站主机名取音，再依地名读音表。",
    ),
    "level": Bilingual(
        en="`province`, `prefecture`, `county`, `department` or `paper`.",
        zh="`province`（省级）、`prefecture`（地级）、`county`（县级）、`department`（部门）或 `paper`（报纸）。",
    ),
    "url": Bilingual(en="The home page.", zh="首页。"),
    "list_url": Bilingual(en="One list page of the site; each row has one at most.", zh="一个列表页；每行最多一个。"),
    "list_name": Bilingual(en="The name of the list.", zh="列表名称。"),
    "kind": Bilingual(
        en="What the list holds: `news`, `policy`, `budget`, `paper`, `news site`.",
        zh="列表的内容：`news`（新闻）、`policy`（政策）、`budget`（预算）、`paper`（报纸）、`news site`（新闻网站）。",
    ),
    "cms": Bilingual(
        en="The CMS family, as far as the addresses alone show it.", zh="CMS 类型，仅凭网址能判断时填写。"
    ),
    "template": Bilingual(
        en="A paper's dated address, with the marks that the source used for year, month and day.",
        zh="报纸某日版面的网址模板，年月日的记号与来源相同。",
    ),
    "seen": Bilingual(en="The month of the source.", zh="来源的月份。"),
    "reach": Bilingual(
        en="What the makers of the source saw: `ok`, `ok abroad`, `none`, an HTTP status.",
        zh="来源制作者访问的结果：`ok`（能访问）、`ok abroad`（境外能访问）、`none`（无响应）或 HTTP 状态码。",
    ),
    "source": Bilingual(en="Which list of addresses the row comes from.", zh="该行来自哪份网址名单。"),
    "doubt": Bilingual(
        en="Why the row is doubtful; empty if nothing speaks against it.", zh="该行存疑的原因；没有疑问时为空。"
    ),
}
"""Column → its meaning, in the order of the file."""
