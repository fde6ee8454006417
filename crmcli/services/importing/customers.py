"""Customers of a file: read, recognised, written."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial

from crmcli.core import normal
from crmcli.core.vocabulary import WORKS_FOR, CustomerKind
from crmcli.exchange.source import Source
from crmcli.services.importing import (
    cells,
    custom,
    customer_rows,
    erased,
    identity,
    kin,
    matching,
    newfields,
    repeats,
    ties,
    who,
)
from crmcli.services.importing.cells import Reader
from crmcli.services.importing.columns import Columns
from crmcli.services.importing.identity import CUSTOMER
from crmcli.services.importing.owners import Owners
from crmcli.services.importing.reading import Composed, Part, Shape
from crmcli.services.importing.staging import Stage
from crmcli.services.importing.work import Step, Tally, Work

#: Rows that make a person of somebody who employs.
_EMPLOYING = f"""
    select r.row, 'kind', 'customer ' || c.id || ' ' || quote(c.name) || ' employs ' || count(*)
        || iif(count(*) = 1, ' customer', ' customers') || ' and cannot be a person'
    from import_customer r join customer c on c.id = r.target and c.kind = '{CustomerKind.ORGANISATION}'
    join relationship t on t.to_id = c.id and t.type_id = {WORKS_FOR} and t.removed_at is null and t.until is null
    where r.kind = '{CustomerKind.PERSON}' group by r.row
"""
_COLUMNS = """
    uid, kind, name, handle, title, city, country, industry, source, note, do_not_contact integer, created, employer,
    parent, employer_key, parent_key, owner integer, custom, email, phone, tag integer
"""
_KINDS = dict.fromkeys(("company", "organization", "account"), CustomerKind.ORGANISATION.value)
_POINT = "kind, value, position"
_OWNER = ("owner", "owner.email")


def stage(work: Work, tallies: Sequence[Tally], owners: Owners) -> Step:
    """The customers of the files; their employers and parents are kept for later (see `ties`)."""
    staged = Stage(work, "import_customer")
    staged.create(
        _COLUMNS,
        import_point="kind, value, position integer",
        import_tag="tag",
        import_customer_key="source, key",
        import_kin="label, kind, ref",
        import_address=customer_rows.ADDRESS,
        import_label=customer_rows.LABEL,
    )
    tags = _TagSets()
    for tally in tallies:
        staged.fill(tally, _shape(staged, tally.source, owners, tags))
    _spread(staged, tags)
    return partial(_write, staged, tallies, owners)


def _write(stage: Stage, tallies: Sequence[Tally], owners: Owners) -> None:
    work = stage.work
    erased.refuse(stage)
    matching.known(stage)
    identity.leave_known(stage, CUSTOMER)
    repeats.repeated(stage)
    matching.refuse_nameless(stage)
    stage.reject(_EMPLOYING)
    stage.reject(customer_rows.UNKNOWN_LABELLED)
    matching.tell_possible(stage)
    owners.settle("select owner from import_customer where owner is not null")
    for tally in tallies:
        custom.define(work, tally.source, "customer")
    newfields.define(stage, "customer", [tally.source for tally in tallies])
    customer_rows.write(stage)
    stage.tell()
    who.keep_uids(work)
    ties.keep(stage)
    kin.keep(stage)


@dataclass(slots=True)
class _TagSets:
    """The tags of a row as one number: most rows have one of a few sets of them."""

    numbers: dict[tuple[str, ...], int] = field(default_factory=dict)

    def number(self, text: str, *, is_own: bool) -> int:
        tags = cells.tags(text, is_own=is_own)
        return self.numbers.setdefault(tags, len(self.numbers) + 1)


def _shape(stage: Stage, source: Source, owners: Owners, tags: _TagSets) -> Shape:
    composed: dict[str, Composed] = custom.composed(stage.work, source, "customer")
    if not {*_OWNER}.isdisjoint(source.fields):
        composed["owner"] = owners.number
    region = stage.work.session.preferences.phone_region
    phones = cells.phones(region)
    return Shape(
        {
            **_readers(stage.work, source),
            "tag": cells.remembered(partial(tags.number, is_own=_parts_tags(source))),
        },
        composed,
        (
            Part("email", "import_point", _POINT, lambda text: _placed("email", cells.emails(text)), _email),
            Part("phone", "import_point", _POINT, lambda text: _placed("phone", phones(text)), partial(_phone, region)),
            Part(
                "postal", "import_address", customer_rows.ADDRESS, lambda text: [(*p, None) for p in cells.postal(text)]
            ),
            Part("web", "import_address", customer_rows.ADDRESS, lambda text: [_at(*each) for each in cells.web(text)]),
            Part("labelled", "import_label", customer_rows.LABEL, partial(cells.labelled, region)),
            *identity.key_parts(stage, source),
            *(Part(name, kin.TABLE, kin.COLUMNS, partial(kin.named, name, source)) for name in kin.FIELDS),
        ),
    )


def _at(url: str, label: str | None) -> tuple[object, ...]:
    """A row of `import_address` on the web."""
    return (label, None, None, None, None, None, url)


def _spread(stage: Stage, tags: _TagSets) -> None:
    """Put what stands in the rows themselves beside what stands in tables of its own."""
    run = stage.work.bulk.run
    kinds = (
        f"select row, '{kind}', {kind}, 0 from import_customer where {kind} is not null" for kind in ("email", "phone")
    )
    run(f"insert into import_point {' union all '.join(kinds)} order by 1, 2")
    run("create temp table import_tag_set (number integer, tag)")
    sets = ((number, tag) for names, number in tags.numbers.items() for tag in names)
    stage.work.bulk.many("insert into import_tag_set values (?, ?)", sets)
    run("create index temp.import_tag_set_number on import_tag_set (number, tag)")
    run(
        "insert into import_tag select r.row, s.tag from import_customer r cross join import_tag_set s on s.number = r.tag"
    )


def _parts_tags(source: Source) -> bool:
    """Whether the tags in a cell are parted as ours are."""
    return "uid" in source.fields or source.layout.foreign is not None


def _readers(work: Work, source: Source) -> dict[str, Reader]:
    columns = Columns(work, source)
    return {
        "uid": cells.uid,
        "kind": cells.choice("kind", CustomerKind, _KINDS),
        "name": cells.name,
        "handle": normal.handle,
        **{name: cells.line(name) for name in ("title", "city", "country", "industry", "source")},
        "note": cells.note,
        "do_not_contact": cells.boolean,
        "created": columns.instant("created"),
        "employer": cells.line("employer"),
        "parent": cells.line("parent"),
        **{name: who.key_reader(source) for name in ("employer.key", "parent.key")},
    }


def _email(text: str) -> str | None:
    """The address of a cell that holds one."""
    return None if ";" in text or "," in text else normal.email(text)


def _phone(region: str | None, text: str) -> str | None:
    """The number of a cell that holds one."""
    return None if ";" in text else normal.phone(text, region)


def _placed(kind: str, values: Iterable[str]) -> list[tuple[object, ...]]:
    return [(kind, value, place) for place, value in enumerate(values)]
