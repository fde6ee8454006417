import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcli.core.words import composed, is_dense, places, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Zoë O'Brien-Smith", ["zoe", "o", "brien", "smith"]),
        ("Straße, STRASSE", ["strasse", "strasse"]),
        ("ada@example.com", ["ada", "example", "com"]),
        ("snake_case 3.5%", ["snake", "case", "3", "5"]),
        ("王伟芳 Ltd", ["王", "伟", "芳", "ltd"]),
        ("東京タワー", ["東", "京", "タ", "ワ", "ー"]),
        ("ｶﾞｽ", ["ガ", "ス"]),
        ("김민준", ["김", "민", "준"]),
        ("A社の会議", ["a", "社", "の", "会", "議"]),
        ("Ольга Ёлкина", ["ольга", "елкина"]),
        ("हिन्दी में", ["हिन्दी", "में"]),
        ('"(*)" % NEAR', ["near"]),
        ("… — !", []),
    ],
)
def test_a_text_falls_into_words(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@given(st.text(max_size=40))
def test_no_word_holds_what_the_index_would_split_or_read_as_an_operator(text: str) -> None:
    for word in words(text):
        assert word
        assert all(char.isalnum() or ord(char) > 127 for char in word)
        assert "·" not in word
        assert len(word) == 1 or not any(map(is_dense, word))


@given(st.text(max_size=40))
def test_the_words_of_a_part_are_found_where_they_stand(text: str) -> None:
    text = composed(text)

    for word, start, end in places(text):
        assert 0 <= start < end <= len(text)
        assert word in words(text[start:end]) or is_dense(word)


def test_places_say_where_each_word_stands() -> None:
    text = "met Zoë at 北京"

    assert [(word, text[start:end]) for word, start, end in places(text)] == [
        ("met", "met"),
        ("zoe", "Zoë"),
        ("at", "at"),
        ("北", "北"),
        ("京", "京"),
    ]
