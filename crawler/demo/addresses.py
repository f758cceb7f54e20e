"""URL paths of articles, pictures and attachments in each CMS."""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid

from crawler.demo.model import DemoSection, Portal


def article_path(portal: Portal, section: DemoSection, serial: int, when: dt.datetime) -> str:
    """Return the path of an article, with a query where the CMS uses one."""
    match portal.cms:
        case "trs":
            return f"{section.path}{when:%Y%m}/t{when:%Y%m%d}_{serial}.html"
        case "jcms":
            return f"/art/{when.year}/{when.month}/{when.day}/art_{section.code}_{serial}.html"
        case "gkmlpt":
            return f"/gkmlpt/content/0/{serial // 1000}/post_{serial}.html"
        case "founder-paper":
            return f"/html/{when:%Y-%m/%d}/content_{serial}.htm"
        case "phpcms" if section.path == "/qiye/":
            return f"/index.php?m=content&c=index&a=show&catid={section.code}&id={serial}"
        case "phpcms":
            return f"/{when:%Y/%m%d}/{serial}.html"
        case "vsb":
            return f"/info/{section.code}/{serial}.htm"
        case "webplus":
            return f"/{when:%Y/%m%d}/c{section.code}a{serial}/page.htm"
        case "founder":
            return f"/{when:%Y-%m/%d}/content_{serial}.htm"
        case "founder-paper-pc":
            return f"/pc/con/{when:%Y%m/%d}/content_{serial}.html"
        case "dedecms":
            return f"/a{section.path}{when:%Y/%m%d}/{serial}.html"
        case "empirecms":
            return f"{section.path}{when:%Y-%m-%d}/{serial}.html"
        case "generic":
            return f"/news/show.php?id={serial}"
        case "jcms-xxgk":
            return f"/art/{when.year}/{when.month}/{when.day}/art_{section.code}_{serial}.html"
        case "jpaas":
            return f"/art/{when.year}/art_{_hex(portal, serial)}.html"
        case "ucap":
            return f"{section.path}{when:%Y%m}/{_hex(portal, serial)}.shtml"
        case "truecms":
            return f"{section.path.rpartition('/')[0]}/content/{uuid.UUID(_hex(portal, serial))}.html"
        case "epoint":
            return f"/{section.code:06}/{when:%Y%m%d}/{uuid.UUID(_hex(portal, serial))}.html"
        case "ucap-named":
            return f"{section.path.rpartition('/')[0]}/{when:%Y%m}/c00_{serial}.shtml"
        case "lonsun" if section.path.startswith("/public/"):
            return f"/public/{section.code}/{serial}.html"
        case "lonsun":
            return f"/content/article/{serial}"
        case "jeecms":
            return f"{section.path.rpartition('/')[0]}/{serial}.jhtml"
        case "no-extension":
            return f"{section.path}/content_{serial}"
        case "channels":
            return f"/contents/{section.code}/{serial}.html"
        case "thtml":
            return f"/news-detail.thtml?cid={serial}"
        case "uuid-columns":
            return f"{section.path.rpartition('/')[0]}/{when:%Y%m/%d}/{uuid.UUID(_hex(portal, serial))}.html"
        case "page-numbers":
            return f"{section.path.rpartition('/')[0]}/{when:%Y%m%d%H%M%S}{serial}.html"


def picture_path(portal: Portal, page: str, serial: int, when: dt.datetime, number: int) -> str:
    """Return the path of a picture of an article, counted from 0. `page` is the path of the article."""
    match portal.cms:
        case "trs":
            return f"{page.rpartition('/')[0]}/W0{when:%Y%m%d}{serial:06}{number:06}.jpg"
        case "jcms":
            return f"/picture/0/{when:%y%m%d}{serial:06}{number:03}.png"
        case "gkmlpt":
            return f"/img/0/{serial // 1000}/{serial}{number}/{serial}.jpg"
        case "founder-paper":
            return f"/res/1/{when:%Y-%m/%d}/01/res{serial:02}_attpic_brief{number}.jpg"
        case "phpcms":
            return f"/uploadfile/{when:%Y/%m%d}/{when:%Y%m%d}{serial:06}{number:03}.jpg"
        case _:
            return f"/upload/{portal.slug}/{when:%Y%m}/{serial:06}{number}.jpg"


def attachment_path(portal: Portal, page: str, serial: int, when: dt.datetime, number: int) -> str:
    """Return the path of an attachment of an article, counted from 0. `page` is the path of the article."""
    match portal.cms:
        case "trs":
            return f"{page.rpartition('/')[0]}/P0{when:%Y%m%d}{serial:06}{number:06}.pdf"
        case "jcms":
            return f"/module/download/downfile.jsp?classid=0&filename={when:%y%m%d}{serial:06}{number:03}.pdf"
        case "gkmlpt":
            return f"/attachment/0/{serial // 1000}/{serial}{number}/{serial}.pdf"
        case "founder-paper" | "phpcms":
            return f"/uploadfile/{when:%Y/%m%d}/{when:%Y%m%d}{serial:06}{number:03}.pdf"
        case _:
            return f"/upload/{portal.slug}/{when:%Y%m}/{serial:06}{number}.pdf"


def _hex(portal: Portal, serial: int) -> str:
    """Return the article's id as 32 hexadecimal digits, for CMSs that use UUIDs or hashes."""
    return hashlib.sha256(f"{portal.slug}/{serial}".encode()).hexdigest()[:32]
