from pathlib import Path

import pytest

from crmcli.core.vocabulary import FieldType, Outcome
from crmcli.errors import InvalidInput
from crmcli.exchange import profiles
from crmcli.exchange.source import open_sources
from tests.exchange.conftest import Opened, values

_ACCOUNTS = """account,sector,year_established,revenue,employees,office_location,subsidiary_of
Acme Corporation,technolgy,1996,1100.04,2822,Philipines,
Bluth,retail,1994,82.5,200,Kenya,Acme Corporation
"""
_TEAMS = "sales_agent,manager,regional_office\nAnna Snelling,Dustin Brinkmann,Central\n"
_PRODUCTS = "product,series,sales_price\nGTX Pro,GTX,4821\n"
_PIPELINE = """opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value
AAAA1111,Anna Snelling,GTXPro,Bluth,Won,2016-10-20,2017-03-01,4500
BBBB2222,Anna Snelling,GTXPro,,Prospecting,,,
"""
_FILES = {
    "sales_pipeline.csv": _PIPELINE,
    "accounts.csv": _ACCOUNTS,
    "sales_teams.csv": _TEAMS,
    "products.csv": _PRODUCTS,
}

MAVEN = Path(__file__).parents[3] / "shared" / "data" / "maven_crm"


def test_the_four_maven_files_are_recognised_and_sorted(opened: Opened) -> None:
    for name, content in _FILES.items():
        opened(content, name)

    sources = open_sources(list(_FILES), entity=None, profile=None, mapping={}, custom={})

    assert [(source.file, source.entity) for source in sources] == [
        ("products.csv", "products"),
        ("sales_teams.csv", "owners"),
        ("accounts.csv", "customers"),
        ("sales_pipeline.csv", "deals"),
    ]
    assert {(source.profile, source.source, source.unknown) for source in sources} == {("maven", "maven", ())}


def test_maven_accounts_are_organisations_with_figures_of_their_own(opened: Opened) -> None:
    source = opened(_ACCOUNTS)

    assert values(source)[0] == {
        "key": "Acme Corporation",
        "name": "Acme Corporation",
        "industry": "technology",
        "founded": "1996",
        "revenue": "1100.04",
        "employees": "2822",
        "country": "Philippines",
        "parent": "",
    }
    assert values(source)[1]["parent"] == "Acme Corporation"
    assert source.constants == {"kind": "organisation"}
    assert source.custom_types == dict.fromkeys(("founded", "revenue", "employees"), FieldType.NUMBER)


def test_maven_deals_have_a_name_to_read_and_a_pipeline_of_their_own(opened: Opened) -> None:
    source = opened(_PIPELINE)

    assert values(source) == [
        {
            "key": "AAAA1111",
            "name": "GTX Pro for Bluth",
            "owner": "Anna Snelling",
            "product": "GTX Pro",
            "customer": "Bluth",
            "stage": "Won",
            "entered": "2016-10-20",
            "closed": "2017-03-01",
            "amount": "4500",
        },
        {
            "key": "BBBB2222",
            "name": "GTX Pro",
            "owner": "Anna Snelling",
            "product": "GTX Pro",
            "customer": "",
            "stage": "Prospecting",
            "entered": "",
            "closed": "",
            "amount": "",
        },
    ]
    assert source.constants == {"pipeline": "maven"}
    assert source.stages == (
        ("Prospecting", Outcome.OPEN),
        ("Engaging", Outcome.OPEN),
        ("Won", Outcome.WON),
        ("Lost", Outcome.LOST),
    )


def test_maven_owners_and_products_have_their_fields(opened: Opened) -> None:
    assert values(opened(_TEAMS)) == [{"name": "Anna Snelling", "manager": "Dustin Brinkmann", "region": "Central"}]
    assert values(opened(_PRODUCTS)) == [{"name": "GTX Pro", "series": "GTX", "list_price": "4821"}]


def test_a_file_is_recognised_whatever_the_order_and_look_of_its_columns(opened: Opened) -> None:
    source = opened("Regional Office;Extra;MANAGER;sales-agent\nCentral;x;Dustin;Anna\n")

    assert (source.entity, source.unknown) == ("owners", ("Extra",))
    assert values(source) == [{"region": "Central", "manager": "Dustin", "name": "Anna"}]


def test_our_own_profile_can_be_told(opened: Opened) -> None:
    source = opened(_TEAMS, profile="crmcli", mapping={"sales_agent": "name"})

    assert (source.profile, source.entity) == ("crmcli", "customers")


def test_a_file_of_another_kind_than_told_is_not_the_profile_s(opened: Opened) -> None:
    assert opened(_PRODUCTS, entity="deals", mapping={"product": "name"}).profile == "crmcli"


def test_an_unknown_profile_and_a_file_that_is_none_of_it_are_refused(opened: Opened) -> None:
    with pytest.raises(InvalidInput, match=r"no profile 'mavn'; did you mean 'maven'\?"):
        opened(_TEAMS, profile="mavn")
    with pytest.raises(InvalidInput, match=r"'c.csv' is no file of maven: its columns are 'name', 'email'"):
        opened("name,email\n", profile="maven")


def test_every_profile_is_whole() -> None:
    for name in profiles.names()[1:]:
        for layout in profiles.layouts(name):
            parts = set(layout.headers.values()) - set(layout.fields)
            templates = [template for each in layout.composed.values() for template in each]
            foreign = layout.foreign
            assert foreign is not None
            assert parts - set(foreign.skips) - {"conversation"} == {
                part for part in parts if any(f"{{{part}}}" in template for template in templates)
            } - set(foreign.skips)
            assert set(layout.custom_types) | set(layout.composed) <= set(layout.fields)
            assert set(layout.values) | set(foreign.dates) | set(foreign.separators) <= set(layout.headers.values())


def test_no_file_is_taken_for_another() -> None:
    every = list(profiles.known())

    for layout in every:
        found = profiles.recognised([*layout.signature, "x"], profile=None, entity=None)
        assert found is not None
        assert found.foreign == layout.foreign


def test_a_column_that_is_mapped_stands_beside_those_that_are_known(opened: Opened) -> None:
    source = opened(
        "Person - Name,Person - Email,Backup mail,Person - Label\nAda,a@example.com,b@example.com,x\n",
        mapping={"Backup mail": "email", "Person - Label": "title"},
    )

    [row] = values(source)
    assert (row["email"], row["title"], "tag" in row) == ("a@example.com;b@example.com", "x", False)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[[file]", "cannot be read"),
        ('source = "x"', "describes no file"),
        ('[[file]]\nentity = "deal"\ncolumns = { a = "name" }', "entity is not one of"),
        ('[[file]]\nentity = "deals"\ncolumns = "a"', "columns is not a table of texts"),
        ('[[file]]\nentity = "deals"\ncolumn = { a = "name" }', "unknown key 'column'; did you mean 'columns'?"),
        ('[[file]]\nentity = "deals"\n[file.columns]\na = "name"\n[file.composed]\nname = ["{a.b}"]', "no template"),
        ('[[file]]\nentity = "deals"\n[file.columns]\na = "key"\n[file.extracts]\nkey = "("', "unterminated"),
    ],
)
def test_a_profile_that_cannot_be_understood_is_refused(tmp_path: Path, text: str, reason: str) -> None:
    (tmp_path / "mine.toml").write_text(text)

    with pytest.raises(InvalidInput) as refused:
        profiles.layouts("mine", tmp_path)

    assert reason in str(refused.value)


@pytest.mark.skipif(not MAVEN.exists(), reason="the real files are not here")
def test_the_real_maven_files_have_no_faults() -> None:
    paths = [str(path) for path in sorted(MAVEN.glob("*.csv"))]

    sources = open_sources(paths, entity=None, profile=None, mapping={}, custom={})

    assert [(source.entity, len(values(source))) for source in sources] == [
        ("products", 7),
        ("owners", 35),
        ("customers", 85),
        ("deals", 8800),
    ]
