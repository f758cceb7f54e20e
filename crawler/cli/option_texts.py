"""The help of options in Chinese, by the English help, for the reference of the documentation.

A test fails if an option's help is missing here; so a translation never outlives its original unnoticed.
"""

from __future__ import annotations

OPTIONS_ZH = {
    # shared by all commands
    "Archive: a folder, file:///… or s3://bucket/prefix.  [default: ./archive]": (
        "档案库：文件夹、file:///… 或 s3://bucket/prefix。[默认：./archive]"
    ),
    "Archive: a folder, file:///… or s3://bucket/prefix.  [default: ./demo-archive]": (
        "档案库：文件夹、file:///… 或 s3://bucket/prefix。[默认：./demo-archive]"
    ),
    "Catalogue database: sqlite:///… or postgresql+psycopg://…  [default: inside a local archive]": (
        "目录库：sqlite:///… 或 postgresql+psycopg://… [默认：本地档案库内]"
    ),
    "Frontier: a file, or the PostgreSQL database that crawlers on several machines share.  [default: beside the "
    "catalogue]": "待抓队列：文件，或多台机器的抓取共用的 PostgreSQL 数据库。 [默认：与目录库同处]",
    "A folder with site TOML files, in addition to the folder registry of the archive. May be repeated.": (
        "存放网站 TOML 文件的文件夹，与档案库中的 registry 文件夹合并使用，可重复使用。"
    ),
    "Configuration file.  [default: ./fangzhi.toml if it exists]": "配置文件。[默认：./fangzhi.toml（如果存在）]",
    "Language of messages.  [default: that of the locale]": "提示的语言。[默认：取决于系统的区域设置]",
    "Allow requests to loopback and private addresses.": "允许请求本机和内网地址。",
    "Print only JSON to stdout, one object per line.": "标准输出只输出 JSON，每行一个对象。",
    "Print only errors to stderr.": "标准错误只输出错误。",
    "Log more; -vv logs everything.": "记录更多日志；-vv 记录全部。",
    # requisites of pages
    "Archive pages with all that shows them, or their text alone.  [default: as each site says, or whole]": (
        "页面连同显示所需的文件一起存档（whole），或只存页面（text）。[默认：按各网站的设置，否则为 whole]"
    ),
    "Archive pages with all that shows them (style sheets, pictures, fonts, scripts), or their text alone; "
    "--no-archive implies text.  [default: as the site of a page says, or whole]": (
        "页面连同显示所需的样式表、图片、字体和脚本一起存档（whole），或只存页面（text）；--no-archive 相当于 text。"
        "[默认：按页面所属网站的设置，否则为 whole]"
    ),
    "Show what the page is shown with (style sheets, pictures, fonts, scripts), and what of it is archived.": (
        "列出显示页面所需的样式表、图片、字体和脚本，以及哪些已经存档。"
    ),
    "Form of stderr: text, or a JSON object per line: time, level, event, message.  [default: text]": (
        "标准错误的形式：text，或 json，即每行一个 JSON 对象，含 time、level、event 和 message。[默认：text]"
    ),
    # metrics
    "Write the metrics of all sites to FILE, for node_exporter of Prometheus, and print nothing.": (
        "把所有网站的指标写入 FILE，供 Prometheus 的 node_exporter 读取，不输出其他内容。"
    ),
    "Also write time, duration and number of findings to FILE, for node_exporter of Prometheus.": (
        "另将时间、用时和问题数写入 FILE，供 Prometheus 的 node_exporter 读取。"
    ),
    "Address for --metrics-port; others than loopback are for containers, because everyone can read it.": (
        "--metrics-port 的监听地址；回环地址以外的地址用于容器，因为任何人都能读取。"
    ),
    "Serve metrics for Prometheus at http://127.0.0.1:N/metrics: those of the whole archive and all its sites.": (
        "在 http://127.0.0.1:N/metrics 提供 Prometheus 指标：整个档案库及其所有网站的指标。"
    ),
    # selection of captures
    "Only captures of this site, by its slug, name or host.": "只要该网站的捕获；可用代号、名称或主机名。",
    "Only captures with or without an article.": "只要有文章或没有文章的捕获。",
    "Only captures with this deduplication verdict: new, same-bytes, same-text, near-copy, new-version.": (
        "只要查重结论为此值的捕获：new、same-bytes、same-text、near-copy、new-version。"
    ),
    "Include or exclude captures whose bytes or text, or nearly the same text, were captured before on any site. "
    "A capture that contains an earlier text and more is not a copy.": (
        "包括或排除副本，即此前在任何网站捕获过相同的字节、相同或几乎相同的文字。包含此前文字并有更多内容的不算副本。"
    ),
    "Include or exclude attachments and pictures.": "包括或排除附件和图片。",
    "List files, list pages and rejected pages, too.": "也列出文件、列表页和没有文章的页面。",
    "Only articles published on DATE or later. Days are days in China: 2023-04-05, 2023-04, 7d (7 days ago), "
    "yesterday.": "只要 DATE 当天及以后发布的文章，按中国日期：2023-04-05、2023-04、7d（7 天前）、yesterday（昨天）。",
    "Only articles published on DATE or earlier; a month or a year includes its last day.": (
        "只要 DATE 当天及以前发布的文章；月份或年份包括其最后一天。"
    ),
    "Only captures made on DATE or later, in the forms of --since.": "只要 DATE 当天及以后的捕获，日期写法同 --since。",
    "Only captures made on DATE or earlier, in the forms of --until.": (
        "只要 DATE 当天及以前的捕获，日期写法同 --until。"
    ),
    "Only articles whose source (来源) contains these words.": "只要来源中含有这些词的文章。",
    "Only articles whose column (栏目) contains these words.": "只要栏目中含有这些词的文章。",
    "Only captures without an article for this reason: file, empty, …": (
        "只要因此原因没有文章的捕获：file（文件）、empty（空白）等。"
    ),
    "Only articles with this quality score, from 0 to 1, or a better one.": "只要质量分不低于此值的文章，范围 0 到 1。",
    "Only articles with this quality flag. May be repeated: all of them.": (
        "只要带有此质量标记的文章；可重复使用，须全部具备。"
    ),
    "Only articles that were removed from their site.": "只要已从网站消失的文章。",
    "Newest publication first, newest capture first, lowest quality score first, or most words of the query in the "
    "title first.": "依次为：最新发布的在前、最新捕获的在前、质量分最低的在前、标题中检索词最多的在前。",
    "At most N captures.": "最多 N 条捕获记录。",
    # crawl, schedule, fetch
    "Fetch at most N new articles of each site.": "每个网站最多获取 N 篇新文章。",
    "Only articles that their list page dates DATE or later: 2023-04-05, 2023-04, 7d, yesterday.": (
        "只要列表页上日期为 DATE 及以后的文章：2023-04-05、2023-04、7d、yesterday（昨天）。"
    ),
    "Read every list to its last page, also for sites that are not due.": "每个列表都读到最后一页，未到期的也读。",
    "Request every known article again, to find edits and deletions before it is due.": (
        "再次请求每篇已知文章，在到期之前发现改动和删除。"
    ),
    "Crawl only what is due: of the sites named, and of their sections.": "只抓取指定网站及其栏目中到期的部分。",
    "Do not ask before the first crawl of all sites.": "首次抓取所有网站之前不询问。",
    "Processes that answer readers; 0: answer in this process.  [default: one per core]": (
        "应答读者的进程数；0 表示由本进程应答。[默认：每个处理器核心一个]"
    ),
    "Number of sites crawled at the same time.": "同时抓取的网站数。",
    "Crawl the sites that are due now, then exit.": "抓取现在到期的网站，然后退出。",
    "Show when each site is due, then exit.": "显示每个网站何时到期，然后退出。",
    "Output format.": "输出格式。",
    "Do not archive or catalogue anything.": "不存档，也不编目。",
    "Also fetch the attachments of the articles.": "同时获取文章的附件。",
    "Also archive a picture or a PDF of what a browser shows of each archived page, without scripts and network.": (
        "同时存档浏览器显示的每个存档网页的图片或 PDF；不运行脚本，不访问网络。"
    ),
    "Run the scripts of the pages in a browser and extract the rendered page.": (
        "在浏览器中运行页面的脚本，提取渲染后的页面。"
    ),
    # replay, verify
    "Only send a test message of this rule.": "只发送一条该规则的测试消息。",
    "Read only the archive's files of this site.": "只读取档案库中该网站的文件。",
    "Extraction processes; 0: extract in this process.  [default: one per core]": (
        "提取所用的进程数；0 表示在本进程中提取。[默认：每个核心一个]"
    ),
    "Do not change the catalogue.": "不改动目录库。",
    "Show, article by article, how the result differs from the catalogue.": "逐篇显示结果与目录库有何不同。",
    "Only print the links of each list page, one JSON object per line.": "只输出每个列表页的链接，每行一个 JSON 对象。",
    "First copy the named WARC files unchanged into this archive.": "先把指定的 WARC 文件原样复制到此档案库。",
    "Write the archived picture or PDF of the page to stdout.": "把已存档的网页图片或 PDF 写到标准输出。",
    "Also write the texts as WARC conversion records into this folder or s3://… address.": (
        "同时把正文写成 WARC 的 conversion 记录，存入此文件夹或 s3://… 地址。"
    ),
    "Extract in a Dask cluster: its scheduler's address, such as tcp://10.0.0.5:8786, or `local` for one on this "
    "machine.": ("在 Dask 集群中提取：填调度器的地址，如 tcp://10.0.0.5:8786；填 `local` 则在本机启动集群。"),
    "Start over instead of resuming an interrupted replay.": "从头开始，不继续上次中断的重放。",
    "Read every byte, and check every record against the others.": "读取每个字节，并逐条核对各记录之间的关系。",
    "Captures to read from each file.  [default: 3]": "每个文件抽查的捕获数。[默认：3]",
    "Check only what this seal covers, and read every byte of it.": "只检查该封存证明所涵盖的内容，并读取其每个字节。",
    "Make a key that signs seals from now on, and print its public key.": (
        "生成今后用于签署封存证明的密钥，并输出其公钥。"
    ),
    "Folder for the two files of the seal.  [default: the current folder]": (
        "存放封存证明两个文件的文件夹。[默认：当前文件夹]"
    ),
    "Print a proof that a seal covers the file of the capture, as JSON.": (
        "以 JSON 输出证据，证明该捕获所在的文件为某个封存证明所涵盖。"
    ),
    "Why; it is recorded in the ledger for good.": "删除的原因；永久记入账本。",
    "Do not ask before removing.": "删除前不询问。",
    # copy
    "Remove from DST what `forget` has removed from SRC.": "从 DST 中删除已由 `forget` 从 SRC 中删除的文件。",
    # list, show, export
    "Only articles, sorted by quality score, lowest first: --sort score.": (
        "只列文章，按质量分从低到高排序：--sort score。"
    ),
    "Version N of the page; 1 is the oldest.": "页面的第 N 个版本，1 为最早。",
    "Show what the version changed; with --format html as a page to keep.": (
        "显示该版本改了什么；加 --format html 则输出可保存的网页。"
    ),
    "Show the versions of the page, and when it was gone and back.": "显示页面的各个版本，以及何时消失和恢复。",
    "Show where on the page each field was read.": "显示每个字段取自页面何处。",
    "Show who else printed the text, and what they added or left out. (--family is the older name.)": (
        "显示还有谁刊登过这篇文字、增删了什么。（--family 是旧名称。）"
    ),
    "Print a citation: text, gbt7714, bibtex, ris or csl.": "输出引文：text、gbt7714、bibtex、ris 或 csl。",
    "Also write OUT.md, a data sheet, and OUT.datapackage.json (Frictionless Data Package), beside OUT.": (
        "同时在 OUT 旁边写出 OUT.md（数据说明）和 OUT.datapackage.json（Frictionless 数据包）。"
    ),
    "What to count by. May be repeated: --by month --by site.": "按什么计数，可重复：--by month --by site。",
    "Also print the articles without QUERY, and the share of those with it.": (
        "另列不加检索式时的文章数，以及含检索式者所占的比例。"
    ),
    "Also count it by month, site, region, source, column and verdict.": (
        "另按月份、网站、地区、来源、栏目和查重结论统计结果。"
    ),
    "Write OUT, a folder, with one Parquet file for each value of KEYS: region,month.": (
        "把 OUT 写成文件夹，KEYS（如 region,month）的每个取值一个 Parquet 文件。"
    ),
    "Output format.  [default: table]": "输出格式。[默认：table]",
    "Only the capture with this id. May be repeated.": "只要该编号的捕获，可重复使用。",
    "Sign the WACZ, with a time stamp if `seal_authority` is set.": (
        "为 WACZ 签名；设置了 `seal_authority` 时还加盖时间戳。"
    ),
    "Output format.  [default: the file name extension of OUT; jsonl for -]": (
        "输出格式。[默认：OUT 的扩展名；OUT 为 - 时是 jsonl]"
    ),
    "Only this region and what is below it, by code (4407, 440783) or name.": (
        "只要该行政区划及其下级；可用代码（4407、440783）或名称。"
    ),
    # sites, demo
    "All sites of a region and of those below it that are in the directory, by code or name; needs --write. "
    "Sites that are registered already are kept: run it again to continue.": (
        "名录中某行政区划及其下级的所有网站，可用代码或名称；需要 --write。已登记的网站保持不变：再次运行即可继续。"
    ),
    "With --region, only sites of this level. May be repeated.": "使用 --region 时只要这一级别的网站，可重复使用。",
    "Write DIR/SLUG.toml with the changes that are proposed; a site's own file is changed.": (
        "把建议的改动写入 DIR/SLUG.toml；网站自己的文件在该文件夹中时，直接修改该文件。"
    ),
    "Draft from the directory alone; nothing is fetched or checked.": "只根据名录起草，不获取也不检查任何页面。",
    "Only sites of this level.": "只要这一级别的网站。",
    "Only sites of this province, by code or name.": "只要该省的网站；可用代码或名称。",
    "Write DIR/SLUG.toml instead of printing the TOML; the folder is made if needed.": (
        "写入 DIR/SLUG.toml，而不是输出 TOML；文件夹不存在时新建。"
    ),
    "Name of the site in the registry.  [default: derived from its host]": "网站在登记表中的代号。[默认：由主机名得出]",
    "Delay between two requests.": "两次请求的间隔。",
    "Keep the city running after the crawl, until Ctrl-C.": "抓取之后让城市继续运行，直到 Ctrl-C。",
    "Start the city of the archive and crawl nothing, until Ctrl-C.": "启动档案库中的城市，不抓取，直到 Ctrl-C。",
    "First port of the city.  [default: that of the archive's city, or 8930]": (
        "城市的第一个端口。[默认：档案库中城市的端口，或 8930]"
    ),
    "Number of pages of the city.  [default: that of the archive's city, or 300]": (
        "城市的页面数。[默认：档案库中城市的页面数，或 300]"
    ),
    # serve
    "Address to listen on. Others than this machine reach it only with --public-url.": (
        "监听的地址。其他机器只有在设置 --public-url 后才能访问。"
    ),
    "Port of the room.": "阅览室的端口。",
    "Port of archived content, an origin of its own.  [default: the port after --port]": (
        "存档内容的端口，与阅览室不同源。[默认：--port 的下一个端口]"
    ),
    "Address of the room for its readers, behind a proxy; it may have a path.": (
        "阅览室在代理之后供读者使用的地址，可以带路径。"
    ),
    "Address of archived content for readers, on another host or port than the room.": (
        "存档内容供读者使用的地址，其主机或端口须与阅览室不同。"
    ),
    "Requests a second from one address.  [default: 20 with --public-url, else no limit]": (
        "同一地址每秒的请求数。[默认：使用 --public-url 时为 20，否则不限]"
    ),
}
"""English help → Chinese help."""
