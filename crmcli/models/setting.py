"""What the file says about the world it lives in, by key."""

from sqlmodel import Field

from crmcli.models.base import Model


class Setting(Model, table=True):
    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    value: str
