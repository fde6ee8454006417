"""Dates and numbers of a file: what one value leaves open, the whole column decides, and else the user; nobody guesses."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from crmcli.core import period
from crmcli.core.days import DECEMBER, MONTHS
from crmcli.core.daywords import FIRST_YEAR, LAST_YEAR
from crmcli.core.vocabulary import DateOrder, DecimalMark
from crmcli.core.wording import shown
from crmcli.errors import InvalidInput
from crmcli.exchange import numerals
from crmcli.exchange.source import Row, Source
from crmcli.services.importing.cells import Reader, Unclear, remembered
from crmcli.services.importing.work import Work

_LOCAL = re.compile(r"([0-9]{1,2})([-/.])([0-9]{1,2})\2([0-9]{4})(?![0-9]).*")
_YEAR_FIRST = re.compile(r"[0-9]{4}(?:([/.])[0-9]{1,2}\1|年[0-9]{1,2}月)[0-9]{1,2}[日号]?(?![0-9]).*")
_NAMED = re.compile(
    r"(?:(?P<day>[0-9]{1,2})[- ](?P<month>[A-Za-z]{3,9})|(?P<first>[A-Za-z]{3,9}) (?P<second>[0-9]{1,2}),?)[-, ]+"
    r"(?P<year>[0-9]{4})(?P<rest>(?![0-9]).*)"
)
_SERIAL = re.compile(r"[2-7][0-9]{4}(?:\.[0-9]{1,12})?")
_FIRST_SERIAL = datetime(1899, 12, 30)  # noqa: DTZ001 (the zone is that of the file)


@dataclass(slots=True)
class Columns:
    """The columns of a source, each looked at as a whole as soon as one of its values can be read in two ways."""

    work: Work
    source: Source
    _orders: dict[str, DateOrder] = field(default_factory=dict)
    _marks: dict[str, DecimalMark] = field(default_factory=dict)
    _counted: set[str] = field(default_factory=set)

    def instant(self, name: str) -> Reader:
        """A UTC instant of a day or instant; a day is its first moment in the zone of the file."""
        return remembered(lambda text: period.instant(self._moment(name, text)))

    def day(self, name: str) -> Callable[[str], str]:
        """A day, or that of an instant in the zone of the file."""
        tz = self.work.session.preferences.tz
        return remembered(lambda text: self._moment(name, text).astimezone(tz).date().isoformat())

    def number(self, name: str) -> Callable[[str], str]:
        """A text with a number in it, that number with a decimal point."""
        return remembered(lambda text: self._pointed(name, text))

    def _pointed(self, name: str, text: str) -> str:
        if numerals.is_plain(text) or self._is_ours:
            return text
        mark = self.work.wish.decimal or self._marks.get(name)
        if mark is None:
            mark = self._marks[name] = self._mark(name, text)
        return numerals.pointed(text, mark)

    def _mark(self, name: str, text: str) -> DecimalMark:
        """What the values of the column tell; a point where none does. Raises Unclear where they differ."""
        found: dict[DecimalMark, tuple[int, str]] = {}
        if self.source.reopen is None and (own := numerals.mark_of(text)):
            return own
        for line, each in self._texts(name, text):
            mark = numerals.mark_of(each)
            if mark:
                found.setdefault(mark, (line, each))
        if len(found) > 1:
            (comma_line, comma), (point_line, point) = found[DecimalMark.COMMA], found[DecimalMark.POINT]
            told = (
                f"{shown(comma)} in line {comma_line} has a decimal comma, {shown(point)} in line {point_line} a point"
            )
            raise self._unclear(name, told, "--decimal comma or --decimal point")
        return next(iter(found), DecimalMark.POINT)

    @property
    def _is_ours(self) -> bool:
        return "uid" in self.source.fields

    def _moment(self, name: str, text: str) -> datetime:
        """Raises InvalidInput."""
        text = text.strip()
        local = _LOCAL.fullmatch(text)
        if local or _YEAR_FIRST.fullmatch(text):
            return self._when(text, self._order(name, local) if local else DateOrder.UNKNOWN)
        if named := _NAMED.fullmatch(text):
            return self._when(_numbered(named, text), DateOrder.UNKNOWN)
        if _SERIAL.fullmatch(text):
            return self._of_serial(name, text)
        try:
            found = datetime.fromisoformat(text)
        except ValueError:
            raise InvalidInput(f"{shown(text)} is not a date; write 2026-03-31 or 2026-03-31T15:00:00Z") from None
        if not FIRST_YEAR <= found.year <= LAST_YEAR:
            raise InvalidInput(f"{shown(text)} is no date from {FIRST_YEAR} to {LAST_YEAR}")
        return found if found.tzinfo else found.replace(tzinfo=self.work.session.preferences.tz)

    def _when(self, text: str, order: DateOrder) -> datetime:
        tz = self.work.session.preferences.tz
        when = period.when(text, now=self.work.session.now, tz=tz, order=order, lean="past")
        return period.moment(when.instant(tz))

    def _of_serial(self, name: str, text: str) -> datetime:
        """The day that a spreadsheet counts so, 1 January 1900 being 1."""
        moment = _FIRST_SERIAL + timedelta(days=float(text))
        if name not in self._counted:
            self._counted.add(name)
            told = f"read as days that a spreadsheet counts ({text} is {moment.date().isoformat()})"
            self.work.note(f"{self.source.file}: {name}: {told}")
        rounded = (moment + timedelta(microseconds=500_000)).replace(microsecond=0)
        return rounded.replace(tzinfo=self.work.session.preferences.tz)

    def _order(self, name: str, local: re.Match[str]) -> DateOrder:
        """How a day with slashes or dashes is read; UNKNOWN where it tells that itself. Raises Unclear."""
        if self.work.wish.date_order not in (None, DateOrder.UNKNOWN):
            return self.work.wish.date_order or DateOrder.UNKNOWN
        if _told(local) or local[1] == local[3] or local[2] == ".":
            return DateOrder.UNKNOWN
        if name not in self._orders:
            self._orders[name] = self._order_of_column(name, local)
        return self._orders[name]

    def _order_of_column(self, name: str, local: re.Match[str]) -> DateOrder:
        found: dict[DateOrder, tuple[int, str]] = {}
        for line, text in self._texts(name, local[0]):
            match = _LOCAL.fullmatch(text)
            order = _told(match) if match and match[2] != "." else None
            if order:
                found.setdefault(order, (line, text))
        hint = "--date-order dmy (day first) or --date-order mdy (month first)"
        if len(found) > 1:
            (day_line, day), (month_line, month) = found[DateOrder.DAY_FIRST], found[DateOrder.MONTH_FIRST]
            told = f"{shown(day)} in line {day_line} is day first, {shown(month)} in line {month_line} month first"
            raise self._unclear(name, told, hint)
        order = next(iter(found), self.work.session.preferences.date_order)
        if order is DateOrder.UNKNOWN:
            first, second = int(local[1]), int(local[3])
            both = f"{first} {MONTHS[second - 1]} or {MONTHS[first - 1]} {second}" if first and second else "two days"
            raise self._unclear(name, f"{shown(local[0])} could be {both}, and no other value tells", hint)
        return order

    def _texts(self, name: str, text: str) -> Iterator[tuple[int, str]]:
        """The values of the column with their lines. Raises Unclear for a stream, which can be read but once."""
        again = self.source.again()
        if again is None:
            told = f"{shown(text)} can be read in two ways, and a stream is not read twice"
            raise self._unclear(name, told, "--date-order dmy|mdy, --decimal comma|point, or give it as a file")
        for row in again.rows():
            if isinstance(row, Row) and (found := row.values.get(name)):
                yield row.line, found.strip()

    def _unclear(self, name: str, told: str, hint: str) -> Unclear:
        names = zip(self.source.header, self.source.fields, strict=False)
        column = next((head for head, known in names if known == name), name)
        return Unclear(f"{shown(self.source.file)}: column {shown(column)}: {told}", hint=hint)


def _told(local: re.Match[str]) -> DateOrder | None:
    """The order that a date tells itself: a part that can be no month."""
    if int(local[1]) > DECEMBER:
        return DateOrder.DAY_FIRST
    return DateOrder.MONTH_FIRST if int(local[3]) > DECEMBER else None


def _numbered(named: re.Match[str], text: str) -> str:
    """The date with its month as a number. Raises InvalidInput for a word that is none."""
    word, day = (named["month"], named["day"]) if named["month"] else (named["first"], named["second"])
    numbers = [number for number, month in enumerate(MONTHS, 1) if month.lower().startswith(word.lower())]
    if len(numbers) != 1:
        raise InvalidInput(f"{shown(text)} is not a date; write 2026-03-31 or 2026-03-31T15:00:00Z")
    return f"{named['year']}-{numbers[0]:02}-{int(day):02}{named['rest']}"
