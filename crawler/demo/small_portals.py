"""Small portals, one for each CMS that the large portals do not cover. Their size does not depend on the city's."""

from __future__ import annotations

from crawler.demo.model import CmsName, DemoSection, Portal

_CODE, _REGION = "990100", "云岭省云洲市"


def _portal(
    slug: str,
    name: str,
    cms: CmsName,
    *sections: DemoSection,
    start_pages: tuple[tuple[str, str], ...] = (),
    article_count: int = 24,
) -> Portal:
    return Portal(
        slug=slug,
        name=name,
        cms=cms,
        charset="utf-8",
        fixed_article_count=article_count,
        rows_per_page=5,
        sections=sections,
        start_pages=start_pages,
        region_code=_CODE,
        region_name=_REGION,
    )


def _news(name: str, path: str, code: int) -> DemoSection:
    return DemoSection(name=name, path=path, code=code, kind="news")


def _notices(name: str, path: str, code: int) -> DemoSection:
    return DemoSection(name=name, path=path, code=code, kind="notice")


LOOK_ALIKES = _portal(
    "bianmin",
    "云洲便民信息网",
    "dedecms",
    DemoSection(name="天气预报", path="/tianqi/", code=21, kind="weather"),
    DemoSection(name="空气质量", path="/kongqi/", code=22, kind="air"),
    DemoSection(name="交通管制", path="/jiaotong/", code=23, kind="closure"),
    DemoSection(name="人事任免", path="/renshi/", code=24, kind="appointment"),
    article_count=16,
)
"""Its notices come from four templates: they look alike, but none is a copy of another."""

MIRROR = Portal(
    slug="fanti",
    name="雲洲資訊網",
    cms="empirecms",
    charset="utf-8",
    script="hant",
    fixed_article_count=8,
    rows_per_page=5,
    sections=(_news("要闻", "/yaowen/", 31),),
    region_code=_CODE,
    region_name=_REGION,
)
"""It republishes articles of the portal of the city, in traditional characters."""

SMALL_PORTALS = (
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
        start_pages=(("网站地图", "/sitemap.xml"), ("订阅", "/rss.xml")),
    ),
    Portal(
        slug="qinghe-wanbao",
        name="清河晚报",
        cms="founder-paper-pc",
        charset="utf-8",
        fixed_article_count=24,
        rows_per_page=4,
        issue_interval_days=3,
        sections=(_news("A01：要闻", "node_01.html", 1), _news("A02：城事", "node_02.html", 2)),
        start_pages=(("清河晚报", "/"),),
        region_code=_CODE,
        region_name=_REGION,
    ),
    LOOK_ALIKES,
    MIRROR,
)
