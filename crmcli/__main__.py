"""`python -m crmcli`: the same as `crm`."""

from crmcli.cli import main

if __name__ == "__main__":
    main()
