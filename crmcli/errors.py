"""Everything that crmcli raises on purpose; each class carries its exit code."""


class CrmError(Exception):
    """A failure that the user can understand and act on; `hint` is the way out, on a line of its own."""

    exit_code = 1

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint


class InvalidInput(CrmError):
    """A value that breaks a rule of the domain."""

    exit_code = 2


class NotFound(CrmError):
    """A reference that matches no record."""

    exit_code = 3


class Conflict(CrmError):
    """A record that exists already, is still needed, or changed since."""

    exit_code = 4


class Ambiguous(CrmError):
    """A reference that matches several records; `candidates` are (id, name) of the first of them."""

    exit_code = 6

    def __init__(
        self,
        message: str,
        *,
        candidates: tuple[tuple[int, str], ...],
        hint: str = "give the id, the handle or more of the name",
    ) -> None:
        listed = ", ".join(f"{number} {name}" for number, name in candidates)
        super().__init__(f"{message}: {listed}", hint=hint)
        self.candidates = candidates


class FileUnusable(CrmError):
    """The database file is missing, not ours, newer, damaged, not writable, or the disk is full."""

    exit_code = 10


class Busy(CrmError):
    """Another process has held the file for too long."""

    exit_code = 11
