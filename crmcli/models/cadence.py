"""How often to be in touch."""

from sqlmodel import Field

from crmcli.models.base import Model


class Cadence(Model, table=True):
    """With one customer, or with each of a tag or segment, every so many `days`."""

    id: int | None = Field(default=None, primary_key=True)
    customer_id: int | None = None
    tag_id: int | None = None
    segment_id: int | None = None
    days: int
    recorded_at: str
    removed_at: str | None = None
