"""The portals and their sections. The region codes are not assigned in GB/T 2260."""

from __future__ import annotations

from crawler.demo.county_portals import COUNTY_PORTALS
from crawler.demo.model import DemoSection, Portal
from crawler.demo.small_portals import SMALL_PORTALS

YUNZHOU = Portal(
    slug="yunzhou",
    name="云洲市人民政府",
    cms="trs",
    region_code="990100",
    region_name="云岭省云洲市",
    charset="utf-8",
    share_percent=42,
    rows_per_page=20,
    sections=(
        DemoSection(name="要闻", parent="新闻中心", path="/xwzx/yw/", code=101, kind="news"),
        DemoSection(name="部门动态", parent="新闻中心", path="/xwzx/bmdt/", code=102, kind="news"),
        DemoSection(name="县区动态", parent="新闻中心", path="/xwzx/xqdt/", code=103, kind="news"),
        DemoSection(name="通知公告", parent="政务公开", path="/zwgk/tzgg/", code=201, kind="notice"),
        DemoSection(name="政策文件", parent="政务公开", path="/zwgk/zcwj/", code=202, kind="document"),
    ),
)
QINGHE = Portal(
    slug="qinghe",
    name="清河区人民政府",
    cms="jcms",
    region_code="990102",
    region_name="云岭省云洲市清河区",
    charset="utf-8",
    share_percent=16,
    rows_per_page=15,
    sections=(
        DemoSection(name="区内要闻", parent="新闻动态", path="/col/col1234/index.html", code=1234, kind="news"),
        DemoSection(name="镇街动态", parent="新闻动态", path="/col/col1235/index.html", code=1235, kind="news"),
        DemoSection(name="公示公告", parent="政务公开", path="/col/col1240/index.html", code=1240, kind="notice"),
    ),
)
LINTAN_XXGK = Portal(
    slug="lintan-xxgk",
    name="临潭县政府信息公开",
    cms="gkmlpt",
    region_code="990122",
    region_name="云岭省云洲市临潭县",
    charset="utf-8",
    share_percent=10,
    rows_per_page=100,
    sections=(
        DemoSection(name="政策文件", path="/gkmlpt/index#3401", code=3401, kind="document"),
        DemoSection(name="通知公告", path="/gkmlpt/index#3402", code=3402, kind="notice"),
        DemoSection(name="工作动态", path="/gkmlpt/index#3403", code=3403, kind="news"),
    ),
)
LINTAN_RIBAO = Portal(
    slug="lintan-ribao",
    name="临潭日报",
    cms="founder-paper",
    region_code="990122",
    region_name="云岭省云洲市临潭县",
    charset="utf-8",
    share_percent=10,
    rows_per_page=4,
    sections=(
        DemoSection(name="第01版：要闻", path="node_1.htm", code=1, kind="news"),
        DemoSection(name="第02版：综合", path="node_2.htm", code=2, kind="news"),
        DemoSection(name="第03版：民生", path="node_3.htm", code=3, kind="news"),
        DemoSection(name="第04版：公告", path="node_4.htm", code=4, kind="notice"),
    ),
    start_pages=(("临潭日报", "/"),),
)
HUAWU = Portal(
    slug="huawu",
    name="华东物流网",
    cms="phpcms",
    region_code="990100",
    region_name="云岭省云洲市",
    charset="gbk",
    share_percent=22,
    rows_per_page=20,
    sections=(
        DemoSection(name="物流新闻", path="/news/", code=6, kind="trade"),
        DemoSection(name="企业动态", path="/qiye/", code=7, kind="trade"),
        DemoSection(name="政策法规", path="/zhengce/", code=8, kind="news"),
    ),
)
QINGHE_XXGK = Portal(
    slug="qinghe-xxgk",
    name="清河区政府信息公开",
    cms="jcms-xxgk",
    region_code="990102",
    region_name="云岭省云洲市清河区",
    charset="utf-8",
    fixed_article_count=24,
    rows_per_page=7,
    sections=(
        DemoSection(name="公告公示", parent="政府信息公开", path="/col/col2101/index.html", code=2101, kind="notice"),
        DemoSection(name="工作动态", parent="政府信息公开", path="/col/col2102/index.html", code=2102, kind="news"),
    ),
)
SHIXI = Portal(
    slug="shixi",
    name="石溪区人民政府",
    cms="jpaas",
    region_code="990103",
    region_name="云岭省云洲市石溪区",
    charset="utf-8",
    fixed_article_count=40,
    rows_per_page=15,
    sections=(
        DemoSection(name="石溪要闻", parent="新闻中心", path="/col/col3001/index.html", code=3001, kind="news"),
        DemoSection(name="通知公告", parent="政务公开", path="/col/col3002/index.html", code=3002, kind="notice"),
    ),
)
BEIGANG = Portal(
    slug="beigang",
    name="北岗区人民政府",
    cms="ucap",
    region_code="990104",
    region_name="云岭省云洲市北岗区",
    charset="utf-8",
    fixed_article_count=45,
    rows_per_page=6,
    sections=(
        DemoSection(name="北岗要闻", parent="新闻中心", path="/bgq/xwzx/bgyw/", code=41, kind="news"),
        DemoSection(name="部门动态", parent="新闻中心", path="/bgq/xwzx/bmdt/", code=42, kind="news"),
        DemoSection(name="公示公告", parent="政务公开", path="/bgq/zwgk/gsgg/", code=43, kind="notice"),
    ),
)
_EWB = "/dynamic/zwgk/govInfoPub.html?categorynum="
NANPING = Portal(
    slug="nanping",
    name="南坪县人民政府",
    cms="epoint",
    region_code="990123",
    region_name="云岭省云洲市南坪县",
    charset="utf-8",
    fixed_article_count=50,
    rows_per_page=20,
    sections=(
        DemoSection(name="南坪要闻", parent="新闻动态", path=f"{_EWB}003001", code=3001, kind="news"),
        DemoSection(name="通知公告", parent="政务公开", path=f"{_EWB}003002", code=3002, kind="notice"),
    ),
)
LUGANG = Portal(
    slug="lugang",
    name="芦港区人民政府",
    cms="truecms",
    region_code="990105",
    region_name="云岭省云洲市芦港区",
    charset="utf-8",
    fixed_article_count=40,
    rows_per_page=10,
    sections=(
        DemoSection(name="芦港要闻", parent="新闻中心", path="/lgq/lgyw/lgyw.html", code=51, kind="news"),
        DemoSection(name="通知公告", parent="政务公开", path="/lgq/tzgg/tzgg.html", code=52, kind="notice"),
    ),
)
PORTALS = (
    YUNZHOU,
    QINGHE,
    LINTAN_XXGK,
    LINTAN_RIBAO,
    HUAWU,
    QINGHE_XXGK,
    SHIXI,
    BEIGANG,
    NANPING,
    LUGANG,
    *SMALL_PORTALS,
    *COUNTY_PORTALS,
)
