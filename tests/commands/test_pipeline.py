"""`crm pipeline` and `crm stage`: what deals go through."""

import json

import pytest

from tests.commands.conftest import Terminal
from tests.conftest import Run


def stages(crm: Run, pipeline: str = "sales") -> list[tuple[int, str, str]]:
    """Position, name and outcome of the stages that are not archived."""
    shown = json.loads(crm(f"pipeline show {pipeline} -f json").stdout)
    rows = [(row["position"], row["stage"], row["outcome"]) for row in shown["stages"] if row["archived"] is None]
    assert [position for position, *_ in rows] == sorted({position for position, *_ in rows})
    return rows


def test_the_shipped_pipeline_has_four_open_stages_then_won_and_lost(crm: Run) -> None:
    assert stages(crm) == [
        (1, "lead", "open"),
        (2, "contact", "open"),
        (3, "needs", "open"),
        (4, "quote", "open"),
        (5, "won", "won"),
        (6, "lost", "lost"),
    ]
    assert crm("pipeline list --columns name,stages,is_default -f csv").stdout == (
        "name,stages,is_default\nsales,lead;contact;needs;quote;won;lost,true\n"
    )


def test_a_pipeline_shows_what_stands_in_each_stage_by_currency(crm: Run) -> None:
    crm("deal add One --amount 5")
    crm("deal add Two --amount 7.50")
    crm("deal add Three --amount 100 --currency JPY")
    crm("deal add Four --stage quote")

    rows = json.loads(crm("pipeline show -f json").stdout)["stages"]

    assert [(row["stage"], row["deals"], row["amount"], row["currency"]) for row in rows if row["deals"]] == [
        ("lead", 2, "12.50", "EUR"),
        ("lead", 1, "100", "JPY"),
        ("quote", 1, None, "EUR"),
    ]


def test_a_pipeline_of_a_past_day_has_what_stood_in_it_then(crm: Run, terminal: Terminal) -> None:
    crm("deal add One --amount 5 --at 2026-09-01")
    crm("deal move 1 quote --at 2026-10-01")
    crm("deal add Two --amount 7 --at 2026-10-10")
    crm("pipeline add journey --template journey")
    crm("customer add Ada")
    crm("customer move ada interest --pipeline journey --at 2026-10-01")
    crm("customer leave ada --pipeline journey --at 2026-10-20")

    def stood(day: str, pipeline: str = "sales") -> list[tuple[object, ...]]:
        rows = json.loads(crm(f"pipeline show {pipeline} --as-of {day} -f json").stdout)["stages"]
        return [
            (row["stage"], row["deals"] + row["customers"], row["amount"])
            for row in rows
            if row["deals"] + row["customers"]
        ]

    assert [stood("2026-08-31"), stood("2026-09-30")] == [[], [("lead", 1, "5.00")]]
    assert stood("2026-10-10") == [("lead", 1, "7.00"), ("quote", 1, "5.00")]
    assert [stood("2026-10-19", "journey"), stood("2026-10-20", "journey")] == [[("interest", 1, None)], []]
    assert crm("pipeline show --as-of today -f csv").stdout == crm("pipeline show -f csv").stdout
    assert "owner are those of the end of 2026-10-10" in terminal("pipeline show --as-of 2026-10-10").stdout
    assert "nobody knows yet" in crm("pipeline show --as-of 2026-11-21", exit_code=2).stderr


def test_a_pipeline_has_the_stages_that_were_named(crm: Run) -> None:
    assert crm("pipeline add partners --stage talks --stage ' pilot  run '").stdout == "2\n"

    assert stages(crm, "partners") == [
        (1, "talks", "open"),
        (2, "pilot run", "open"),
        (3, "won", "won"),
        (4, "lost", "lost"),
    ]


def test_a_pipeline_without_stages_has_those_of_sales(crm: Run) -> None:
    crm("pipeline add partners")

    assert [name for _, name, _ in stages(crm, "partners")] == ["lead", "contact", "needs", "quote", "won", "lost"]


def test_a_new_default_takes_new_deals(crm: Run) -> None:
    crm("pipeline add partners --stage talks --default")

    crm("deal add One")
    crm("deal add Two --pipeline sales")

    assert crm("deal list --columns pipeline,stage --no-header").stdout == "partners\ttalks\nsales\tlead\n"
    assert crm("pipeline list is_default:true --columns name --no-header").stdout == "partners\n"


@pytest.mark.parametrize(
    ("line", "code", "reason"),
    [
        ("pipeline add SALES", 4, "pipeline 1 is called 'sales' already"),
        ("pipeline add x --stage a --stage A", 4, "the pipeline has a stage 'a' already"),
        ("pipeline add x --stage won", 4, "the pipeline has a stage 'won' already"),
        ("pipeline add ''", 2, "name: 1 to 500 characters"),
        ("pipeline add x --stage ''", 2, "stage: 1 to 100 characters"),
        ("pipeline show salse", 3, "did you mean 'sales'?"),
        ("deal add One --pipeline salse", 3, "did you mean 'sales'?"),
        ("stage add lead", 4, "the pipeline has a stage 'lead' already"),
        ("stage add x --after qoute", 3, "did you mean 'quote'?"),
        ("stage add x --after won", 2, "nothing comes after 'won': it closes a deal"),
        ("stage edit lead --set name=quote", 4, "the pipeline has a stage 'quote' already"),
        ("stage edit led --set name=first", 3, "did you mean 'lead'?"),
        ("stage archive won", 2, "stage 'won' is the only one that means won"),
    ],
)
def test_what_cannot_be_is_refused(line: str, code: int, reason: str, crm: Run) -> None:
    assert reason in crm(line, exit_code=code).stderr
    assert crm("history -f ids").stdout == ""


def test_an_ambiguous_pipeline_lists_the_candidates(crm: Run) -> None:
    crm("pipeline add 'partner sales'")
    crm("pipeline add 'direct sales'")

    assert "2 partner sales, 3 direct sales" in crm("pipeline show t", exit_code=6).stderr
    assert json.loads(crm("pipeline show part -f json").stdout)["id"] == 2
    assert json.loads(crm("pipeline show SALES -f json").stdout)["id"] == 1


def test_a_stage_comes_behind_the_last_open_one(crm: Run) -> None:
    assert crm("stage add trial").stdout == "7\n"

    assert stages(crm)[3:] == [(4, "quote", "open"), (5, "trial", "open"), (6, "won", "won"), (7, "lost", "lost")]


def test_a_stage_comes_after_the_one_that_was_named(crm: Run) -> None:
    crm("stage add demo --after LEAD")

    assert [name for _, name, _ in stages(crm)] == ["lead", "demo", "contact", "needs", "quote", "won", "lost"]


def test_a_new_stage_leaves_how_far_a_deal_came(crm: Run) -> None:
    crm("deal add One --stage needs")
    crm("deal move 1 contact")

    crm("stage add demo --after contact")

    assert crm("deal list --columns stage,reached --no-header").stdout == "contact\tneeds\n"


def test_a_stage_of_another_pipeline_is_made_there(crm: Run) -> None:
    crm("pipeline add partners --stage talks")

    crm("stage add pilot --pipeline partners")

    assert [name for _, name, _ in stages(crm, "partners")] == ["talks", "pilot", "won", "lost"]
    assert len(stages(crm)) == 6


def test_a_renamed_stage_keeps_its_deals_and_their_history(crm: Run) -> None:
    crm("deal add One --at yesterday")
    crm("deal move 1 needs")

    assert crm("stage edit needs --set name=discovery").stdout == "3\n"

    assert crm("deal list stage:discovery -f ids").stdout == "1\n"
    events = json.loads(crm("deal show 1 -f json").stdout)["stage_events"]
    assert [event["stage"] for event in events] == ["lead", "discovery"]


def test_a_stage_may_change_its_case_and_one_that_does_not_change_leaves_no_operation(crm: Run) -> None:
    crm("stage edit lead --set name=Lead")
    crm("stage edit Lead --set name=Lead")

    assert stages(crm)[0] == (1, "Lead", "open")
    assert crm("history -f ids").stdout == "1\n"


def test_no_deal_goes_to_an_archived_stage_and_what_passed_it_stays(crm: Run) -> None:
    crm("deal add One --stage contact --at yesterday")
    crm("deal move 1 quote")

    crm("stage archive contact")

    assert [name for _, name, _ in stages(crm)] == ["lead", "needs", "quote", "won", "lost"]
    crm("deal move 1 contact", exit_code=3)
    crm("deal add Two --stage contact", exit_code=3)
    events = json.loads(crm("deal show 1 -f json").stdout)["stage_events"]
    assert [event["stage"] for event in events] == ["contact", "quote"]


def test_a_stage_in_which_deals_stand_is_not_archived(crm: Run) -> None:
    crm("deal add One --stage needs")
    assert "error: 1 deal stands in 'needs'\n" in crm("stage archive needs", exit_code=4).stderr

    crm("deal add Two --stage needs")
    refused = crm("stage archive needs", exit_code=4)

    assert "error: 2 deals stand in 'needs'\n" in refused.stderr
    assert "deal list 'stage=\"needs\"'" in refused.stderr
    assert crm("deal list 'stage=\"needs\"' -f ids").stdout == "1\n2\n"


def test_new_deals_begin_in_the_first_stage_that_is_left(crm: Run) -> None:
    crm("stage archive lead")

    crm("deal add One")

    assert crm("deal list --columns stage --no-header").stdout == "contact\n"


def test_a_pipeline_without_an_open_stage_takes_no_deal(crm: Run) -> None:
    for name in ("lead", "contact", "needs", "quote"):
        crm(f"stage archive {name}")

    assert "the pipeline has no open stage" in crm("deal add One", exit_code=2).stderr
    crm("stage add again")
    crm("deal add One")


def test_a_person_reads_what_was_made(crm: Run, terminal: Terminal) -> None:
    added = terminal("pipeline add partners --stage talks --stage pilot")
    assert added.stdout == "added pipeline 2 partners: talks, pilot, then won or lost\n"
    assert added.stderr == "next: crm deal add NAME --pipeline partners\n"

    assert terminal("stage add demo --after lead").stdout == "added stage demo as number 2\n"
    assert terminal("stage edit needs --set name=discovery").stdout == "renamed stage needs to discovery\n"
    same = terminal("stage edit discovery --set name=discovery")
    assert same.stdout == "stage discovery is so already; nothing changed\n"
    assert terminal("stage archive demo").stdout == "archived stage demo\n"
    seen = terminal("pipeline show").stdout
    assert seen.startswith("1 sales\n")
    assert max(map(len, seen.splitlines())) <= 80
