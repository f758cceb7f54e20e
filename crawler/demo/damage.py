"""Damaged texts as some sites print them, beside the texts that the crawler must extract."""

from __future__ import annotations

from attrs import evolve, frozen

from crawler.demo.prose import Story


@frozen(kw_only=True)
class DamagedPassage:
    """The last paragraphs of an article: as the page prints them, and without the damage."""

    printed: tuple[str, ...]
    clean: tuple[str, ...]


PASSAGES = {
    "pinyin": DamagedPassage(
        printed=(
            "活动期间，图(tú)书(shū)馆开设亲子阅读(dú)区(qū)，请志愿者为小读(dú)者讲解乡(xiāng)村历(lì)史，"
            "并(bìng)赠送纪念书(shū)签(qiān)，预(yù)计三千余人参加。",
        ),
        clean=("活动期间，图书馆开设亲子阅读区，请志愿者为小读者讲解乡村历史，并赠送纪念书签，预计三千余人参加。",),
    ),
    "gbk-shift": DamagedPassage(
        printed=("项目负责人介绍了工程进度?！笆忻窆匦牡耐３滴侍?，也会在改造中一并解决，工程计划年底前完成。”他说。",),
        clean=("项目负责人介绍了工程进度。“市民关心的停车问题，也会在改造中一并解决，工程计划年底前完成。”他说。",),
    ),
    "wrapped-lines": DamagedPassage(
        printed=(
            "今年入冬以来，清河区消防救援大队组织宣传队伍走进商场、学校和居民小区讲解用火用电安全常识，",
            "并对居民楼道里堆放的杂物进行清理，受到群众欢迎。截至目前，已开展宣传活动四十余场。",
        ),
        clean=(
            "今年入冬以来，清河区消防救援大队组织宣传队伍走进商场、学校和居民小区讲解用火用电安全常识，"
            "并对居民楼道里堆放的杂物进行清理，受到群众欢迎。截至目前，已开展宣传活动四十余场。",
        ),
    ),
    "masked-names": DamagedPassage(
        printed=("经评审，机电工程系学生张**、李**和经济管理系学生王**获得一等奖学金，名单公示五个工作日。",),
        clean=("经评审，机电工程系学生张**、李**和经济管理系学生王**获得一等奖学金，名单公示五个工作日。",),
    ),
}
"""Damage by trap: pinyin that a converter inserted, GBK text that a converter misaligned by one byte, the lines of a
newspaper column as paragraphs, and names that the site has masked. Masked names cannot be restored."""


def with_clean_passage(story: Story, trap: str) -> Story:
    """Return the story with the passage of this trap, undamaged. A trap without a passage adds none."""
    passage = PASSAGES.get(trap)
    return evolve(story, paragraphs=(*story.paragraphs, *passage.clean)) if passage else story


def printed_paragraphs(paragraphs: tuple[str, ...], trap: str) -> tuple[str, ...]:
    """Return the paragraphs of an article as its page prints them, from those that the crawler must extract."""
    if trap == "paywall":
        shown = sum(map(len, paragraphs))
        return (*paragraphs, f"（未完，全文共{2 * shown}字，当前仅显示{shown}字）", "登录后阅读全文")
    passage = PASSAGES.get(trap)
    return (*paragraphs[: -len(passage.clean)], *passage.printed) if passage else paragraphs
