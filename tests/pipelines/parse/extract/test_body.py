"""Where the body of a page is, and which of its lines belong to the article."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from crawler.demo import build
from pipelines.line.order import read_page
from pipelines.model import Capture, Draft, Job, Recipe, Rejection
from pipelines.parse.extract.article import extract

GENERIC = Recipe(name="generic/1")
TITLE = "汛前检查启动"
PROSE = "市水务局近日启动汛前检查，对全市三十二座水库、五十六公里堤防逐一排查，发现隐患立即整改，确保安全度汛。"
MORE = "各镇街组织巡查队伍，对山塘、泵站和低洼易涝点开展拉网式排查，登记造册，逐项销号，并备足沙袋和抽水设备。"
LINKS = "".join(f'<li><a href="/{number}.html">市农业农村局发布第{number}号通知</a></li>' for number in range(4))


def capture(**fields: object) -> Capture:
    url = "http://a.example/show.php?id=1"
    at = dt.datetime(2024, 3, 5, 17, tzinfo=dt.UTC)
    return Capture(url=url, final_url=url, fetched_at=at, status=200, **fields)


def outcome(html: str) -> Draft | Rejection:
    return extract(html, capture(), GENERIC)


def texts(html: str) -> list[str]:
    found = outcome(html)
    assert isinstance(found, Draft), found
    return [block.text for block in found.blocks]


def test_a_feed_below_a_short_article_is_not_its_body() -> None:
    cards = "".join(f"<li><h3><a href=/{n}>第{n}条：{TITLE}以后</a></h3><p>{MORE}第{n}期。</p></li>" for n in range(30))
    html = (
        f"<title>{TITLE}</title><body><main><div><h1>{TITLE}</h1><div><p>{PROSE}</p></div></div><ul>{cards}</ul></main>"
    )
    assert texts(html) == [PROSE]


def test_another_article_stacked_below_is_not_the_body() -> None:
    other = f"<div><h1>另一篇文章的标题</h1><div>{f'<p>{MORE}</p>' * 9}</div></div>"
    html = f"<title>{TITLE}</title><div><div><h1>{TITLE}</h1><div><p>{PROSE}</p></div></div>{other}</div>"
    assert texts(html) == [PROSE]


def test_subheads_do_not_end_an_unmarked_body() -> None:
    parts = "".join(f"<h2>（{n}）</h2><p>{MORE}第{n}段。</p>" for n in "一二三")
    html = f"<title>{TITLE}</title><div><h1>{TITLE}</h1><div><p>{PROSE}</p>{parts}</div></div>"
    assert len(texts(html)) == 7


def test_a_summary_near_the_headline_is_not_the_body() -> None:
    body = f"<p>{PROSE}</p>" * 8
    html = f"<title>{TITLE}</title><div><h1>{TITLE}</h1><p>导读：{PROSE}</p></div><p>来源：水务报</p><div>{body}</div>"
    assert texts(html)[-8:] == [PROSE] * 8


@pytest.mark.parametrize("tag", ["p", "div", "br"])
def test_first_paragraphs_are_kept_in_any_element(tag: str) -> None:
    lines = f"{PROSE}<br>{MORE}" if tag == "br" else f"<{tag}>{PROSE}</{tag}><{tag}>{MORE}</{tag}>"
    assert texts(f"<title>{TITLE}</title><h1>{TITLE}</h1><div>{lines}</div>") == [PROSE, MORE]


@pytest.mark.parametrize(
    "tail",
    [
        "<p>免责声明：本文仅代表作者本人观点，与本网无关，请读者仅作参考并自行核实相关内容，本网不承担任何责任。</p>",
        "<p>（内容由新华网提供，未经授权不得转载。）</p>",
        f"<h4>相关阅读</h4><ul>{LINKS}</ul>",
        f"<p>其他人也在看</p><p>{MORE}</p>",
        f"<p>最热评论</p><p>网友：{MORE}</p>",
        "<p>声明：</p><p>凡注明来源为其他媒体的信息，均为转载自其他媒体，转载并不代表本网赞同其观点。</p>",
        "<h4>上一篇文章与下一篇文章</h4>",
        "<p>上一页 1 2 3 下一页</p>",
        "<p>分享工具</p><p>【有0人参与】</p>",
    ],
)
def test_content_after_the_text_is_cut(tail: str) -> None:
    assert texts(f"<div class=TRS_Editor><p>{PROSE}</p><p>{MORE}</p>{tail}</div>") == [PROSE, MORE]


def test_text_continues_after_a_box_of_links() -> None:
    box = f"<p>相关链接：</p><ul>{LINKS}</ul>"
    html = f"<div class=TRS_Editor><p>{PROSE}</p><p>{PROSE}</p>{box}<p>{MORE}</p></div>"
    assert texts(html) == [PROSE, PROSE, MORE]


def test_terms_of_use_are_cut_however_short_the_text_is() -> None:
    terms = f"<p>凡本网注明来源为其他媒体的信息，均为转载。</p><p>电话：0750-1234567</p><p>{MORE}</p>"
    assert texts(f"<div class=TRS_Editor><p>{TITLE}现场，我市各镇街。</p>{terms}</div>") == [
        f"{TITLE}现场，我市各镇街。"
    ]


def test_a_note_on_the_rights_in_the_work_belongs_to_the_text() -> None:
    own, any_ = "【本文中文版权归临江日报社独家所有，未经授权不得转载。】", "（内容由临江网提供，未经授权不得转载。）"
    html = "<div id=zoom><p>{0}</p><p>{1}</p><p>精彩视频推荐</p><h3><a href=/v.html>{0}</a></h3><p>{2}</p></div>"
    assert texts(html.format(PROSE, MORE, own)) == [PROSE, MORE, own]
    assert texts(html.format(PROSE, MORE, any_)) == [PROSE, MORE]


def test_the_heading_of_a_box_is_removed_with_its_links() -> None:
    box = f"<p>推荐阅读</p><ul>{LINKS}</ul>"
    assert texts(f"<div id=zoom><p>{PROSE}</p>{box}<p>{MORE}</p><p>{MORE}</p><p>{PROSE}</p></div>") == [
        PROSE,
        MORE,
        MORE,
        PROSE,
    ]


def test_a_login_form_is_not_the_body() -> None:
    form = "您尚未登录，请输入您的用户名。忘记密码？Cookie 选项：请选择保存时间，下次访问可以方便输入，不保存就失效。"
    html = f"<title>{TITLE}</title><div><div>{PROSE}</div></div><form><div>{form * 3}</div></form>"
    assert texts(html) == [PROSE]


def test_an_unclosed_link_does_not_hide_the_article() -> None:
    text = "<br>".join((PROSE, MORE, "<br>") * 5)
    html = f"<title>{TITLE}</title><dl><dd><h1>{TITLE}</h1><a href=/7.html>{text}</dl>{LINKS}"
    assert texts(html) == [PROSE, MORE] * 5


def test_the_text_ends_with_the_editors_line() -> None:
    html = f"<div id=zoom><p>{PROSE}</p><p>{MORE}</p><p>责任编辑：李华</p><p>网友甲</p><p>{MORE}</p></div>"
    assert texts(html) == [PROSE, MORE, "责任编辑：李华"]


def test_prose_with_words_of_labels_is_kept() -> None:
    verse = "燻黑原木加上金黃色醒目字體 加上了貓頭鷹原木創作也充分發揮了裝飾藝術功力"
    html = f"<div id=zoom><p>发布时间：2024-03-05</p><p>字号：大 中 小</p><p>{verse}</p><p>{PROSE}</p></div>"
    assert texts(html) == [verse, PROSE]


def test_captions_are_removed_unless_they_are_the_news() -> None:
    figure = f"<figure><img src=a.jpg><figcaption>{MORE}</figcaption></figure>"
    assert texts(f"<div id=zoom>{figure}<p>{PROSE}</p><p>{PROSE}</p></div>") == [PROSE, PROSE]
    assert texts(f"<div id=zoom>{figure}<p>{TITLE}</p></div>") == [MORE, TITLE]


def test_paragraphs_have_no_indent_of_any_kind() -> None:
    indents = ("　　", "&emsp;&emsp;", "&ensp;&ensp;&ensp;", "&nbsp; &nbsp;", "\u200b　")
    html = "".join(f"<p><span>{indent}</span>{number}、{PROSE}</p>" for number, indent in enumerate(indents, 1))
    assert texts(f"<div class=TRS_Editor>{html}</div>") == [f"{n}、{PROSE}" for n in range(1, 6)]


def test_the_body_is_read_from_a_script() -> None:
    config = json.dumps({"SID": "1", "DETAIL": {"id": 7, "content": f"<p>{PROSE}</p>"}}).replace("<", "\\u003C")
    html = f"<title>{TITLE}</title><script>window._CONFIG = {config};</script><div id=app><h1>{TITLE}</h1></div>"
    assert texts(html) == [PROSE]
    assert isinstance(outcome(html.replace('"DETAIL": {', '"DETAIL": {,')), Rejection)


def test_a_footer_is_not_the_body() -> None:
    foot = "<div><p>主办单位：临江市人民政府办公室，承办单位：临江市大数据局，技术支持：临江网。</p></div>"
    found = outcome(f"<title>{TITLE}</title><h1>{TITLE}</h1>{foot}")
    assert isinstance(found, Rejection)
    assert found.reason == "empty"


def test_an_article_among_many_links_is_accepted_and_teasers_are_a_list() -> None:
    links = f"<ul>{LINKS * 60}</ul>"
    assert texts(f"{links}<h1>{TITLE}</h1><div><p>{PROSE}</p><p>{MORE}</p></div>") == [PROSE, MORE]
    teasers = "".join(f"<div>{MORE[:30]}… <a href=/{n}>详细</a></div>" for n in range(5))
    found = outcome(f"{links}<h1>新闻中心</h1><div>{teasers}</div>")
    assert isinstance(found, Rejection)
    assert found.reason == "not-an-article"


def test_every_page_of_the_demo_city_is_read_without_a_recipe() -> None:
    city = build(pages=150)
    bases = {portal.slug: f"http://{portal.slug}.example" for portal in city.portals}
    for truth in city.truth(bases):
        base = bases[truth.portal]
        if truth.kind not in ("article", "image-only", "list", "soft-404") or not truth.final_url.startswith(base):
            continue
        if truth.final_url == f"{base}/":  # redirects by a script, and has no content
            continue
        answer = city.answer(truth.portal, truth.final_url.removeprefix(base), bases)
        found = read_page(Job(capture=capture(headers=answer.headers, body=answer.body), recipe=GENERIC))
        if truth.kind == "article":
            assert not isinstance(found, Rejection), truth
            assert found[0].text == truth.text
        else:
            assert isinstance(found, Rejection), truth
            assert found.reason == ("not-an-article" if truth.kind == "list" else truth.kind), truth


LEAD = "白溪县水务局十二日起对城东片区供水管网进行分段改造，涉及十一条街巷。"
THIRD = "工程分三期实施，首期预计本月底完工，居民可拨打供水热线反映问题。"
FOOT = "<div><p>主办：白溪县人民政府办公室</p><p>网站标识码：3301990007 浙ICP备19900007号</p></div>"
INFO = "<div><span>发布时间：2024-03-05 09:15</span><span>来源：白溪县水务局</span></div>"


@pytest.mark.parametrize(
    "body",
    [
        f"<div><p>{LEAD}</p></div><div class=article-content><p>{PROSE}</p><p>{MORE}</p><p>{THIRD}</p></div>",
        f"<p class=lead>{LEAD}</p><div id=zoom><p>{PROSE}</p><p>{MORE}</p><p>{THIRD}</p></div>",
        f"<table><tr><td>{LEAD}</td></tr></table><div class=TRS_Editor><p>{PROSE}</p><p>{MORE}</p><p>{THIRD}</p></div>",
        f"<div><p>{LEAD}</p><p>{PROSE}</p></div><a href=/x>开户优惠</a><div><p>{MORE}</p><p>{THIRD}</p></div>",
        f"<div class=c1>{LEAD}</div><div class=c2>{PROSE}</div><div class=c2>{MORE}</div><div class=c2>{THIRD}</div>",
        f"<div>{LEAD}</div><div><div>{PROSE}</div><div>{MORE}</div></div><div>{THIRD}</div>",
    ],
)
def test_prose_beside_the_container_belongs_to_the_text(body: str) -> None:
    html = f"<title>{TITLE}</title><body><ul>{LINKS}</ul><h1>{TITLE}</h1>{INFO}{body}{FOOT}"
    assert texts(html) == [LEAD, PROSE, MORE, THIRD]


def test_a_copy_of_the_beginning_above_the_text_is_not_repeated() -> None:
    html = f"<title>{TITLE}</title><h1>{TITLE}</h1><p>摘要：{PROSE}</p><div id=zoom><p>{PROSE}</p><p>{MORE}</p></div>"
    assert texts(html) == [PROSE, MORE]


def test_prose_below_a_marked_container_is_noted() -> None:
    html = f"<title>{TITLE}</title><div><h1>{TITLE}</h1><div id=zoom>{f'<p>{PROSE}</p>' * 4}</div><p>{MORE}</p></div>"
    found = outcome(html)
    assert isinstance(found, Draft)
    assert found.flags == ("text-beside",)


@pytest.mark.parametrize(
    "how", ["style='display:none'", "style='color:red;visibility: hidden'", "hidden", "class=ng-hide"]
)
def test_hidden_copies_are_not_text(how: str) -> None:
    copy = f"<div {how}>{TITLE}{PROSE}{MORE}</div>"
    html = (
        f"<title>{TITLE}</title><h1>{TITLE}</h1>{copy}<div><p>{PROSE}</p><p {how}>隐藏的一句话。</p><p>{MORE}</p></div>"
    )
    assert texts(html) == [PROSE, MORE]


def test_a_body_that_a_script_must_show_is_read() -> None:
    html = (
        f"<title>{TITLE}</title><h1>{TITLE}</h1><div {{}} style='display:none'><p>{PROSE}</p><p>{MORE}</p></div>{FOOT}"
    )
    strong, bare = outcome(html.format("id=js_content")), outcome(html.format(""))
    assert isinstance(strong, Draft)
    assert isinstance(bare, Draft)
    assert [block.text for block in strong.blocks] == [block.text for block in bare.blocks] == [PROSE, MORE]
    assert (strong.flags, bare.flags) == ((), ("hidden-text",))
    assert strong.evidence[0].origin == "hidden:#js_content"


def test_a_table_is_the_text_and_the_disclaimer_below_it_is_not() -> None:
    rows = "".join(f"<tr><td>{n}</td><td>白溪县第{n}建筑公司</td><td>罚款{n}万元</td></tr>" for n in "一二三四五六")
    terms = (
        "版权与免责声明：凡本站注明来源的作品，版权均属于本站，转载须注明来源，否则追究法律责任；本站不承担连带责任。"
    )
    html = f"<title>{TITLE}</title><h1>{TITLE}</h1>{INFO}<div><table>{rows}</table></div>{f'<p>{terms}</p>' * 2}"
    assert texts(html) == [f"{n}\t白溪县第{n}建筑公司\t罚款{n}万元" for n in "一二三四五六"]


def test_terms_of_use_and_contact_data_are_never_the_body() -> None:
    terms = "免责声明：本站转载的作品版权归原作者所有，如有侵权请联系本站删除，本站不承担任何责任。" * 3
    contact = "公司地址：白溪县青石路1号，邮编：330199，电话：0750-1234567，传真：0750-1234568，客服邮箱：a@b.cn。"
    for text in (terms, contact * 2):
        found = outcome(f"<title>{TITLE}</title><h1>{TITLE}</h1><div><p>{text}</p></div>")
        assert isinstance(found, Rejection), text


def test_a_form_in_the_box_of_the_text_is_text() -> None:
    form = "<div><p>附表1</p><p>申报单位</p><p>联系人</p><p>开户银行</p></div>"
    box = f"<div><div><p>{PROSE}</p><p>{MORE}</p></div>{form}</div>"
    html = f"<title>{TITLE}</title><ul>{LINKS}</ul><h1>{TITLE}</h1>{INFO}{box}{FOOT}"
    assert texts(html) == [PROSE, MORE, "附表1", "申报单位", "联系人", "开户银行"]


def test_the_head_and_the_foot_of_the_page_are_not_text() -> None:
    skip = "<div><p>跳转到主要内容区</p><p>无障碍</p><p>长者助手</p></div>"
    foot = "<p>内容纠错 | 使用帮助 | 关于我们</p><p>白溪县人民政府 版权所有　主办单位：白溪县人民政府办公室</p>"
    html = (
        f"<title>{TITLE}</title><div>{skip}<h1>{TITLE}</h1>{INFO}<p>{PROSE}</p><p>{MORE}</p><p>{THIRD}</p>{foot}</div>"
    )
    assert texts(html) == [PROSE, MORE, THIRD]


def test_icons_in_the_head_of_the_page_are_no_pictures_of_the_article() -> None:
    head = "<div><img src=/logo.png><img src=/search.png><p>长者助手</p></div>"
    body = f"<div><p>{PROSE}</p><p><img src=/photo.jpg></p><p>{MORE}</p></div>"
    found = outcome(f"<title>{TITLE}</title><div>{head}<h1>{TITLE}</h1>{INFO}{body}</div>")
    assert isinstance(found, Draft)
    assert [image.url.rpartition("/")[2] for image in found.images] == ["photo.jpg"]


def test_a_short_article_between_br_wins_against_teasers_beside_it() -> None:
    teasers = "".join(f"<li><a href=/{n}>第{n}条其他新闻的标题</a><p>{MORE}第{n}期。</p></li>" for n in range(8))
    html = (
        f"<title>{TITLE}</title><table><tr><td><h1>{TITLE}</h1></td></tr></table><table><tr><td>2024-03-05<br>{PROSE}"
        f"<br><br>{THIRD}<br></td><td><ul>{teasers}</ul></td></tr></table>"
    )
    assert texts(html) == [PROSE, THIRD]


@pytest.mark.parametrize("tag", ["h3", "p"])
def test_lists_of_summaries_are_not_articles(tag: str) -> None:
    answers = "".join(
        f"<{tag}><a href=/{n}>咨询：如何办理第{n}类许可证？</a></{tag}><p>{MORE}第{n}类。</p>" for n in range(6)
    )
    found = outcome(f"<title>智能问答库</title><p>首页 > 互动交流 > 智能问答</p><div>{answers}</div>")
    assert isinstance(found, Rejection)
    assert found.reason == "not-an-article"


def test_a_roundup_with_linked_headlines_below_its_own_is_an_article() -> None:
    items = "".join(f"<h3><a href=/{n}>第{n}条：{TITLE}以后</a></h3><p>{MORE}第{n}期。</p>" for n in range(6))
    html = f"<title>{TITLE}</title><h1>{TITLE}</h1>{INFO}<div><p>{PROSE}</p>{items}</div>"
    assert texts(html)[0] == PROSE
