"""What customers allow, and data that are kept without being used."""

from typing import Annotated

from pydantic import AfterValidator
from sqlmodel import AutoString, Field

from crmcli.core.vocabulary import Channel, ConsentAction, LegalBasis
from crmcli.models.base import Model, Reason, Source, line

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
