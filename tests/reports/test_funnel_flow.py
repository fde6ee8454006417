"""The moves of the deals of `twelve`, by hand."""

from crmcli.core.preferences import Preferences
from crmcli.core.vocabulary import Basis
from crmcli.query.comparison import Moment
from crmcli.reports.funnel_flow import Flow, flow, report
from crmcli.reports.funnel_request import FunnelRequest

from .conftest import NOW, Histories, at


def of(file: Histories, **asked: object) -> Flow:
    return flow(file.db, FunnelRequest(**asked), moment=Moment(NOW, Preferences()))  # type: ignore[arg-type]  # fields by name


def test_every_move_from_stage_to_stage(twelve: Histories) -> None:
    found = of(twelve)

    assert found.targets == ("lead", "contact", "needs", "quote", "won", "(lost)", "(still there)")
    assert found.matrix == (
        ("(begin)", (10, 1, 0, 0, 0, 1, 0)),  # 5 began in contact, 10 was lost at once
        ("lead", (0, 8, 1, 1, 0, 0, 1)),  # 1 3 3 4 8 9 11 12 to contact; 7 to needs; 2 to quote; 6 is there
        ("contact", (1, 0, 5, 0, 1, 1, 3)),  # 3 back; 1 4 5 8 12; 9 won; 3 lost; 7 9 11
        ("needs", (0, 1, 0, 4, 0, 1, 1)),  # 7 back; 1 4 8 12; 4 lost; 5
        ("quote", (0, 0, 0, 0, 3, 1, 1)),  # 1 2 4; 8; 12
        ("won", (0, 1, 0, 0, 0, 0, 3)),  # 9 reopened; 1 2 4
        ("(lost)", (0, 0, 1, 0, 0, 0, 0)),  # 4 came back
    )


def test_each_move_has_a_kind_the_stages_it_skipped_and_its_share(twelve: Histories) -> None:
    rows = {(move.source, move.target): (move.kind, move.skips, move.moves) for move in of(twelve).moves}
    shares = {(move.source, move.target): move.share for move in of(twelve).moves}

    assert rows["lead", "needs"] == ("skipped", 1, 1)
    assert rows["lead", "quote"] == ("skipped", 2, 1)
    assert rows["(begin)", "contact"] == ("begun", 1, 1)
    assert rows["contact", "won"] == ("won", 2, 1)
    assert rows["won", "contact"] == ("back", 0, 1)
    assert rows["(lost)", "needs"] == ("reopened", 0, 1)
    assert rows["needs", "(still there)"] == ("still there", 0, 1)
    assert shares["contact", "needs"] == 5 / 11
    assert of(twelve).summary == {
        "deals": 12, "entries": 38, "next": 17, "skipped": 2, "back": 3, "won": 4, "lost": 4,
    }  # fmt: skip


def test_what_was_handed_over_and_moves_within_a_window(histories: Histories) -> None:
    passage = histories.deal(("lead", 0), ("contact", 4), ("needs", 8))
    histories.db.connection.execute("update passage set ended_at = ? where id = ?", (at(9), passage))
    found = of(histories, basis=Basis.PERIOD, since="2026-01-08", until="2026-01-31")

    assert [(move.source, move.target, move.kind) for move in found.moves] == [
        ("(begin)", "contact", "begun"),  # it stood there when the window began
        ("contact", "needs", "next"),
        ("needs", "(handed over)", "handed over"),
    ]


def test_groups_stand_below_each_other(twelve: Histories) -> None:
    found = report(of(twelve, by="source"))

    assert found.for_people is found.table
    assert sum(row[5] for row in found.table.rows if row[3] == "won") == 4  # type: ignore[misc]  # moves
