from pathlib import Path

import pytest

from crmcli.db import search
from crmcli.reports.finding import Found, find
from crmcli.reports.snippet import snippet
from tests.conftest import Run, add_customers, once


def looked(file: Path, *texts: str, most: int | None = 20, fuzzy: bool = False, kinds: tuple[str, ...] = ()) -> Found:
    with search.searching(file) as (db, index):
        return find(db, index, texts, most=most, fuzzy=fuzzy, kinds=kinds)


def names(file: Path, *texts: str, fuzzy: bool = False) -> list[object]:
    return [row[2] for row in looked(file, *texts, fuzzy=fuzzy).table.rows]


@pytest.fixture
@once
def filled(crm: Run) -> None:
    crm("customer add 'Zoë Müller' --email zoe@lumen-optics.example.com --phone '+49 30 901820' --tag 'key account'")
    crm("customer add 王伟芳 --phone +8613800138000 --note 'likes Straßenbahn; 50% off'")
    crm("customer add 'Ann Straße' --city Zoetermeer")
    crm("customer add 'Berlin Foods' --kind organisation")
    crm("customer add 'Carl Foods' --city Berlin")
    crm("customer add 김민준")
    crm("customer add タナカ電機 --kind organisation")


@pytest.fixture
def people(filled: Run, file: Path) -> Path:
    return file


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("zoe", ["Zoë Müller"]),
        ("MÜLLER zoe", ["Zoë Müller"]),
        ("ｚｏｅ", ["Zoë Müller"]),
        ("zoe\u0308", ["Zoë Müller"]),
        ("strasse", ["Ann Straße"]),
        ("伟芳", ["王伟芳"]),
        ("王", ["王伟芳"]),
        ("伟", ["王伟芳"]),
        ("민준", ["김민준"]),
        ("電機", ["タナカ電機"]),
        ("ﾀﾅｶ", ["タナカ電機"]),
        ("zoe@lumen-optics.example.com", ["Zoë Müller"]),
        ("lumen-optics", ["Zoë Müller"]),
        ("zoe-muller", ["Zoë Müller"]),
        ("key account", ["Zoë Müller"]),
        ("+49 (0)30 90 18-20", ["Zoë Müller"]),
        ("030901820", ["Zoë Müller"]),
        ("0049 30 901820", ["Zoë Müller"]),
        ("901820", ["Zoë Müller"]),
        ("4930901820", ["Zoë Müller"]),
        ("138 0013 8000", ["王伟芳"]),
        ("50%", ["王伟芳"]),
        ("芳伟", []),
        ("zoe nobody", []),
    ],
)
def test_what_a_person_types_finds_whom_they_mean(text: str, expected: list[str], people: Path) -> None:
    assert names(people, text) == expected


def test_the_name_counts_more_than_the_rest(people: Path) -> None:
    assert names(people, "berlin") == ["Berlin Foods", "Carl Foods"]
    assert names(people, "foods") == ["Carl Foods", "Berlin Foods"]


def test_a_beginning_is_looked_for_where_no_whole_word_matches(people: Path) -> None:
    found = looked(people, "foo")

    assert [(row[2], row[5]) for row in found.table.rows] == [
        ("Carl Foods", "beginning"),
        ("Berlin Foods", "beginning"),
    ]
    assert found.notes == ("no record has 'foo' as whole words; these have words that begin so",)


@pytest.mark.parametrize("text", ["mulelr", "Mueller", "mullr", "zoe mulller", "王维芳", "lumen-optcis", "strassse"])
def test_a_slip_still_finds_and_says_so(text: str, people: Path) -> None:
    found = looked(people, text)

    assert [row[5] for row in found.table.rows] == ["typo"]
    assert found.notes[0].startswith(f"looked for what {text!r} may mean: ")


def test_fuzzy_finds_what_is_near_beside_what_is_there(crm: Run, file: Path) -> None:
    crm("customer add 'Ann Meyer'")
    crm("customer add 'Bea Meier'")

    assert names(file, "meyer") == ["Ann Meyer"]
    near = looked(file, "meyer", fuzzy=True)
    assert [(row[2], row[5]) for row in near.table.rows] == [("Ann Meyer", "exact"), ("Bea Meier", "typo")]
    assert near.notes == ("looked for what 'meyer' may mean: meyer, meier",)
    assert looked(file, "bea", fuzzy=True).notes == ()


@pytest.mark.parametrize(
    "text",
    ['"zoe"', "zoe*", "(zoe)", "zoe OR", "{title}: zoe", "zoe'--", "NEAR(zoe", "^zoe", "+zoe", "title:zoe", "-zoe"],
)
def test_whatever_is_typed_is_plain_text(text: str, people: Path) -> None:
    plain = "".join(char if char.isalnum() else " " for char in text)

    assert names(people, text) == names(people, plain)


@pytest.mark.parametrize(
    ("text", "found"), [("§", 1), ("(…)", 1), ('"*"', 1), (') "', 1), ("§§", 0), ("*_", 0), ("%%", 0), ("\x00", 0)]
)
def test_text_without_a_word_is_looked_for_as_it_is(text: str, found: int, people: Path, crm: Run) -> None:
    crm("""customer add Quo --note '§ (…) "*"'""")

    assert names(people, text) == ["Quo"] * found


def test_no_text_is_in_every_record(people: Path, crm: Run) -> None:
    customers = crm("customer list -f ids").stdout.count("\n")

    assert len(list(looked(people, " ", kinds=("customer",)).table.rows)) == customers


def test_what_was_removed_is_not_found(people: Path, crm: Run) -> None:
    crm("customer remove zoe-muller --yes")

    assert names(people, "muller") == []


def test_every_kind_is_found_the_one_with_the_best_hit_first(small: Path, crm: Run) -> None:
    crm("log 李雷 'the engine may wait' --channel note")
    crm("relation add 李雷 knows zoe-muller --note 'of Engine fame'")
    crm("task add 'Oil it' --deal 1")

    rows = [(row[0], row[1], row[2]) for row in looked(small, "engine").table.rows]

    assert rows == [
        ("deal", 1, "Engine"),
        ("note", 2, "李雷"),
        ("relationship", 4, "李雷 knows Zoë Müller"),
        ("task", 3, "Oil it"),
    ]
    assert [row[:2] for row in looked(small, "stock").table.rows] == [("task", 2)]
    assert [row[0] for row in looked(small, "engine", kinds=("note",)).table.rows] == ["note"]
    assert [row[0] for row in looked(small, "call").table.rows] == ["interaction"]


def test_only_so_many_of_a_kind_are_shown_and_that_is_said(file: Path) -> None:
    add_customers(file, 30)

    found = looked(file, "customer", most=5)

    assert [row[1] for row in found.table.rows] == [30, 29, 28, 27, 26]
    assert found.notes == ("more than 5 customers match; --limit all shows them",)
    assert len(list(looked(file, "customer", most=None).table.rows)) == 30


def test_the_best_is_found_among_more_than_are_looked_at(crm: Run, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crmcli.reports.finding._POOL", 3)
    crm("customer add 'Berlin Foods'")
    for number in range(5):
        crm(f"customer add 'Person {number}' --city Berlin")

    assert [row[2] for row in looked(file, "berlin", most=2).table.rows] == ["Berlin Foods", "Person 4"]


@pytest.mark.parametrize(
    ("pieces", "wanted", "expected"),
    [
        (["ada@example.com", None, "met at the fair"], {"fair"}, "met at the fair"),
        (["ada@example.com", "met"], {"zoe"}, "ada@example.com"),
        ([None], {"zoe"}, None),
        ([], {"zoe"}, None),
        (["line one\nline\ttwo"], {"two"}, "line one line two"),
        (
            ["a long story about nothing at all that only ends where a pineapple is cut into very many pieces for all"],
            {"pineapple"},
            "…that only ends where a pineapple is cut into very many pieces for all",
        ),
        (["一" * 100 + "芳" + "二" * 100], {"芳"}, f"…{'一' * 24}芳{'二' * 47}…"),
    ],
)
def test_a_snippet_is_the_part_with_the_words(pieces: list[str | None], wanted: set[str], expected: str | None) -> None:
    assert snippet(pieces, wanted) == expected
