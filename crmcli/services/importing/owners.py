"""Owners that the rows name: gathered while reading, found or made once it is known which rows go in."""

from dataclasses import dataclass, field

from crmcli.core import normal
from crmcli.services.importing.cells import Values
from crmcli.services.importing.work import Work

_DETAILS = ("email", "manager", "region")


@dataclass(slots=True)
class Owners:
    """The owners by the number that the temporary tables use; `import_owner` tells their ids, once settled."""

    work: Work
    _numbers: dict[str, int] = field(default_factory=dict)
    _details: dict[int, dict[str, str]] = field(default_factory=dict)
    _read: dict[tuple[str, ...], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.work.bulk.run(
            "create temp table import_owner (no integer primary key, name, email, manager, region, id integer, "
            "is_new integer not null default 0)"
        )

    def number(self, values: Values) -> int | None:
        """The number of the owner that a row names; what it says of that owner is kept."""
        said = (values.get("owner", ""), *(values.get(f"owner.{name}", "") for name in _DETAILS))
        if not any(said[:2]):
            return None
        found = self._read.get(said)
        if found is None:
            found = self._read[said] = self.add(said[0] or said[1], dict(zip(_DETAILS, said[1:], strict=True)))
        return found

    def add(self, name: str, details: Values) -> int:
        """The number of the owner called `name`, with what is said of him."""
        name = normal.text(name, name="owner")
        number = self._numbers.setdefault(name.lower(), len(self._numbers) + 1)
        known = self._details.setdefault(number, {"name": name})
        for key in _DETAILS:
            text = details.get(key)
            if text:
                known[key] = normal.email(text) if key == "email" else normal.text(text, name=key)
        return number

    def settle(self, used: str) -> None:
        """Find or make the owners whose numbers the SELECT `used` gives, and write what is said of them."""
        bulk = self.work.bulk
        rows = [(no, *(said.get(key) for key in ("name", *_DETAILS))) for no, said in self._details.items()]
        bulk.many(
            "insert into import_owner (no, name, email, manager, region) values (?, ?, ?, ?, ?) on conflict (no) do update "
            "set email = excluded.email, manager = excluded.manager, region = excluded.region",
            rows,
        )
        self._find()
        new = f"id is null and no in ({used})"
        bulk.run(f"update import_owner set is_new = 1 where {new}")
        bulk.insert(
            "owner",
            "uid, name, email, manager, region, recorded_at",
            f"select {self.work.uid('no')}, name, email, manager, region, :now from import_owner where {new} order by no",
            now=self.work.recorded_at,
        )
        self._find()
        self._update(used)

    def _find(self) -> None:
        self.work.bulk.run(
            """
            update import_owner set id = (
                select o.id from owner o
                where o.removed_at is null and (o.name = import_owner.name collate nocase or o.email = lower(import_owner.name))
                order by o.id limit 1
            ) where id is null
            """
        )

    def _update(self, used: str) -> None:
        differs = " or ".join(f"(n.{name} is not null and n.{name} is not o.{name})" for name in _DETAILS)
        self.work.bulk.run("drop table if exists temp.import_owner_changed")
        self.work.bulk.run(
            "create temp table import_owner_changed as select n.id, n.no from import_owner n join owner o on o.id = n.id "
            f"where n.no in ({used}) and ({differs})"
        )
        values = ", ".join(f"{name} = coalesce(n.{name}, owner.{name})" for name in _DETAILS)
        self.work.bulk.update(
            "owner",
            "select id from import_owner_changed",
            f"update owner set {values} from import_owner n where n.id = owner.id and n.no in (select no from import_owner_changed)",
        )
