"""How many came to a stage in which nobody stands."""

from sqlmodel import Field

from crmcli.models.base import Model


class StageCount(Model, table=True):
    """How many came to a counted stage on a local day."""

    __tablename__ = "stage_count"

    id: int | None = Field(default=None, primary_key=True)
    stage_id: int
    counted_on: str
    count: int = Field(ge=0)
    recorded_at: str
