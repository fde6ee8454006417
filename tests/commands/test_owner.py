"""`crm owner`: who of us looks after what, put right."""

from pathlib import Path

import pytest

from tests.conftest import Dump, Run


@pytest.fixture
def two(crm: Run) -> Run:
    """Noor Haddad has a customer with a deal that moved, a task and a quota; Noor, who is the same, the like."""
    for line in (
        "customer add Ada --owner 'Noor Haddad'",
        "deal add Engine --customer ada --amount 100 --owner 'Noor Haddad' --at 2026-11-01",
        "customer add Bob --owner Noor",
        "deal add Loom --customer bob --amount 40 --owner noor --at 2026-11-02",
        "deal move loom needs --at 2026-11-03",
        "task add 'Call Bob' --for bob --owner noor",
        "quota set 2026-Q3 5k --owner Noor",
        "quota set 2026-Q4 9k --owner 'Noor Haddad'",
    ):
        crm(line)
    return crm


def owners(crm: Run, columns: str = "id,name,customers,deals") -> list[str]:
    return crm(f"owner list --columns {columns} -f tsv").stdout.splitlines()[1:]


def test_a_new_owner_is_told_of_with_who_may_be_meant(crm: Run) -> None:
    assert crm("customer add Ada --owner 'Noor Haddad'").stderr.splitlines()[-1] == "new owner 1 Noor Haddad"
    assert crm("customer add Bob --owner 'noor haddad'").stderr == ""
    assert crm("customer add Eve --owner Haddad").stderr == (
        "new owner 2 Haddad; if it is Noor Haddad: crm owner merge 1 2\n"
    )
    assert crm("deal add Loom --owner 'Nor Hadad'").stderr == (
        "new owner 3 Nor Hadad; if it is Noor Haddad: crm owner merge 1 3\n"
    )
    assert crm("customer add Zoe --owner Sam").stderr == "new owner 4 Sam\n"
    assert crm("customer add Kim --owner Kit -q").stderr == ""


def test_what_failed_made_nobody(crm: Run, tmp_path: Path) -> None:
    (tmp_path / "lines").write_text("customer add Ada --owner Sam\ncustomer add Bob --owner Kit\n")
    (tmp_path / "bad").write_text("customer add Eve --owner Lou\ncustomer add Zoe --email nonsense\n")

    assert crm(f"batch {tmp_path / 'lines'}").stderr.splitlines()[-2:] == ["new owner 1 Sam", "new owner 2 Kit"]
    assert "new owner" not in crm(f"batch {tmp_path / 'bad'}", exit_code=2).stderr
    assert owners(crm, "name") == ["Sam", "Kit"]


def test_merged_owners_are_one_everywhere_and_undo_parts_them(two: Run, dump: Dump) -> None:
    two("owner edit noor --set region=West --set email=Noor@X.org")
    before = dump()

    assert two("owner merge 'Noor Haddad' 2").stdout == "1\n"

    assert owners(two, "name,email,region,customers,deals") == ["Noor Haddad\tnoor@x.org\tWest\t2\t2"]
    assert two("task list --columns owner -f tsv").stdout.split("\n")[1] == "Noor Haddad"
    assert two("funnel show --by owner --columns group,stage,reached -f tsv").stdout.count("Noor Haddad\tneeds\t1") == 1
    assert two("quota list owner:noor --columns amount -f tsv").stdout.splitlines()[1:] == ["5000.00", "9000.00"]
    assert two("deal board owner:noor --as-of 2026-11-02 -f ids").stdout.split() == ["1", "2"]
    assert two("doctor -q").stdout == ""
    two("undo")
    assert dump() == before


def test_owners_with_a_quota_for_the_same_period_stay_two(two: Run, dump: Dump) -> None:
    two("quota set 2026-Q3 6k --owner 'Noor Haddad'")
    before = dump()

    result = two("owner merge 1 2", exit_code=4)

    assert result.stderr == (
        "error: owners 1 and 2 both have a quota in 2026-Q3\nhint: crm quota remove 1 or 3 first\n"
    )
    assert dump() == before
    assert "cannot be merged into itself" in two("owner merge 1 1", exit_code=2).stderr


def test_me_is_one_of_the_owners(two: Run) -> None:
    assert two("customer add Zoe --owner me", exit_code=2).stderr == (
        "error: nobody is me yet\nhint: crm owner edit NAME --set me=yes says who is\n"
    )
    two("owner edit 2 --set me=yes")
    two("owner edit 1 --set me=yes")

    two("customer add Zoe --owner ME")

    assert owners(two, "name,is_me,customers") == ["Noor Haddad\ttrue\t2", "Noor\tfalse\t1"]
    assert two("customer show zoe --columns owner -f tsv").stdout.splitlines()[1] == "Noor Haddad"


def test_names_and_addresses_are_of_one_owner_and_managers_follow(two: Run) -> None:
    two("owner edit 2 --set manager='noor haddad' --set email=n@x.org")

    assert two("owner edit 1 --set name=NOOR", exit_code=4).stderr == (
        "error: owner 2 is called 'NOOR'\nhint: crm owner merge 2 1 makes them one\n"
    )
    assert "owner 2 has n@x.org" in two("owner edit 1 --set email=N@x.org", exit_code=4).stderr
    assert "'me' is no name" in two("owner edit 1 --set name=Me", exit_code=2).stderr
    assert "neither yes nor no" in two("owner edit 1 --set me=perhaps", exit_code=2).stderr
    two("owner edit 1 --set name='N. Haddad'")
    assert owners(two, "name,manager") == ["N. Haddad\t", "Noor\tN. Haddad"]


def test_only_who_has_nothing_is_removed(two: Run) -> None:
    two("customer edit ada --set owner=Sam")
    two("customer edit ada --set owner=")

    assert two("owner remove 2 --yes", exit_code=4).stderr == (
        "error: owner 2 Noor has 1 customer, 1 deal, 2 stage events, 1 task, 1 quota\n"
        "hint: crm owner merge KEEP 2 gives them to another one\n"
    )
    two("owner remove sam --yes")
    assert owners(two, "name") == ["Noor Haddad", "Noor"]
    assert two("customer add Zoe --owner Sam").stderr == "new owner 4 Sam\n"
