"""Pure. The five large portals and their columns; the region codes do not exist in GB/T 2260."""

from __future__ import annotations

from crawler.city.annexe import ANNEXE
from crawler.city.model import Portal, Section

YUNZHOU = Portal(
    slug="yunzhou",
    name="云洲市人民政府",
    family="trs",
    region_code="990100",
    region_name="云岭省云洲市",
    charset="utf-8",
    share=42,
    rows=20,
    sections=(
        Section(name="要闻", parent="新闻中心", path="/xwzx/yw/", code=101, kind="news"),
        Section(name="部门动态", parent="新闻中心", path="/xwzx/bmdt/", code=102, kind="news"),
        Section(name="县区动态", parent="新闻中心", path="/xwzx/xqdt/", code=103, kind="news"),
        Section(name="通知公告", parent="政务公开", path="/zwgk/tzgg/", code=201, kind="notice"),
        Section(name="政策文件", parent="政务公开", path="/zwgk/zcwj/", code=202, kind="document"),
    ),
)
QINGHE = Portal(
    slug="qinghe",
    name="清河区人民政府",
    family="jcms",
    region_code="990102",
    region_name="云岭省云洲市清河区",
    charset="utf-8",
    share=16,
    rows=15,
    sections=(
        Section(name="区内要闻", parent="新闻动态", path="/col/col1234/index.html", code=1234, kind="news"),
        Section(name="镇街动态", parent="新闻动态", path="/col/col1235/index.html", code=1235, kind="news"),
        Section(name="公示公告", parent="政务公开", path="/col/col1240/index.html", code=1240, kind="notice"),
    ),
)
LINTAN_XXGK = Portal(
    slug="lintan-xxgk",
    name="临潭县政府信息公开",
    family="gkmlpt",
    region_code="990122",
    region_name="云岭省云洲市临潭县",
    charset="utf-8",
    share=10,
    rows=100,
    sections=(
        Section(name="政策文件", path="/gkmlpt/index#3401", code=3401, kind="document"),
        Section(name="通知公告", path="/gkmlpt/index#3402", code=3402, kind="notice"),
        Section(name="工作动态", path="/gkmlpt/index#3403", code=3403, kind="news"),
    ),
)
LINTAN_RIBAO = Portal(
    slug="lintan-ribao",
    name="临潭日报",
    family="founder",
    region_code="990122",
    region_name="云岭省云洲市临潭县",
    charset="utf-8",
    share=10,
    rows=4,
    sections=(
        Section(name="第01版：要闻", path="node_1.htm", code=1, kind="news"),
        Section(name="第02版：综合", path="node_2.htm", code=2, kind="news"),
        Section(name="第03版：民生", path="node_3.htm", code=3, kind="news"),
        Section(name="第04版：公告", path="node_4.htm", code=4, kind="notice"),
    ),
    starts=(("临潭日报", "/"),),
)
HUAWU = Portal(
    slug="huawu",
    name="华东物流网",
    family="phpcms",
    region_code="990100",
    region_name="云岭省云洲市",
    charset="gbk",
    share=22,
    rows=20,
    sections=(
        Section(name="物流新闻", path="/news/", code=6, kind="trade"),
        Section(name="企业动态", path="/qiye/", code=7, kind="trade"),
        Section(name="政策法规", path="/zhengce/", code=8, kind="news"),
    ),
)
PORTALS = (YUNZHOU, QINGHE, LINTAN_XXGK, LINTAN_RIBAO, HUAWU, *ANNEXE)
