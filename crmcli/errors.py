"""How a command can end, and everything that crmcli raises on purpose; each class carries its exit code."""

from enum import IntEnum


class ExitCode(IntEnum):
    """What a command tells whoever started it; `meaning` says it in words."""

    meaning: str

    def __new__(cls, code: int, meaning: str) -> "ExitCode":
        member = int.__new__(cls, code)
        member._value_ = code
        member.meaning = meaning
        return member

    DONE = 0, "done"
    NO = 1, "the answer is no: findings, problems, a question that was denied"
    INVALID = 2, "the command line, or a value, is not valid; nothing was changed"
    NOT_FOUND = 3, "no such record"
    CONFLICT = 4, "conflict: it is there already, still needed, or changed since"
    PARTIAL = 5, "some rows or lines were rejected, the others are in"
    AMBIGUOUS = 6, "the reference means several records"
    UNUSABLE = 10, "the file cannot be used: missing, not ours, newer, damaged, disk full"
    BUSY = 11, "another process holds the file; try again"
    BUG = 70, "a bug: the trace is in a log file, without any customer's data"
    INTERRUPTED = 130, "interrupted; nothing was changed"
    BROKEN_PIPE = 141, "the reader of the pipe went away"


class CrmError(Exception):
    """A failure that the user can understand and act on; `hint` is the way out, on a line of its own."""

    exit_code: ExitCode = ExitCode.NO

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint


class InvalidInput(CrmError):
    """A value that breaks a rule of the domain."""

    exit_code = ExitCode.INVALID


class NotFound(CrmError):
    """A reference that matches no record."""

    exit_code = ExitCode.NOT_FOUND


class Conflict(CrmError):
    """A record that exists already, is still needed, or changed since."""

    exit_code = ExitCode.CONFLICT


class Ambiguous(CrmError):
    """A reference that matches several records; `candidates` are (id, name) of the first of them."""

    exit_code = ExitCode.AMBIGUOUS

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

    exit_code = ExitCode.UNUSABLE


class Busy(CrmError):
    """Another process has held the file for too long."""

    exit_code = ExitCode.BUSY
