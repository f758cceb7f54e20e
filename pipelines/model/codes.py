"""The codes in entries and reports, with their meaning: reasons, flags, verdicts, repair rules and origins of evidence.

The reference of the documentation is made from these tables. A test fails if the code uses a code that is not here.
"""

from __future__ import annotations

from pipelines.model.bilingual import Bilingual

OUTCOMES = {
    "article": Bilingual(en="The page has at least one article.", zh="页面中至少有一篇文章。"),
    "rejected": Bilingual(en="The page has no article; `reason` says why.", zh="页面中没有文章，原因见 `reason`。"),
}
"""Values of an entry's `outcome`."""

REASONS = {
    "challenge": Bilingual(
        en="An anti-bot challenge, captcha or firewall page, recognised by its content.",
        zh="反爬验证、验证码或防火墙页面，根据内容识别。",
    ),
    "empty": Bilingual(en="The page has no text.", zh="页面没有正文。"),
    "file": Bilingual(
        en="Not a page but a file, such as a PDF or a picture. It is archived; the key `file` describes it.",
        zh="不是网页，而是 PDF、图片等文件。文件已存档，说明见 `file`。",
    ),
    "http-error": Bilingual(
        en="The HTTP status is not a success, or the page is the error page of a server.",
        zh="HTTP 状态码表示请求失败，或页面是服务器的报错页面。",
    ),
    "image-only": Bilingual(en="The body consists of pictures without text.", zh="正文只有图片，没有文字。"),
    "incomplete": Bilingual(en="The transfer of a file broke off.", zh="文件传输中断，内容不完整。"),
    "not-an-article": Bilingual(
        en="A list, a home page, or data of another media type.",
        zh="列表页、首页，或其他媒体类型的数据。",
    ),
    "not-modified": Bilingual(
        en="The server answered 304: the page is as it was captured before.",
        zh="服务器返回 304：页面与此前的捕获相同。",
    ),
    "parser-error": Bilingual(
        en="The parser failed. The bytes are archived; a newer version can read them by `fangzhi replay`.",
        zh="解析程序出错。原始字节已存档，可用新版本通过 `fangzhi replay` 重新读取。",
    ),
    "redirect": Bilingual(en="The page only forwards to another URL.", zh="页面只是跳转到另一个网址。"),
    "robots": Bilingual(
        en="robots.txt forbids the page: it was not requested and has no capture. Only `fetch` prints this reason.",
        zh="robots.txt 禁止访问，因此没有请求。只有 `fetch` 会输出这种结果，并没有捕获。",
    ),
    "scripted": Bilingual(
        en="Only a script could fetch the text. `fangzhi fetch --render`, or `render` of the site, may help.",
        zh="正文只能由脚本获取。可试用 `fangzhi fetch --render`，或设置该网站的 `render`。",
    ),
    "soft-404": Bilingual(
        en="The status is 200, but the page says that nothing is here.",
        zh="状态码为 200，但页面内容说明该页不存在。",
    ),
    "too-large": Bilingual(
        en="Larger than `max_body` or `max_file`, or a page with too many elements to parse.",
        zh="超过 `max_body` 或 `max_file` 的限制，或页面元素过多而无法解析。",
    ),
}
"""Values of an entry's `reason`: why a page has no article."""

SKIPPED = {
    "conversion": Bilingual(
        en="A record with a text or data that a program made from a page (`conversion`).",
        zh="由程序根据网页生成的文本或数据（`conversion` 记录）。",
    ),
    "crawl-data": Bilingual(
        en="A log, screenshot or other data of a crawler, under an address that is not of the web, such as `urn:…`.",
        zh="采集程序的日志、截图等数据，其地址不是网页地址，例如 `urn:…`。",
    ),
    "dns": Bilingual(en="An answer of a name server.", zh="域名服务器的应答。"),
    "no-address": Bilingual(
        en="WARC-Target-URI is missing, or is no absolute URL.", zh="缺少 WARC-Target-URI，或其值不是绝对网址。"
    ),
    "no-date": Bilingual(en="WARC-Date is missing or cannot be read.", zh="缺少 WARC-Date，或其值无法读取。"),
    "no-http": Bilingual(en="The record holds no HTTP response.", zh="记录中没有 HTTP 应答。"),
    "no-original": Bilingual(
        en="A revisit whose original was not found: the capture is listed, its body is missing.",
        zh="重访记录，未找到其原始记录：捕获已编目，但没有正文。",
    ),
    "segment": Bilingual(
        en="A part of a record (`continuation`) whose first part does not come directly before it.",
        zh="记录的后续分段（`continuation`），前面没有紧接着它的第一段。",
    ),
    "too-long": Bilingual(en="The record is longer than 100 MB.", zh="记录超过 100 MB。"),
    "unknown-type": Bilingual(en="A record of a type that WARC/1.1 does not define.", zh="WARC/1.1 未定义的记录类型。"),
}
"""Why `replay` reads no whole capture from a record: the keys of `skipped` in its report."""

NOT_LOST = ("dns", "crawl-data")
"""Codes of `SKIPPED` for records that describe a crawl and hold nothing of the web: they leave the exit code alone."""

FLAGS = {
    "captions": Bilingual(en="Captions of pictures were removed from the text.", zh="正文中的图片说明已移出。"),
    "guessed-characters": Bilingual(
        en="Some restored characters are guesses; their repairs have a confidence below 1.",
        zh="部分恢复的字是推测的，相应修补记录的置信度低于 1。",
    ),
    "hidden-text": Bilingual(
        en="The text is in an element that the page hides until a script has run, and is not marked as the text.",
        zh="正文位于脚本运行之前隐藏的元素中，且该元素没有正文标记。",
    ),
    "lost-characters": Bilingual(
        en="Some characters are damaged and could not be restored.", zh="部分字符已损坏，无法恢复。"
    ),
    "machine-converted": Bilingual(
        en="The text was converted from simplified characters by a machine.",
        zh="正文由简体字机器转换而来。",
    ),
    "mended-title": Bilingual(
        en="The title was repaired. Repairs of titles are only flagged, not recorded one by one.",
        zh="标题经过修补。标题的修补只作标记，不逐条记录。",
    ),
    "missing-head": Bilingual(en="The beginning of the article is not on the page.", zh="文章开头不在本页。"),
    "missing-tail": Bilingual(en="The end of the article is not on the page.", zh="文章结尾不在本页。"),
    "outline": Bilingual(en="An outline before the text was moved to `outline`.", zh="正文前的提纲已移到 `outline`。"),
    "pinyin": Bilingual(en="Pinyin after characters was removed.", zh="汉字后面的拼音已删除。"),
    "private-characters": Bilingual(
        en="The text has private-use characters, which only the site's own font shows.",
        zh="正文含有私用区字符，只有该网站自己的字体才能显示。",
    ),
    "readers-disagree": Bilingual(
        en="No known container marks the text, the second reader found other paragraphs, and the page does not show "
        "which of the two is the article.",
        zh="没有已知容器标明正文，第二种提取方法得到不同的段落，而页面上没有依据判断哪一种是文章。",
    ),
    "repair-limit": Bilingual(
        en="So much is damaged that a repair rule stopped at its limit of work; damage behind that point remains.",
        zh="损坏之处过多，某条修补规则达到工作量上限后停止，其后的损坏未修补。",
    ),
    "run-together": Bilingual(en="Paragraphs that were run together were separated.", zh="连在一起的段落已分开。"),
    "spam": Bilingual(en="Lines of spam were removed.", zh="垃圾广告行已删除。"),
    "table-spans": Bilingual(
        en="A table has more cells than are resolved; each cell is in its rows once.",
        zh="表格的单元格超过展开的上限，每个单元格只出现一次。",
    ),
    "text-beside": Bilingual(
        en="Prose next to the container of the text may belong to the article, and is not in the text.",
        zh="正文区块旁边还有成段的文字，可能属于文章，但未收入正文。",
    ),
    "torn": Bilingual(
        en="The page was not received completely, or a paragraph breaks off and its continuation was not found.",
        zh="页面没有收全，或某一段中断而找不到接续部分。",
    ),
    "wrapped": Bilingual(en="Lines wrapped at a fixed width were joined.", zh="按固定宽度折断的行已连接。"),
}
"""Values of an article's `quality.flags`."""

VERDICTS = {
    "new": Bilingual(en="Nothing equal or similar was captured before.", zh="此前没有相同或相近的捕获。"),
    "same-bytes": Bilingual(
        en="The same bytes were captured before, at any URL.", zh="此前捕获过完全相同的字节（不限网址）。"
    ),
    "same-text": Bilingual(
        en="The same text was captured before, also if it is in the other script.",
        zh="此前捕获过相同的文字，简体与繁体视为相同。",
    ),
    "near-copy": Bilingual(
        en="A reprint: nearly the same text, or a part of one, was captured before.",
        zh="转载：此前捕获过几乎相同的文字，或其中的一部分。",
    ),
    "new-version": Bilingual(en="Another text at the same URL.", zh="同一网址的正文有了改动。"),
}
"""Values of `verdict.kind`."""

RELATIONS = {
    "equal": Bilingual(en="The two texts are nearly the same.", zh="两篇文字几乎相同。"),
    "contains": Bilingual(
        en="The text contains the earlier one and more: it is not hidden by `--no-copies`.",
        zh="本文包含此前的文字，并有更多内容，不会被 `--no-copies` 隐藏。",
    ),
    "within": Bilingual(en="The text is a part of the earlier one.", zh="本文是此前文字的一部分。"),
}
"""Values of `verdict.relation`."""

SCRIPTS = {
    "hans": Bilingual(en="Simplified characters.", zh="简体字。"),
    "hant": Bilingual(en="Traditional characters.", zh="繁体字。"),
    "mixed": Bilingual(en="Both, in one text.", zh="同一篇中两者都有。"),
}
"""Values of an article's `script`."""

RULES = {
    "unescape-html": Bilingual(
        en="Decode character references that were escaped twice.", zh="还原被转义两次的字符引用。"
    ),
    "mend-mojibake": Bilingual(en="Decode text that was read in the wrong encoding.", zh="还原用错误编码读取的文字。"),
    "clean-characters": Bilingual(en="Remove invisible and control characters.", zh="删除不可见字符和控制字符。"),
    "strip-pinyin": Bilingual(
        en="Remove pinyin after characters: 關(guān)於.", zh="删除汉字后的拼音，如“關(guān)於”。"
    ),
    "mend-gbk-shift": Bilingual(
        en="Restore GBK characters that were split in halves.",
        zh="恢复因错位而被拆成两半的 GBK 汉字。",
    ),
    "close-gaps": Bilingual(en="Remove the spaces of justified layouts.", zh="删除排版对齐用的空格。"),
    "drop-spam": Bilingual(en="Remove lines of spam.", zh="删除垃圾广告行。"),
    "drop-furniture": Bilingual(
        en="Remove lines that are not part of the text: breadcrumbs, tools, credits, terms of use.",
        zh="删除不属于正文的行：当前位置、工具栏、署名、版权声明。",
    ),
    "lift-captions": Bilingual(en="Move captions of pictures to `images`.", zh="把图片说明移到 `images`。"),
    "part-paragraphs": Bilingual(en="Separate paragraphs that were run together.", zh="分开连在一起的段落。"),
    "join-lines": Bilingual(en="Join lines wrapped at a fixed width.", zh="连接按固定宽度折断的行。"),
    "drop-stubs": Bilingual(
        en="Remove paywall notices; their figures are in `quality`.",
        zh="删除付费提示，其中的字数写入 `quality`。",
    ),
    "widen-punctuation": Bilingual(
        en="Replace half-width punctuation in Chinese text.", zh="把中文里的半角标点改为全角。"
    ),
    "part-outline": Bilingual(en="Move an outline before the text to `outline`.", zh="把正文前的提纲移到 `outline`。"),
    "join-columns": Bilingual(
        en="Join a paragraph that breaks off with its continuation in another column; confidence is the probability.",
        zh="把中断的段落与另一栏的接续部分连接；置信度即其概率。",
    ),
    "lift-bylines": Bilingual(
        en="Move bylines of a newspaper page to `authors`.", zh="把报纸版面上的署名移到 `authors`。"
    ),
}
"""Values of `repairs[].rule`. Rules that changed the same place are joined by `+`."""

LEFT_OUT_RULES = {
    "headline": Bilingual(en="It repeats the headline.", zh="与标题重复。"),
    "info-line": Bilingual(
        en="Labels with their values: date, source, people.", zh="带标签的信息行：日期、来源、人员等。"
    ),
    "table": Bilingual(en="Labels and values of the disclosure table.", zh="信息公开表中的标签和值。"),
    "date": Bilingual(en="Only the date of publication.", zh="只有发布日期。"),
    "name": Bilingual(
        en="The name of the source, the site or a column, next to other lines of this kind.",
        zh="来源、网站或栏目的名称，与其他同类行相邻。",
    ),
    "breadcrumb": Bilingual(en="The breadcrumb (当前位置).", zh="面包屑导航（当前位置）。"),
    "counter": Bilingual(en="A counter, such as 浏览次数：123.", zh="计数，如“浏览次数：123”。"),
    "tool": Bilingual(en="Tools of the page: font size, print, share.", zh="页面工具：字号、打印、分享等。"),
    "pager": Bilingual(en="Links to the further pages.", zh="分页链接。"),
    "separator": Bilingual(en="Only signs, such as |.", zh="只有符号，如“|”。"),
    "caption": Bilingual(en="The caption of a picture.", zh="图片说明。"),
    "links": Bilingual(en="Links to other pages.", zh="指向其他页面的链接。"),
    "related": Bilingual(en="A box of related articles.", zh="相关文章区块。"),
    "readers": Bilingual(en="A box of rankings or recommendations.", zh="排行或推荐区块。"),
    "neighbours": Bilingual(en="The previous and the next article.", zh="上一篇、下一篇。"),
    "comments": Bilingual(en="Comments of readers and polls.", zh="读者评论和调查。"),
    "terms": Bilingual(en="Terms of use and disclaimers.", zh="版权声明和免责声明。"),
    "site-terms": Bilingual(
        en="Terms of use for the whole site, and what follows them.", zh="针对整个网站的声明，以及其后的内容。"
    ),
    "share": Bilingual(en="Links to share the page.", zh="分享链接。"),
    "button": Bilingual(en="A button, such as 返回列表.", zh="按钮，如“返回列表”。"),
    "editor-label": Bilingual(en="A label of the editor without a name.", zh="没有姓名的编辑标签。"),
    "after-editor": Bilingual(
        en="It follows the line of the editor, which ends the text.", zh="位于责任编辑一行之后。"
    ),
    "footer": Bilingual(en="The footer of the page.", zh="页脚。"),
    "end": Bilingual(en="Another label below the text.", zh="正文之后的其他标签。"),
    "other-article": Bilingual(
        en="It belongs to another text of the page: another headline is above it, or the article's headline is above "
        "other paragraphs.",
        zh="属于页面上的另一篇文字：其上方是别的标题，或文章标题之下是其他段落。",
    ),
    "beside": Bilingual(
        en="It is next to the container of the text and was not taken for prose.",
        zh="位于正文区块旁边，未作为正文段落。",
    ),
}
"""Values of `left_out[].rule`: why a line of the article's block is not in the text."""

ORIGINS = {
    "recipe:SELECTOR": Bilingual(en="A selector of the site's or family's recipe.", zh="网站或 CMS 配方中的选择器。"),
    "meta:NAME": Bilingual(en="A meta tag, such as `meta:PubDate`.", zh="meta 标签，如 `meta:PubDate`。"),
    "enpproperty:NAME": Bilingual(en="Founder's comment with metadata.", zh="方正系统写在注释里的元数据。"),
    "json-ld": Bilingual(en="The headline in JSON-LD.", zh="JSON-LD 中的标题。"),
    "json-ld:NAME": Bilingual(en="A key of JSON-LD.", zh="JSON-LD 中的键。"),
    "_CONFIG": Bilingual(en="The JSON of a gkmlpt page.", zh="gkmlpt 页面中的 JSON 数据。"),
    "_CONFIG:NAME": Bilingual(en="A key of the JSON of a gkmlpt page.", zh="gkmlpt 页面 JSON 数据中的键。"),
    "disclosure-table": Bilingual(en="The disclosure table of an official document.", zh="政府信息公开文件的信息表。"),
    "breadcrumb": Bilingual(en="The breadcrumb (当前位置).", zh="面包屑导航（当前位置）。"),
    "info-line": Bilingual(en="The line with date and source near the headline.", zh="标题附近写有日期和来源的一行。"),
    "label": Bilingual(en="A label elsewhere on the page, such as 来源：.", zh="页面其他位置的标签，如“来源：”。"),
    "beside-date": Bilingual(en="A name beside the date, without a label.", zh="日期旁边没有标签的名称。"),
    "relative": Bilingual(
        en="A date in relation to today (昨天 09:30), which follows from the time of the capture.",
        zh="相对日期（如“昨天 09:30”），由捕获时间推算。",
    ),
    "without-year": Bilingual(
        en="A date without a year (03-12 09:15): the last one that is not after the capture.",
        zh="没有年份的日期（如“03-12 09:15”），取不晚于捕获时间的最近一次。",
    ),
    "date-block": Bilingual(
        en="A date whose day stands above or below its year and month.", zh="日与年月分两处显示的日期。"
    ),
    "script": Bilingual(
        en="The only date of publication in the scripts of a page that also keeps its text there.",
        zh="正文也写在脚本里的页面，其脚本中唯一的发布时间。",
    ),
    "script:NAME": Bilingual(en="A variable in the script of a WeChat article.", zh="微信文章脚本中的变量。"),
    "printed-line": Bilingual(
        en="A line with newspaper, day and page: 《白溪日报》（2024年05月01日 第04版）.",
        zh="写有报名、日期和版次的一行，如“《白溪日报》（2024年05月01日 第04版）”。",
    ),
    "heading": Bilingual(
        en="The only heading that begins with the name of the site and goes on.",
        zh="以网站名称开头的唯一标题元素。",
    ),
    "embedded:SELECTOR": Bilingual(
        en="Only for `text`: a text that the page keeps for its scripts, such as `embedded:script#__NEXT_DATA__`.",
        zh="仅用于 `text`：页面留给脚本使用的正文，如 `embedded:script#__NEXT_DATA__`。",
    ),
    "lone-date": Bilingual(en="The only date near the text.", zh="正文附近唯一的日期。"),
    "sign-off": Bilingual(en="The date at the end of the text.", zh="文末的日期。"),
    "url": Bilingual(en="The page's URL.", zh="页面网址。"),
    "credit": Bilingual(en="A line of credits, such as 责任编辑：.", zh="署名行，如“责任编辑：”。"),
    "body": Bilingual(en="The text itself.", zh="正文本身。"),
    "furniture": Bilingual(
        en="A line of boilerplate that repair removed from the text.",
        zh="修补时从正文中删除的非正文行。",
    ),
    "under-title": Bilingual(en="The line below the headline.", zh="标题下面的一行。"),
    "line": Bilingual(en="A line that equals the title of the page.", zh="与页面标题相同的一行。"),
    "lines": Bilingual(
        en="Several lines that together equal the title of the page.", zh="合起来与页面标题相同的几行。"
    ),
    "over-info-line": Bilingual(en="The line above the info line.", zh="信息行上面的一行。"),
    "title": Bilingual(en="The title element of the page.", zh="页面的 title 元素。"),
    "h1 … h6": Bilingual(en="A heading.", zh="标题元素。"),
    "SELECTOR": Bilingual(
        en="An element by its tag, class or id, such as `#pubtime_baidu`; for the field `text`, the text's container.",
        zh="用标签、class 或 id 表示的元素，如 `#pubtime_baidu`。字段 `text` 的值是正文所在的容器。",
    ),
    "_CONFIG.DETAIL.content": Bilingual(
        en="Only for `text`: the markup of the text in the JSON of a gkmlpt page.",
        zh="仅用于 `text`：gkmlpt 页面 JSON 数据中的正文。",
    ),
    "densest": Bilingual(
        en="Only for `text`: the block with the densest text, because no known container was found.",
        zh="仅用于 `text`：没有已知容器，取文字最密的区块。",
    ),
    "second-reader": Bilingual(
        en="Only for `text`: trafilatura. Next to another origin, that text was compared with its reading and changed; "
        "alone, the text is the one that it found.",
        zh="仅用于 `text`：trafilatura。与其他来源并列时，该正文经与其结果比较后作了改动；单独出现时，正文由它找到。",
    ),
    "hidden:SELECTOR": Bilingual(
        en="Only for `text`: a container that the page hides until a script has run.",
        zh="仅用于 `text`：脚本运行之前隐藏的区块。",
    ),
    "whole-page": Bilingual(en="Only for `text`: the whole page.", zh="仅用于 `text`：整个页面。"),
}
"""Values of `evidence[].origin`; words in capitals stand for what the page has there."""
