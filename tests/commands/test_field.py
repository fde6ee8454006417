"""Fields of the user's own: usable everywhere at once, and required where the user says so."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Dump, Run, once


@pytest.fixture
@once
def started(crm: Run) -> None:
    crm("customer add Ada --email ada@example.com")
    crm("deal add Engine --customer ada")


@pytest.mark.parametrize("record", ["customer", "deal"])
@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("text", ("green tea", "gift:tea", "green tea")),
        ("number", ("12.5", "gift:12..13", "12.5")),
        ("date", ("2026-03-31", "gift:2026-03", "2026-03-31")),
        ("choice --choices tea,coffee", ("tea", "gift=tea", "tea")),
        ("boolean", ("yes", "gift:yes", "true")),
        ("money", ("1k", "gift:900..", "1000.00")),
    ],
)
def test_a_field_is_set_asked_shown_exported_and_imported(
    record: str, kind: str, values: tuple[str, str, str], started: Run, tmp_path: Path
) -> None:
    file = tmp_path / "out.csv"
    typed, asked, shown = values
    started(f"{record} add Other")

    started(f"field add {record} gift --type {kind}")
    started(f"{record} edit 1 --set 'gift={typed}'")
    listed = started(f"{record} list '{asked}' --columns id,gift -f csv").stdout
    sorted_ = started(f"{record} list sort:-gift -f ids").stdout
    started(f"export {record}s -o {file}")
    started(f"{record} edit 1 --set gift=")
    emptied = started(f"{record} list has:gift -f ids").stdout
    started(f"import {file}")

    assert listed == f"id,gift\n1,{shown}\n"
    assert sorted_ == "1\n2\n"
    assert emptied == ""
    assert started(f"{record} list '{asked}' --columns id,gift -f csv").stdout == listed


def test_a_deal_stays_out_of_a_stage_while_a_required_field_is_empty(started: Run, dump: Dump) -> None:
    started("field add customer birthday_gift --required-at quote")
    started("field add deal budget --type money --required-at quote --required-at won")
    before = dump()

    first = started("deal move 1 quote", exit_code=4)
    closing = started("deal win 1", exit_code=4)
    added = started("deal add Other --stage quote", exit_code=4)
    assert dump() == before
    started("customer edit 1 --set birthday_gift=tea")
    second = started("deal move 1 quote", exit_code=4)
    started("deal edit 1 --set budget=12k")
    started("deal move 1 quote")
    started("deal win 1")

    assert "needs birthday_gift of its customer in 'quote'" in first.stderr
    assert "crm customer edit 1 --set birthday_gift=VALUE" in first.stderr
    assert "needs budget in 'won'" in closing.stderr
    assert "give --customer" in added.stderr
    assert "needs budget in 'quote'" in second.stderr


def test_a_field_can_be_given_when_a_record_is_added(started: Run) -> None:
    started("field add customer tier --type choice --choices gold,silver")
    started("field add customer budget --type money")
    started("field add deal po --required-at quote")

    started("customer add Zoe --set tier=GOLD --set budget=1.5k --set do_not_contact=yes --set email=zoe@example.com")
    refused = started("deal add Cards --stage quote --set note=x", exit_code=4)
    started("deal add Cards --stage quote --set po=77 --set amount=900 --set close=2026-12-31")

    asked = "customer list tier=gold budget:1500 --columns name,tier,do_not_contact,email -f csv"
    assert started(asked).stdout == "name,tier,do_not_contact,email\nZoe,gold,true,zoe@example.com\n"
    assert "give --set po=VALUE" in refused.stderr
    assert started("deal list po:77 --columns name,stage,amount,close -f csv").stdout == (
        "name,stage,amount,close\nCards,quote,900.00,2026-12-31\n"
    )
    assert started("deal history 2 --columns stage,amount,close -f csv").stdout.splitlines()[1:] == [
        "quote,900.00,2026-12-31"
    ]
    started("undo")
    started("undo")
    assert started("customer list -f ids").stdout == "1\n"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("customer add Zoe --set tier=gould", "tier: no choice 'gould'; one of gold, silver; did you mean 'gold'?"),
        ("customer add Zoe --set tear=gold", "no field 'tear' to set; did you mean 'tier'?"),
        ("customer add Zoe --set fee=much", "fee: amount 'much' is not an amount"),
        ("deal add Cards --set lost_reason=price", "no field 'lost_reason' to set"),
        ("deal add Cards --set stage=quote", "no field 'stage' to set"),
    ],
)
def test_what_cannot_be_set_when_a_record_is_added_is_refused(
    line: str, message: str, started: Run, dump: Dump
) -> None:
    started("field add customer tier --type choice --choices gold,silver")
    started("field add customer fee --type money")
    before = dump()

    assert message in started(line, exit_code=2).stderr
    assert dump() == before


def test_other_stages_and_a_field_made_optional_ask_for_nothing(started: Run) -> None:
    started("field add deal budget --required-at quote")

    started("deal move 1 needs")
    started("field edit deal budget --optional")

    started("deal move 1 quote")


def test_a_stage_of_another_pipeline_asks_on_the_way_over_and_back(started: Run) -> None:
    started("pipeline add partners --stage talks --stage pilot")
    started("field add deal budget --required-at pilot --pipeline partners")

    assert "needs budget" in started("deal move 1 pilot --pipeline partners", exit_code=4).stderr
    started("deal lose 1")
    started("field edit deal budget --required-at needs")

    assert "needs budget" in started("deal reopen 1 --stage needs", exit_code=4).stderr


def test_a_renamed_field_keeps_its_values_and_its_stage(started: Run) -> None:
    started("field add customer gift --required-at quote")
    started("customer edit 1 --set gift=tea")

    started("field edit customer gift --name present")

    assert started("customer list present:tea -f csv --columns present").stdout == "present\ntea\n"
    assert started("field list -f csv --columns name,required_at").stdout == "name,required_at\npresent,quote\n"
    assert "no field 'gift'" in started("customer edit 1 --set gift=x", exit_code=2).stderr


def test_a_removed_field_takes_its_values_along_and_undo_brings_them_back(started: Run, dump: Dump) -> None:
    started("field add customer gift --required-at quote")
    started("customer edit 1 --set gift=tea")
    before = dump()

    started("field remove customer gift --yes")
    started("field add customer gift --type number")
    anew = started("customer list -f csv --columns gift").stdout
    started("undo")
    started("undo")

    assert anew == 'gift\n""\n'
    assert dump() == before


def test_a_choice_in_use_stays(started: Run) -> None:
    started("field add customer tier --type choice --choices gold,silver")
    started("customer edit 1 --set tier=gold")

    refused = started("field edit customer tier --choices silver,bronze", exit_code=4)
    started("field edit customer tier --choices gold,bronze")

    assert "tier 'gold' is in use by 1 customer" in refused.stderr
    assert "no choice 'silver'" in started("customer edit 1 --set tier=silver", exit_code=2).stderr
    started("customer edit 1 --set tier=bronze")


@pytest.mark.parametrize(
    ("line", "code", "says"),
    [
        ("field add customer email", 4, "customers have a field 'email' already"),
        ("field add customer GIFT", 4, "customers have a field 'gift' already"),
        ("field add deal stage", 4, "deals have a field 'stage' already"),
        ("field add customer owner", 4, "already"),
        ("field add customer 'a b'", 2, "is not letters, digits and _"),
        ("field add customer 1st", 2, "is not letters, digits and _"),
        ("field add customer ''", 2, "name"),
        ("field add customer tier --type choice", 2, "--choices goes with --type choice"),
        ("field add customer tier --choices a,b", 2, "--choices goes with --type choice"),
        ("field add customer tier --type colour", 2, "'colour' is not one of"),
        ("field add pipeline tier", 2, "'pipeline' is not one of"),
        ("field add customer tier --required-at qoute", 3, "quote"),
        ("field add deal tier --required-at lead", 2, "deals begin in 'lead'"),
        ("field edit customer gfit --optional", 3, "did you mean 'gift'?"),
        ("field edit customer gift", 2, "nothing to change"),
        ("field edit customer gift --choices a", 2, "it has no choices"),
        ("field edit customer gift --name city", 4, "already"),
        ("field remove customer gfit --yes", 3, "did you mean 'gift'?"),
        ("field remove customer gift", 2, "Nobody is there to ask"),
    ],
)
def test_what_a_field_cannot_be_is_refused(
    line: str, code: int, says: str, started: Run, fingerprint: Callable[[], str]
) -> None:
    started("field add customer gift")
    before = fingerprint()

    refused = started(line, exit_code=code)

    assert says in refused.stderr.splitlines()[0]
    assert fingerprint() == before


def test_a_field_that_is_so_already_leaves_no_operation(started: Run) -> None:
    started("field add customer gift --required-at quote")

    started("field edit customer gift --required-at quote --name gift")

    assert started("history -f ids --limit 1").stdout == "3\n"


def test_names_may_be_chinese(started: Run) -> None:
    started("field add customer 生日礼物")
    started("customer edit 1 --set 生日礼物=茶")

    assert started("customer list 生日礼物:茶 -f csv --columns 生日礼物").stdout == "生日礼物\n茶\n"
