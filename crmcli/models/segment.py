"""A saved query of customers, and the members of a frozen one."""

from sqlmodel import Field

from crmcli.models.base import Model, Name


class Segment(Model, table=True):
    id: int | None = Field(default=None, primary_key=True)
    name: Name
    query: str
    is_frozen: int = 0
    recorded_at: str
    removed_at: str | None = None


class SegmentMember(Model, table=True):
    __tablename__ = "segment_member"

    id: int | None = Field(default=None, primary_key=True)
    segment_id: int
    customer_id: int
