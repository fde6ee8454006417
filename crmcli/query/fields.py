"""What each kind of record can be asked: one list of fields for columns, filters, sorting, grouping and export."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from crmcli.core.result import Column, Kind

if TYPE_CHECKING:
    from crmcli.query.segments import Segments


@dataclass(frozen=True, slots=True)
class Many:
    """Where the several values of a field stand: a FROM of their own, whose `link` is the `key` of the record."""

    source: str
    link: str
    key: str
    condition: str = "true"
    order: str = "1"


@dataclass(frozen=True, slots=True)
class Field:
    """A name, and the SQL expression that it stands for: of the record, or of one value where there are `many`.

    `currency` is the SQL of a money field's currency; `joins` the joins of the entity that the SQL needs; `order` what
    to sort by instead of the value. `choices` are the only values there are: `choices_sql` asks the file for them. One
    that `is_searched` still looks for parts of them under `:`, and knows each by `=`. `clean` prepares a text before it
    is looked for. A bare date of a field that `leans_ahead` is the next one, not the last. Asking for a field that
    `lifts` brings the removed records back. `under` names the field that stands small under this one for people. SQL
    may use `:now` and `:today`.
    """

    name: str
    kind: Kind
    sql: str
    help: str
    joins: tuple[str, ...] = ()
    many: Many | None = None
    currency: str | None = None
    order: str | None = None
    choices: tuple[str, ...] = ()
    choices_sql: str | None = None
    heading: str | None = None
    clean: Callable[[str], str] | None = None
    leans_ahead: bool = False
    lifts: bool = False
    is_hidden: bool = False
    under: str | None = None
    is_searched: bool = False

    @property
    def shown_kind(self) -> Kind:
        """The kind of the column: several values are one cell of them."""
        return "values" if self.many else self.kind

    @property
    def shown(self) -> str:
        r"""The SQL of the column; several values are joined as `core.result.join_values` does, money as `1200 EUR`."""
        if self.many is None:
            return self.sql
        value = self.sql if self.currency is None else f"{self.sql} || ' ' || {self.currency}"
        escaped = r"replace(replace(value, '\', '\\'), ';', '\;')"
        each = f"select {value} as value {self.values} order by {self.many.order}"
        return f"(select group_concat({escaped}, ';') from ({each}))"

    @property
    def values(self) -> str:
        """The FROM and WHERE of the values that one record has; only where there are `many`."""
        if self.many is None:
            raise AssertionError(self.name)
        return f"from {self.many.source} where {self.many.link} = {self.many.key} and {self.many.condition}"

    @property
    def sorted(self) -> str:
        """The SQL to sort by: text without case and accents, money by major units, the least of several values."""
        one = self.order or self.sql
        if self.kind == "money" and self.order is None:
            one = f"{self.sql} / {by_decimals(self.currency or '', lambda decimals: f'{10**decimals}.0')}"
        elif self.kind == "text" and self.order is None:
            one = f"fold({self.sql})"
        return f"(select min({one}) {self.values})" if self.many else one

    def column(self, *, is_hidden: bool = False, under: tuple[str, ...] = ()) -> Column:
        return Column(self.name, self.shown_kind, self.heading, is_hidden=is_hidden, under=under)


@dataclass(frozen=True, slots=True)
class State:
    """What `is:` asks; one that `lifts` brings the removed records back."""

    name: str
    sql: str
    help: str
    joins: tuple[str, ...] = ()
    lifts: bool = False


@dataclass(frozen=True, slots=True)
class Entity:
    """A kind of record: where it stands, and all that can be asked about it.

    `source` is the FROM, `key` the SQL of its id, `joins` what fields may need besides, in order; `base` the condition
    of every list. `columns` are shown by default, `exported` are those of an export, `words` the fields in which a bare
    word is looked for; `order` is by the key where it is not said. `customers` names the field of its customers by
    number, for `segment:` to ask for, among the `segments` of the file.
    """

    name: str
    plural: str
    source: str
    key: str
    fields: Mapping[str, Field]
    columns: tuple[str, ...]
    words: tuple[str, ...]
    exported: tuple[str, ...] = ()
    joins: Mapping[str, str] = field(default_factory=dict)
    base: str = "true"
    base_joins: tuple[str, ...] = ()
    order: str | None = None
    export_order: str | None = None
    states: tuple[State, ...] = ()
    customers: str | None = None
    segments: "Segments | None" = None

    def find(self, name: str) -> Field | None:
        """The field that `name` means, whatever its case."""
        if name in self.fields:
            return self.fields[name]
        return next((known for known in self.fields.values() if known.name.casefold() == name.casefold()), None)


def named(*fields: Field) -> dict[str, Field]:
    """The fields by name, in order."""
    return {each.name: each for each in fields}


def by_decimals(currency: str, arm: Callable[[int], str]) -> str:
    """The SQL that is `arm(n)` where `currency`, itself SQL, has n decimals."""
    from crmcli.core.currency import EXPONENTS

    usual = 2
    others: dict[int, list[str]] = {}
    for code, decimals in EXPONENTS.items():
        if decimals != usual:
            others.setdefault(decimals, []).append(f"'{code}'")
    arms = " ".join(
        f"when {currency} in ({', '.join(codes)}) then {arm(decimals)}" for decimals, codes in others.items()
    )
    return f"case {arms} else {arm(usual)} end"
