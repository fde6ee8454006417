"""The query language: what was typed becomes a tree of terms that know where they stand.

query := all ("or" all)*     all := (["and"] one)*
one   := "not" one | "(" query ")" | term
term  := word | "phrase" | +tag | field op value ("," value)*      op := :  =  !=  >  >=  <  <=
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from crmcli.errors import InvalidInput

_LONGEST_QUERY = 20_000
_LONGEST_VALUE = 1_000
_DEEPEST = 50

_PHRASE = r'"(?:\\.|[^"\\])*"'
_TOKEN = re.compile(rf'(?P<parenthesis>[()])|(?P<word>(?:{_PHRASE}|[^\s()"])+)|(?P<unclosed>")', re.DOTALL)
_HEAD = re.compile(r"(?P<field>[^\W\d][\w.-]*)(?P<op>:?(?:!=|>=|<=|[=<>])|:)")  # amount:>5 is amount>5
_VALUE = re.compile(rf'(?:{_PHRASE}|[^,"])+', re.DOTALL)
_KEYWORDS = ("and", "or", "not", "AND", "OR", "NOT")

Span = tuple[int, int]


class QueryError(InvalidInput):
    """A query that cannot be read; the hint is two lines, the query and a caret under the place."""

    def __init__(self, message: str, query: str, span: Span) -> None:
        super().__init__(message, hint=_pointed(query, span))


class Value(NamedTuple):
    """One value of a term, without its quotes."""

    text: str
    span: Span


class Term(NamedTuple):
    """One test: `field op value,value…`. A bare word has no field; a term without values asks for what is empty."""

    field: str | None
    op: str
    values: tuple[Value, ...]
    span: Span


class Not(NamedTuple):
    item: "Node"


class All(NamedTuple):
    items: tuple["Node", ...]


class Any(NamedTuple):
    items: tuple["Node", ...]


Node = Term | Not | All | Any


class Sort(NamedTuple):
    field: str
    is_descending: bool
    span: Span


class Query(NamedTuple):
    """What was asked: `node` chooses the rows, `sorts` order them, `text` is what the spans are about."""

    node: Node
    sorts: tuple[Sort, ...]
    text: str

    def error(self, message: str, span: Span) -> QueryError:
        """The refusal that points at `span`."""
        return QueryError(message, self.text, span)

    def shown(self, span: Span) -> str:
        """What stands at `span`, in quotes for a message."""
        text = self.text[slice(*span)]
        return repr(text if len(text) <= 60 else f"{text[:59]}…")  # noqa: PLR2004 (fits a line)


class _Token(NamedTuple):
    text: str
    start: int

    @property
    def span(self) -> Span:
        return self.start, self.start + len(self.text)


def parse(words: Sequence[str], also: Sequence[str] = ()) -> Query:
    """The tree of the words of a command line; no words ask for everything. Raises QueryError.

    What a report asks for besides stands in `also`: both must hold, whatever `or` is between the words.

    The shell has taken the quotes away: a word with white space that begins with `field op value` and goes on with
    nothing but bare words is one term, its value with blanks (`owner.manager:Melvin Marxen`). Any other word is read as
    query text.
    """
    asked = _parsed(words)
    if not also:
        return asked
    more = _parsed(also)
    return Query(All((asked.node, more.node)), (*asked.sorts, *more.sorts), asked.text)


def unordered(words: Sequence[str]) -> Query:
    """The tree of the words for a report, which has an order of its own. Raises QueryError."""
    query = parse(words)
    if query.sorts:
        raise query.error("the rows of this report have an order of their own; leave sort: out", query.sorts[0].span)
    return query


def _parsed(words: Sequence[str]) -> Query:
    text = " ".join(words)
    if len(text) > _LONGEST_QUERY:
        raise InvalidInput(f"the query is longer than {_LONGEST_QUERY:,} characters")
    terms, sorts, before = [], [], ""
    for token in _tokens(words, text):
        head = _HEAD.match(token.text)
        if head and head["field"] == "sort":
            if before in ("(", *_KEYWORDS):
                raise QueryError("sort: is no condition; write it at the end", text, token.span)
            sorts += _sorts(token, text)
        else:
            terms.append(token)
        before = token.text
    return Query(_Parser(text, terms).parse(), tuple(sorts), text)


def spelled(words: Sequence[str]) -> str:
    """The words of a command line as one text that `parse` reads alike, with the quotes that the shell took away."""
    return " ".join(_quoted(word) if _is_one_term(word) else word for word in words).strip()


def named(text: str, field: str) -> Iterator[Value]:
    """The values that a saved query gives for `field`."""
    return (value for term in terms(parse([text]).node) if term.field == field for value in term.values)


def written(value: str) -> str:
    """The value in quotes, as it stands in a query."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def terms(node: Node) -> Iterator[Term]:
    """Every term below `node`."""
    match node:
        case Term():
            yield node
        case Not(item):
            yield from terms(item)
        case All(items) | Any(items):
            for each in items:
                yield from terms(each)


def sorting(text: str) -> Query:
    """The query that only sorts, from the value of `--sort`: `-amount,name`. Raises QueryError."""
    token = _Token(f"sort:{text}", 0)
    return Query(All(()), tuple(_sorts(token, token.text)), token.text)


def _tokens(words: Sequence[str], text: str) -> Iterator[_Token]:
    start = 0
    for word in words:
        if _is_one_term(word):
            yield _Token(word.strip(), start + len(word) - len(word.lstrip()))
        else:
            for match in _TOKEN.finditer(word):
                if match["unclosed"]:
                    raise QueryError(
                        'a quote is not closed; write "two words"', text, (start + match.start(), start + len(word))
                    )
                yield _Token(match.group(), start + match.start())
        start += len(word) + 1


def _is_one_term(word: str) -> bool:
    first, *rest = word.split() or [""]
    head = _HEAD.match(first)
    if not rest or head is None or head.end() == len(first) or re.search(r'["()]', word):
        return False
    return not any(part in _KEYWORDS or part.startswith("+") or _HEAD.match(part) for part in rest)


def _quoted(word: str) -> str:
    """A term whose value has blanks: `owner:"Ada Byron"`."""
    term = _term(_Token(word.strip(), 0), word)
    return f"{term.field}{term.op}" + ",".join(written(value.text) for value in term.values)


def _sorts(token: _Token, text: str) -> list[Sort]:
    term = _term(token, text)
    if term.op != ":" or not term.values:
        raise QueryError("sort: needs fields, as in sort:-amount,name", text, token.span)
    return [Sort(value.text.lstrip("+-"), value.text.startswith("-"), value.span) for value in term.values]


class _Parser:
    """Recursive descent over the tokens; `depth` keeps a mad query from exhausting the stack."""

    def __init__(self, text: str, tokens: list[_Token]) -> None:
        self.text, self.tokens = text, tokens
        self.at = self.depth = 0

    def parse(self) -> Node:
        if not self.tokens:
            return All(())
        node = self.any()
        if self.peek() is not None:
            raise self.error("this ')' closes nothing")
        return node

    def any(self) -> Node:
        items = [self.all()]
        while self.take("or", "OR"):
            items.append(self.all())
        return items[0] if len(items) == 1 else Any(tuple(items))

    def all(self) -> Node:
        items = [self.one()]
        while self.peek() not in (None, ")", "or", "OR"):
            self.take("and", "AND")
            items.append(self.one())
        return items[0] if len(items) == 1 else All(tuple(items))

    def one(self) -> Node:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise self.error(f"the query is nested deeper than {_DEEPEST} levels")
        node = self.unguarded()
        self.depth -= 1
        return node

    def unguarded(self) -> Node:
        if self.take("not", "NOT"):
            return Not(self.one())
        if self.take("("):
            node = self.any()
            if not self.take(")"):
                raise self.error("a ')' is missing")
            return node
        if self.peek() in (None, ")", "and", "AND", "or", "OR"):
            raise self.error("a word or a field:value is missing")
        self.at += 1
        return _term(self.tokens[self.at - 1], self.text)

    def peek(self) -> str | None:
        return self.tokens[self.at].text if self.at < len(self.tokens) else None

    def take(self, *words: str) -> bool:
        found = self.peek() in words
        self.at += found
        return found

    def error(self, message: str) -> QueryError:
        end = len(self.text)
        return QueryError(message, self.text, self.tokens[self.at].span if self.at < len(self.tokens) else (end, end))


def _term(token: _Token, text: str) -> Term:
    head = _HEAD.match(token.text)
    if head is None:
        is_tag = token.text.startswith("+")
        values = tuple(_values(token, int(is_tag))) if is_tag else (Value(_unquoted(token.text), token.span),)
        if not values:
            raise QueryError("a tag is missing after '+'", text, token.span)
        term = Term("tag" if is_tag else None, "=" if is_tag else ":", values, token.span)
    else:
        term = Term(head["field"], head["op"].lstrip(":") or ":", tuple(_values(token, head.end())), token.span)
    if not term.values and term.op in ("<", "<=", ">", ">="):
        raise QueryError(f"a value is missing after {term.op!r}", text, token.span)
    for value in term.values:
        if len(value.text) > _LONGEST_VALUE:
            raise QueryError(f"this value is longer than {_LONGEST_VALUE:,} characters", text, value.span)
    return term


def _values(token: _Token, start: int) -> Iterator[Value]:
    """The values between the commas, without those that are empty."""
    for match in _VALUE.finditer(token.text, start):
        found = _unquoted(match.group())
        if found:
            yield Value(found, (token.start + match.start(), token.start + match.end()))


def _unquoted(text: str) -> str:
    r"""The text without the quotes around its parts; `\"` and `\\` inside them lose their backslash."""
    if '"' not in text:
        return text.strip()
    return re.sub(
        _PHRASE, lambda match: re.sub(r'\\(["\\])', r"\1", match.group()[1:-1]), text, flags=re.DOTALL
    ).strip()


def _pointed(query: str, span: Span) -> str:
    """The query on one line and a caret line under it, by the width that a terminal gives each character."""
    from unicodedata import combining, east_asian_width

    def width(text: str) -> int:
        return sum(0 if combining(char) else 1 + (east_asian_width(char) in "WF") for char in text)

    line = "".join(char if char.isprintable() else " " for char in query)
    return f"{line}\n{' ' * width(line[: span[0]])}{'^' * max(1, width(line[slice(*span)]))}"
