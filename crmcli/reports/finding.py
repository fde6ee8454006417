"""What a few typed words find in all kinds of records, the best first."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from crmcli.core.normal import phone_digits
from crmcli.core.result import Column, Table
from crmcli.core.spelling import near
from crmcli.core.vocabulary import Match
from crmcli.core.wording import shown
from crmcli.core.words import composed, is_dense, words
from crmcli.db.documents import DOCUMENTS, Document
from crmcli.db.reader import Reader
from crmcli.db.search import Hit, Index, digits_of, phone_match
from crmcli.query.contact import barred
from crmcli.reports.snippet import snippet

_POOL = 500
_SHORTEST_BEGINNING = 2
_SHORTEST_VARIED = 3
_DIGITS_OF_A_PHONE = 5
_ALONE, _FIRST, _IN_TITLE, _IN_REST = 100, 60, 40, 10

Phrase = tuple[str, ...]

_COLUMNS = (
    Column("kind"),
    Column("id", "id"),
    Column("title", under=("no_contact",)),
    Column("snippet"),
    Column("at", "instant"),
    Column("match", is_hidden=True),
    Column("no_contact", heading="No contact", is_hidden=True),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What was typed: each word as the words that the index knows, and the digits of a phone, if it can be one."""

    text: str
    phrases: tuple[Phrase, ...]
    digits: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """The hits, and what a person should know about them."""

    table: Table
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Attempt:
    """An expression for the index, and for each typed word the phrases that may stand for it, the best first."""

    match: Match
    expression: str
    wanted: tuple[tuple[Phrase, ...], ...]


_AS_IT_IS = _Attempt(Match.EXACT, "", ())


@dataclass(frozen=True, slots=True)
class _Answer:
    """The best documents of a kind: score, id and how each matches; and whether there are more."""

    document: Document
    hits: Sequence[tuple[float, int, Match]]
    is_cut: bool


def find(
    db: Reader,
    index: Index,
    texts: Sequence[str],
    *,
    kinds: Sequence[str] = (),
    most: int | None = 20,
    fuzzy: bool = False,
) -> Found:
    """The records in which all the typed words stand, at most `most` of each kind; none of the words is an operator.

    Where there is none, those with words that begin so; else, or at once when it is to be `fuzzy`, those with words
    that are a few slips away. Text without a word, such as `%`, is looked for as it is, and no text is in all records.
    """
    want = _asked(texts)
    documents = [each for each in DOCUMENTS if not kinds or each.name in kinds]
    if not want.phrases:
        return _found(db, want, _AS_IT_IS, [_holding(db, each, want.text, most) for each in documents])
    for attempt in _attempts(want, index, fuzzy=fuzzy):
        answers = [_ranked(index, each, attempt, want, most) for each in documents]
        if any(answer.hits for answer in answers):
            return _found(db, want, attempt, answers)
    return Found(_table(()))


def _asked(texts: Sequence[str]) -> Asked:
    text = composed(" ".join(texts)).strip()
    phrases = tuple(phrase for part in text.split() if (phrase := tuple(words(part))))
    digits = (phone_digits(text.replace("(0)", "")) or "").lstrip("+0")
    return Asked(text, phrases, digits if len(digits) >= _DIGITS_OF_A_PHONE else None)


def _attempts(want: Asked, index: Index, *, fuzzy: bool) -> Iterator[_Attempt]:
    """What to look for, one thing after another until something is found."""
    wanted = tuple((phrase,) for phrase in want.phrases)
    if not fuzzy:
        exact = _all(_quoted(phrase) for phrase in want.phrases)
        phone = "" if want.digits is None else f" OR {phone_match(want.digits)}"
        yield _Attempt(Match.EXACT, f"({exact}){phone}", wanted)
        yield _Attempt(Match.BEGINNING, _all(map(_begun, want.phrases)), wanted)
    spelling = _Spelling(index)
    alternatives = [spelling.of(part) for phrase in want.phrases for part in _parts(phrase)]
    if all(alternatives):
        nearly = _all(f"({' OR '.join(each)})" for each in alternatives)
        yield _Attempt(Match.TYPO, nearly, tuple(tuple(each.values()) for each in alternatives))


def _all(expressions: Iterable[str]) -> str:
    return " AND ".join(expressions)


def _quoted(phrase: Phrase) -> str:
    return f'"{" ".join(phrase)}"'


def _begun(phrase: Phrase) -> str:
    is_begun = len(phrase[-1]) >= _SHORTEST_BEGINNING
    return f"{_quoted(phrase)} *" if is_begun else _quoted(phrase)


def _parts(phrase: Phrase) -> Iterator[Phrase]:
    """The words on their own; characters of a script without blanks stay together."""
    run: Phrase = ()
    for word in phrase:
        if is_dense(word):
            run += (word,)
            continue
        if run:
            yield run
        run = ()
        yield (word,)
    if run:
        yield run


@dataclass(slots=True)
class _Spelling:
    """What a part of a typed word can stand for: expressions for the index, each with the phrase that it means."""

    index: Index
    known: dict[tuple[str, str], list[tuple[str, int]]] = field(default_factory=dict)

    def of(self, part: Phrase) -> dict[str, Phrase]:
        """The part itself and what is a few slips away; numbers stay as they are, and nothing is near a short word."""
        if is_dense(part[0]):
            return self._characters(part)
        (word,) = part
        if word[0].isdigit():
            return {_quoted(part): part}
        return {_quoted((other,)): (other,) for other in near(word, self._vocabulary(word))}

    def _characters(self, part: Phrase) -> dict[str, Phrase]:
        """A name of three characters or more may have one that is wrong."""
        found = {_quoted(part): part}
        if len(part) < _SHORTEST_VARIED:
            return found
        for place in range(len(part)):
            before, after = part[:place], part[place + 1 :]
            both = [_quoted(each) for each in (before, after) if each]
            found[f"NEAR({' '.join(both)}, 1)" if before and after else both[0]] = max(before, after, key=len)
        return found

    def _vocabulary(self, word: str) -> list[tuple[str, int]]:
        """The words of the file that begin with a letter of the same kind."""
        span = ("a", "{") if word[0].isascii() else ("\u00c0", "\U0010ffff")
        if span not in self.known:
            self.known[span] = list(self.index.vocabulary(*span))
        return self.known[span]


def _holding(db: Reader, document: Document, text: str, most: int | None) -> _Answer:
    """The latest that hold the text as it is, none better than another."""
    asked = -1 if most is None else most + 1
    hits = [(0.0, int(number), Match.EXACT) for (number,) in db.rows(document.holding(), text=text, most=asked)]
    return _Answer(document, hits[:most], is_cut=len(hits) > len(hits[:most]))


def _ranked(index: Index, document: Document, attempt: _Attempt, want: Asked, most: int | None) -> _Answer:
    """The best of the latest that match; where they are too many to look at all, those that match by title too."""
    pool = None if most is None else max(_POOL, most)
    hits = index.hits(attempt.expression, document, pool)
    is_full = pool is not None and len(hits) >= pool
    if is_full:
        hits += index.hits(f"{{title}} : ({attempt.expression})", document, pool)
    scored = {hit.number - document.first: (_score(hit, attempt), _match(hit, attempt, want)) for hit in hits}
    best = sorted(
        ((score, number, match) for number, (score, match) in scored.items()), key=lambda hit: (-hit[0], -hit[1])
    )
    return _Answer(document, best[:most], is_full or len(best) > len(best[:most]))


def _match(hit: Hit, attempt: _Attempt, want: Asked) -> Match:
    """How the document answers: to a word of another spelling, or after all to what was typed."""
    if attempt.match is not Match.TYPO:
        return attempt.match
    is_there = all(_place(hit, phrase, is_beginning=False) for phrase in want.phrases)
    return Match.EXACT if is_there else Match.TYPO


def _score(hit: Hit, attempt: _Attempt) -> float:
    """How well a document answers: by where each typed word stands, less for what it only may mean."""
    score = 0.0
    is_beginning = attempt.match is Match.BEGINNING
    for phrases in attempt.wanted:
        score += max(
            _place(hit, phrase, is_beginning=is_beginning) / (1 + rank / 4) for rank, phrase in enumerate(phrases)
        )
    typed = [word for phrases in attempt.wanted for word in phrases[0]]
    return score + _ALONE * (list(hit.title) == typed)


def _place(hit: Hit, phrase: Phrase, *, is_beginning: bool) -> int:
    if _stands(hit.title[: len(phrase)], phrase, is_beginning):
        return _FIRST
    if _stands(hit.title, phrase, is_beginning):
        return _IN_TITLE
    return _IN_REST if _stands(hit.rest, phrase, is_beginning) else 0


def _stands(among: Sequence[str], phrase: Phrase, is_beginning: bool) -> bool:
    size = len(phrase)
    for start in range(len(among) - size + 1):
        there = tuple(among[start : start + size])
        if there == phrase:
            return True
        if is_beginning and there[:-1] == phrase[:-1] and there[-1].startswith(phrase[-1]):
            return True
    return False


def _found(db: Reader, want: Asked, attempt: _Attempt, answers: Sequence[_Answer]) -> Found:
    """The rows of the hits, the kind with the best hit first."""
    with_hits = sorted((each for each in answers if each.hits), key=lambda each: -each.hits[0][0])
    rows = [row for answer in with_hits for row in _rows(db, want, attempt, answer)]
    is_told = any(match is not Match.EXACT for each in with_hits for _, _, match in each.hits)
    notes = [_said(want, attempt)] if is_told else []
    notes += [
        f"more than {len(each.hits):,} {each.document.plural} match; --limit all shows them"
        for each in with_hits
        if each.is_cut
    ]
    return Found(_table(rows), tuple(notes))


def _rows(db: Reader, want: Asked, attempt: _Attempt, answer: _Answer) -> Iterator[Sequence[object]]:
    wanted = {word for phrases in attempt.wanted for phrase in phrases for word in phrase}
    matches = {number: match for _, number, match in answer.hits}
    texts = {row[0]: row[1:] for row in db.rows(answer.document.shown(), ids=json.dumps(list(matches)))}
    barred_of = _barred(db, matches) if answer.document.table == "customer" else {}
    for number, match in matches.items():
        label, at, phones, *pieces = texts[number]
        shown_phones = phones if want.digits and _has_digits(phones, want.digits) else None
        cut = shown_phones or snippet(pieces, wanted, is_beginning=attempt.match is Match.BEGINNING)
        yield (answer.document.name, number, label, cut, at, str(match), barred_of.get(number))


def _barred(db: Reader, customers: Iterable[int]) -> dict[int, str]:
    """Why some of the customers must not be contacted."""
    sql = f"select c.id, {barred('c')} from customer c where c.id in (select value from json_each(:ids))"
    return {number: why for number, why in db.rows(sql, ids=json.dumps(list(customers))) if why}


def _has_digits(phones: str | None, digits: str) -> bool:
    return any(digits_of(phone).endswith(digits) for phone in (phones or "").split())


def _said(want: Asked, attempt: _Attempt) -> str:
    if attempt.match is Match.BEGINNING:
        return f"no record has {shown(want.text)} as whole words; these have words that begin so"
    meant = dict.fromkeys("".join(phrase) for phrases in attempt.wanted for phrase in phrases)
    return f"looked for what {shown(want.text)} may mean: {', '.join(meant)}"


def _table(rows: Sequence[Sequence[object]]) -> Table:
    return Table(_COLUMNS, rows, groups="kind", empty="nothing found")
