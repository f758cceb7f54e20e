"""The small portals, one of each CMS that the large ones do not have; none grows with the city."""

from __future__ import annotations

from crawler.demo.model import CmsFamily, Portal, Section

_CODE, _REGION = "990100", "云岭省云洲市"


def _portal(
    slug: str,
    name: str,
    family: CmsFamily,
    *sections: Section,
    starts: tuple[tuple[str, str], ...] = (),
    size: int = 24,
) -> Portal:
    return Portal(
        slug=slug,
        name=name,
        family=family,
        charset="utf-8",
        size=size,
        rows=5,
        sections=sections,
        starts=starts,
        region_code=_CODE,
        region_name=_REGION,
    )


def _news(name: str, path: str, code: int) -> Section:
    return Section(name=name, path=path, code=code, kind="news")


def _notices(name: str, path: str, code: int) -> Section:
    return Section(name=name, path=path, code=code, kind="notice")


LOOK_ALIKES = _portal(
    "bianmin",
    "云洲便民信息网",
    "dedecms",
    Section(name="天气预报", path="/tianqi/", code=21, kind="weather"),
    Section(name="空气质量", path="/kongqi/", code=22, kind="air"),
    Section(name="交通管制", path="/jiaotong/", code=23, kind="closure"),
    Section(name="人事任免", path="/renshi/", code=24, kind="appointment"),
    size=16,
)
"""Its notices are of four forms: alike, and none a copy."""

MIRROR = Portal(
    slug="fanti",
    name="雲洲資訊網",
    family="empirecms",
    charset="utf-8",
    script="hant",
    size=8,
    rows=5,
    sections=(_news("要闻", "/yaowen/", 31),),
    region_code=_CODE,
    region_name=_REGION,
)
"""It shows what it takes over from the city's portal in traditional characters."""

ANNEXE = (
    _portal(
        "college",
        "云洲职业学院",
        "vsb",
        _news("学院新闻", "/xwzx/xyxw.htm", 1021),
        _notices("通知公告", "/tzgg.htm", 1022),
    ),
    _portal(
        "hospital",
        "云洲市人民医院",
        "webplus",
        _news("医院新闻", "/yyxw/list.htm", 312),
        _notices("公示公告", "/gsgg/list.htm", 313),
    ),
    _portal(
        "yunling-news",
        "云岭新闻网",
        "founder",
        _news("本地新闻", "/node_4151.htm", 4151),
        _news("民生", "/node_4152.htm", 4152),
    ),
    _portal("changlin", "长林在线", "dedecms", _news("长林新闻", "/xinwen/", 3), _notices("公告", "/gonggao/", 5)),
    _portal("anping", "安平门户网", "empirecms", _news("安平要闻", "/yaowen/", 2), _news("社会", "/shehui/", 4)),
    _portal(
        "beishan",
        "北山发布",
        "generic",
        _news("发布", "/news/", 1),
        _notices("公告", "/notice/", 2),
        starts=(("网站地图", "/sitemap.xml"), ("订阅", "/rss.xml")),
    ),
    Portal(
        slug="qinghe-wanbao",
        name="清河晚报",
        family="founder-paper-pc",
        charset="utf-8",
        size=24,
        rows=4,
        every=3,
        sections=(_news("A01：要闻", "node_01.html", 1), _news("A02：城事", "node_02.html", 2)),
        starts=(("清河晚报", "/"),),
        region_code=_CODE,
        region_name=_REGION,
    ),
    LOOK_ALIKES,
    MIRROR,
)
