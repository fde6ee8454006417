"""Numbers keep their width, texts give way, and what does not fit at all is stacked."""

from hypothesis import given
from hypothesis import strategies as st

from crmcli.render.layout import Layout, Need, layout


def text(usual: int, tight: int | None = None) -> Need:
    return Need(usual, usual if tight is None else tight, is_flexible=True)


def number(usual: int, tight: int | None = None) -> Need:
    return Need(usual, usual if tight is None else tight, is_flexible=False)


def test_what_fits_keeps_its_width() -> None:
    assert layout([number(3), text(30), number(10)], 80) == Layout((3, 30, 10), 2, is_tight=False)


def test_the_widest_text_gives_way_first() -> None:
    assert layout([text(20), text(60)], 70) == Layout((20, 48), 2, is_tight=False)


def test_the_text_that_names_the_row_keeps_more() -> None:
    assert layout([text(40), text(40)], 50) == Layout((24, 24), 2, is_tight=False)
    assert layout([text(40), text(40)], 44) == Layout((24, 18), 2, is_tight=False)


def test_headings_are_broken_before_texts_get_short() -> None:
    assert layout([text(30), number(20, 6)], 40) == Layout((30, 6), 2, is_tight=True)


def test_the_gaps_give_way_last() -> None:
    assert layout([text(30), number(20, 6), number(6)], 26) == Layout((12, 6, 6), 1, is_tight=True)


def test_nothing_fits_where_numbers_do_not() -> None:
    assert layout([number(30), number(30)], 60) is None
    assert layout([number(10)], 9) is None


def test_no_columns_need_no_room() -> None:
    assert layout([], 0) == Layout((), 2, is_tight=False)


@given(st.lists(st.tuples(st.integers(1, 60), st.integers(1, 60), st.booleans()), max_size=8), st.integers(1, 200))
def test_a_layout_fits_and_cuts_texts_alone(columns: list[tuple[int, int, bool]], room: int) -> None:
    needs = [Need(max(one, other), min(one, other), is_flexible) for one, other, is_flexible in columns]

    found = layout(needs, room)

    if found is not None:
        assert sum(found.widths) + found.gap * (len(needs) - 1) <= max(room, 0) or not needs
        for need, width in zip(needs, found.widths, strict=True):
            asked = need.tight if found.is_tight else need.usual
            assert width == asked or (need.is_flexible and 8 <= width < asked)
