"""How long customers are kept."""

from sqlmodel import AutoString, Field

from crmcli.core.vocabulary import RetentionAction
from crmcli.models.base import Model, Name


class RetentionRule(Model, table=True):
    """After how many months without a sign of life customers go; `query` is a JSON array of words."""

    __tablename__ = "retention_rule"

    id: int | None = Field(default=None, primary_key=True)
    name: Name
    months: int
    action: RetentionAction = Field(sa_type=AutoString)
    query: str = "[]"
    recorded_at: str
