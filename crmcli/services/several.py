"""The same change to many records, in the operation under way."""

from collections.abc import Callable, Sequence

from crmcli.core.change import Change
from crmcli.core.wording import counted
from crmcli.db.writing import Writer


def each(session: Writer, numbers: Sequence[int], does: Callable[[str], Change], *, noun: str) -> Change:
    """Do it to each record of `numbers`, named by its id; the ids of the Change are those that it changed."""
    changed: list[int] = []
    for number in numbers:
        with session.part():
            does(str(number))
            if session.has_changes:
                changed.append(number)
    sentence = f"changed {counted(len(changed), noun)}"
    same = len(numbers) - len(changed)
    return Change(tuple(changed), f"{sentence}; {same:,} so already" if same else sentence, "crm undo takes it back")
