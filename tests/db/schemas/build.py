"""Writes the file of the present schema that later versions must be able to bring up to date.

`python -m tests.db.schemas.build`, once for each schema, when it is released; never again, since what counts is what
that version wrote.
"""

import gzip
import os
import tempfile
from pathlib import Path

from crmcli.db import migrate
from tests.conftest import NOW, RECORDS, run

HERE = Path(__file__).parent

MORE = (
    "pipeline add partners --stage talks --stage pilot",
    "deal add Alliance --pipeline partners --amount '5k USD' --customer 'Analytical Ltd' --at 2026-10-05",
    "deal add Old --at 2026-09-01",
    "deal lose 4 --reason price --at 2026-09-20",
    "stage add trial --after contact",
    "customer add 'Gone Ltd'",
    "customer remove 'Gone Ltd' --yes",
    "relation remove 3 --yes",
    "deal edit 1 --set amount=15k",
    "undo",
    "redo",
    "customer edit ada-lovelace --set city=London",
    "undo",
    "init --currency USD --region DE --zone Europe/Berlin",
    "customer address add ada-lovelace --street 'Dorset St 1' --city London --country GB",
    "segment add friends +vip --freeze",
    "field add deal competitor --type text --required-at quote",
    "pipeline add adverts --template marketing",
    "stage count exposure 1200",
    "customer add 'Left Alone' --email alone@example.com",
    "privacy restrict 'Left Alone' --reason asked",
    "customer add 'To Forget' --email forget@example.com",
    "privacy erase 'To Forget' --yes",
    "find ada",
)
CUSTOMERS = "uid,kind,name,email,external,colour\n,person,Keyed,keyed@example.com,shop:K-7,red\n"
DEALS = "external,name,customer,stage,amount,currency\nshop:D-1,Imported,Keyed,needs,99.50,EUR\n"


def main() -> None:
    os.environ |= {"CRM_NOW": NOW.isoformat(), "USER": "tester", "TZ": "UTC"}
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "crm.db"
        for line in RECORDS + MORE:
            run(f"{line} --db {place}")
        for name, text in (("customers", CUSTOMERS), ("deals", DEALS)):
            table = Path(folder) / f"{name}.csv"
            table.write_text(text, encoding="utf-8")
            run(f"import {table} --db {place}")
        target = HERE / f"{migrate.latest()}.db.gz"
        target.write_bytes(gzip.compress(place.read_bytes(), mtime=0))


if __name__ == "__main__":
    main()
