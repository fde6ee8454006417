"""A possible sale, its way through a pipeline, and the events of that way."""

from sqlmodel import Field

from crmcli.models.base import Model, Name, Note, Product, Reason, Source


class Deal(Model, table=True):
    """`amount` is in minor units of `currency`; `created_at` is none where the source does not know it."""

    id: int | None = Field(default=None, primary_key=True)
    uid: str = Field(unique=True)
    name: Name
    customer_id: int | None = None
    amount: int | None = None
    currency: str
    close_on: str | None = None
    owner_id: int | None = None
    source: Source = None
    product: Product = None
    lost_reason: Reason = None
    note: Note = None
    custom: str = "{}"
    created_at: str | None = None
    closed_at: str | None = None
    recorded_at: str
    removed_at: str | None = None


class Passage(Model, table=True):
    """One deal's way through one pipeline.

    `stage_id`, `stage_entered_at`, `reached_id` and `way` are caches of its events; `way` are the stages that it entered,
    by id in their order with commas between, None where only the events say it.
    """

    id: int | None = Field(default=None, primary_key=True)
    deal_id: int | None = None
    customer_id: int | None = None
    pipeline_id: int
    began_at: str | None = None
    ended_at: str | None = None
    stage_id: int
    stage_entered_at: str | None = None
    reached_id: int | None = None
    way: str | None = None


class StageEvent(Model, table=True):
    """Append-only: from NULL at creation; equal from and to is a change of terms. `dwell` is seconds in `from`."""

    __tablename__ = "stage_event"

    id: int | None = Field(default=None, primary_key=True)
    passage_id: int
    from_stage_id: int | None = None
    to_stage_id: int
    amount: int | None = None
    currency: str
    close_on: str | None = None
    owner_id: int | None = None
    occurred_at: str | None = None
    recorded_at: str
    dwell: int | None = None
    note: str | None = None
