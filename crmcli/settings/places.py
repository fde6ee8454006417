"""Where our own files stand."""

from collections.abc import Mapping
from pathlib import Path


def xdg(environ: Mapping[str, str], variable: str, usual: str) -> Path:
    """Our folder below the one that `variable` names, or below `usual` in the home."""
    return Path(environ.get(variable) or Path(environ.get("HOME", "~")).expanduser() / usual) / "crmcli"


def data_folder(environ: Mapping[str, str]) -> Path:
    """Our own folder, where the file stands unless the user says otherwise."""
    return xdg(environ, "XDG_DATA_HOME", ".local/share")


def state_folder(environ: Mapping[str, str]) -> Path:
    """Where the log of bugs stands."""
    return xdg(environ, "XDG_STATE_HOME", ".local/state")


def config_folder(environ: Mapping[str, str]) -> Path:
    """Where the config file, the key and the user's own profiles stand."""
    return xdg(environ, "XDG_CONFIG_HOME", ".config")


def config_file(environ: Mapping[str, str]) -> Path:
    """Where the config file stands, or would."""
    return config_folder(environ) / "config.toml"
