"""A customers CSV of any size, the same bytes for the same number: what the import benchmark reads.

python -m bench.generate ROWS FILE
"""

import csv
import random
import sys
from collections.abc import Iterator
from pathlib import Path

COLUMNS = ("name", "email", "phone", "company", "title", "city", "country", "tags", "source")

_FIRST = ("Ada", "Alan", "Chloé", "Dennis", "Fatima", "Grace", "Ivan", "Katherine", "Lucía", "Margaret", "Priya")
_LAST = ("Backus", "Costa", "Dijkstra", "García", "Hopper", "Johnson", "Khan", "Müller", "Nguyen", "Okafor", "Silva")
_CHINESE = ("王伟", "李娜", "张敏", "刘洋", "陈静", "杨磊", "赵军", "黄丽", "周杰", "吴强")
_COMPANY = ("Acme", "Atlas", "Bright", "Cobalt", "Delta", "Ember", "Falcon", "Granite", "Harbor", "Iris", "Nova")
_TRADE = ("Analytics", "Capital", "Energy", "Foods", "Health", "Labs", "Logistics", "Media", "Robotics", "Systems")
_TITLES = ("Buyer", "CEO", "CTO", "Engineer", "Head of Data", "Sales Manager", "VP Engineering", "")
_PLACES = (("Berlin", "Germany"), ("London", "United Kingdom"), ("Paris", "France"), ("上海", "China"), ("", ""))
_TAGS = ("customer", "enterprise", "newsletter", "partner", "press", "q1", "q2", "smb", "trial", "vip")
_SOURCES = ("conference", "inbound", "referral", "webinar", "cold call")
_AREAS = (212, 312, 415, 512, 617, 718)


def generate(path: Path, rows: int) -> None:
    """A file of `rows` people at about a tenth as many companies; each has an e-mail and phone of its own."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(_people(rows))


def _people(rows: int) -> Iterator[tuple[str, ...]]:
    chance = random.Random(42)
    companies = max(10, rows // 10)
    for number in range(rows):
        first, last = chance.choice(_FIRST), chance.choice(_LAST)
        name = f"{first} {last}" if chance.random() < 0.9 else f"{chance.choice(_CHINESE)} {number}"
        company = _company(chance.randrange(companies))
        domain = company.lower().replace(" ", "-")
        city, country = chance.choice(_PLACES)
        phone = f"+1{_AREAS[number % len(_AREAS)]}{200 + number // 60_000 % 800}{number // 6 % 10_000:04d}"
        tags = ",".join(sorted(chance.sample(_TAGS, chance.randrange(4))))
        title, source = chance.choice(_TITLES), chance.choice(_SOURCES)
        yield name, f"person.{number}@{domain}.example.com", phone, company, title, city, country, tags, source


def _company(number: int) -> str:
    trade, name = divmod(number, len(_COMPANY))
    series, trade = divmod(trade, len(_TRADE))
    return f"{_COMPANY[name]} {_TRADE[trade]}" + (f" {series}" if series else "")


if __name__ == "__main__":
    generate(Path(sys.argv[2]), int(sys.argv[1]))
