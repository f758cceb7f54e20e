"""Changes that other sites make to a text when they reprint it; after each it is still the same text."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

BOILERPLATE = (
    "免责声明：本网站转载的文章均来自其他媒体，目的在于传递更多信息，并不代表本网站赞同其观点和对其真实性负责，"
    "如涉及作品内容、版权和其他问题，请在三十日内与本网站联系，我们将在第一时间删除相关内容。"
)
"""90 characters, as portals add them below reprinted texts."""

Change = Callable[[str, random.Random], str]


def edited(share: float) -> Change:
    """Return a change that edits this share of the characters: each is replaced, followed by another, or deleted."""

    def edit(text: str, chance: random.Random) -> str:
        out = list[str]()
        for character in text:
            if chance.random() >= share:
                out.append(character)
                continue
            how = chance.randrange(3)
            out += {0: [chance.choice(text)], 1: [character, chance.choice(text)], 2: []}[how]
        return "".join(out)

    return edit


def editors_line(text: str, chance: random.Random) -> str:
    return f"{text}\n责任编辑：{chance.choice(('李晓燕', '王建国', '周思远'))}　审核：{chance.choice(('陈伟', '赵敏'))}"


def boilerplate(text: str, chance: random.Random) -> str:
    return f"{text}\n{BOILERPLATE}"


def dateline(text: str, chance: random.Random) -> str:
    """Add the dateline of another site before the first sentence."""
    site, reporter = chance.choice(("云岭新闻网", "华东物流网")), chance.choice(("刘洋", "何静"))
    return f"{site}{chance.randrange(1, 13)}月{chance.randrange(1, 29)}日讯（记者{reporter}）{text}"


def point_of_view(text: str, chance: random.Random) -> str:
    """Replace "our city" by its name and "yesterday" by a date, as an editor elsewhere has to do."""
    return (
        text.replace("我市", "云洲市").replace("全市", "云洲全市").replace("昨日", "3月4日").replace("记者", "本网记者")
    )


def cut_short(text: str, chance: random.Random) -> str:
    """Delete the last sentence."""
    sentences = re.findall(r"[^。！？\n]*[。！？\n]+", text)
    return "".join(sentences[:-1]) if len(sentences) > 4 else text


CHANGES: dict[str, Change] = {
    "editor's line": editors_line,
    "90 characters below": boilerplate,
    "another date line": dateline,
    "point of view": point_of_view,
    "last sentence cut": cut_short,
    "1 % edits": edited(0.01),
    "3 % edits": edited(0.03),
    "5 % edits": edited(0.05),
}
