"""The entry point of `crm`, and of `python -m crmcli`, which is the same."""

import gc
import sys

_OBJECTS = 100_000


def main() -> None:
    """Run the command line and exit. A start makes hardly any garbage: it is looked for rarely."""
    gc.set_threshold(_OBJECTS, 20, 20)
    try:
        from crmcli.cli import app

        app(prog_name="crm")
    except KeyboardInterrupt:  # before the error boundary stands, or behind it
        from crmcli.errors import ExitCode

        sys.exit(ExitCode.INTERRUPTED)


if __name__ == "__main__":
    main()
