"""The entry point of `crm`, and of `python -m crmcli`, which is the same."""

import gc
import sys

_OBJECTS, _INTERRUPTED = 100_000, 130


def main() -> None:
    """Run the command line and exit. A start makes hardly any garbage: it is looked for rarely."""
    gc.set_threshold(_OBJECTS, 20, 20)
    try:
        from crmcli.cli import app

        app(prog_name="crm")
    except KeyboardInterrupt:  # before the error boundary stands, or behind it
        sys.exit(_INTERRUPTED)


if __name__ == "__main__":
    main()
