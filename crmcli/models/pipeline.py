"""The ordered stages that deals go through."""

from sqlmodel import AutoString, Field

from crmcli.core.vocabulary import Category, Outcome
from crmcli.models.base import Model, Name


class Pipeline(Model, table=True):
    id: int | None = Field(default=None, primary_key=True)
    uid: str = Field(unique=True)
    name: Name
    is_default: int = 0
    recorded_at: str
    archived_at: str | None = None


class Stage(Model, table=True):
    """A stage; open ones come first in `position`, `probability` is per cent."""

    id: int | None = Field(default=None, primary_key=True)
    pipeline_id: int
    name: Name
    position: int
    outcome: Outcome = Field(default=Outcome.OPEN, sa_type=AutoString)
    probability: int | None = Field(default=None, ge=0, le=100)
    rot_days: int | None = Field(default=None, gt=0)
    recorded_at: str
    archived_at: str | None = None
    forecast_category: Category | None = Field(default=None, sa_type=AutoString)
