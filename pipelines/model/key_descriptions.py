"""What each key of an entry's JSON means. Their types are those of the classes, their labels those of `FIELDS`.

A test fails if a key of an entry is missing here.
"""

from __future__ import annotations

from pipelines.model.bilingual import Bilingual

ENTRY_KEYS = {
    "id": Bilingual(
        en="The id of the capture: its second in UTC and a hash. The same capture always has the same id.",
        zh="捕获的编号：UTC 时间（到秒）加哈希值。同一捕获的编号始终相同。",
    ),
    "site": Bilingual(en="The slug of the registered site.", zh="已登记网站的代号。"),
    "region": Bilingual(en="The region of the site.", zh="网站所属的行政区划。"),
    "region.code": Bilingual(en="The code in GB/T 2260.", zh="GB/T 2260 行政区划代码。"),
    "region.name": Bilingual(en="The name of the region.", zh="行政区划名称。"),
    "url": Bilingual(en="The URL that was requested.", zh="请求的网址。"),
    "final_url": Bilingual(
        en="The URL that answered; it differs after a redirect.", zh="实际返回内容的网址；有跳转时与 `url` 不同。"
    ),
    "status": Bilingual(en="The HTTP status.", zh="HTTP 状态码。"),
    "redirect_to": Bilingual(en="The target of a 3xx response.", zh="3xx 响应的跳转目标。"),
    "fetched_at": Bilingual(en="The time of the capture, in UTC.", zh="捕获时间（UTC）。"),
    "rendered": Bilingual(
        en="The browser whose rendering was read; null if the body is as the server sent it.",
        zh="渲染页面的浏览器；`null` 表示内容是服务器原样发送的。",
    ),
    "outcome": Bilingual(en="Whether the page has an article.", zh="页面中是否有文章。"),
    "reason": Bilingual(en="Why the page has no article.", zh="没有文章的原因。"),
    "articles": Bilingual(
        en="The articles; most pages have one, newspaper pages have several.",
        zh="文章列表；多数页面只有一篇，报纸版面有多篇。",
    ),
    "file": Bilingual(en="The captured file, with the reason `file`.", zh="捕获的文件（`reason` 为 `file` 时）。"),
    "file.media_type": Bilingual(en="Its media type.", zh="文件的媒体类型。"),
    "file.size": Bilingual(en="Its size in bytes, without content-encoding.", zh="文件大小（字节，不含传输压缩）。"),
    "file.name": Bilingual(
        en="The name that the server gives it in Content-Disposition; absent if it gives none.",
        zh="服务器在 Content-Disposition 中给出的文件名；没有时不出现此键。",
    ),
    "verdict": Bilingual(en="The comparison with all earlier captures.", zh="与此前所有捕获比较的结论。"),
    "verdict.kind": Bilingual(en="The kind of verdict.", zh="结论的类型。"),
    "verdict.of": Bilingual(
        en="The id of the entry that this one repeats or replaces.", zh="本条重复或更新的那一条的编号。"
    ),
    "verdict.similarity": Bilingual(
        en="The similarity from 0 to 1: the Jaccard index of character trigrams, or the share of the smaller text.",
        zh="相似度（0 到 1）：三字组的 Jaccard 系数，或较短文字被包含的比例。",
    ),
    "verdict.relation": Bilingual(en="How a near copy relates to the earlier text.", zh="近似文字与此前文字的关系。"),
    "digests": Bilingual(en="Digests of the capture.", zh="捕获的摘要值。"),
    "digests.payload": Bilingual(en="`sha256:…` of the bytes of the body.", zh="正文字节的 `sha256:…`。"),
    "digests.text": Bilingual(
        en="`sha256:…` of the normalised, simplified text of all articles.",
        zh="所有文章规范化简体文字的 `sha256:…`。",
    ),
    "digests.articles": Bilingual(
        en="The same for each article, if the page has several.", zh="页面有多篇文章时，每一篇的摘要值。"
    ),
    "location": Bilingual(en="Where the WARC record is.", zh="WARC 记录的位置。"),
    "location.file": Bilingual(en="The key of the WARC file in the archive.", zh="档案库中 WARC 文件的键。"),
    "location.offset": Bilingual(en="The offset of the record in bytes.", zh="记录的偏移量（字节）。"),
    "location.length": Bilingual(en="The length of the record in bytes.", zh="记录的长度（字节）。"),
    "recipe": Bilingual(en="The recipe by which the page was read.", zh="读取页面所用的配方。"),
    "version": Bilingual(en="Versions of the programs that read the page.", zh="读取页面的程序版本。"),
    "version.fangzhi": Bilingual(en="The version of fangzhi.", zh="fangzhi 的版本。"),
    "version.trafilatura": Bilingual(en="The version of trafilatura.", zh="trafilatura 的版本。"),
}
"""The keys of an entry outside its articles."""

ARTICLE_KEYS = {
    "title": Bilingual(en="The headline.", zh="标题。"),
    "subtitle": Bilingual(en="The line below the headline (副题).", zh="标题下的副题。"),
    "kicker": Bilingual(en="The line above the headline (引题).", zh="标题上的引题（肩题）。"),
    "text": Bilingual(
        en="The repaired text in the script of the page, one paragraph per line.",
        zh="修补后的正文，保留页面的字体（简体或繁体），每段一行。",
    ),
    "script": Bilingual(en="The script of the text.", zh="正文的字体。"),
    "text_hans": Bilingual(
        en="The text in simplified characters, for search and comparison.",
        zh="正文的简体形式，用于检索和比较。",
    ),
    "outline": Bilingual(
        en="The headings that a document site prints before a text, also of chapters that it withholds.",
        zh="文库类网站列在正文前的提纲，包括未显示的章节。",
    ),
    "published_at": Bilingual(
        en="The publication time with +08:00, or the day alone if the page gives no time.",
        zh="发布时间（+08:00）；页面没有写时刻时只有日期。",
    ),
    "published_on": Bilingual(en="The day of publication in China.", zh="发布日期（中国时间）。"),
    "modified_at": Bilingual(en="The time of the last change, as the page states it.", zh="页面写明的更新时间。"),
    "source": Bilingual(en="The medium or office that the page names as the source.", zh="页面写明的来源媒体或单位。"),
    "authors": Bilingual(en="The people named, each with a role.", zh="署名的人员及其角色。"),
    "authors[].name": Bilingual(en="The name.", zh="姓名。"),
    "authors[].role": Bilingual(
        en="`reporter`, `correspondent`, `editor`, `photographer`, `proofreader` or `author`.",
        zh="角色：`reporter`（记者）、`correspondent`（通讯员）、`editor`（编辑）、`photographer`（摄影）、"
        "`proofreader`（校对）或 `author`（作者）。",
    ),
    "dateline": Bilingual(en="The dateline at the beginning of the text (本报讯).", zh="电头（如“本报讯”）。"),
    "column": Bilingual(en="The path of columns in which the article stands.", zh="文章所在栏目的路径。"),
    "document": Bilingual(en="The disclosure table of an official document.", zh="政府信息公开文件的信息表。"),
    "document.index_number": Bilingual(en="索引号.", zh="索引号。"),
    "document.issuer": Bilingual(en="The issuing office (发布机构).", zh="发布机构。"),
    "document.written_on": Bilingual(en="The day of writing (成文日期).", zh="成文日期。"),
    "document.document_number": Bilingual(en="The document number (发文字号).", zh="发文字号。"),
    "document.subject": Bilingual(en="The name of the document (名称).", zh="文件名称。"),
    "document.keywords": Bilingual(en="The keywords (主题词).", zh="主题词。"),
    "document.effective_on": Bilingual(en="The day from which the document is in force (实施日期).", zh="实施日期。"),
    "document.expires_on": Bilingual(en="The last day on which it is in force (失效日期).", zh="失效日期。"),
    "document.status": Bilingual(
        en="Whether it is in force (文件状态), as the page states it.", zh="文件状态（如“有效”）。"
    ),
    "keywords": Bilingual(en="The keywords that the page declares for the article.", zh="页面声明的文章关键词。"),
    "description": Bilingual(en="The summary that the page declares for the article.", zh="页面声明的文章摘要。"),
    "column_type": Bilingual(en="The type of its column, as the page declares it.", zh="页面声明的栏目类型。"),
    "column_keywords": Bilingual(en="The keywords of its column.", zh="页面声明的栏目关键词。"),
    "column_description": Bilingual(en="The description of its column.", zh="页面声明的栏目描述。"),
    "tables": Bilingual(en="The data tables in the text.", zh="正文中的数据表格。"),
    "tables[].caption": Bilingual(en="The caption.", zh="表格标题。"),
    "tables[].rows": Bilingual(
        en="The cells of each row, left to right; a cell that spans rows or columns is repeated.",
        zh="每行的单元格，从左到右；跨行或跨列的单元格重复出现。",
    ),
    "tables[].headers": Bilingual(
        en="The header cells, each as the indices of its row and column.", zh="表头单元格的行号和列号（从 0 开始）。"
    ),
    "tables[].start": Bilingual(en="Where the table begins in `text`.", zh="表格在 `text` 中的起点。"),
    "tables[].end": Bilingual(en="Where the table ends in `text`.", zh="表格在 `text` 中的终点。"),
    "images": Bilingual(en="The pictures of the article.", zh="文章中的图片。"),
    "images[].url": Bilingual(en="The absolute URL.", zh="图片的绝对网址。"),
    "images[].caption": Bilingual(en="The caption.", zh="图片说明。"),
    "attachments": Bilingual(en="The files that the article links to.", zh="文章的附件。"),
    "attachments[].url": Bilingual(en="The absolute URL.", zh="附件的绝对网址。"),
    "attachments[].title": Bilingual(en="The text of the link.", zh="链接文字。"),
    "attachments[].media_type": Bilingual(
        en="The media type, once the file is archived.", zh="媒体类型（存档后才有）。"
    ),
    "attachments[].size": Bilingual(
        en="The size in bytes, once the file is archived.", zh="大小（字节，存档后才有）。"
    ),
    "attachments[].digest": Bilingual(en="The digest of the archived file.", zh="已存档文件的摘要值。"),
    "attachments[].location": Bilingual(en="Where the WARC record of the file is.", zh="该文件的 WARC 记录位置。"),
    "parts": Bilingual(
        en="The URLs of the article's further pages; each is an entry of its own.",
        zh="文章续页的网址；每个续页都是单独的一条。",
    ),
    "site_name": Bilingual(en="The name that the page declares for its site.", zh="页面声明的网站名称。"),
    "site_domain": Bilingual(en="The domain that the page declares for its site.", zh="页面声明的网站域名。"),
    "site_code": Bilingual(
        en="The site's official code; the first six digits are the code of a region.",
        zh="网站标识码，前六位是行政区划代码。",
    ),
    "edition": Bilingual(en="The newspaper page on which the article is printed.", zh="文章所在的报纸版面。"),
    "edition.paper": Bilingual(en="The newspaper.", zh="报纸名称。"),
    "edition.issued_on": Bilingual(en="The day of issue.", zh="出版日期。"),
    "edition.weekday": Bilingual(en="The weekday of issue: 1 for Monday to 7.", zh="星期：1（星期一）到 7。"),
    "edition.page": Bilingual(en="The number of the page, such as A03.", zh="版次，如 A03。"),
    "edition.name": Bilingual(en="The name of the page.", zh="版名。"),
    "left_out": Bilingual(
        en="The lines between the headline and the end of the text that are in no other field.",
        zh="从标题到正文结尾之间、未收入其他字段的行。",
    ),
    "left_out[].rule": Bilingual(en="Why the line is not in the text.", zh="未收入正文的原因。"),
    "left_out[].text": Bilingual(en="The line.", zh="该行文字。"),
    "left_out[].place": Bilingual(
        en="`head` before the text, `body` inside it, `tail` after it.",
        zh="位置：`head` 为正文之前，`body` 为正文之中，`tail` 为正文之后。",
    ),
    "quality": Bilingual(en="What is missing, masked or doubtful in the text.", zh="正文的缺失、遮盖和存疑之处。"),
    "quality.truncated": Bilingual(en="Whether only a part of the text is there.", zh="是否只有部分正文。"),
    "quality.paywall": Bilingual(
        en="Whether the rest is for readers who pay, subscribe or log in.",
        zh="其余部分是否需要付费、订阅或登录。",
    ),
    "quality.shown_chars": Bilingual(en="Characters that the page says it shows.", zh="页面写明显示的字数。"),
    "quality.full_chars": Bilingual(en="Characters of the whole text, as the page states.", zh="页面写明的全文字数。"),
    "quality.omitted_chars": Bilingual(
        en="Characters that are left out, as stated or as the difference.",
        zh="省略的字数（页面写明，或由差值得出）。",
    ),
    "quality.masked_chars": Bilingual(en="Masked characters, such as 张**.", zh="被遮盖的字数，如“张**”。"),
    "quality.score": Bilingual(en="The product of the parts, from 0 to 1.", zh="各项的乘积，0 到 1。"),
    "quality.parts": Bilingual(en="The factors of the score.", zh="质量分的各项。"),
    "quality.parts.intact": Bilingual(en="It falls with the damage that is left.", zh="完好程度，残留损坏越多越低。"),
    "quality.parts.chinese": Bilingual(
        en="The share of Chinese characters among the letters.", zh="汉字在文字中的比例。"
    ),
    "quality.parts.complete": Bilingual(
        en="The share of the text that is there and not masked.", zh="正文中存在且未被遮盖的比例。"
    ),
    "quality.parts.length": Bilingual(
        en="Below 1 for texts under 200 characters, which are less certain.",
        zh="篇幅：不足 200 字时低于 1，因为把握较小。",
    ),
    "quality.flags": Bilingual(en="What was repaired and what is in doubt.", zh="修补和存疑之处的标记。"),
    "repairs": Bilingual(
        en="Every change of the text. Undone from the last to the first, they restore the extracted text.",
        zh="对正文的每一处改动。从后往前撤销，即可还原修补前的文字。",
    ),
    "repairs[].rule": Bilingual(en="The rule.", zh="规则。"),
    "repairs[].start": Bilingual(en="Where the change begins in `text`.", zh="改动在 `text` 中的起点。"),
    "repairs[].end": Bilingual(en="Where it ends.", zh="终点。"),
    "repairs[].before": Bilingual(en="The text before the change.", zh="改动前的文字。"),
    "repairs[].after": Bilingual(en="The text after the change.", zh="改动后的文字。"),
    "repairs[].confidence": Bilingual(en="Below 1 if the change is a guess.", zh="置信度；低于 1 表示推测。"),
    "evidence": Bilingual(en="Where on the page each field was read.", zh="每个字段取自页面何处。"),
    "evidence[].field": Bilingual(en="The field.", zh="字段。"),
    "evidence[].origin": Bilingual(en="The place.", zh="出处。"),
}
"""The keys of an article; `name[].key` is a key of each element of a list."""
