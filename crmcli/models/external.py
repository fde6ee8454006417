"""The keys that other systems know our records by."""

from sqlmodel import Field

from crmcli.models.base import Model


class ExternalId(Model, table=True):
    """`key` of `source` names exactly one record of ours."""

    __tablename__ = "external_id"

    id: int | None = Field(default=None, primary_key=True)
    source: str
    key: str
    customer_id: int | None = None
    deal_id: int | None = None
    interaction_id: int | None = None
    relationship_id: int | None = None
    task_id: int | None = None
