"""What each setting means, for the reference of the documentation. A test fails if a setting is missing here."""

from __future__ import annotations

from pipelines.model.bilingual import Bilingual

SETTINGS = {
    "archive": Bilingual(
        en="The archive: a folder, `file:///…` or `s3://bucket/prefix`.",
        zh="档案库的位置：文件夹、`file:///…` 或 `s3://bucket/prefix`。",
    ),
    "catalogue": Bilingual(
        en="The catalogue: `sqlite:///…` or `postgresql+psycopg://…`.",
        zh="目录库：`sqlite:///…` 或 `postgresql+psycopg://…`。",
    ),
    "frontier": Bilingual(
        en="Known and queued pages and the runs of each site: a file, or `postgresql+psycopg://…`, which crawlers on "
        "several machines share.",
        zh="记录已知页面、待取页面和各站抓取情况：文件，或多台机器共用的 `postgresql+psycopg://…`。",
    ),
    "user_agent": Bilingual(en="The user agent sent with each request.", zh="每次请求发送的 User-Agent。"),
    "operator": Bilingual(
        en="Who operates the crawler; written into every WARC file.", zh="运行者，写入每个 WARC 文件。"
    ),
    "contact": Bilingual(
        en="How site owners reach you, as URL or e-mail address in ASCII; part of the user agent.",
        zh="网站管理员与您联系的方式（网址或邮箱，ASCII 字符），写在 User-Agent 中。",
    ),
    "lang": Bilingual(
        en="The language of messages and reports: `zh` or `en`. JSON and logs do not change.",
        zh="提示和报告的语言：`zh` 或 `en`。JSON 和日志不变。",
    ),
    "allow_private": Bilingual(
        en="Whether loopback and private addresses may be requested. Leave it off outside of tests.",
        zh="是否允许请求本机和内网地址。测试之外请保持关闭。",
    ),
    "registry": Bilingual(
        en="Folders with further TOML files of sites, in addition to those that come with fangzhi.",
        zh="存放其他网站 TOML 文件的文件夹，与自带的登记表合并使用。",
    ),
    "directory": Bilingual(
        en="A file that replaces the directory of the country that comes with fangzhi: a CSV with the same columns, "
        "also compressed with gzip.",
        zh="替换随附全国网站名录的文件：列相同的 CSV，也可以是 gzip 压缩的。",
    ),
    "workers": Bilingual(
        en="Processes that parse pages, or answer readers; 0 does so in the process of the command itself.",
        zh="解析页面或应答读者的进程数；0 表示在命令自身的进程内进行。",
    ),
    "schedule": Bilingual(
        en="When sites without a schedule of their own are due, in China's time.",
        zh="没有单独设定计划的网站何时抓取（中国时间）。",
    ),
    "timeout": Bilingual(en="Seconds for each step of a request.", zh="请求每一步的时限（秒）。"),
    "max_body": Bilingual(
        en="Largest response, in bytes as transferred; 96 MB at most.",
        zh="响应的最大字节数（按传输大小计），不超过 96 MB。",
    ),
    "max_redirects": Bilingual(en="Redirects that are followed for one page.", zh="每个页面最多跟随的跳转次数。"),
    "browser": Bilingual(
        en="The browser for sites with `render`: the name or path of a program.",
        zh="用于 `render` 网站的浏览器：程序名或路径。",
    ),
    "seal_key": Bilingual(
        en="The file with the Ed25519 private key that signs seals, in PEM.",
        zh="签署封存证明的 Ed25519 私钥文件（PEM 格式）。",
    ),
    "seal_authority": Bilingual(
        en="The URL of an authority that gives each new seal and each signed package a time stamp (RFC 3161).",
        zh="为每个新的封存证明和每个签名的 WACZ 包加盖时间戳（RFC 3161）的机构的网址。",
    ),
    "seal_roots": Bilingual(
        en="The file with the root certificates of trusted time stamp authorities, in PEM.",
        zh="受信任的时间戳机构的根证书文件（PEM 格式）。",
    ),
    "package_key": Bilingual(
        en="The file with the ECDSA private key that signs packages (`export --sign`), in PEM.",
        zh="签署 WACZ 包（`export --sign`）的 ECDSA 私钥文件（PEM 格式）。",
    ),
    "package_certificate": Bilingual(
        en="The file with the certificate of a domain for `package_key` and those of its issuers, in PEM: packages are "
        "signed for this domain.",
        zh="与 `package_key` 对应的域名证书及其上级证书文件（PEM 格式）：WACZ 包以该域名的名义签名。",
    ),
    "package_roots": Bilingual(
        en="The file with the root certificates that are trusted for the domains of signed packages, in PEM.",
        zh="签名 WACZ 包的域名证书所信任的根证书文件（PEM 格式）。",
    ),
    "notify": Bilingual(
        en="Tables `[[notify]]`: who gets messages about what, see the chapter on operation. In the environment: JSON.",
        zh="`[[notify]]` 表：哪些情况通知谁，见运行一章。在环境变量中为 JSON。",
    ),
    "spool": Bilingual(
        en="With S3: the folder in which files wait until the bucket has them.",
        zh="使用 S3 时，文件在上传完成之前存放的文件夹。",
    ),
    "spool_limit": Bilingual(
        en="Bytes that may wait in the spool before the crawl pauses.", zh="暂存区达到多少字节时暂停抓取。"
    ),
    "sync_pages": Bilingual(
        en="Maximum number of pages that share one sync of the disk.", zh="最多多少个页面共用一次磁盘同步。"
    ),
    "sync_seconds": Bilingual(
        en="Longest time that a page waits for a sync, in seconds.", zh="页面等待同步的最长时间（秒）。"
    ),
    "roll_size": Bilingual(en="Size at which a WARC file is closed, in bytes.", zh="WARC 文件达到多少字节时关闭。"),
    "roll_seconds": Bilingual(
        en="Age at which a WARC file is closed, in seconds.", zh="WARC 文件打开多久后关闭（秒）。"
    ),
    "shared_files": Bilingual(
        en="Which crawls write to WARC files that crawls of several sites share: `scheduled` (those of one "
        "`fangzhi schedule`, which publishes the files at its end), `always` (all; the files stay open until they are "
        "old or large enough) or `never`.",
        zh="哪些抓取写入由多个网站的抓取共用的 WARC 文件：`scheduled`（同一个 `fangzhi schedule` 的抓取，"
        "它结束时发布这些文件）、`always`（全部抓取；文件保持打开，直到足够旧或足够大）或 `never`（都不）。",
    ),
    "shared_seconds": Bilingual(
        en="Age at which a shared WARC file is closed, in seconds.", zh="共用的 WARC 文件打开多久后关闭（秒）。"
    ),
    "s3_addressing": Bilingual(
        en="`path` for servers without a host name for each bucket, or `virtual`; `auto` decides by the host.",
        zh="没有为每个存储桶配置域名的服务器用 `path`，否则用 `virtual`；`auto` 根据主机名决定。",
    ),
    "s3_checksums": Bilingual(
        en="`when_supported` also sends boto3's CRC trailers, which break Ceph's radosgw over TLS.",
        zh="`when_supported` 还会发送 boto3 的 CRC 尾部校验，Ceph radosgw 在 TLS 下不支持。",
    ),
    "s3_storage_class": Bilingual(
        en="The storage class of objects, such as `STANDARD_IA`; they must be readable at once, so not `GLACIER`.",
        zh="对象的存储类别，如 `STANDARD_IA`；对象必须能立即读取，因此不能用 `GLACIER`。",
    ),
    "s3_lock": Bilingual(
        en="The mode of object lock, for a bucket created with it.", zh="对象锁定模式，存储桶创建时须已启用。"
    ),
    "s3_lock_days": Bilingual(en="Days of the lock from the upload.", zh="自上传之日起锁定的天数。"),
    "s3_concurrency": Bilingual(
        en="Parts sent at a time; all of them are held in memory.", zh="同时上传的分片数，这些分片都在内存中。"
    ),
    "s3_part_size": Bilingual(en="Bytes of a part.", zh="每个分片的字节数。"),
}
"""Setting → its meaning."""

DEFAULTS = {
    "archive": Bilingual(en="`./archive`", zh="`./archive`"),
    "catalogue": Bilingual(
        en="inside a local archive, else in `~/.local/share/fangzhi`",
        zh="本地档案库内，否则在 `~/.local/share/fangzhi`",
    ),
    "frontier": Bilingual(
        en="`frontier.sqlite` beside the catalogue, or the catalogue's database if it is in PostgreSQL",
        zh="目录库旁的 `frontier.sqlite`；目录库在 PostgreSQL 中时，使用同一数据库",
    ),
    "user_agent": Bilingual(en="`fangzhi/VERSION (+CONTACT)`", zh="`fangzhi/版本 (+联系方式)`"),
    "lang": Bilingual(en="that of the locale", zh="取决于系统的区域设置"),
    "workers": Bilingual(en="one for each core", zh="每个处理器核心一个"),
    "spool": Bilingual(en="`~/.local/share/fangzhi/spool`", zh="`~/.local/share/fangzhi/spool`"),
    "seal_key": Bilingual(
        en="`~/.local/share/fangzhi/seal-key.pem`, if it exists",
        zh="`~/.local/share/fangzhi/seal-key.pem`（存在时）",
    ),
    "seal_authority": Bilingual(en="none", zh="无"),
    "seal_roots": Bilingual(en="the root certificates of the system", zh="系统的根证书"),
    "package_key": Bilingual(
        en="`~/.local/share/fangzhi/package-key.pem`, made by the first `export --sign`",
        zh="`~/.local/share/fangzhi/package-key.pem`，首次运行 `export --sign` 时生成",
    ),
    "package_certificate": Bilingual(en="none: packages are signed anonymously", zh="无：WACZ 包匿名签名"),
    "package_roots": Bilingual(en="the root certificates of the system", zh="系统的根证书"),
    "browser": Bilingual(en="Chromium or Chrome, wherever it is installed", zh="已安装的 Chromium 或 Chrome"),
}
"""Defaults that are computed when the settings are loaded."""
