"""Who was erased, without a word of whom."""

from sqlmodel import Field

from crmcli.models.base import Model


class Erasure(Model, table=True):
    """That a customer was erased; no word of whom."""

    id: int | None = Field(default=None, primary_key=True)
    customer_id: int = Field(unique=True)
    recorded_at: str


class ErasedKey(Model, table=True):
    """What an erased customer was known by, as a keyed hash."""

    __tablename__ = "erased_key"

    id: int | None = Field(default=None, primary_key=True)
    erasure_id: int
    digest: str = Field(unique=True)
