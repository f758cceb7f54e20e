from pipelines.text.recent import RecentlyMade


def test_what_was_made_lately_is_kept_up_to_a_total_length() -> None:
    made: list[str] = []

    def make(text: str) -> str:
        made.append(text)
        return text.upper()

    recent = RecentlyMade(make, max_length=200)
    texts = [f"{number:04}" for number in range(50)]
    assert [*map(recent, texts)] == [*map(recent, texts)]
    assert made == texts
    assert recent(texts[0]) == texts[0]
    recent("new!")  # the oldest that was used is the second one
    made.clear()
    assert [recent(text) for text in ("new!", texts[0], texts[2])] == ["NEW!", texts[0], texts[2]]
    assert made == []
    recent(texts[1])
    assert made == [texts[1]]


def test_what_is_made_of_a_long_text_is_not_kept() -> None:
    made: list[str] = []
    recent = RecentlyMade(made.append, max_length=200)
    for text in ("a", "12345", "a", "12345"):
        recent(text)
    assert made == ["a", "12345", "12345"]
