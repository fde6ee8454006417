"""The class under every model, and the gate through which outside values pass."""

from collections.abc import Callable
from functools import partial
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BeforeValidator, ValidationError
from sqlmodel import SQLModel

from crmcli.core import normal
from crmcli.errors import InvalidInput


class Model(SQLModel):
    """A SQLModel whose `of` validates: a table's plain constructor does not."""

    @classmethod
    def of(cls, **values: Any) -> Self:
        """Build from values of the outside world. Raises InvalidInput."""
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            problems = (f"{'.'.join(map(str, e['loc']))}: {e['msg'].lower()}" for e in error.errors())
            raise InvalidInput("; ".join(problems)) from None

    def assign(self, **values: Any) -> bool:
        """Give fields new values, validated like those of `of`; whether any of them changed. Raises InvalidInput."""
        current = {name: getattr(self, name) for name in type(self).model_fields}
        checked = type(self).of(**{**current, **values})
        changed = [name for name in values if getattr(checked, name) != getattr(self, name)]
        for name in changed:
            setattr(self, name, getattr(checked, name))
        return bool(changed)


def line(name: str, limit: int = 500) -> Callable[[str], str]:
    """The check of a short text called `name` in errors."""
    return partial(normal.text, name=name, limit=limit)


def _empty_is_none(value: object) -> object:
    return None if isinstance(value, str) and not value.strip() else value


Empty = BeforeValidator(_empty_is_none)

Name = Annotated[str, AfterValidator(line("name"))]
Line = Annotated[str, AfterValidator(line("text"))]
Title = Annotated[str | None, Empty, AfterValidator(lambda v: v and normal.text(v, name="title"))]
City = Annotated[str | None, Empty, AfterValidator(lambda v: v and normal.text(v, name="city"))]
Country = Annotated[str | None, Empty, AfterValidator(lambda v: v and normal.text(v, name="country"))]
Industry = Annotated[str | None, Empty, AfterValidator(lambda v: v and normal.text(v, name="industry"))]
Source = Annotated[str | None, Empty, AfterValidator(lambda v: v and normal.text(v, name="source"))]
Product = Annotated[str | None, Empty, AfterValidator(lambda v: v and normal.text(v, name="product"))]
Reason = Annotated[str | None, Empty, AfterValidator(lambda v: v and normal.text(v, name="reason"))]
Note = Annotated[str | None, Empty, AfterValidator(lambda v: v and normal.prose(v, name="note"))]
Prose = Annotated[str, AfterValidator(partial(normal.prose, name="text"))]
