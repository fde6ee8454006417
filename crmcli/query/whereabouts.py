"""Which stage a person means who need not say the pipeline."""

from crmcli.core.normal import fold
from crmcli.core.vocabulary import Holds
from crmcli.core.wording import shown
from crmcli.db.reader import Reader
from crmcli.errors import Ambiguous, InvalidInput, NotFound
from crmcli.query import reference

_STAGES = """
    select l.id, l.name, s.id, s.name from stage s join pipeline l on l.id = s.pipeline_id
    where s.archived_at is null and l.archived_at is null and (:holds is null or l.holds = :holds)
    order by l.is_default desc, l.id, s.position, s.id
"""


def stage(db: Reader, pipeline: str | None, ref: str, *, holds: Holds | None = None) -> int:
    """The id of a stage by its name or a part of it: of `pipeline`, else of the only one that has such a stage.

    `holds` leaves out the pipelines that hold something else. Raises NotFound, Ambiguous and InvalidInput.
    """
    if pipeline is not None:
        return reference.stage(db, held(db, reference.pipeline(db, pipeline), holds), ref)
    rows = list(db.rows(_STAGES, holds=holds))
    if not rows:
        raise NotFound(f"no pipeline holds {holds}s yet", hint="crm pipeline add NAME --template lifecycle")
    wanted = fold(" ".join(ref.split()))
    whole = [row for row in rows if fold(row[3]) == wanted]
    found = whole or [row for row in rows if wanted and wanted in fold(row[3])]
    pipelines = {int(row[0]): str(row[1]) for row in found or rows}
    if len(pipelines) > 1 and found:
        several = f"{shown(ref)} is a stage of {len(pipelines)} pipelines"
        raise Ambiguous(several, candidates=tuple(pipelines.items()), hint="say which with --pipeline")
    if not found and len(pipelines) > 1:
        names = ", ".join(pipelines.values())
        raise NotFound(f"no stage {shown(ref)} in the pipelines {names}", hint="crm stage list shows their stages")
    return reference.stage(db, next(iter(pipelines)), ref)


def held(db: Reader, pipeline: int, holds: Holds | None) -> int:
    """The pipeline, when it holds what it should. Raises InvalidInput."""
    name, kind = db.row("select name, holds from pipeline where id = :id", id=pipeline) or ("", "")
    if holds is not None and kind != holds:
        raise InvalidInput(f"pipeline {name!r} holds {kind}s, no {holds}s", hint=f"crm pipeline list holds:{holds}")
    return pipeline
