import pytest

from crmcli.core.steps import ClockStep, DayStep, Lean, step


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3d ago", DayStep(-3, "day")),
        ("3 days ago", DayStep(-3, "day")),
        ("in 2 weeks", DayStep(2, "week")),
        ("2 weeks from now", DayStep(2, "week")),
        ("-1m", DayStep(-1, "month")),
        ("+2q", DayStep(2, "quarter")),
        ("- 1 y", DayStep(-1, "year")),
        ("30m ago", ClockStep(-30)),
        ("in 30m", ClockStep(30)),
        ("-2h", ClockStep(-120)),
        ("3天后", DayStep(3, "day")),
        ("两周前", DayStep(-2, "week")),
        ("十二个月后", DayStep(12, "month")),
        ("二十年以前", DayStep(-20, "year")),
        ("九十九天之后", DayStep(99, "day")),
        ("2小时前", ClockStep(-120)),
    ],
)
def test_a_step_has_a_size_and_a_direction(text: str, expected: DayStep | ClockStep) -> None:
    assert step(text, "past") == step(text, "future") == expected


@pytest.mark.parametrize(("lean", "size"), [("past", -3), ("future", 3)])
def test_a_bare_step_leans(lean: Lean, size: int) -> None:
    assert step("3d", lean) == DayStep(size, "day")


@pytest.mark.parametrize(
    "text", ["", "3", "d", "3x", "-3d ago", "in 3d ago", "in -3d", "3x后", "十十天后", "二三天后", "123456d"]
)
def test_what_is_no_step_gives_none(text: str) -> None:
    assert step(text, "past") is None
