"""Who of us looks after a customer or deal."""

from sqlmodel import Field

from crmcli.models.base import Model, Name


class Owner(Model, table=True):
    id: int | None = Field(default=None, primary_key=True)
    uid: str = Field(unique=True)
    name: Name
    email: str | None = None
    manager: str | None = None
    region: str | None = None
    is_me: int = 0
    recorded_at: str
    removed_at: str | None = None
