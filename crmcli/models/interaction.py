"""A call, mail, visit or message with one customer or several."""

from sqlmodel import AutoString, Field

from crmcli.core.vocabulary import Channel, Direction
from crmcli.models.base import Model, Prose


class Interaction(Model, table=True):
    id: int | None = Field(default=None, primary_key=True)
    uid: str = Field(unique=True)
    channel: Channel = Field(sa_type=AutoString)
    direction: Direction | None = Field(default=None, sa_type=AutoString)
    text: Prose
    duration_minutes: int | None = None
    deal_id: int | None = None
    owner_id: int | None = None
    occurred_at: str
    recorded_at: str
    removed_at: str | None = None


class InteractionParty(Model, table=True):
    __tablename__ = "interaction_party"

    id: int | None = Field(default=None, primary_key=True)
    interaction_id: int
    customer_id: int
