"""What deals or customers go through."""

from sqlmodel import AutoString, Field

from crmcli.core.vocabulary import Holds
from crmcli.models.base import Model, Name


class Pipeline(Model, table=True):
    id: int | None = Field(default=None, primary_key=True)
    uid: str = Field(unique=True)
    name: Name
    is_default: int = 0
    recorded_at: str
    archived_at: str | None = None
    holds: Holds = Field(default=Holds.DEAL, sa_type=AutoString)
