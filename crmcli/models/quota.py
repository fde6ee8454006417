"""What is to be won in a period."""

from sqlmodel import Field

from crmcli.models.base import Model


class Quota(Model, table=True):
    """Minor units to win from `starts_on` on and before `ends_on`, by an owner or by all together."""

    id: int | None = Field(default=None, primary_key=True)
    owner_id: int | None = None
    starts_on: str
    ends_on: str
    amount: int = Field(gt=0)
    currency: str
    recorded_at: str
    removed_at: str | None = None
