"""The pages of `crm help` that are about no single command; what the program has a table of is told from that."""

from collections.abc import Callable
from typing import NamedTuple

from crmcli.core.vocabulary import Format
from crmcli.errors import ExitCode
from crmcli.settings import Settings

_WIDTH = 78

_QUERY = """\
A QUERY picks records. All of its terms must hold, unless `or` is between them.

  berlin               a word, looked for in the text of the record
  "new york"           a phrase
  +vip                 a tag of the customer, whole; tag:vip for a part of one
  city:Berlin          the field contains it, whatever its case and accents
  city:Berlin,Paris    one of several
  city=Berlin          exactly that; city!=Berlin for anything else
  city:                nothing there; has:city for something
  amount:1k..5k        a range, in major units; also amount:>1000
  created:2026-03      a date names the whole period: 2026, 2026-Q1, last month
  last:..-90d          a range of dates: up to the day 90 days ago
  is:open              a state; those of each kind of record stand below
  segment:regulars     a saved query of customers; crm segment list shows them
  deal.stage:quote     of several, any will do: here, of the customer's deals
  not +vip             the opposite, what is not known included
  (a or b) c           parentheses
  sort:-amount,name    the order; - for downwards

The shell needs quotes round blanks, parentheses, < and >:

  crm deal list 'amount:>1000' owner.manager:"Melvin Marxen"

A list reads every record and looks for parts of words: crm customer list zo.
crm find looks in all kinds of records at once, for whole words, and knows what
was mistyped.
"""

_DATES = """\
A date is written as one says it; what it was taken for is said back. Today:

"""
_DAYS = (
    *("2026-03-31", "31.3.2026", "today", "yesterday", "tomorrow", "fri", "last fri", "next fri", "-3d", "2w ago"),
    *("in 2 weeks", "fri 15:00", "9am", "sow", "eom", "eoq", "eoy", "昨天", "下周五"),
)
_PERIODS = ("2026", "2026-03", "2026-Q1", "Q1", "2026-W48", "this week", "last month", "next quarter", "-30d")
_MORE_DATES = """
A bare weekday and a bare 3d lie behind where something happened (--at), and
ahead where something is due (--due, --close).
In a query a date is the whole period that it names:

"""
_END_OF_DATES = """
  created:-30d..       from then on
  close:..2026-03      up to the end of March
  close:2026-01..Q1    both ends included

03/04/2026 is refused until the file says which part is the day:
crm init --date-order dmy.

  crm log ada "sent the quote" --at yesterday
  crm deal list close:2026-Q4
"""

_FORMATS = {
    Format.TABLE: "as wide as the terminal, with headings: for people",
    Format.TSV: "a line each, tabs between (\\t, \\n, \\\\ in cells escaped): for a pipe",
    Format.CSV: "commas, quotes where needed, LF; --excel for a spreadsheet",
    Format.JSON: "an array of objects; of a record one object, of a report its parts",
    Format.JSONL: "an object a line",
    Format.MARKDOWN: "a table for a page of text",
    Format.HTML: "one page by itself, for a browser",
    Format.IDS: "the numbers alone, for the next command",
}
_HEAD_OF_FORMATS = """\
Every list, show and report takes -f FORMAT; a terminal gets table, a pipe tsv:

"""
_END_OF_FORMATS = """
Machines get raw values under the same keys everywhere (crm help columns):
amounts in major units beside their currency, instants in UTC, several values in
one cell parted by `;`. stdout carries the result alone; notes, questions and
errors go to stderr. --columns chooses, --sort orders, --limit cuts, --no-header
leaves the first line out, -o FILE writes a file, whole or not at all.

  crm customer list +vip -f ids
  crm deal list is:open --columns name,amount,currency -f csv
"""

_EXIT_CODES = """\
What a command tells the script that started it:

"""
_END_OF_EXIT_CODES = """
  crm doctor --quiet
  crm today --fail-on overdue
"""

_IMPORT = """\
Files are CSV, TSV or JSON lines in UTF-8, with a header that shows what they
hold, or --as says it. Columns may be in any order and under common names
(E-Mail, Company, Deal stage); --map COLUMN=FIELD takes others. All files of a
command are one operation. The same file again changes nothing, and what
crm export writes comes back. A bad row is named and left out (exit code 5):
--rejects FILE keeps it, --strict takes nothing then.

What each kind can hold, and fields of your own besides; of those in brackets
one must be there:
"""
_RECOGNISED = """
Files of other systems are recognised by their columns, with the header in any
of the first 20 lines, or by their format; those in a ZIP archive too:

"""
_PROFILES = """
--profile NAME says which it is, --map 'Column=field' what a column means;
columns that no field takes are named, and with --keep-unknown become custom
fields. A phone, address or date that cannot be read is kept as a text in the
custom field `unread`. A profile of your own is a TOML file in
{folder}:

  # till.toml
  [[file]]
  entity = "customers"
  title = "Customers of our till"
  signature = ["Customer no", "Name 1"]     # all of these, in any order
  [file.columns]
  "Customer no" = "key"                     # a second import changes nothing
  "Name 1" = "name"
  "Phone #" = "phone"                       # Phone 1, Phone 2, ...
  "Contact" = "related.manager"             # a relationship, by name
  "Since" = "created"
  [file.dates]
  created = ["%d.%m.%y"]
"""
_END_OF_IMPORT = """
A row is about the record with its uid, else with the same key of another system
(external, as source:key), else with what makes it unlike others: a customer's
e-mail, or phone and name; a deal's name, customer and day; a task's text, day,
customer and deal. An address by post has parts between `|`:
label|street|postcode|city|region|country, or is one line.

  crm import customers.csv deals.csv --dry-run
  crm import contacts.csv --map "Full name=name" --rejects bad.csv
"""


class Topic(NamedTuple):
    """A page: what it is about, and its text."""

    summary: str
    text: Callable[[Settings], str]


def _query(_: Settings) -> str:
    from crmcli.query.entities import NAMES

    return _QUERY + "".join(map(_asked, NAMES))


def _asked(name: str) -> str:
    """What can be asked of a kind of record, by name alone."""
    from crmcli.query.entities import builtin

    known = builtin(name)
    words = [f"is:{state.name}" for state in known.states] + list(known.fields)
    return f"\n{known.plural.capitalize()}, told by crm help columns {name}:\n\n{_filled(', '.join(words))}\n"


def _dates(told: Settings) -> str:
    """What words for dates mean today, as the program reads them."""
    from crmcli.core.daywords import FIRST_YEAR, LAST_YEAR
    from crmcli.core.period import period, when

    tz, order = told.preferences.tz, told.preferences.date_order
    lines = []
    for word in _DAYS:
        found = when(word, now=told.now, tz=tz, order=order, lean="past")
        at = f" {found.time:%H:%M}" if found.time else ""
        lines.append(_row(word, f"{found.day}{at}"))
    spans = []
    for word in _PERIODS:
        span = period(word, now=told.now, tz=tz, order=order)
        spans.append(_row(word, f"{span.start} to {span.last}"))
    years = f"\nDates lie between {FIRST_YEAR} and {LAST_YEAR}.\n"
    return _DATES + "".join(lines) + _MORE_DATES + "".join(spans) + _END_OF_DATES + years


def _formats(_: Settings) -> str:
    return _HEAD_OF_FORMATS + "".join(_row(form, told, room=8) for form, told in _FORMATS.items()) + _END_OF_FORMATS


def _exit_codes(_: Settings) -> str:
    return _EXIT_CODES + "".join(f"{code:>5}  {code.meaning}\n" for code in ExitCode) + _END_OF_EXIT_CODES


def _import(told: Settings) -> str:
    from crmcli.exchange import own

    parts = [_IMPORT]
    for entity, fields in own.FIELDS.items():
        must = " ".join(f"[{' or '.join(group)}]" for group in own.REQUIRED[entity])
        parts.append(f"\n{entity} {must}\n{_filled(', '.join(fields))}\n")
    return "".join(parts) + _RECOGNISED + _recognised(told) + _PROFILES.format(folder=told.profiles) + _END_OF_IMPORT


def _recognised(told: Settings) -> str:
    """The files of other systems that an import knows."""
    from crmcli.exchange import profiles, sheets

    layouts = [*profiles.known(told.profiles), *sheets.FORMATS]
    found = [(layout.profile, layout.entity, layout.foreign.title) for layout in layouts if layout.foreign]
    width = max(len(profile) for profile, _, _ in found)
    return "".join(f"  {profile:{width}}  {entity:12}  {title}\n" for profile, entity, title in found)


def _row(name: str, told: str, room: int = 21) -> str:
    from crmcli.core.wording import cells

    return f"  {name}{' ' * (room - cells(name))}{told}\n"


def _filled(text: str) -> str:
    from textwrap import fill

    return fill(text, _WIDTH, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False)


TOPICS = {
    "query": Topic("how to write a QUERY", _query),
    "dates": Topic("how dates can be written, and what they mean today", _dates),
    "formats": Topic("in which forms results come", _formats),
    "exit-codes": Topic("what a script is told", _exit_codes),
    "import": Topic("what files can hold, and how they are read", _import),
}
