"""Consents are added, never changed; whoever must not be contacted is marked in every list."""

import json
import shlex
from pathlib import Path

import pytest

from crmcli.query import contact
from tests.conftest import READS, Run, once, run, wrote

LISTS = {
    "customer list": "no_contact",
    "deal list": "customer.no_contact",
    "interaction list": "customer.no_contact",
    "relation list": "from.no_contact",
    "graph show bob": "no_contact",
}


@pytest.fixture
@once
def known(crm: Run) -> None:
    crm("customer add Ada")
    crm("customer add Bob")
    crm("relation add ada knows bob")
    crm("deal add Engine --customer ada")
    crm("log ada hello")


def standing(crm: Run, ref: str = "ada") -> list[str]:
    found = json.loads(crm(f"customer show {ref} --columns consent -f json").stdout)
    return list(found["consent"])


def test_a_consent_stands_until_it_is_withdrawn(known: Run) -> None:
    known("privacy consent grant ada --purpose Newsletter --channel email --source 'web form' --at 2026-11-01")
    known("privacy consent grant ada --purpose newsletter --channel call --at 2026-11-02")
    known("privacy consent grant ada --purpose profiling --basis legitimate_interests --at 2026-11-03")
    assert standing(known) == ["newsletter by email", "newsletter by call", "profiling"]

    known("privacy consent withdraw ada --purpose newsletter --channel email --at 2026-11-04")
    assert standing(known) == ["newsletter by call", "profiling"]

    known("privacy consent withdraw ada --purpose newsletter --at 2026-11-05")
    assert standing(known) == ["profiling"]

    known("privacy consent grant ada --purpose newsletter --channel email --at 2026-11-06")
    assert standing(known) == ["profiling", "newsletter by email"]


def test_what_was_said_later_but_recorded_before_counts(known: Run) -> None:
    known("privacy consent grant ada --purpose newsletter --at 2026-11-01")
    known("privacy consent withdraw ada --purpose newsletter --at 2026-11-05")
    known("privacy consent grant ada --purpose newsletter --at 2026-11-03")

    assert standing(known) == []


def test_nothing_said_is_ever_changed(known: Run, file: Path) -> None:
    known("privacy consent grant ada --purpose newsletter --source letter --at 2026-11-01")
    known("privacy consent withdraw ada --purpose newsletter --at 2026-11-05")

    rows = known("privacy consent show ada --columns id,at,action,purpose,basis,source,stands --no-header").stdout

    assert rows.splitlines() == [
        "2\t2026-11-05T00:00:00Z\twithdraw\tnewsletter\t\t\tfalse",
        "1\t2026-11-01T00:00:00Z\tgrant\tnewsletter\tconsent\tletter\tfalse",
    ]


def test_who_agreed_can_be_asked(known: Run) -> None:
    known("privacy consent grant ada --purpose newsletter")

    assert known("customer list consent:newsletter -f ids").stdout == "1\n"
    assert known("customer list consent: -f ids").stdout == "2\n"


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("consent withdraw ada --purpose newsletter", 3),
        ("consent grant ada --purpose ''", 2),
        ("consent grant ada --purpose x --basis whim", 2),
        ("consent grant ada --purpose x --channel smoke", 2),
        ("consent grant ada --purpose x --at 2030-01-01", 2),
        ("consent grant nobody --purpose x", 3),
        ("restrict nobody", 3),
    ],
)
def test_what_cannot_be_kept_is_said(line: str, code: int, known: Run) -> None:
    assert known(f"privacy {line}", exit_code=code).stderr.startswith("error: ")


@pytest.mark.parametrize(
    ("line", "why"),
    [("customer edit ada --set do_not_contact=yes", "do not contact"), ("privacy restrict ada", "restricted")],
)
@pytest.mark.parametrize("path", LISTS)
def test_every_list_shows_who_must_not_be_contacted(path: str, line: str, why: str, known: Run) -> None:
    free = json.loads(known(f"{path} -f json").stdout)
    known(line)

    rows = json.loads(known(f"{path} -f json").stdout)

    before, after = (found["rows"][0] if isinstance(found, dict) else found[0] for found in (free, rows))
    assert (before[LISTS[path]], after[LISTS[path]]) == (None, why)
    assert why in known(f"{path} -f table").stdout
    assert list(after)[-1].endswith("no_contact")


#: Of one customer whom the user asked for, of what was done, of deals and tasks by their own name, or to be read back.
UNMARKED = {"customer timeline", "dash", "export", "graph show", "history", "history show", "privacy export"}


@pytest.mark.enumerating
@pytest.mark.parametrize("path", sorted({*READS} - UNMARKED))
def test_whatever_names_them_shows_it(path: str, small: Path) -> None:
    """Ada Lovelace stands under every report of the small file that names anybody."""
    run("customer edit ada-lovelace --set do_not_contact=yes")

    said = run([*path.split(), *shlex.split(READS[path]), "-f", "json"]).stdout

    assert "Ada Lovelace" not in said or "do not contact" in said


@pytest.mark.parametrize(
    "path", ["customer show ada", "customer show bob", "deal show 1", "interaction show 1", "graph show ada"]
)
def test_every_record_that_names_them_shows_it(path: str, known: Run) -> None:
    assert "do not contact" not in known(f"{path} -f table").stdout.replace("Do not contact", "")

    known("customer edit ada --set do_not_contact=yes")

    assert "do not contact" in known(f"{path} -f table").stdout


def test_the_mark_is_never_cut_off(known: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    known(["customer", "edit", "ada", "--set", "do_not_contact=yes", "--set", f"name={'Very Long Name ' * 12}"])

    for width in ("40", "80"):
        monkeypatch.setenv("COLUMNS", width)
        assert "do not contact" in " ".join(known("customer list -f table").stdout.split())
        assert "do not contact" in " ".join(known("deal list -f table").stdout.split())


def test_of_several_it_is_said_how_many(known: Run) -> None:
    known("log ada,bob met")
    known("privacy restrict bob")

    assert "1 of 2: restricted" in known("interaction list -f table").stdout


def test_who_may_be_contacted_is_one_question(known: Run, file: Path) -> None:
    for name in ("Left", "Held", "Free", "Lifted"):
        known(f"customer add {name}")
    known("customer edit ada --set do_not_contact=yes")
    known("customer remove left --yes")
    known("privacy restrict held")
    known("privacy restrict lifted")
    known("privacy restrict lifted --lift")

    assert known("customer list is:contactable --columns name --no-header").stdout.split() == ["Bob", "Free", "Lifted"]
    assert known("customer list is:restricted -f ids").stdout == "4\n"
    assert known("customer list is:contactable is:removed -f ids").stdout == ""
    with wrote(file) as session:
        sql = f"select name from customer c where {contact.contactable('c')} order by id"
        assert [row[0] for row in session.reader.rows(sql)] == ["Bob", "Free", "Lifted"]


def test_a_restriction_is_kept_with_its_time_and_reason(known: Run, file: Path) -> None:
    known("privacy restrict ada --reason 'accuracy contested' --at 2026-11-10")
    known("privacy restrict ada")
    known("privacy restrict ada --lift")

    with wrote(file) as session:
        rows = list(session.reader.rows("select customer_id, reason, occurred_at, lifted_at from restriction"))
    assert rows == [(1, "accuracy contested", "2026-11-10T00:00:00Z", "2026-11-20T12:00:00Z")]
