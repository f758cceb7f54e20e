"""Metadata of articles, in the forms in which templates show it."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from pipelines.model import Capture, Draft, Recipe
from pipelines.parse.extract.article import extract

NAME = "市水务局全面启动汛前检查"
PROSE = "市水务局近日启动汛前检查，对全市三十二座水库、五十六公里堤防逐一排查，发现隐患立即整改，确保安全度汛。"
BODY = f"<div class=TRS_Editor><p>{PROSE}</p><p>下一步，{PROSE}</p></div>"
HEAD = f"<title>{NAME}</title><h1>{NAME}</h1>"


GENERIC = Recipe(name="generic/1")


def read(html: str, url: str = "http://www.linjiang.example/show.php?id=1", recipe: Recipe = GENERIC) -> Draft:
    at = dt.datetime(2024, 6, 1, tzinfo=dt.UTC)
    found = extract(html, Capture(url=url, final_url=url, fetched_at=at, status=200), recipe)
    assert isinstance(found, Draft), found
    return found


def people(draft: Draft) -> list[str]:
    return [f"{person.name} {person.role}" for person in draft.authors]


def origins(draft: Draft, field: str) -> list[str]:
    return [evidence.origin for evidence in draft.evidence if evidence.field == field]


@pytest.mark.parametrize(
    ("head", "title", "origin"),
    [
        (f"<title>{NAME}_部门动态_临江市政府</title><h1>{NAME}</h1>", NAME, "h1"),
        (f"<title>临江在线-{NAME}</title>", NAME, "title"),
        (f"<title>{NAME}｜临江网</title><h1>临江网</h1><div class=headline>{NAME}</div>", NAME, ".headline"),
        (f"<title>临江新闻：{NAME}</title><p><b>{NAME}</b></p>", NAME, "line"),
        (f"<title>{NAME}_临江网</title><h1>{NAME}<span>12评论</span></h1>", NAME, "h1"),
        ("<title>通知公告-水务局</title><h1>通知公告</h1><p>关于汛前检查的通知</p><p>时间：2024-03-01 来源：局办</p>",
         "关于汛前检查的通知", "over-info-line"),
        ("<title>临江市政府</title><meta name=ArticleTitle content='临江市水务局关于做好水库…'>"
         "<h1>临江市水务局关于做好水库大坝安全检查的通知</h1>", "临江市水务局关于做好水库大坝安全检查的通知", "h1"),
        ("<META CONTENT='临江市政府关于印发&lt;br&gt;《预案》的通知' NAME='ARTICLETITLE'>"
         "<h1>临江市政府关于印发<br>《预案》的通知</h1>",
         "临江市政府关于印发《预案》的通知", "meta:ArticleTitle"),
        ("<meta name=ArticleTitle content='${title}'>" + HEAD, NAME, "h1"),
        ("<meta name=ArticleTitle content='一江清水——水务局巡河记'>", "一江清水——水务局巡河记", "meta:ArticleTitle"),
        ("<title>临江市水务局关于汛前检查的通知_临江市水务局</title><p>临江市水务局<br>关于汛前检查的通知</p>",
         "临江市水务局关于汛前检查的通知", "lines"),
        ("<title>关于汛前检查的公告_今日要览</title>", "关于汛前检查的公告", "title"),
    ],
)  # fmt: skip
def test_headlines(head: str, title: str, origin: str) -> None:
    found = read(head + BODY)
    assert (found.title, origins(found, "title")) == (title, [origin])


def test_a_recipe_may_select_an_invisible_element() -> None:
    hidden = "<textarea id=Biaoti>三十二座水库全部查完</textarea>"
    found = read(HEAD + hidden + BODY, recipe=Recipe(name="linjiang/1", title=("#Biaoti",)))
    assert (found.title, origins(found, "title")) == ("三十二座水库全部查完", ["recipe:#Biaoti"])


def test_classes_are_matched_regardless_of_case() -> None:
    found = read(f"<title>{NAME}-临江网</title><div class='News-TITLE'>{NAME}</div>"
                 f"<ul class=CRUMB><li>首页<li>政务公开<li>部门动态</ul>{BODY}")  # fmt: skip
    assert (origins(found, "title"), found.column) == ([".News-TITLE"], ("政务公开", "部门动态"))


def test_invisible_text_gives_no_source() -> None:
    assert read(f"{HEAD}<noscript><p>来源：临江晚报</p></noscript>{BODY}").source is None


def test_a_second_headline_is_the_subtitle() -> None:
    found = read(f"{HEAD}<h2>——三十二座水库全部查完</h2>{BODY}")
    assert (found.title, found.subtitle) == (NAME, "三十二座水库全部查完")


@pytest.mark.parametrize(
    ("html", "published", "origin"),
    [
        ("<div>时间：2019-04-0208:30:15来源：临江日报</div>", "2019-04-02T08:30:15+08:00", "info-line"),
        ("<div>2019年4月2日 下午3:05</div>", "2019-04-02T15:05:00+08:00", "info-line"),
        ("<meta name=PubDate content='2019-04-02 00:00:00'><p>发布：2019-04-02 17:20</p>", "2019-04-02T17:20:00+08:00",
         "info-line"),
        ("<p>报名时间：2024年1月5日</p><p>培训日期：2024年1月8日</p><p>2024年1月8日—9日</p>", None, None),
        ("<p>〔成文日期〕：无</p><p>二〇二一年六月十一日</p>", "2021-06-11", "sign-off"),
        ("<script type='application/ld+json'>{'pubDate':1}</script><script type='application/ld+json'>"
         '{"title":"x","pubDate":"2022-04-02T08:30:00","upDate":"2022-04-03T08:30:00"}</script>',
         "2022-04-02T08:30:00+08:00", "json-ld:pubDate"),
        ("<p>今天是2024年5月31日</p><div>更新时间：2022-04-03 10:11</div>", "2022-04-03T10:11:00+08:00", "info-line"),
        ("<p>发布日期： 9/17/2004 5:54:13 AM</p>", "2004-09-17T05:54:13+08:00", "info-line"),
        ("<p>发布时间：2024-06-02</p>", None, None),
        ("<p><a>市水务局部署水库安全度汛工作</a> 2024-05-01</p><p>备案：1号 更新时间：2018-01-01</p>",
         None, None),
    ],
)  # fmt: skip
def test_publication_dates(html: str, published: str | None, origin: str | None) -> None:
    found = read(HEAD + html + BODY)
    assert (found.published_at and found.published_at.isoformat()) == published
    assert origins(found, "published_at") == ([origin] if origin else [])


def test_a_letter_without_another_date_has_the_one_below_it() -> None:
    found = read(
        f"{HEAD}<div class=TRS_Editor><p>{PROSE}</p>{'<p>此页无日期。</p>' * 12}<p>二〇二一年六月十一日</p></div>"
    )
    assert (found.published_at, origins(found, "published_at")) == (dt.date(2021, 6, 11), ["sign-off"])


def test_a_forum_is_dated_by_its_first_post() -> None:
    posts = "".join(f"<div><b>{NAME}</b></div><p>发表于 2019-04-0{day} 08:00</p><p>{PROSE}</p>" for day in (2, 3, 4))
    assert read(f"<title>{NAME}</title><div id=content>{posts}</div>").published_at == dt.datetime(
        2019, 4, 2, 8, tzinfo=dt.timezone(dt.timedelta(hours=8))
    )


def test_the_date_of_modification() -> None:
    found = read(f"{HEAD}<div>发布时间：2022-04-02　更新时间：2022-04-03 10:11</div>{BODY}")
    assert found.published_at == dt.date(2022, 4, 2)
    assert str(found.modified_at) == "2022-04-03 10:11:00+08:00"


@pytest.mark.parametrize(
    ("html", "source"),
    [
        ("<p>来源：<a href=/m>北城网-北城晚报</a><button>举报</button></p>", "北城网-北城晚报"),
        ("<p>2022-04-02 来源：临江日报记者：何榕责任编辑：郑凯瑜</p>", "临江日报"),
        ("<p>2022年04月02日 08:30　临江日报　</p>", "临江日报"),
        ("<p><em>临江融媒</em><i>2022-04-02 08:30</i></p>", "临江融媒"),
        ("<div>临江发布</div><div>2022-04-02 08:30</div>", "临江发布"),
        ("<p>信息来源：<!--begin-->局办公室<!--end-->　浏览：3</p>", "局办公室"),
        ("<p>來源：《中新社》</p>", "中新社"),
        ("<meta name=SiteName content=临江市政府><meta name=ContentSource content=本网>", "临江市政府"),
        ("<meta name=ContentSource content=''><p>稿源：新华社</p>", "新华社"),
        ("<meta name=source content=江北日报><p>来源：江北网－江北日报</p>", "江北网－江北日报"),
        ('<p>来源：<script>var s = "市水务局"; document.write(s)</script> 浏览：3</p>', "市水务局"),
        ("<p>图片来源：图库</p><p>经济来源：务农</p>", None),
        ("<p><span>2022-04-02</span><span class=index_source_3WF><a href=/m>江城夜话</a></span></p>", "江城夜话"),
        ("<div id=sourceTitle><i class=source-text>江城夜话</i> 下载客户端</div>", "江城夜话"),
        (f"<p>{'汛前检查。' * 9}</p>" * 11 + "<ul><li class=source>江城夜话</ul>", None),
    ],
)
def test_sources(html: str, source: str | None) -> None:
    assert read(HEAD + html + BODY).source == source


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>作者：王小明　浏览次数：12</p>", ["王小明 author"]),
        ("<p><span>编辑：郑凯瑜</span><span>审核：何榕</span><a>分享</a></p>", ["郑凯瑜 editor", "何榕 editor"]),
        ("<p>一审：王五 二审：赵六 三审：钱七</p>", ["王五 editor", "赵六 editor", "钱七 editor"]),
        ("<p>临江日报全媒体记者　陈大文</p>", ["陈大文 reporter"]),
        ("<p>来源： 作者： 点击数：</p>", []),
        ("<p>记者：您好，请问水库查完了吗？</p>", []),
        ("<p>作者：阿依古丽·买买提 摄影：李明</p>", ["阿依古丽·买买提 author", "李明 photographer"]),
        ("<meta name=Author content=admin>", []),
    ],
)
def test_people(html: str, expected: list[str]) -> None:
    assert people(read(HEAD + html + BODY)) == expected


def test_reporters_are_found_in_the_dateline_and_at_the_end() -> None:
    opening = f"临江日报讯(记者/何榕 见习记者/郑凯瑜){PROSE}"
    ending = f"{PROSE}（临江日报记者 何榕 通讯员 李明）"
    found = read(f"{HEAD}<div class=TRS_Editor><p>{opening}</p><p>{PROSE}</p><p>{ending}</p></div>")
    assert found.dateline == "临江日报讯(记者/何榕 见习记者/郑凯瑜)"
    assert people(found) == ["何榕 reporter", "郑凯瑜 reporter", "李明 correspondent"]


def test_a_breadcrumb_in_a_list_gives_the_column() -> None:
    breadcrumb = "<ul class=breadcrumb><li><a>首页</a></li><li><a>新闻中心</a></li><li>部门动态</li><li>正文</li></ul>"
    assert read(f"{breadcrumb}{HEAD}{BODY}").column == ("新闻中心", "部门动态")


def test_images_and_files_of_the_article_without_icons() -> None:
    html = f"""{HEAD}<div class=TRS_Editor><p><img src="./W01.jpg" oldsrc="W01.jpg"></p><p>图为检查现场。</p>
        <p><img src="/images/loading.gif" data-src="//img.linjiang.example/a.jpg" alt="堤防巡查现场"></p>
        <p><img src="/ueditor/dialogs/attachment/fileTypeImages/icon_pdf.gif">
        <a href="/files/1.pdf" title="防汛预案.pdf">点击下载</a></p><img src="qrcode.png">
        <img src="x.jpg" alt="扫一扫在手机打开当前页"><p>{PROSE}</p></div>
        <p>附件：<a href="./P02.docx">任务表.docx</a></p>"""
    found = read(html, "http://www.linjiang.example/a/t20220402_1.html")
    assert [(image.url, image.caption) for image in found.images] == [
        ("http://www.linjiang.example/a/W01.jpg", "图为检查现场。"),
        ("http://img.linjiang.example/a.jpg", "堤防巡查现场"),
    ]
    assert [(file.url, file.title) for file in found.attachments] == [
        ("http://www.linjiang.example/files/1.pdf", "防汛预案.pdf"),
        ("http://www.linjiang.example/a/P02.docx", "任务表.docx"),
    ]


def test_each_field_has_its_evidence() -> None:
    found = read(f"<meta name=PubDate content='2022-04-02 08:30'>{HEAD}<p>来源：临江日报 作者：何榕</p>{BODY}")
    assert [(evidence.field, evidence.origin) for evidence in found.evidence] == [
        ("text", ".trs_editor"),
        ("title", "h1"),
        ("published_at", "meta:PubDate"),
        ("source", "info-line"),
        ("authors", "info-line"),
    ]


def test_files_listed_only_in_a_script_are_read_once() -> None:
    posts = [
        {"name": "名单&amp;地图", "type": "pdf", "url": "/attachment/1"},
        {"name": "预案", "type": "docx", "url": "/attachment/2.docx"},
        {"name": "预案", "type": "docx", "url": "/attachment/2.docx"},
        {"name": "无", "url": ""},
        "broken",
    ]
    config = json.dumps({"DETAIL": {"title": NAME, "attachment": posts}})
    link = "<p>附件：<a href=/attachment/2.docx>应急预案</a></p>"
    for shown, titles in ((link, ["应急预案", "名单&地图"]), ("", ["名单&地图", "预案"])):
        found = read(f"<script>window._CONFIG = {config}</script>{HEAD}{BODY}{shown}")
        assert [file.title for file in found.attachments] == titles
        assert found.attachments[titles.index("名单&地图")].media_type == "application/pdf"
        assert origins(found, "attachments") == ["_CONFIG:attachment"]
    assert origins(read(f"{HEAD}{BODY}{link}"), "attachments") == []


def test_what_the_page_declares_about_article_column_and_site() -> None:
    tags = {
        "Keywords": "汛前检查，水库;堤防 汛前检查",
        "Description": "临江市水务局启动&lt;br&gt;汛前检查",
        "ColumnType": "工作动态",
        "ColumnKeywords": "水务,动态",
        "ColumnDescription": "发布水务工作动态",
        "SiteName": "临江市水务局",
        "SiteDomain": "swj.linjiang.example",
        "SiteIDCode": "9901010011",
    }
    metas = "".join(f"<meta name='{name}' content='{content}'>" for name, content in tags.items())
    found = read(metas + HEAD + BODY)
    assert (found.keywords, found.column_keywords) == (("汛前检查", "水库", "堤防"), ("水务", "动态"))
    assert found.description == "临江市水务局启动 汛前检查"
    assert (found.column_type, found.column_description) == ("工作动态", "发布水务工作动态")
    assert (found.site_name, found.site_domain, found.site_code) == (
        "临江市水务局",
        "swj.linjiang.example",
        "9901010011",
    )
    assert origins(found, "description") == ["meta:Description"]
    assert (
        read(f"<meta name=description content='{NAME}'><meta name=keywords content=','>{HEAD}{BODY}").description
        is None
    )
