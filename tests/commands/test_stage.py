"""`crm stage`: what a stage means, its order, and what is required to enter it; and the templates."""

import pytest

from crmcli.core.vocabulary import Holds, Template
from crmcli.services.templates import plans
from tests.commands.conftest import Terminal
from tests.conftest import Dump, Run

TEMPLATES = {
    "sales": ("deal", "lead contact needs quote", "won", "lost"),
    "marketing": ("customer", "exposure lead nurture", "conversion", "lost"),
    "service": ("deal", "feedback resolution survey", "loyalty", "lost"),
    "journey": ("customer", "awareness interest consideration decision", "loyalty", "lost"),
    "lifecycle": (
        "customer",
        "subscriber lead marketing_qualified sales_qualified opportunity acquire develop maintain win_back",
        "evangelist",
        "lapsed",
    ),
    "loan": ("deal", "application documents assessment offer approval", "disbursed", "declined withdrawn"),
}


def stages(crm: Run, pipeline: str = "sales", *, columns: str = "name") -> list[str]:
    return crm(f"stage list pipeline={pipeline} --columns {columns} --no-header").stdout.splitlines()


@pytest.mark.parametrize("name", Template)
def test_a_template_makes_its_stages(name: str, crm: Run) -> None:
    holds, opens, won, lost = TEMPLATES[name]

    crm(f"pipeline add mine --template {name}")

    made = [line.replace(" ", "_").split("\t") for line in stages(crm, "mine", columns="name,outcome,holds")]
    assert " ".join(stage for stage, outcome, _ in made if outcome == "open") == opens
    assert " ".join(stage for stage, outcome, _ in made if outcome == "won") == won
    assert " ".join(stage for stage, outcome, _ in made if outcome == "lost") == lost
    assert {kind for *_, kind in made} == {holds}


def test_sales_is_the_template_of_the_pipeline_that_is_shipped(crm: Run) -> None:
    crm("pipeline add mine --template sales")

    columns = "position,name,outcome,probability,category,rot_days"
    assert stages(crm, "mine", columns=columns) == stages(crm, "sales", columns=columns)


def test_a_template_may_hold_something_else(crm: Run) -> None:
    crm("pipeline add helpdesk --template service --holds customer")
    crm("customer add Ada")

    crm("customer move ada feedback")

    assert crm("customer list stage:feedback -f ids").stdout == "1\n"
    assert plans(Template.SERVICE)[0] is Holds.DEAL


def test_another_order_leaves_the_history_and_reckons_how_far_deals_came_anew(crm: Run, dump: Dump) -> None:
    crm("deal add One --at 2026-11-01")
    crm("deal move 1 quote --at 2026-11-02")
    crm("deal move 1 contact --at 2026-11-03")
    events = [line for line in dump() if line.startswith("stage_event")]

    crm("stage move quote --after lead")

    assert stages(crm) == ["lead", "quote", "contact", "needs", "won", "lost"]
    assert [line for line in dump() if line.startswith("stage_event")] == events
    assert crm("deal list --columns stage,reached --no-header").stdout == "contact\tcontact\n"
    assert "error" not in crm("doctor --no-header --columns result").stdout
    crm("undo")
    assert crm("deal list --columns stage,reached --no-header").stdout == "contact\tquote\n"


def test_a_renamed_stage_keeps_its_deals(crm: Run) -> None:
    crm("deal add One --stage needs")

    crm("stage rename needs discovery")

    assert stages(crm) == ["lead", "contact", "discovery", "quote", "won", "lost"]
    assert crm("deal list --columns stage --no-header").stdout == "discovery\n"
    assert "has a stage 'quote' already" in crm("stage rename discovery quote", exit_code=4).stderr
    crm("undo")
    assert crm("deal list --columns stage --no-header").stdout == "needs\n"


def test_a_stage_comes_first(crm: Run) -> None:
    crm("stage move needs --first")
    crm("stage add gone --outcome lost")
    crm("stage move gone --first")

    assert stages(crm) == ["needs", "lead", "contact", "quote", "won", "gone", "lost"]


def test_an_archived_stage_keeps_its_place(crm: Run) -> None:
    crm("stage archive contact")
    crm("stage add demo --after lead")

    assert stages(crm) == ["lead", "demo", "contact", "needs", "quote", "won", "lost"]
    crm("stage restore contact")
    crm("deal add One --stage contact")


def test_what_a_stage_means_is_changed(crm: Run) -> None:
    crm("stage edit quote --set probability=80% --set category='best case' --set rot_days=14")

    told = crm("stage list quote --columns probability,category,rot_days --no-header").stdout
    assert told == "80\tbest_case\t14\n"
    crm("stage edit quote --set category= --set rot_days=")
    assert crm("stage list quote --columns category,rot_days --no-header").stdout == "pipeline\t\n"


def test_the_outcome_changes_while_no_history_names_it(crm: Run) -> None:
    crm("stage add refused")

    crm("stage edit refused --set outcome=lost")

    assert stages(crm) == ["lead", "contact", "needs", "quote", "won", "lost", "refused"]
    crm("deal add One")
    assert "has a history as open" in crm("stage edit lead --set outcome=lost", exit_code=4).stderr


def test_a_second_way_to_lose_lets_the_first_be_archived(crm: Run) -> None:
    crm("stage add withdrawn --outcome lost")

    crm("stage archive lost")

    crm("deal add One")
    crm("deal lose 1")
    assert crm("deal list --columns stage --no-header").stdout == "withdrawn\n"


def test_a_deal_enters_with_all_that_is_required(crm: Run) -> None:
    crm("field add deal competitor")
    crm("field add customer size")
    crm("customer add Ada")
    crm("stage edit quote --set required=amount,close,competitor,size")
    crm("deal add One --customer ada")

    refused = crm("deal move 1 quote", exit_code=4).stderr
    assert "deal 1 One needs amount, close, competitor in 'quote'" in refused
    assert "crm deal edit 1 --set amount=VALUE" in refused
    crm("deal edit 1 --set amount=5 --set close=eom --set competitor=none")
    assert "needs size of its customer" in crm("deal move 1 quote", exit_code=4).stderr
    crm("stage edit quote --set required-=size")
    crm("deal move 1 quote")

    assert stages(crm, columns="required")[3] == "amount;close;competitor"
    assert "give --amount" in crm("deal add Two --stage quote", exit_code=4).stderr


@pytest.mark.parametrize(
    ("line", "code", "reason"),
    [
        ("stage edit quote --set probability=110", 2, "probability: '110' is no whole number from 0 to 100"),
        ("stage edit quote --set rot_days=0", 2, "rot_days: '0' is no whole number from 1"),
        ("stage edit quote --set category=sure", 2, "no category 'sure'"),
        ("stage edit quote --set required=amuont", 2, "did you mean 'amount'?"),
        ("stage edit quote --set outcome=maybe", 2, "no outcome 'maybe'; one of open, won, lost"),
        ("stage edit won --set outcome=open", 2, "stage 'won' is the only one that means won"),
        ("stage edit quote", 2, "nothing to change"),
        ("stage move quote", 2, "where to?"),
        ("stage move quote --after quote", 2, "cannot come behind itself"),
        ("stage move quote --after won", 2, "nothing comes after 'won'"),
        ("stage move won --after quote", 2, "'quote' is open, not won"),
        ("stage restore nothing", 3, "no stage 'nothing'"),
        ("stage count lead 5", 2, "stage 'lead' is not counted by the day"),
        ("stage add x --outcome lost --counted", 2, "it cannot be --counted"),
        ("pipeline add x --template sales --stage a", 2, "--stage and --template do not go together"),
        ("pipeline add x --template journey --default", 2, "holds customers: the default one is for deals"),
        ("pipeline edit sales --set default=no", 2, "a default pipeline there must be"),
        ("pipeline archive sales", 4, "pipeline 1 sales is the default one"),
    ],
)
def test_what_cannot_be_is_refused(line: str, code: int, reason: str, crm: Run) -> None:
    assert reason in crm(line, exit_code=code).stderr
    assert crm("history -f ids").stdout == ""


def test_a_day_of_a_counted_stage_has_one_figure(crm: Run, terminal: Terminal) -> None:
    crm("pipeline add marketing --template marketing")

    assert terminal("stage count exposure 1200 --on 2026-11-18").stdout == "exposure on 2026-11-18: 1,200\n"
    assert terminal("stage count exposure 900 --on 2026-11-18").stdout == (
        "exposure on 2026-11-18: 900, 1,200 before\n"
    )
    assert "2026-11-21 is in the future" in crm("stage count exposure 1 --on 2026-11-21", exit_code=2).stderr


def test_nobody_stands_in_a_counted_stage(crm: Run) -> None:
    crm("pipeline add marketing --template marketing")
    crm("customer add Ada")

    assert "nobody stands in 'exposure'" in crm("customer move ada exposure", exit_code=2).stderr


def test_a_pipeline_under_way_is_not_archived(crm: Run) -> None:
    crm("pipeline add partners --stage talks")
    crm("deal add One --pipeline partners")

    assert "1 deal is under way in pipeline 2 partners" in crm("pipeline archive partners", exit_code=4).stderr
    crm("deal win 1")
    crm("pipeline archive partners")

    assert crm("pipeline list --columns name --no-header").stdout == "sales\n"
    crm("pipeline restore partners")
    assert crm("pipeline list --columns name --no-header").stdout == "sales\npartners\n"
