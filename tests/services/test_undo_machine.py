"""Undo and redo of every service, in any order, against a plain model."""

import inspect
import pkgutil
import sys
from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module
from types import CodeType, FrameType

import pytest

from crmcli import services
from crmcli.core.vocabulary import Channel, FieldOf, FieldType, Outcome, Prefer, Template, Trouble
from crmcli.db.writing import Writer
from crmcli.services.customers import NewCustomer
from tests.undoing import UndoMachine, undo_sequences

#: The demo builds a file of its own; erasing is what no undo takes back, and only the erased are readmitted.
BY_ITSELF = {
    f"crmcli.services.{name}" for name in ("demo.build", "erasing.erase", "readmission.keep", "readmission.readmit")
}


def writers() -> Iterator[tuple[str, CodeType]]:
    """Every public function of the services that takes a Writer first."""
    for module_info in pkgutil.iter_modules(services.__path__, f"{services.__name__}."):
        module = import_module(module_info.name)
        for name, found in inspect.getmembers(module, inspect.isfunction):
            taken = list(inspect.signature(found).parameters.values())
            is_writer = bool(taken) and taken[0].annotation in (Writer, "Writer")
            if is_writer and not name.startswith("_") and found.__module__ == module.__name__:
                yield f"{module.__name__}.{name}", inspect.unwrap(found).__code__


@pytest.mark.slow
def test_a_few_sequences() -> None:
    assert undo_sequences(4, 5, steps=30).turned > 2


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("number", [1, 2])
def test_many_sequences(number: int) -> None:
    done = undo_sequences(60, number)

    assert done.turned > 60
    assert done.refused > 5


@pytest.mark.slow
def test_the_machine_drives_every_service() -> None:
    seen: set[CodeType] = set()

    def watch(frame: FrameType, event: str, _: object) -> None:
        if event == "call":
            seen.add(frame.f_code)

    machine = UndoMachine()
    sys.setprofile(watch)
    try:
        drive(machine)
    finally:
        sys.setprofile(None)
        machine.teardown()

    assert sorted(name for name, code in writers() if code not in seen and name not in BY_ITSELF) == []
    assert len(list(writers())) > 30


def drive(machine: UndoMachine) -> None:
    """Each rule once, so that it does something."""
    ada = NewCustomer("Ada", emails=("a@example.com",), phones=("+4930901820",), tags=("vip",), employer="Acme")
    machine.customer_add(replace(ada, owner="Eve"), if_absent=False)
    machine.customer_add(NewCustomer("Bob"), if_absent=True)
    machine.customer_edit("1", ["email+=b@example.com", "tag+=press"], ("new",), ("vip",))
    machine.contact_add("1", "work@example.com", is_primary=True)
    machine.contact_edit("1", "work@example.com", None)
    machine.contact_remove("1", "work@example.com")
    machine.address_add("1", {"city": "Rome", "label": "office"}, is_primary=False)
    machine.address_edit("1", "office", {"street": "Main St 1"})
    machine.address_remove("1", "office")
    machine.relation_add("1", "knows", "3")
    machine.relation_edit("2", "strength=80")
    machine.relation_end("2")
    machine.relation_remove("2")
    machine.relation_type_add("mentors", "mentored by")
    machine.relation_type_edit("mentors", "90")
    machine.relation_type_remove("mentors")
    machine.weigh("email", "2")
    machine.referral_add("1", "3")
    machine.deal_add("Engine", "1", "900", "Eve", None)
    machine.deal_edit("1", ["amount=12k"])
    machine.customer_edit_many([1, 3], ["city=Rome"], (), ("new",))
    machine.deal_edit_many([1], ["source=web"])
    machine.log("1", Channel.CALL, "yesterday", "1")
    machine.interaction_edit("1", ["text=other"])
    machine.interaction_remove("1")
    machine.pipeline_add(default=False)
    machine.deal_move("1", "talks", "partners")
    machine.deal_move("1", "trial", None)
    machine.deal_close("1", Outcome.LOST)
    machine.deal_reopen("1")
    build(machine)
    machine.field_add(FieldOf.CUSTOMER, FieldType.TEXT, "quote")
    machine.customer_edit("1", ["favourite=7"], (), ())
    machine.field_edit(FieldOf.CUSTOMER, "gift", is_optional=True)
    machine.field_edit(FieldOf.CUSTOMER, "favourite", is_optional=False)
    machine.field_remove(FieldOf.CUSTOMER)
    attend(machine)
    machine.customer_remove("1", force=True)
    machine.customer_restore("1")
    machine.preferences_change("USD", None)
    machine.import_files(["name,email\nDora,d@example.com\n"])
    machine.undo(3)
    machine.undo_last()
    machine.redo_last()
    machine.redo(3)
    machine.undo_and_redo()


def build(machine: UndoMachine) -> None:
    """Each rule about pipelines and their stages."""
    machine.stage_add("sales", "trial", "contact")
    machine.stage_edit("sales", "trial", "name=discovery")
    machine.stage_edit("sales", "discovery", "required=amount")
    machine.stage_move("sales", "discovery", "lead")
    machine.stage_archive("sales", "discovery")
    machine.stage_restore("sales", "discovery")
    machine.pipeline_template("marketing", Template.MARKETING)
    machine.pipeline_template("journey", Template.JOURNEY)
    machine.quota_set("2026-Q4", "5k", "Eve")
    machine.quota_remove("1")
    machine.stage_count(900)
    machine.customer_move("1", "interest", is_back=False)
    machine.customer_move("1", "awareness", is_back=True)
    machine.customer_leave("1")
    machine.pipeline_edit("partners", "default=yes")
    machine.pipeline_edit("sales", "default=yes")
    machine.deal_close("1", Outcome.WON)
    machine.pipeline_archive("partners")
    machine.pipeline_restore("partners")
    machine.deal_reopen("1")


def attend(machine: UndoMachine) -> None:
    """Each rule about what is due and what is allowed."""
    machine.customer_merge("1", ["3"], Prefer.NEWEST, force=True)
    machine.undo_last()
    machine.task_add("1", "1", "2026-11-18", repeats=True)
    machine.task_edit("1", ["owner=Bob"])
    machine.owner("Bob", "region=West")
    machine.owner("Bob", "merge")
    machine.customer_edit("1", ["owner=Kit"], ("press",), ())
    machine.customer_edit("1", ["owner=Eve"], ("vip",), ())
    machine.owner("Kit", "remove")
    machine.tag("press", "vip")
    machine.tag("vip", "")
    machine.task_snooze("1", "3d")
    machine.task_done("1")
    machine.task_remove("2")
    machine.task_restore("2")
    machine.tasks_follow(Trouble.OVERDUE)
    machine.segment_add("some", "+new", freeze=True)
    machine.cadence_set("segment:some", "1w")
    machine.cadence_clear("segment:some")
    machine.segment_remove("some")
    machine.consent("1", None, is_granted=True)
    machine.consent("1", None, is_granted=False)
    machine.restrict("1", is_lifted=False)
    machine.restrict("1", is_lifted=True)
    machine.retention_add("silent")
    machine.retention_run(40)
    machine.retention_remove("silent")
    machine.nothing_is_to_be_repaired()
