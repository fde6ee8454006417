"""What customers allow, what binds our hands, and who was erased."""

from typing import Annotated

from pydantic import AfterValidator
from sqlmodel import AutoString, Field

from crmcli.core.vocabulary import Channel, ConsentAction, LegalBasis, RetentionAction
from crmcli.models.base import Model, Name, Reason, Source, line

Purpose = Annotated[str, AfterValidator(line("purpose", 100))]


class Consent(Model, table=True):
    """One thing said; without a `channel` it is about all of them."""

    id: int | None = Field(default=None, primary_key=True)
    customer_id: int
    action: ConsentAction = Field(sa_type=AutoString)
    purpose: Purpose
    channel: Channel | None = Field(default=None, sa_type=AutoString)
    basis: LegalBasis | None = Field(default=None, sa_type=AutoString)
    source: Source = None
    occurred_at: str
    recorded_at: str


class Restriction(Model, table=True):
    """Data that are kept and not used, until `lifted_at`."""

    id: int | None = Field(default=None, primary_key=True)
    customer_id: int
    reason: Reason = None
    occurred_at: str
    recorded_at: str
    lifted_at: str | None = None


class RetentionRule(Model, table=True):
    """After how many months without a sign of life customers go; `query` is a JSON array of words."""

    __tablename__ = "retention_rule"

    id: int | None = Field(default=None, primary_key=True)
    name: Name
    months: int
    action: RetentionAction = Field(sa_type=AutoString)
    query: str = "[]"
    recorded_at: str


class Erasure(Model, table=True):
    """That a customer was erased; no word of whom."""

    id: int | None = Field(default=None, primary_key=True)
    customer_id: int = Field(unique=True)
    recorded_at: str


class ErasedKey(Model, table=True):
    """What an erased customer was known by, as a keyed hash."""

    __tablename__ = "erased_key"

    id: int | None = Field(default=None, primary_key=True)
    erasure_id: int
    digest: str = Field(unique=True)
