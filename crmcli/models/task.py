"""Something to be done, for a customer, a deal or nobody in particular."""

from sqlmodel import Field

from crmcli.models.base import Line, Model


class Task(Model, table=True):
    """`due_on` is a local day, `due_at` its instant where a time was said; `every` repeats it from `series_on` on."""

    id: int | None = Field(default=None, primary_key=True)
    uid: str = Field(unique=True)
    text: Line
    customer_id: int | None = None
    deal_id: int | None = None
    due_on: str | None = None
    due_at: str | None = None
    every: str | None = None
    series_on: str | None = None
    after_id: int | None = None
    is_priority: int = 0
    owner_id: int | None = None
    done_at: str | None = None
    created_at: str
    recorded_at: str
    removed_at: str | None = None
