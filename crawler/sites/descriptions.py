"""What each key of a site's TOML means, for the reference of the documentation. A test fails if one is missing here."""

from __future__ import annotations

from pipelines.model.bilingual import Bilingual

SITE_KEYS = {
    "slug": Bilingual(en="The name of the file; not a key in it.", zh="即文件名，不写在文件内。"),
    "name": Bilingual(en="The name of the site.", zh="网站名称。"),
    "family": Bilingual(en="The CMS family that reads its lists.", zh="读取列表所用的 CMS 类型。"),
    "hosts": Bilingual(
        en="The hosts of the site: `host`, `host:port` or `*.host`.",
        zh="网站的主机名：`host`、`host:port` 或 `*.host`。",
    ),
    "sections": Bilingual(en="The lists of news that are crawled.", zh="要抓取的新闻列表。"),
    "sections[].name": Bilingual(en="The name of the list.", zh="列表名称。"),
    "sections[].url": Bilingual(
        en="Its first page. A fragment, as in `/gkmlpt/index#3401`, selects one of several lists on a page.",
        zh="列表的第一页。`#` 后的部分（如 `/gkmlpt/index#3401`）用于选择同一页上的某个列表。",
    ),
    "sections[].depth": Bilingual(
        en="List pages that an ordinary crawl reads at most.", zh="一般抓取时最多读取的列表页数。"
    ),
    "region": Bilingual(en="The region that the site reports on.", zh="网站所属的行政区划。"),
    "region.code": Bilingual(en="Its code in GB/T 2260, six digits.", zh="GB/T 2260 代码，六位数字。"),
    "region.name": Bilingual(en="Its name.", zh="行政区划名称。"),
    "enabled": Bilingual(en="Whether a crawl of all sites includes it.", zh="抓取所有网站时是否包括本站。"),
    "reason": Bilingual(en="Why a site is not enabled.", zh="未启用的原因。"),
    "delay": Bilingual(en="Seconds between requests to a host.", zh="对同一主机两次请求之间的秒数。"),
    "concurrency": Bilingual(en="Requests at a time.", zh="同时进行的请求数。"),
    "windows": Bilingual(
        en="Times of day in China at which the site may be crawled, such as `22:00-06:00`.",
        zh="允许抓取的时段（中国时间），如 `22:00-06:00`。",
    ),
    "schedule": Bilingual(
        en="When the site is due: `every 2h`, `every 2h between 22:00 and 06:00`, or a cron expression.",
        zh="何时抓取：`every 2h`、`every 2h between 22:00 and 06:00` 或 cron 表达式。",
    ),
    "daily": Bilingual(en="Largest number of requests a day.", zh="每天最多的请求数。"),
    "charset": Bilingual(
        en="The encoding of pages that declare a wrong one or none.", zh="页面没有声明编码或声明有误时使用的编码。"
    ),
    "files": Bilingual(
        en="Which files of an article are archived: its attachments, pictures as well, or none.",
        zh="存档文章的哪些文件：附件、附件和图片，或都不存。",
    ),
    "max_file": Bilingual(
        en="Largest file in bytes, 96 MB at most; without it, the setting `max_body` applies.",
        zh="文件的最大字节数，不超过 96 MB；未设时采用 `max_body`。",
    ),
    "ip": Bilingual(
        en="The only IP version to connect with, if addresses of the other one are dead.",
        zh="只使用的 IP 版本（另一版本的地址不通时设置）。",
    ),
    "render": Bilingual(en="Which pages a browser renders before they are read.", zh="哪些页面先由浏览器渲染再读取。"),
    "page": Bilingual(
        en="`whole`: pages are archived with what shows them, such as style sheets and pictures; `text`: alone.",
        zh="`whole`：连同显示页面所需的样式表、图片、字体和脚本一起存档；`text`：只存页面本身。",
    ),
    "page_files": Bilingual(
        en="Largest number of such files that one page gets in a crawl.", zh="一次抓取中每个页面最多存档的此类文件数。"
    ),
    "page_bytes": Bilingual(
        en="Largest number of bytes of such files that one page gets in a crawl.",
        zh="一次抓取中每个页面最多存档的此类文件字节数。",
    ),
    "day_files": Bilingual(
        en="Largest number of such files of the site a day; the others wait for the next day.",
        zh="全站每天最多存档的此类文件数，其余留待次日。",
    ),
    "day_bytes": Bilingual(
        en="Largest number of bytes of such files of the site a day.", zh="全站每天最多存档的此类文件字节数。"
    ),
    "rendition": Bilingual(
        en="Whether each new or changed article also gets a picture (`png`) or a `pdf` of what Chromium shows of it.",
        zh="是否为每篇新增或有改动的文章另存一份 Chromium 显示的页面图片（`png`）或 `pdf`。",
    ),
    "recipes": Bilingual(
        en="How articles of the site are read, in order of preference.", zh="读取文章的配方，按优先顺序排列。"
    ),
    "recipes[].name": Bilingual(en="`site/number`.", zh="`网站/编号`。"),
    "recipes[].role": Bilingual(
        en="`list` for pages that link to articles and contain none.", zh="`list` 表示只有链接、没有文章的页面。"
    ),
    "recipes[].body": Bilingual(
        en="CSS selectors of the text, the best first; also `comment:NAME` for markup between comments.",
        zh="正文的 CSS 选择器，最好的在前；`comment:NAME` 表示两条注释之间的内容。",
    ),
    "recipes[].pictures": Bilingual(en="Pictures of an article outside its text.", zh="正文以外的文章图片。"),
    "recipes[].files": Bilingual(
        en="Links to a file of the page itself, such as the PDF of a newspaper page.",
        zh="页面本身的文件链接，如报纸版面的 PDF。",
    ),
    "recipes[].prune": Bilingual(en="What is removed from the text.", zh="从正文中去掉的部分。"),
    "recipes[].title": Bilingual(en="The headline.", zh="标题。"),
    "recipes[].published": Bilingual(en="The date.", zh="发布日期。"),
    "recipes[].source": Bilingual(en="The source.", zh="来源。"),
    "recipes[].charset": Bilingual(en="The encoding of pages of this layout.", zh="这种版式的页面编码。"),
    "recipes[].valid_from": Bilingual(en="The first day of captures that it applies to.", zh="从哪一天的捕获起适用。"),
    "recipes[].valid_until": Bilingual(en="The first day to which it no longer applies.", zh="从哪一天起不再适用。"),
}
"""Key of a site's TOML → its meaning; `name[].key` is a key of each table of an array."""
