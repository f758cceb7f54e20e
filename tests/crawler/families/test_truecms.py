"""truecms: the first records in the column's page, the others from getMessage.do."""

from __future__ import annotations

import json

import pytest

from crawler.families import FAMILIES, recognise

TRUECMS = FAMILIES["truecms"]
SITE = "http://www.rgang.gov.cn"
COLUMN = f"{SITE}/rgs/xwzx/xwzx.html"
API = f"{SITE}/truecms/messageController/getMessage.do"
ID = "754f6db5-d294-46d5-b25c-da3a86d102cd"


def path(number: int) -> str:
    return f"/rgs/xwzx/content/{number:08x}-d294-46d5-b25c-da3a86d102cd.html"


def rows(*numbers: int) -> str:
    return "".join(
        f'<li><a href="{path(n)}">我市召开第{n}次防汛工作会议</a><span>2024-03-05</span></li>' for n in numbers
    )


def column(body: str, total: int = 30) -> str:
    return (
        f'<ul class="menu"><li><a href="/rgs/">首页</a></li></ul>{body}<div id="msgList"></div><script>'
        f"$('#msgList').jpage({{totalRecord:{total},proxyUrl:'/truecms/messageController/getMessage.do',perPage:10,"
        f"ajaxParam:{{columnId:'{ID}'}}}});</script>"
    )


def ask(first: int, size: int = 10) -> str:
    window = f"startrecord={first}&endrecord={first + size - 1}&perpage={size}"
    return f"{API}?{window}&contentTemplate=&columnId={ID}"


def store(total: int, *numbers: int) -> str:
    records = "".join(f"<record><![CDATA[{rows(n)}]]></record>" for n in numbers)
    return f"<datastore><totalrecord>{total}</totalrecord><recordset>{records}</recordset></datastore>"


def urls(listing: object) -> list[str]:
    return [link.url for link in listing.articles]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "body",
    [
        f'<div id="initData" style="display:none"><ul>{rows(1, 2, 3)}</ul></div>',
        f"<script>var initData='{store(30, 1, 2, 3)}';</script>",
    ],
)
def test_a_columns_page_has_the_first_records_and_requests_the_rest(body: str) -> None:
    listing = TRUECMS.listing(column(body), COLUMN)
    assert urls(listing) == [SITE + path(n) for n in (1, 2, 3)]
    assert [page.url for page in listing.pages] == [ask(4)]
    assert TRUECMS.listing(column(body, total=3), COLUMN).pages == ()


def test_a_column_without_records_is_requested_from_its_first_record() -> None:
    listing = TRUECMS.listing(column(""), COLUMN)
    assert ([each.url for each in listing.lists], listing.pages, listing.articles) == ([ask(1)], (), ())


@pytest.mark.parametrize("form", ["{}", "jQuery17_168({})", "cb({});"])
def test_an_answer_is_json_or_jsonp_around_a_data_store(form: str) -> None:
    text = form.replace("{}", json.dumps({"result": store(14, *range(1, 11))}))
    listing = TRUECMS.listing(text, ask(1))
    assert urls(listing) == [SITE + path(n) for n in range(1, 11)]
    assert [page.url for page in listing.pages] == [ask(11)]
    last = TRUECMS.listing(store(14, *range(11, 15)), ask(11))
    assert (len(last.articles), last.pages) == (4, ())


def test_an_answer_without_a_total_has_a_next_page_while_it_is_full() -> None:
    full = store(0, *range(1, 11))
    assert [page.url for page in TRUECMS.listing(full, ask(1)).pages] == [ask(11)]
    assert TRUECMS.listing(store(0, 1, 2), ask(11)).pages == ()
    for broken in ("", "{}", "[]", "<html>404</html>", '{"result": 5}'):
        assert TRUECMS.listing(broken, ask(1)).articles == ()


def test_it_is_recognised_before_jcms_whose_pager_it_uses() -> None:
    assert recognise(column(rows(1)), COLUMN) == TRUECMS
    assert TRUECMS.is_list(COLUMN)
    assert TRUECMS.is_list(ask(1))
    assert not TRUECMS.is_list(SITE + path(1))
    assert TRUECMS.is_article(SITE + path(1))
