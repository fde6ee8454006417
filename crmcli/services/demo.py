"""A file to look around in: invented people and half a year of work, the same for the same day."""

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from crmcli.core.change import Change
from crmcli.core.normal import fold, handle
from crmcli.core.period import instant
from crmcli.core.vocabulary import REFERRED, Channel, CustomerKind, Direction, Outcome
from crmcli.db.writing import Writer
from crmcli.services import cadences, customers, deals, interactions, relationships, tasks
from crmcli.services.demonames import CITIES, NAMES, ORGANISATIONS, REASONS, SOURCES, TAGS, TITLES, WORK

CENTRE = "ada-lovelace"

_DAYS = 182
_DEALS = 80
_INTERACTIONS = 320
_ADVANCE = {"lead": 0.8, "contact": 0.74, "needs": 0.68, "quote": 0.56}
_STAGES = (*_ADVANCE, "won")
_OWNERS = ("Noor Haddad", "Jonas Weber")


@dataclass(slots=True)
class _Story:
    """What has been told so far; `pick` gives the same story for the same seed."""

    session: Writer
    pick: random.Random = field(default_factory=lambda: random.Random(2026))  # noqa: S311 (a story, no secret)
    people: list[int] = field(default_factory=list)
    organisations: list[int] = field(default_factory=list)
    handles: dict[int, str] = field(default_factory=dict)

    def ago(self, days: float) -> datetime:
        """An instant in the past, in working hours of the zone of the file."""
        day = self.session.now.astimezone(self.session.preferences.tz) - timedelta(days=days)
        moment = day.replace(hour=self.pick.randint(8, 17), minute=self.pick.choice((0, 10, 20, 30, 45)), second=0)
        return min(moment, self.session.now - timedelta(minutes=5))


def build(session: Writer) -> Change:
    """Fill an empty file: some 60 customers, their ties, half a year of interactions, 80 deals with their histories."""
    story = _Story(session)
    _tell_organisations(story)
    _tell_people(story)
    _tell_ties(story)
    for number in range(_DEALS):
        _tell_deal(story, number)
    _tell_interactions(story)
    _tell_plans(story)
    count = len(story.people) + len(story.organisations)
    return Change((), f"built a demo of {count} customers and {_DEALS} deals")


def _tell_organisations(story: _Story) -> None:
    for name, industry, city, country in ORGANISATIONS:
        new = customers.NewCustomer(
            name=name,
            kind=CustomerKind.ORGANISATION,
            emails=(f"office@{_domain(name)}",),
            city=city,
            country=country,
            industry=industry,
            owner=story.pick.choice(_OWNERS),
            at=instant(story.ago(_DAYS + story.pick.randint(20, 300))),
        )
        story.organisations.append(_added(story, new))


def _tell_people(story: _Story) -> None:
    for name, latin in NAMES:
        employer, _, city, country = story.pick.choice(ORGANISATIONS)
        new = customers.NewCustomer(
            name=name,
            emails=(f"{handle(latin).replace('-', '.')}@{_domain(employer)}",),
            employer=employer,
            title=story.pick.choice(TITLES),
            city=city if story.pick.random() < 0.8 else story.pick.choice(CITIES),  # noqa: PLR2004
            country=country,
            source=story.pick.choice(SOURCES),
            owner=story.pick.choice(_OWNERS),
            tags=tuple(story.pick.sample(TAGS, story.pick.choice((0, 1, 1, 2)))),
            at=instant(story.ago(_DAYS + story.pick.randint(0, 200))),
        )
        story.people.append(_added(story, new))


def _tell_ties(story: _Story) -> None:
    """Every third person was referred by one who came before; some know each other; a few firms work together."""
    people, firms, pick = story.people, story.organisations, story.pick
    for place in range(2, len(people), 3):
        relationships.tie(story.session, people[pick.randrange(place // 2 + 1)], REFERRED, people[place])
    knows, partner, reports = 3, 4, 5
    pairs = {tuple(sorted(pick.sample(people, 2))) for _ in range(24)}
    for one, other in sorted(pairs | {(people[0], people[5]), (people[0], people[9])}):
        relationships.tie(story.session, one, knows, other)
    for one, other in zip(firms[::3], firms[1::3], strict=False):
        relationships.tie(story.session, one, partner, other)
    relationships.tie(story.session, people[1], reports, people[0])


def _tell_deal(story: _Story, number: int) -> None:
    """One deal's way: on, sometimes over a stage or back, until it is won, lost, or today is reached."""
    pick, session = story.pick, story.session
    who = pick.choice(story.people if pick.random() < 0.6 else story.organisations)  # noqa: PLR2004
    began = _DAYS * (1 - number / _DEALS) + pick.random() * 2
    new = deals.NewDeal(
        name=pick.choice(WORK),
        customer=str(who),
        amount=str(pick.choice((900, 1_800, 2_400, 4_500, 7_200, 12_000, 18_500, 26_000))),
        close=(session.now + timedelta(days=pick.randint(-10, 75))).date().isoformat(),
        owner=pick.choice(_OWNERS),
        source=pick.choice(SOURCES),
        at=instant(story.ago(began)),
    )
    deal = str(deals.add(session, new).ids[0])
    place, left = 0, began
    while True:
        left -= pick.uniform(2, 24)
        if left <= 0:
            return
        at = instant(story.ago(left))
        stage = _STAGES[place]
        if pick.random() > _ADVANCE[stage]:
            deals.close(session, deals.Move(deal, "", at=at), Outcome.LOST, reason=pick.choice(REASONS))
            return
        place = _next_place(pick, place)
        if _STAGES[place] == "won":
            deals.close(session, deals.Move(deal, "", at=at), Outcome.WON)
            return
        deals.move(session, deals.Move(deal, _STAGES[place], at=at))


def _next_place(pick: random.Random, place: int) -> int:
    chance = pick.random()
    if chance < 0.08 and place > 0:  # noqa: PLR2004
        return place - 1
    if chance > 0.9 and place < len(_ADVANCE) - 2:  # noqa: PLR2004
        return place + 2
    return place + 1


def _tell_interactions(story: _Story) -> None:
    pick = story.pick
    for _ in range(_INTERACTIONS):
        channel = pick.choice(
            (*[Channel.CALL, Channel.EMAIL] * 4, Channel.MEETING, Channel.CHAT, Channel.VISIT, Channel.SOCIAL)
        )
        at = story.ago(_DAYS * pick.random() ** 1.4)
        minutes = {Channel.CALL: "15m", Channel.MEETING: "1h", Channel.VISIT: "2h"}.get(channel)
        new = interactions.NewInteraction(
            who=(str(pick.choice(story.people)),),
            text=pick.choice(_TOPICS),
            channel=channel,
            direction=pick.choice(tuple(Direction)),
            at=instant(at),
            duration=minutes,
        )
        interactions.log(story.session, new)


_TOPICS = (
    "asked for references",
    "wants the quote split in two",
    "budget comes in the new quarter",
    "went through the needs, two are open",
    "no answer, try again next week",
    "sent the comparison with their present tool",
    "introduced us to purchasing",
    "happy with the pilot",
    "procurement asks for a longer term",
    "moved the meeting",
)


def _added(story: _Story, new: customers.NewCustomer) -> int:
    return customers.add(story.session, new).ids[0]


def _domain(name: str) -> str:
    return f"{''.join(char for char in fold(name) if char.isascii() and char.isalnum())}.example.com"


def _tell_plans(story: _Story) -> None:
    """What is to be done, and with whom to keep in touch."""
    for text, due, every in _PLANS:
        customer = str(story.pick.choice(story.people))
        tasks.add(story.session, tasks.NewTask(text, customer=customer, due=due, every=every))
    cadences.set_(story.session, "+vip", "3w")


_PLANS = (
    ("Send the quote", "yesterday", None),
    ("Call about the contract", "today", None),
    ("Ask for a reference", "3d", None),
    ("Check what is open", "today", "2w"),
)
