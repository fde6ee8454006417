"""Rows of the files that are about the same customer: one record, whichever of them says what."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from crmcli.core.vocabulary import CustomerKind, OnDuplicate
from crmcli.services.importing import custom
from crmcli.services.importing.matching import has_weak
from crmcli.services.importing.staging import Stage

_SURE, _NAME = "tuke", "n"  # see _shared
_UNITED = (
    *("kind", "name", "handle", "title", "city", "country", "industry", "source", "note", "do_not_contact", "created"),
    *("employer", "parent", "employer_key", "parent_key", "owner", "target"),
)


def repeated(stage: Stage) -> None:
    """Make one of the rows that are about the same customer: the first one, with what the later ones say besides."""
    leaders = _leaders(stage)
    if not leaders:
        return
    if stage.work.wish.on_duplicate is OnDuplicate.UPDATE:
        _unite(stage, leaders)
        stage.leave("select row from import_same")
        return
    _same(stage, leaders.items())
    if stage.work.wish.on_duplicate is OnDuplicate.SKIP:
        stage.skip("select row from import_same")
        return
    stage.reject(
        "select s.row, 'name', 'is the customer of line ' || l.line || ' already' "
        "from import_same s join import_customer l on l.row = s.leader order by s.row"
    )


def _leaders(stage: Stage) -> dict[int, int]:
    """The rows that are about the customer of an earlier row, each with the first such row; conflicting ones are rejected."""
    shared = stage.work.db.rows(
        f"select row, kind, key, is_sought, target, is_settled from ({_shared(stage)}) order by row, rank"
    )
    seen = _Seen()
    for row, found in groupby(list(shared), key=lambda each: int(each[0])):
        seen.add(row, [_Trait(*each[1:]) for each in found])
    seen.end()
    run = stage.work.bulk.run
    run("create temp table import_torn (row integer primary key, leader integer, field, before, after)")
    stage.work.bulk.many("insert into import_torn values (?, ?, ?, ?, ?)", seen.torn)
    stage.reject(
        "select t.row, t.field, t.before || l.line || t.after from import_torn t "
        "join import_customer l on l.row = t.leader order by t.row"
    )
    _same(stage, ())
    return seen.leaders


@dataclass(frozen=True, slots=True)
class _Trait:
    """What a row has in common with others; it goes by it if that `is_sought`. `target` is the customer of the row.

    `is_settled`: that is the only one of which no more than the name is known, so others of the name do not matter.
    """

    kind: str
    key: str
    is_sought: bool
    target: int | None
    is_settled: bool

    @property
    def is_of_person(self) -> bool:
        """Of a key by name."""
        return self.key.startswith(CustomerKind.PERSON)


class _Seen:
    """The rows so far: which are about the customer of an earlier one (`leaders`), which about two (`torn`)."""

    def __init__(self) -> None:
        self.leaders: dict[int, int] = {}
        self.torn: list[tuple[int, int, str, str, str]] = []
        self._owners: dict[tuple[str, str], int] = {}
        self._targets: dict[int, int | None] = {}
        self._named: dict[str, dict[int, None]] = {}
        self._bare: list[tuple[int, _Trait]] = []

    def add(self, row: int, traits: Sequence[_Trait]) -> None:
        """Take the next row."""
        target = traits[0].target
        sure = {self._owners[each.kind, each.key] for each in traits if each.kind in _SURE and self._has(each)}
        if len(sure) > 1 or (sure and target is not None and target != self._targets[min(sure)]):
            self.torn.append(
                (row, min(sure), "email", "belongs to the customer of line ", ", the rest of the row to another")
            )
            return
        leader = next((self._owners[each.kind, each.key] for each in traits if each.is_sought and self._has(each)), row)
        self._targets.setdefault(leader, target)
        for each in traits:
            if each.kind != _NAME:
                self._owners.setdefault((each.kind, each.key), leader)
            elif each.is_sought and leader == row:
                self._bare.append((row, each))
            else:
                self._named.setdefault(each.key, {})[leader] = None
        if leader != row:
            self.leaders[row] = leader

    def end(self) -> None:
        """After the last row: those that say no more than a name are about the only one of that name.

        A person is no proof of a person: beside others of the name and company such a row is not taken.
        """
        for row, name in self._bare:
            if name.is_of_person:
                self._end_person(row, name)
                continue
            others = [other for other in self._named.get(name.key, {}) if name.target in (None, self._targets[other])]
            strange = len(self._named.get(name.key, {})) - len(others)
            if len(others) > 1 or (strange and not name.is_settled):
                first = next(iter(self._named[name.key]))
                self.torn.append((row, first, "name", "line ", " and others are called so; say which by uid or e-mail"))
            elif others:
                self.leaders[row] = others[0]
            elif name.target is None:
                leader = self._owners.setdefault((_NAME, name.key), row)
                if leader != row:
                    self.leaders[row] = leader

    def _end_person(self, row: int, name: _Trait) -> None:
        if name.target is not None:
            return
        if name.key in self._named:
            first = next(iter(self._named[name.key]))
            self.torn.append((row, first, "name", "may be the customer of line ", "; say which by uid, key or e-mail"))
            return
        leader = self._owners.setdefault((_NAME, name.key), row)
        if leader != row:
            self.leaders[row] = leader

    def _has(self, trait: _Trait) -> bool:
        return (trait.kind, trait.key) in self._owners


def _shared(stage: Stage) -> str:
    """The SQL of what several rows have in common: t(arget), u(id), k(ey), e(-mail), p(hone and name), n(ame)."""
    arms = [
        _several("r.row, 0 as rank, 't' as kind, r.target as key", "import_customer r", "r.target is not null"),
        _several("r.row, 1 as rank, 'u' as kind, r.uid as key", "import_customer r", "r.uid is not null"),
        _several("p.row, 2 as rank, 'k' as kind, p.source || ':' || p.key as key", "import_customer_key p", "true"),
        _several("p.row, 3 as rank, 'e' as kind, p.value as key", "import_point p", "p.kind = 'email'"),
    ]
    name = "lower(r.name)"
    if _has_repeated_phones(stage):
        phoned = "import_point p join import_customer r on r.row = p.row"
        arms.append(_several(f"r.row, 4 as rank, 'p' as kind, p.value || {name} as key", phoned, "p.kind = 'phone'"))
    if has_weak(stage):
        company = "iif(coalesce(r.kind, 'person') = 'person', lower(coalesce(r.employer, '')), '')"
        named = f"r.row, 5 as rank, 'n' as kind, coalesce(r.kind, 'person') || ' ' || {name} || char(10) || {company} as key"
        arms.append(_several(named, "import_customer r", "r.name is not null"))
    weak = "(select row from import_weak where not is_phoned)"
    by_phone = "s.kind = 'p' and r.target is null and r.uid is null"
    return f"""
        select s.row, s.rank, s.kind, s.key, s.rank < 4 or ({by_phone}) or (s.kind = 'n' and s.row in {weak}) as is_sought, r.target,
            s.row in (select row from import_weak where is_settled) as is_settled
        from ({" union all ".join(arms)}) s join import_customer r on r.row = s.row
    """


def _has_repeated_phones(stage: Stage) -> bool:
    repeated = "select 1 from import_point where kind = 'phone' group by value having count(*) > 1"
    return bool(stage.work.db.value(f"select exists ({repeated})"))


def _several(columns: str, tables: str, condition: str) -> str:
    """The rows whose key another row has too."""
    rows = f"select {columns} from {tables} where {condition}"
    return f"select row, rank, kind, key from ({rows}) where key in (select key from ({rows}) group by key having count(*) > 1)"


def _same(stage: Stage, pairs: Iterable[tuple[int, int]]) -> None:
    run = stage.work.bulk.run
    run("drop table if exists temp.import_same")
    run("create temp table import_same (row integer primary key, leader integer)")
    stage.work.bulk.many("insert into import_same (row, leader) values (?, ?)", pairs)
    run("create index temp.import_same_leader on import_same (leader)")


def _unite(stage: Stage, leaders: dict[int, int]) -> None:
    """The first row says what the last one with a word on it says; the lists of all are one."""
    _same(stage, leaders.items())
    run = stage.work.bulk.run
    run(
        "insert into import_alias select r.uid, s.leader from import_same s join import_customer r on r.row = s.row where r.uid is not null"
    )
    said = """
        select r.{0} from import_same s join import_customer r on r.row = s.row
        where s.leader = l.row and r.{0} is not null order by r.row desc limit 1
    """
    united = "where row in (select leader from import_same)"
    run(f"update import_customer as l set uid = coalesce(uid, ({said.format('uid')})) {united}")
    for column in _UNITED:
        run(f"update import_customer as l set {column} = coalesce(({said.format(column)}), {column}) {united}")
    _unite_custom(stage)
    for table in stage.children:
        run(f"update {table} set row = s.leader from import_same s where s.row = {table}.row")


def _unite_custom(stage: Stage) -> None:
    said = stage.work.db.rows(
        "select s.leader, r.custom from import_same s join import_customer r on r.row = s.row where r.custom is not null order by r.row"
    )
    whole: dict[int, str] = {}
    for leader, text in list(said):
        if leader not in whole:
            whole[leader] = (
                stage.work.db.value("select custom from import_customer where row = :row", row=leader) or "{}"
            )
        whole[leader] = custom.united(whole[leader], text)
    stage.work.bulk.many(
        "update import_customer set custom = ? where row = ?", [(text, row) for row, text in whole.items()]
    )
