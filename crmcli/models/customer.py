"""A person or organisation that we sell to, with its contact points and tags."""

from sqlmodel import AutoString, Field

from crmcli.core.vocabulary import ContactKind, CustomerKind
from crmcli.models.base import City, Country, Industry, Model, Name, Note, Source, Title


class Customer(Model, table=True):
    """`created_at` is when the user says we got to know it, `custom` a JSON object of the custom fields."""

    id: int | None = Field(default=None, primary_key=True)
    uid: str = Field(unique=True)
    kind: CustomerKind = Field(default=CustomerKind.PERSON, sa_type=AutoString)
    name: Name
    handle: str = Field(unique=True)
    title: Title = None
    city: City = None
    country: Country = None
    industry: Industry = None
    source: Source = None
    owner_id: int | None = None
    note: Note = None
    do_not_contact: int = 0
    custom: str = "{}"
    created_at: str
    recorded_at: str
    removed_at: str | None = None
    merged_into_id: int | None = None


class ContactPoint(Model, table=True):
    """An e-mail address or phone, normalised; the one with the least `position` is the primary one."""

    __tablename__ = "contact_point"

    id: int | None = Field(default=None, primary_key=True)
    customer_id: int
    kind: ContactKind = Field(sa_type=AutoString)
    value: str
    label: str | None = None
    position: int = 0
    is_live: int = 1


class Address(Model, table=True):
    """Where it is found, by post or at a `url`; the one with the least `position` is the primary one of its kind."""

    id: int | None = Field(default=None, primary_key=True)
    customer_id: int
    label: str | None = None
    street: str | None = None
    postcode: str | None = None
    city: str | None = None
    region: str | None = None
    country: str | None = None
    url: str | None = None
    position: int = 0


class Tag(Model, table=True):
    id: int | None = Field(default=None, primary_key=True)
    name: Name
    recorded_at: str


class CustomerTag(Model, table=True):
    __tablename__ = "customer_tag"

    id: int | None = Field(default=None, primary_key=True)
    customer_id: int
    tag_id: int
