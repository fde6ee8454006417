"""A customer on one screen, before a call."""

import json
from pathlib import Path

import pytest
from rich.cells import cell_len

from tests.conftest import Run, wrote


def test_who_the_last_words_what_is_open_and_what_to_do_next(crm: Run) -> None:
    crm("customer add Ada --title Countess --employer 'Analytical Ltd' --city London --email a@x.com --email b@x.com")
    crm("log ada older --channel email --at 2026-11-01")
    crm("log ada 'will\nring back' --channel call --direction in --at 2026-11-18T10:00")
    crm("log ada planned --at 2026-12-01 --allow-future")
    crm("deal add Engine --customer ada --amount 12.5k --close 2026-12-31")
    crm("deal add Done --customer ada")
    crm("deal win 2")
    crm("task add 'Send it' --deal engine --due 2026-11-18")
    crm("task add Later --for ada --due 2026-12-01")

    assert json.loads(crm("customer brief ada -f json").stdout) == {
        "id": 1,
        "who": "Countess at Analytical Ltd, London",
        "no_contact": None,
        "email": "a@x.com (+1)",
        "phone": None,
        "tag": [],
        "note": None,
        "last_contact": "2026-11-18T10:00:00Z",
        "channel": "call",
        "direction": "in",
        "last_words": "will ring back",
        "next_contact": "2026-11-18",
        "next_because": "T1 Send it",
        "next": "crm task done T1",
        "open": [
            {
                "ref": "T1",
                "what": "Send it",
                "stage": "overdue",
                "date": "2026-11-18",
                "amount": None,
                "currency": None,
            },
            {"ref": "T2", "what": "Later", "stage": None, "date": "2026-12-01", "amount": None, "currency": None},
            {
                "ref": "D1",
                "what": "Engine",
                "stage": "lead",
                "date": "2026-12-31",
                "amount": "12500.00",
                "currency": "EUR",
            },
        ],
    }


def test_the_next_step_follows_what_is_open(crm: Run) -> None:
    def following() -> object:
        return json.loads(crm("customer brief ada -f json").stdout)["next"]

    crm("customer add Ada")
    assert following() == 'crm task add "…" --for C1 --due 1w'
    crm("deal add Engine --customer ada")
    assert following() == 'crm task add "next step" --deal D1 --due 1w'
    crm("task add Later --for ada --due 2026-12-01")
    assert following() == 'crm log C1 "…" --channel call'
    crm("task add Now --for ada --due 2026-11-20")
    assert following() == "crm task done T2"
    crm("customer edit ada --set do_not_contact=yes")
    assert following() is None


@pytest.mark.parametrize("filler", ["word ", "漢字", "e\u0301\u200b"])
def test_the_fullest_customer_fits_a_screen(filler: str, crm: Run, file: Path) -> None:
    long = (filler * 300)[:400].strip()
    tags = [word for number in range(12) for word in ("--tag", f"{number} {long[:60]}")]
    crm(["customer", "add", long, "--title", long[:200], "--employer", f"E {long[:200]}", "--city", long[:100], *tags])
    with wrote(file) as session:
        session.raw.execute("insert into contact_point (customer_id, kind, value) values (1, 'email', ?)", ("x" * 240,))
        session.raw.execute("insert into contact_point (customer_id, kind, value) values (1, 'phone', ?)", ("1" * 90,))
        session.raw.execute("update customer set do_not_contact = 1, note = ? where id = 1", (long * 9,))
    crm(["log", "1", long * 3, "--channel", "call", "--direction", "in"])
    crm("cadence set 1 30d")
    for number in range(8):
        crm(["task", "add", f"{number} {long}", "--for", "1", "--due", "2026-11-18"])
        crm(["deal", "add", f"{number} {long}", "--customer", "1", "--amount", "123456789.99"])

    lines = crm("customer brief 1 -f table").stdout.splitlines()

    assert len(lines) <= 23
    assert max(map(cell_len, lines)) <= 80
    assert "5 of 16 that are open" in lines


def test_an_empty_customer_has_a_brief_too(crm: Run) -> None:
    crm("customer add Ada")
    crm("customer remove ada --yes")

    assert crm("customer brief 1 -f table").stdout.startswith("1 Ada\n")
