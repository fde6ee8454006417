"""What a custom field may hold, and where it must."""

from sqlmodel import AutoString
from sqlmodel import Field as Column

from crmcli.core.vocabulary import FieldType
from crmcli.models.base import Model, Name


class Field(Model, table=True):
    """A field that the user added to customers or deals; `choices` is a JSON array of texts."""

    id: int | None = Column(default=None, primary_key=True)
    entity: str
    name: Name
    type: FieldType = Column(sa_type=AutoString)
    choices: str = "[]"
    recorded_at: str


class Requirement(Model, table=True):
    """A deal enters the stage only while the field has a value."""

    id: int | None = Column(default=None, primary_key=True)
    field_id: int
    stage_id: int
