"""Every rule of the file: kept by the commands, and seen when it is broken."""

from contextlib import closing
from pathlib import Path

import pytest

from crmcli.db import driver
from crmcli.db.reader import Reader
from crmcli.reports.invariants import RULES, breaches
from tests.conftest import Run, once

BROKEN = {
    "passage": "delete from passage where id = 1",
    "pipeline": "update passage set pipeline_id = 2 where id = 1",
    "holds": "update pipeline set holds = 'customer' where id = 1",
    "counted": "update stage set is_counted = 1 where id = 1",
    "order": "update stage set position = 9 where id = 1",
    "events": "delete from stage_event where passage_id = 1",
    "chain": "update stage_event set from_stage_id = 4 where id = 2",
    "stage": "update passage set stage_id = 1 where id = 1",
    "terms": "update deal set amount = 1 where id = 1",
    "entered": "update passage set stage_entered_at = '2026-01-01T00:00:00Z' where id = 1",
    "reached": "update passage set reached_id = 1 where id = 1",
    "way": "update passage set way = '1,1' where id = 1",
    "dwell": "update stage_event set dwell = dwell + 1 where id = 2",
    "closed": "update deal set closed_at = null where id = 1",
    "live": "update contact_point set is_live = 0 where id = 1",
    "symmetric": "update relationship set from_id = 2, to_id = 1 where id = 1",
    "forest": "insert into relationship (uid, from_id, type_id, to_id, created_at, recorded_at) "
    "values ('x', 2, 1, 1, '', '')",
    "circle": "insert into relationship (uid, from_id, type_id, to_id, created_at, recorded_at) "
    "values ('x', 1, 8, 2, '', ''), ('y', 2, 8, 1, '', '')",
    "employer": "insert into relationship (uid, from_id, type_id, to_id, created_at, recorded_at) "
    "values ('x', 2, 2, 1, '', '')",
    "repeat": "update task set after_id = null",
    "members": "update segment set is_frozen = 0",
    "cadence": "update segment set removed_at = recorded_at",
    "operation": "insert into current_operation (id, operation_id) values (1, 1)",
    "search": "delete from search_content where id = (1 << 40) + 1",
    "changes": "delete from change where operation_id = 1",
    "root": "update operation set root_id = 2 where id = 3; update operation set root_id = 1 where id = 2",
    "kept": "update change set table_name = 'custmer' where id = 1",
}


@pytest.fixture
@once
def filled(crm: Run) -> None:
    crm("customer add Ada --email ada@example.com")
    crm("customer add Bob")
    crm("relation add Ada knows Bob")
    crm("relation add Ada referred Bob")
    crm("pipeline add partners")
    crm("deal add Engine --customer Ada --at 2026-11-02")
    crm("deal move 1 needs --at 2026-11-05")
    crm("deal edit 1 --set amount=900")
    crm("deal win 1")
    crm("task add Call --every 1w")
    crm("task done 1")
    crm("segment add everybody kind:person --freeze")
    crm("cadence set segment:everybody 30d")
    crm("find Ada")


@pytest.fixture
def told(filled: Run, file: Path) -> Path:
    return file


def test_the_commands_keep_every_rule(told: Path) -> None:
    with closing(driver.connect(told)) as connection:
        assert list(breaches(Reader(connection))) == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_broken_rule_is_seen(rule: object, told: Path) -> None:
    name = rule.name  # type: ignore[attr-defined]
    with closing(driver.connect(told)) as connection:
        for (trigger,) in list(connection.execute("select name from sqlite_schema where type = 'trigger'")):
            connection.execute(f"drop trigger {trigger}")
        connection.executescript(BROKEN[name])

        assert name in {breach.rule for breach in breaches(Reader(connection))}
