"""Portals of counties: one for each form of URLs that is frequent among governments and has no family of its own."""

from __future__ import annotations

from typing import Literal

from crawler.demo.model import CmsName, DemoSection, Portal
from pipelines.text.traditional import traditional


def _portal(
    slug: str,
    county: str,
    code: int,
    cms: CmsName,
    news: tuple[str, int],
    notices: tuple[str, int],
    *,
    charset: Literal["utf-8", "gbk"] = "utf-8",
    script: Literal["hans", "hant"] = "hans",
) -> Portal:
    """Return the portal of a county; `news` and `notices` are the paths and numbers of its two sections."""
    return Portal(
        slug=slug,
        name=traditional(f"{county}人民政府") if script == "hant" else f"{county}人民政府",
        cms=cms,
        region_code=str(code),
        region_name=f"云岭省云洲市{county}",
        charset=charset,
        script=script,
        fixed_article_count=20,
        rows_per_page=6,
        sections=(
            DemoSection(name=f"{county[:2]}要闻", path=news[0], code=news[1], kind="news"),
            DemoSection(name="通知公告", path=notices[0], code=notices[1], kind="notice"),
        ),
    )


_COLUMN = "/columns/7b1c3f0e-5d2a-4c6b-9e8f-0a1b2c3d4e{}/index.html"
_TREE = "/public/column/161054643?type=4&catId=170001861&action=list"

COUNTY_PORTALS = (
    _portal("meiling", "梅岭县", 990124, "ucap-named", ("/mlx/c1078/zwyw.shtml", 55), ("/mlx/c1079/tzgg.shtml", 56)),
    _portal("liuxi", "柳溪县", 990125, "lonsun", ("/content/column/6795231", 6795231), (_TREE, 161054643)),
    _portal("tongling", "桐岭县", 990126, "jeecms", ("/zyyw/index.jhtml", 12), ("/gsgg/index.jhtml", 13)),
    _portal("shiqiao", "石桥县", 990127, "no-extension", ("/xwdt/zwyw", 31), ("/zwgk/tzgg", 32)),
    _portal(
        "qingping",
        "清平县",
        990128,
        "channels",
        ("/channels/5569.html", 5569),
        ("/channels/5719.html", 5719),
        script="hant",
    ),
    _portal("baisha", "白沙县", 990129, "thtml", ("/news-list.thtml?id=122", 122), ("/news-list.thtml?id=123", 123)),
    _portal("songping", "松坪县", 990130, "uuid-columns", (_COLUMN.format("5f"), 1), (_COLUMN.format("60"), 2)),
    _portal("fenglin", "枫林县", 990131, "page-numbers", ("/xw/flyw/1.html", 7), ("/zwgk/gsgg/1.html", 8)),
    _portal("zhuyuan", "竹园县", 990132, "vsb", ("/zwyw.htm", 1031), ("/zwgk/tzgg.htm", 1032), charset="gbk"),
)
