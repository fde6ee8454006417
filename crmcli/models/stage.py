"""The stages of a pipeline, in their order."""

from sqlmodel import AutoString, Field

from crmcli.core.vocabulary import Category, Outcome
from crmcli.models.base import Model, Name


class Stage(Model, table=True):
    """A stage; open ones come first in `position`, `probability` is per cent, `required_fields` a JSON list of names.

    Nobody stands in one that `is_counted`: a `StageCount` says how many came there on a day.
    """

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
    required_fields: str = "[]"
    is_counted: int = 0
