"""Who is what to whom."""

from sqlmodel import Field

from crmcli.models.base import Model, Name, Note


class RelationType(Model, table=True):
    """A kind of tie, read from one end (`name`) and from the other (`inverse`)."""

    __tablename__ = "relation_type"

    id: int | None = Field(default=None, primary_key=True)
    name: Name
    inverse: Name
    is_symmetric: int = 0
    is_forest: int = 0
    weight: int = Field(default=50, ge=0, le=100)


class Relationship(Model, table=True):
    """One tie; a symmetric one is stored once, from the lesser id."""

    id: int | None = Field(default=None, primary_key=True)
    uid: str = Field(unique=True)
    from_id: int
    type_id: int
    to_id: int
    since: str | None = None
    until: str | None = None
    note: Note = None
    created_at: str
    recorded_at: str
    removed_at: str | None = None
    strength: int | None = Field(default=None, ge=0, le=100)
