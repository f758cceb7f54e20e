"""Names and authors in the simplified form of a text."""

from __future__ import annotations

import pytest

from pipelines.text.simplify import simplify


@pytest.mark.parametrize(
    ("text", "simplified"),
    [
        ("徐乾學與王汎森、薛應旂", "徐乾学与王汎森、薛应旂"),
        ("於先生與余女士", "於先生与余女士"),
        ("屬於先生的權利", "属于先生的权利"),
        ("於姓名欄填寫資料", "于姓名栏填写资料"),
        ("關於教授評鑑", "关于教授评鉴"),
        ("《母親》，高爾基 著", "《母亲》，高尔基 著"),
        ("（錢穆著，三聯書店出版）", "（钱穆著，三联书店出版）"),
        ("他看著，書店老闆說", "他看着，书店老板说"),
        ("生活著名為白溪的族群", "生活着名为白溪的族群"),
        ("以盛產茶葉著名為人所知的縣", "以盛产茶叶著名为人所知的县"),
        ("乾安縣、乾隆、餅乾與乾貨、皇后", "乾安县、乾隆、饼干与干货、皇后"),
        ("餘款、看著、著重、著書立說、宮商角徵羽、錢鍾書", "余款、看着、着重、著书立说、宫商角徵羽、钱锺书"),
    ],
)
def test_names(text: str, simplified: str) -> None:
    assert simplify(text) == simplified
