"""Numbers keep their width, texts give way, and what does not fit at all is stacked."""

from hypothesis import given
from hypothesis import strategies as st

from crmcli.render.layout import Layout, Need, Squeeze, layout


def text(width: int) -> Need:
    return Need((width, width, width), is_flexible=True)


def number(usual: int, words: int | None = None, parts: int | None = None) -> Need:
    words = usual if words is None else words
    return Need((usual, words, words if parts is None else parts), is_flexible=False)


def test_what_fits_keeps_its_width() -> None:
    assert layout([number(3), text(30), number(10)], 80) == Layout((3, 30, 10), 2, Squeeze.NONE)


def test_the_widest_text_gives_way_first() -> None:
    assert layout([text(20), text(60)], 70) == Layout((20, 48), 2, Squeeze.NONE)


def test_the_text_that_names_the_row_keeps_more() -> None:
    assert layout([text(40), text(40)], 50) == Layout((24, 24), 2, Squeeze.NONE)
    assert layout([text(40), text(40)], 44) == Layout((24, 18), 2, Squeeze.NONE)


def test_headings_are_broken_before_texts_get_short() -> None:
    assert layout([text(30), number(20, 6)], 40) == Layout((30, 6), 2, Squeeze.WORDS)


def test_the_gaps_give_way_before_words_are_broken() -> None:
    assert layout([number(10, 10, 6), number(10)], 21) == Layout((10, 10), 1, Squeeze.WORDS)
    assert layout([number(10, 10, 6), number(10)], 20) == Layout((6, 10), 1, Squeeze.PARTS)


def test_the_gaps_give_way_before_texts_get_very_short() -> None:
    assert layout([text(30), number(20, 6), number(6)], 26) == Layout((12, 6, 6), 1, Squeeze.WORDS)


def test_nothing_fits_where_numbers_do_not() -> None:
    assert layout([number(30), number(30)], 60) is None
    assert layout([number(10)], 9) is None


def test_no_columns_need_no_room() -> None:
    assert layout([], 0) == Layout((), 2, Squeeze.NONE)


@given(st.lists(st.tuples(st.integers(1, 60), st.integers(1, 60), st.booleans()), max_size=8), st.integers(1, 200))
def test_a_layout_fits_and_cuts_texts_alone(columns: list[tuple[int, int, bool]], room: int) -> None:
    needs = [Need((max(a, b), min(a, b), min(a, b)), is_flexible) for a, b, is_flexible in columns]

    found = layout(needs, room)

    if found is not None and needs:
        assert sum(found.widths) + found.gap * (len(needs) - 1) <= room
        for need, width in zip(needs, found.widths, strict=True):
            asked = need.widths[found.squeeze]
            assert width == asked or (need.is_flexible and 8 <= width < asked)
