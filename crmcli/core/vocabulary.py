"""The closed sets of the field, stored by value."""

from enum import StrEnum

#: Ids of types of relationship that every file has from the start.
REFERRED, WORKS_FOR, KNOWS, REPORTS_TO, PARENT_OF, MARRIED_TO = 1, 2, 3, 5, 8, 10
#: The last of them; types of the user's own come behind.
LAST_OF_OURS = 10
#: Types whose ties, followed one way, never lead back to where they began.
ACYCLIC = (REFERRED, WORKS_FOR, REPORTS_TO, PARENT_OF)


class CustomerKind(StrEnum):
    PERSON = "person"
    ORGANISATION = "organisation"


class ContactKind(StrEnum):
    EMAIL = "email"
    PHONE = "phone"


class Channel(StrEnum):
    CALL = "call"
    EMAIL = "email"
    MEETING = "meeting"
    VISIT = "visit"
    CHAT = "chat"
    SOCIAL = "social"
    WEB = "web"
    NOTE = "note"


class Direction(StrEnum):
    IN = "in"
    OUT = "out"


class Outcome(StrEnum):
    """What a stage means for the deal that stands in it; the stages of a pipeline follow in this order."""

    OPEN = "open"
    WON = "won"
    LOST = "lost"

    @property
    def place(self) -> int:
        return tuple(Outcome).index(self)


class Holds(StrEnum):
    """What goes through a pipeline."""

    DEAL = "deal"
    CUSTOMER = "customer"


class Category(StrEnum):
    """How a deal in a stage counts in the forecast."""

    OMITTED = "omitted"
    PIPELINE = "pipeline"
    BEST_CASE = "best_case"
    MOST_LIKELY = "most_likely"
    COMMIT = "commit"
    CLOSED = "closed"


class Template(StrEnum):
    """Pipelines that are shipped; their stages stand in services/templates.toml."""

    SALES = "sales"
    MARKETING = "marketing"
    SERVICE = "service"
    JOURNEY = "journey"
    LIFECYCLE = "lifecycle"
    LOAN = "loan"


class Calendar(StrEnum):
    """A unit of the calendar that a report goes by."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


class Mode(StrEnum):
    """When a deal counts for a stage of the funnel."""

    REACHED = "reached"
    TOUCHED = "touched"
    STRICT = "strict"


class Basis(StrEnum):
    """Which deals a funnel is about: those that began in a window, those that moved in it, or where all of them stand."""

    COHORT = "cohort"
    PERIOD = "period"
    SNAPSHOT = "snapshot"


class Across(StrEnum):
    """What the columns of cohorts are: the stages that deals came to, or days after which they were won."""

    STAGES = "stages"
    DAYS = "days"


class Per(StrEnum):
    """How long the time is whose deals make one cohort."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


class Alarm(StrEnum):
    """What a report for cron fails on."""

    DROP = "drop"


class Matter(StrEnum):
    """Why something calls for attention today."""

    OVERDUE = "overdue"
    DUE = "due"
    PAST_CLOSE = "past-close"
    STALLED = "stalled"
    KEEP_IN_TOUCH = "keep-in-touch"
    BIRTHDAY = "birthday"


class Trouble(StrEnum):
    """Why an open deal does not come on."""

    STALLED = "stalled"
    ROTTEN = "rotten"
    OVERDUE = "overdue"
    ZOMBIE = "zombie"


class Match(StrEnum):
    """How a record answers a search: it has the words, or words that begin so, or words that are spelled nearly so."""

    EXACT = "exact"
    BEGINNING = "beginning"
    TYPO = "typo"


class Found(StrEnum):
    """What a search finds."""

    CUSTOMER = "customer"
    DEAL = "deal"
    INTERACTION = "interaction"
    NOTE = "note"
    RELATIONSHIP = "relationship"
    TASK = "task"


class FieldOf(StrEnum):
    """What can have fields of the user's own."""

    CUSTOMER = "customer"
    DEAL = "deal"


class FieldType(StrEnum):
    """What a custom field holds."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    CHOICE = "choice"
    BOOLEAN = "boolean"
    MONEY = "money"


class Format(StrEnum):
    """How a result is written; AUTO is a table on a terminal and TSV in a pipe."""

    AUTO = "auto"
    TABLE = "table"
    TSV = "tsv"
    CSV = "csv"
    JSON = "json"
    JSONL = "jsonl"
    MARKDOWN = "md"
    HTML = "html"
    IDS = "ids"


class FileFormat(StrEnum):
    """How an export is written for other programs, beside the formats of every result; xlsx and parquet are not text."""

    VCARD = "vcard"
    VCARD_4 = "vcard4"
    CALENDAR = "ics"
    WORKBOOK = "xlsx"
    PARQUET = "parquet"


class DateOrder(StrEnum):
    """How a date written with slashes is read; UNKNOWN refuses one that could be read in two ways."""

    UNKNOWN = "unknown"
    DAY_FIRST = "dmy"
    MONTH_FIRST = "mdy"


class DecimalMark(StrEnum):
    """What begins the decimals of a number."""

    POINT = "point"
    COMMA = "comma"


class OnDuplicate(StrEnum):
    """What becomes of a row of an import that is about a record of the file."""

    UPDATE = "update"
    SKIP = "skip"
    REJECT = "reject"


class Prefer(StrEnum):
    """Whose word counts where customers that become one say different things."""

    NEWEST = "newest"
    KEEP = "keep"
    ASK = "ask"


class OnRemoved(StrEnum):
    """What becomes of a row of an import that is about a customer who was removed."""

    KEEP = "keep"
    RESTORE = "restore"


class ConsentAction(StrEnum):
    GRANT = "grant"
    WITHDRAW = "withdraw"


class LegalBasis(StrEnum):
    """What allows us to use somebody's data: GDPR, Article 6(1)."""

    CONSENT = "consent"
    CONTRACT = "contract"
    LEGAL_OBLIGATION = "legal_obligation"
    VITAL_INTERESTS = "vital_interests"
    PUBLIC_TASK = "public_task"
    LEGITIMATE_INTERESTS = "legitimate_interests"


class RetentionAction(StrEnum):
    """What becomes of customers whose time is over."""

    ERASE = "erase"
    REMOVE = "remove"


class Centrality(StrEnum):
    """By what somebody is central."""

    DEGREE = "degree"
    BETWEENNESS = "betweenness"
    PAGERANK = "pagerank"
    BRIDGE = "bridge"


class Drawing(StrEnum):
    """A format in which a graph can be looked at, drawn or reckoned with."""

    HTML = "html"
    SVG = "svg"
    DOT = "dot"
    GRAPHML = "graphml"
    GEXF = "gexf"
    MERMAID = "mermaid"
    JSON = "json"
    CSV = "csv"
