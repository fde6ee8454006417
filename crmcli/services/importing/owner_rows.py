"""The list of a team: owners, with what the file says of them."""

from collections.abc import Sequence
from functools import partial

from crmcli.services.importing.cells import BadCell, Values
from crmcli.services.importing.owners import Owners
from crmcli.services.importing.reading import Shape
from crmcli.services.importing.staging import Stage
from crmcli.services.importing.work import Step, Tally, Work


def stage(work: Work, tallies: Sequence[Tally], owners: Owners) -> Step:
    """The owners of the files."""
    staged = Stage(work, "import_member")
    staged.create("owner integer")

    def number(values: Values) -> int:
        if not values.get("name"):
            raise BadCell("name", "is empty")
        return owners.add(values["name"], values)

    for tally in tallies:
        staged.fill(tally, Shape({}, {"owner": number}))
    staged.leave("select row from import_member where row not in (select min(row) from import_member group by owner)")
    return partial(_settle, staged, owners)


def _settle(stage: Stage, owners: Owners) -> None:
    work = stage.work
    owners.settle("select owner from import_member")
    work.bulk.run("delete from import_touched")
    work.bulk.run("insert into import_touched select id from import_owner_changed")
    work.bulk.run(
        "update import_member set target = o.id, is_new = o.is_new from import_owner o where o.no = import_member.owner"
    )
    stage.tell()
