"""What makes bash, zsh and fish ask `crm` what TAB offers."""

import os
from collections.abc import Mapping
from pathlib import Path
from shlex import quote

from crmcli.errors import InvalidInput

_BASH = """\
# Names may hold anything: lines are read as they are, never expanded or evaluated.
_crm_complete() {
    local line kind
    COMPREPLY=()
    {
        IFS= read -r kind
        while IFS= read -r line; do COMPREPLY+=("$line"); done
    } < <(_CRM_COMPLETE=bash _CRM_LINE="${COMP_LINE:0:COMP_POINT}" _CRM_WORD="$2" "$1" 2>/dev/null)
    if type compopt >/dev/null 2>&1; then
        [[ $kind == files ]] && compopt -o default
        [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *[:=] ]] && compopt -o nospace
    fi
    return 0
}
complete -F _crm_complete crm crmcli
"""

_ZSH = """\
_crm_complete() {
    local -a lines values shown
    local line
    lines=("${(@f)$(_CRM_COMPLETE=zsh "${words[1]}" "${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null)}")
    if [[ ${lines[1]} == files ]]; then
        _files
        return
    fi
    for line in "${(@)lines[2,-1]}"; do
        [[ -n $line ]] || continue
        values+=("${line%%$'\\t'*}")
        shown+=("${line//$'\\t'/  }")
    done
    if [[ ${#values} -eq 1 && ${values[1]} == *[:=] ]]; then
        compadd -U -S '' -d shown -- "${(@)values}"
    else
        compadd -U -l -d shown -- "${(@)values}"
    fi
}
(( ${+functions[compdef]} )) || { autoload -Uz compinit && compinit }
compdef _crm_complete crm crmcli
"""

_FISH = """\
function _crm_complete
    set -l words (commandline -opc) (commandline -ct)
    set -l lines (env _CRM_COMPLETE=fish $words[1] $words[2..-1] 2>/dev/null)
    if test "$lines[1]" = files
        __fish_complete_path (commandline -ct)
    else
        string join \\n -- $lines[2..-1]
    end
end
complete -c crm -f -a '(_crm_complete)'
complete -c crmcli -f -a '(_crm_complete)'
"""

SCRIPTS = {"bash": _BASH, "zsh": _ZSH, "fish": _FISH}


def script(environ: Mapping[str, str]) -> str:
    """The script for the shell in use. Raises InvalidInput for one that there is none for."""
    return SCRIPTS[_shell(environ)]


def install(environ: Mapping[str, str]) -> list[str]:
    """Put the script where the shell in use reads it, once; what to tell the user. Raises InvalidInput."""
    shell = _shell(environ)
    home = Path(environ.get("HOME", "~")).expanduser()
    if shell == "fish":
        config = Path(environ.get("XDG_CONFIG_HOME") or home / ".config")
        return [_written(config / "fish" / "completions" / "crm.fish", shell), "it works in every new fish"]
    data = Path(environ.get("XDG_DATA_HOME") or home / ".local/share")
    place = data / "crmcli" / f"completion.{shell}"
    said = _written(place, shell)
    rc = (Path(environ.get("ZDOTDIR") or home) / ".zshrc") if shell == "zsh" else home / ".bashrc"
    line = f"source {quote(str(place))}"
    known = rc.read_text("utf-8").splitlines() if rc.exists() else []
    if line not in known:
        with rc.open("a", encoding="utf-8") as file:
            file.write(f"{line}\n" if not known or rc.read_bytes().endswith(b"\n") else f"\n{line}\n")
    return [said, f"{rc} sources it: it works in every new {shell}"]


def _written(place: Path, shell: str) -> str:
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(SCRIPTS[shell], encoding="utf-8")
    return f"the completion for {shell} is {place}"


def _shell(environ: Mapping[str, str]) -> str:
    """The name of the shell that runs us, else that of the login shell."""
    name = os.path.basename(environ.get("SHELL", ""))
    try:
        import shellingham  # type: ignore[import-untyped]  # comes with typer

        name = shellingham.detect_shell()[0]
    except (ImportError, RuntimeError, OSError):
        pass
    if name not in SCRIPTS:
        raise InvalidInput(
            f"no completion for the shell {name!r}; one of {', '.join(SCRIPTS)}",
            hint="SHELL=/bin/bash crm --install-completion",
        )
    return name
