"""`crm tag`: renamed, united, removed, and who stands on it."""

import pytest

from tests.conftest import Dump, Run


@pytest.fixture
def tagged(crm: Run) -> Run:
    for line in (
        "customer add Ada --tag vip --tag fair",
        "customer add Bob --tag VIP",
        "customer add Eve --tag fair",
        "segment add good '+vip or (tag:Vip,fair not +fair)'",
        "segment add frozen '+vip' --freeze",
    ):
        crm(line)
    return crm


def tags(crm: Run) -> list[str]:
    return crm("tag list --columns name,customers -f tsv").stdout.splitlines()[1:]


def members(crm: Run, query: str) -> str:
    return " ".join(crm(f"customer list {query} -f ids").stdout.split())


def test_a_renamed_tag_is_asked_for_by_its_new_name(tagged: Run, dump: Dump) -> None:
    before = dump()

    assert tagged("tag rename +vip 'key account'").stdout == "1\n"

    assert tags(tagged) == ["key account\t2", "fair\t2"]
    told = tagged("segment list --columns query -f tsv").stdout.splitlines()[1:]
    assert sorted(told) == ['+"key account"', '+"key account" or (tag:"key account",fair not +fair)']
    assert members(tagged, "segment:good") == "1 2"
    tagged("undo")
    assert dump() == before


def test_a_tag_renamed_to_another_one_becomes_it(tagged: Run, dump: Dump) -> None:
    tagged("cadence set +vip 2w")
    tagged("privacy retention add silent --after 3y --action erase +vip")
    before = dump()

    assert tagged("tag rename vip FAIR").stdout == "2\n"

    assert tags(tagged) == ["fair\t3"]
    assert members(tagged, "+fair") == "1 2 3"
    assert "+fair" in tagged("cadence list").stdout
    assert "+fair" in tagged("privacy retention list").stdout
    assert tagged("doctor -q").stdout == ""
    tagged("undo")
    assert dump() == before


def test_two_cadences_do_not_become_one(tagged: Run, dump: Dump) -> None:
    tagged("cadence set +vip 2w")
    tagged("cadence set +fair 4w")
    before = dump()

    assert tagged("tag rename vip fair", exit_code=4).stderr == (
        "error: +vip and +fair have a cadence each\nhint: crm cadence clear +vip first\n"
    )
    assert dump() == before


def test_another_case_of_the_same_name_is_a_new_spelling(tagged: Run) -> None:
    tagged("tag rename vip Vip")

    assert tags(tagged) == ["Vip\t2", "fair\t2"]
    assert "nothing changed" in tagged("tag rename vip Vip --dry-run").stderr


def test_a_removed_tag_is_off_everybody_unless_something_stands_on_it(tagged: Run, dump: Dump) -> None:
    tagged("cadence set +fair 4w")
    before = dump()
    assert tagged("tag remove fair --yes", exit_code=4).stderr == (
        "error: tag +fair is used by segment good, cadence 1\nhint: remove that first\n"
    )
    assert dump() == before
    tagged("segment remove good --yes")
    tagged("cadence clear +fair")
    before = dump()

    assert tagged("tag remove fair --yes").stdout == "2\n"

    assert tags(tagged) == ["vip\t2"]
    tagged("undo")
    assert dump() == before


def test_an_unknown_tag_has_a_way_out(tagged: Run) -> None:
    assert tagged("tag rename vib x", exit_code=3).stderr == (
        "error: no tag 'vib'; did you mean 'vip'?\nhint: crm tag list shows them\n"
    )
