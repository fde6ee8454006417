"""Customers' ways through pipelines: written to a file of stage events, and taken back."""

from pathlib import Path

from tests.conftest import Run

TOLD = "customer,pipeline,from,stage,at,left,note"


def filled(crm: Run) -> None:
    """Ada went through a journey, left it and came again; Bob is in two pipelines."""
    for name in ("journey", "marketing"):
        crm(f"pipeline add {name} --template {name}")
    crm("customer add Ada")
    crm("customer add Bob")
    for line in (
        "move ada interest --pipeline journey --at 2026-10-01 --note fair",
        "move ada decision --pipeline journey --at 2026-10-20",
        "leave ada --pipeline journey --at 2026-11-01",
        "move ada awareness --pipeline journey --at 2026-11-05",
        "move bob lead --pipeline marketing --at 2026-10-05",
        "move bob awareness --pipeline journey --at 2026-10-06",
    ):
        crm(f"customer {line}")


def told(crm: Run) -> list[str]:
    return crm(f"export stage-events --columns {TOLD} --no-header").stdout.splitlines()


def test_the_ways_of_customers_go_from_file_to_file(crm: Run, tmp_path: Path) -> None:
    filled(crm)
    for kind in ("customers", "stage-events"):
        crm(f"export {kind} -o {tmp_path / kind}.csv")
    paths = f"{tmp_path / 'customers.csv'} {tmp_path / 'stage-events.csv'}"
    other = f"--db {tmp_path / 'other.db'}"
    for name in ("journey", "marketing"):
        crm(f"pipeline add {name} --template {name} {other}")

    made = crm(f"import {paths} {other}").stdout

    assert made == "7 new, 0 changed, 0 unchanged, 0 rejected\n"
    mine = told(crm)
    assert mine[0] == "Ada\tjourney\t\tinterest\t2026-10-01T00:00:00Z\t2026-11-01T00:00:00Z\tfair"
    assert len(mine) == 5
    assert sorted(crm(f"export stage-events --columns {TOLD} --no-header {other}").stdout.splitlines()) == sorted(mine)
    for view in ("customer show ada", "funnel show --pipeline journey", "funnel time --pipeline journey"):
        assert crm(f"{view} -f json {other}").stdout == crm(f"{view} -f json").stdout
    assert crm(f"import {paths} {other}").stdout.endswith("0 new, 0 changed, 7 unchanged, 0 rejected\n")
    crm(f"doctor {other}")
    crm(f"undo {other}")
    assert crm(f"export stage-events --no-header {other}").stdout == ""


def test_a_row_says_that_a_customer_left(crm: Run, tmp_path: Path) -> None:
    filled(crm)
    file = tmp_path / "events.csv"
    file.write_text("customer,pipeline,stage,at,left\nBob,journey,awareness,2026-10-06,2026-10-08\n")

    made = crm(f"import {file} --as stage-events").stdout

    assert "0 new, 1 changed, 0 unchanged" in made
    assert "Bob\tjourney\t\tawareness\t2026-10-06T00:00:00Z\t2026-10-08T00:00:00Z\t" in told(crm)
    assert "0 new, 0 changed, 1 unchanged" in crm(f"import {file} --as stage-events").stdout
    crm("doctor")
    crm("undo")
    assert "Bob\tjourney\t\tawareness\t2026-10-06T00:00:00Z\t\t" in told(crm)


def test_an_event_between_others_parts_them(crm: Run, tmp_path: Path) -> None:
    filled(crm)
    file = tmp_path / "events.csv"
    file.write_text("customer,pipeline,stage,at\nAda,journey,consideration,2026-10-11\nBob,,nurture,2026-10-09\n")

    told_of = crm(f"import {file} --as stage-events", exit_code=5)

    assert "line 3: pipeline: is empty" in told_of.stderr  # Bob is in two
    assert [line.split("\t")[2:4] for line in told(crm)[:3]] == [
        ["", "interest"],
        ["interest", "consideration"],
        ["consideration", "decision"],
    ]
    crm("doctor")


def test_who_moves_where_is_checked(crm: Run, tmp_path: Path) -> None:
    filled(crm)
    crm("deal add Engine")
    file = tmp_path / "events.csv"
    file.write_text(
        "deal,customer,pipeline,stage,at,left\n"
        ",Ada,sales,lead,2026-10-01,\n"
        "Engine,Ada,journey,interest,2026-10-01,\n"
        ",Ada,journey,decision,2026-11-10,2026-11-09\n"
        ",Ada,marketing,exposure,2026-11-10,\n"
        ",Carla,journey,interest,2026-11-10,\n"
        ",,journey,interest,2026-11-10,\n"
    )

    said = crm(f"import {file}", exit_code=5).stderr

    for line in (
        "line 2: pipeline: pipeline sales holds deals, no customers",
        "line 3: pipeline: pipeline journey holds customers, no deals",
        "line 4: left: is before at",
        "line 5: stage: nobody stands in 'exposure'",
        "line 6: customer: no customer is called 'Carla'",
        "line 7: deal: is empty, and so is customer",
    ):
        assert line in said
    assert len(told(crm)) == 5 + 1  # that of the deal
