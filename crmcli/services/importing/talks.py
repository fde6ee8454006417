"""The two sides of mails, messages and meetings of other systems: those of them that are customers."""

from collections.abc import Iterator
from functools import partial

from crmcli.core import normal
from crmcli.core.result import split_values
from crmcli.errors import InvalidInput
from crmcli.exchange.source import Source
from crmcli.services.importing import kin, who
from crmcli.services.importing.reading import Part
from crmcli.services.importing.staging import Stage

TABLE = "import_side"

_FIELDS = tuple(f"{role}.{kind}" for role in ("sender", "recipient") for kind in ("email", "key"))


def parts(source: Source) -> tuple[Part, ...]:
    """What reads who took part."""
    return tuple(Part(name, TABLE, "role, kind, ref", partial(_sides, name, source)) for name in _FIELDS)


def stage(staged: Stage) -> None:
    """Leave out what is yet to come: a meeting becomes an interaction when it has begun."""
    work = staged.work
    if not _files(staged):
        return
    later = f"select row from {staged.table} where file in ({_files(staged)}) and at > :now"
    count = work.db.value(f"select count(*) from ({later})", now=work.recorded_at)
    if count:
        staged.skip(later.replace(":now", f"'{work.recorded_at}'"))
        work.note(f"{count:,} meetings or messages are yet to come: left out")


def find(stage: Stage, party: str) -> None:
    """Put the customers among the sides into the table `party`; rows without any are left out.

    Our own people are no side; what a customer sent came in, all else that has a sender went out.
    """
    files, work = _files(stage), stage.work
    if not files:
        return
    run = work.bulk.run
    run(f"delete from {TABLE} where kind = 'email' and ref in (select email from owner where removed_at is null)")
    run(f"update {TABLE} as s set customer_id = {who.by_key('s.ref')} where kind = 'key'")
    run(
        f"""
        update {TABLE} as s set customer_id = (
            select p.customer_id from contact_point p where p.kind = 'email' and p.value = s.ref and p.is_live = 1
        ) where kind = 'email'
        """
    )
    run(
        f"insert into {party} (row, customer_id) select row, customer_id from {TABLE} "
        "where customer_id is not null group by row, customer_id order by row, min(rowid)"
    )
    sent = f"select 1 from {TABLE} s where s.row = r.row and s.role = 'sender' and s.customer_id is not null"
    has_sender = f"select 1 from {TABLE} s where s.row = r.row and s.role = 'sender'"
    run(
        f"update {stage.table} as r set direction = iif(exists ({sent}), 'in', 'out') "
        f"where file in ({files}) and direction is null and exists ({has_sender})"
    )
    strange = f"select row from {stage.table} where file in ({files}) and row not in (select row from {party})"
    count = work.db.value(f"select count(*) from ({strange})")
    if count:
        stage.skip(strange)
        work.note(f"{count:,} of the mails, messages or meetings are with nobody known: left out")


def tie(stage: Stage) -> None:
    """Customers who write mails to each other know each other, where no other tie says more."""
    work = stage.work
    if not work.db.value(f"select exists (select 1 from {TABLE} where role = 'sender' and kind = 'email')"):
        return
    work.bulk.run("delete from import_named")
    work.bulk.run(
        f"""
        insert into import_named select a.customer_id, 'knows', 'mail', '', b.customer_id, r.file, r.line
        from {TABLE} a join {TABLE} b on b.row = a.row and b.role = 'recipient' and b.customer_id <> a.customer_id
        join {stage.table} r on r.row = a.row
        where a.role = 'sender' and a.kind = 'email' and not exists (
            select 1 from relationship x where x.removed_at is null and x.until is null
            and (x.from_id, x.to_id) in ((a.customer_id, b.customer_id), (b.customer_id, a.customer_id))
        ) group by min(a.customer_id, b.customer_id), max(a.customer_id, b.customer_id) order by min(r.row)
        """
    )
    kin.settle(work)


def _files(stage: Stage) -> str:
    """The places of the files whose rows tell their sides, for SQL; none without such."""
    tallies = enumerate(stage.work.tallies)
    return ", ".join(str(place) for place, tally in tallies if not {*_FIELDS}.isdisjoint(tally.source.fields))


def _sides(field: str, source: Source, text: str) -> Iterator[tuple[str, str, str]]:
    role, _, kind = field.partition(".")
    system = source.source or source.profile
    for each in split_values(text):
        if kind == "key":
            yield role, kind, f"{system}:{normal.text(each, name=field)}"
        else:
            try:
                yield role, kind, normal.email(each)
            except InvalidInput:  # no address of anybody known
                continue
