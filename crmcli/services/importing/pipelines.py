"""The pipelines and stages that rows name: found, and those of another file or system made where there are none."""

from collections.abc import Sequence
from dataclasses import dataclass

from crmcli.core.normal import fold
from crmcli.core.vocabulary import Outcome
from crmcli.core.wording import did_you_mean, shown
from crmcli.db import history
from crmcli.exchange.source import Source
from crmcli.query import reference
from crmcli.services.importing.staging import Stage
from crmcli.services.importing.work import Work

_TABLES = ("import_deal", "import_event")
_LAST = 1e9


@dataclass(frozen=True, slots=True)
class _Step:
    """A stage, there (`id`) or to be made: what it means, its place as rows say, and the mean one in the histories."""

    name: str
    outcome: Outcome
    said: int | None = None
    mean: float | None = None
    id: int | None = None
    position: int = 0

    @property
    def rank(self) -> float | None:
        return self.mean if self.said is None else self.said


def settle(deals: Stage, sources: Sequence[Source]) -> None:
    """Find the pipelines of all rows and the stages of the deals; rejects rows with a stage that is not known.

    A pipeline that is not there is made, with the stages of the profile or those that the rows name; one in which all
    deals were imported takes the stages that an export of ours names.
    """
    work = deals.work
    open_to_new = _find_pipelines(work, sources)
    for pipeline, name in list(work.db.rows("select id, name from pipeline order by id")):
        new = _new_steps(work, pipeline, is_made=pipeline in open_to_new)
        if new and _is_imported(work, pipeline):
            _make(work, pipeline, new)
            many = "stage" if len(new) == 1 else "stages"
            work.note(f"made the {many} {', '.join(step.name for step in _ordered(new))} in pipeline {name}")
    _find_stages(deals)


def settle_events(told: Stage) -> None:
    """Find the stages of the events; a row that names no pipeline is about the one that its deal is in.

    So it is of a customer who is in one alone.
    """
    told.work.bulk.run(
        """
        update import_event as e set pipeline_id = coalesce(
            (select d.pipeline_id from import_deal d where d.target = e.deal_id),
            (select p.pipeline_id from passage p where p.deal_id = e.deal_id and p.ended_at is null),
            (select min(p.pipeline_id) from passage p where p.customer_id = e.customer_id having count(distinct p.pipeline_id) = 1)
        ) where pipeline_id is null
        """
    )
    told.reject("select row, 'pipeline', 'is empty' from import_event where pipeline_id is null")
    _find_stages(told)


def _find_pipelines(work: Work, sources: Sequence[Source]) -> set[int]:
    """Give the rows their pipelines; the ids of those that were made and have no stages yet."""
    rows = work.db.rows("select id, name from pipeline order by archived_at is null, id")
    known = {fold(name): int(number) for number, name in rows}
    bare: set[int] = set()
    arms = (f"select pipeline from {table} where pipeline is not null" for table in _TABLES)
    for (name,) in list(work.db.rows(" union ".join(arms))):
        if fold(name) not in known:
            known[fold(name)] = pipeline = _make_pipeline(work, name)
            stages = next(
                (each.stages for each in sources if fold(each.constants.get("pipeline", "")) == fold(name)), ()
            )
            if stages:
                _make(work, pipeline, [_Step(stage, outcome) for stage, outcome in stages])
            else:
                bare.add(pipeline)
        for table in _TABLES:
            work.bulk.run(
                f"update {table} set pipeline_id = :id where pipeline = :name", id=known[fold(name)], name=name
            )
    present = "(select p.pipeline_id from passage p where p.deal_id = import_deal.target and p.ended_at is null)"
    usual = reference.pipeline(work.db, None)
    work.bulk.run(f"update import_deal set pipeline_id = coalesce({present}, :id) where pipeline_id is null", id=usual)
    return bare


def _make_pipeline(work: Work, name: str) -> int:
    customers = "select 1 from import_event where pipeline = :name and coalesce(customer_uid, customer) is not null"
    holds = f"case when exists ({customers}) then 'customer' else 'deal' end"
    values = f"select {work.uid('0')}, :name, {holds}, :now"
    work.bulk.insert("pipeline", "uid, name, holds, recorded_at", values, name=name, now=work.recorded_at)
    work.note(f"made the pipeline {name}")
    return work.bulk.last("pipeline")


def _new_steps(work: Work, pipeline: int, *, is_made: bool) -> list[_Step]:
    """The stages that rows name and the pipeline lacks; all rows where it was made for them, else those of our exports."""
    there = {fold(step.name) for step in _steps(work, pipeline)}
    ranks = _ranks(work, pipeline)
    named = work.db.rows(
        """
        select stage, max(outcome) from (
            select stage, outcome, row from import_deal where pipeline_id = :id and (:all or uid is not null)
            union all
            select stage, outcome, :last + row from import_event
            where pipeline_id = :id and (:all or coalesce(deal_uid, customer_uid) is not null)
        ) where stage is not null group by stage order by min(row)
        """,
        id=pipeline,
        all=is_made,
        last=_LAST,
    )
    new = {fold(name): _Step(name, _outcome(name, outcome), *ranks.get(fold(name), ())) for name, outcome in named}
    steps = [step for key, step in new.items() if key not in there]
    if is_made:
        known = {step.outcome for step in steps}
        steps += [_Step(outcome.value, outcome) for outcome in (Outcome.WON, Outcome.LOST) if outcome not in known]
    return steps


def _is_imported(work: Work, pipeline: int) -> bool:
    """Whether no event of the pipeline was written but by an import."""
    return not work.db.value(
        f"""
        select exists (
            select 1 from passage p join stage_event e on e.passage_id = p.id
            join operation o on o.id = {history.maker("stage_event", "e.id")} join operation root on root.id = o.root_id
            where p.pipeline_id = :id and root.command <> 'import'
        )
        """,
        id=pipeline,
    )


def _outcome(name: str, said: str | None) -> Outcome:
    """What a stage means: as a deal that stands in it says, else as its name does."""
    if said:
        return Outcome(said)
    return next((outcome for outcome in (Outcome.WON, Outcome.LOST) if fold(name).endswith(outcome)), Outcome.OPEN)


def _ranks(work: Work, pipeline: int) -> dict[str, tuple[int | None, float | None]]:
    """How far in each stage stands: the position that rows give it, and its mean place in the histories of the deals."""
    rows = work.db.rows(
        """
        select stage, max(stage_position), avg(place) from (
            select stage, stage_position, row_number() over (
                partition by coalesce(deal_uid, deal, deal_id, deal_key, customer_uid, customer) order by at, row
            ) as place from import_event where pipeline_id = :id
            union all
            select stage, stage_position, null from import_deal where pipeline_id = :id and stage is not null
        ) group by stage having max(stage_position) is not null or avg(place) is not null
        """,
        id=pipeline,
    )
    return {fold(stage): (said, mean) for stage, said, mean in rows}


def _steps(work: Work, pipeline: int) -> list[_Step]:
    ranks = _ranks(work, pipeline)
    rows = work.db.rows(
        "select name, outcome, id, position from stage where pipeline_id = :id order by position, id", id=pipeline
    )
    return [
        _Step(name, Outcome(outcome), *ranks.get(fold(name), (None, None)), number, position)
        for name, outcome, number, position in rows
    ]


def _make(work: Work, pipeline: int, new: Sequence[_Step]) -> None:
    """Put the stages where they belong: open ones by their rank among the others, closing ones at the end."""
    order = _steps(work, pipeline)
    for step in _ordered(new):
        later = [n for n, other in enumerate(order) if other.outcome != Outcome.OPEN or _is_behind(other, step)]
        order.insert(later[0] if later and step.outcome == Outcome.OPEN else len(order), step)
    for position, step in enumerate(sorted(order, key=lambda step: step.outcome.place), 1):
        if step.id is None:
            _insert(work, pipeline, step, position)
        elif step.position != position:
            move = "update stage set position = :position where id = :id"
            work.bulk.update("stage", "select :id", move, position=position, id=step.id)


def _ordered(steps: Sequence[_Step]) -> list[_Step]:
    """As they follow in a pipeline, those of which nothing is known behind the others of their outcome."""
    return sorted(steps, key=lambda step: (step.outcome.place, _LAST if step.rank is None else step.rank))


def _is_behind(other: _Step, step: _Step) -> bool:
    rank = other.position if other.rank is None and step.said else other.rank
    return rank is not None and step.rank is not None and rank > step.rank


def _insert(work: Work, pipeline: int, step: _Step, position: int) -> None:
    work.bulk.insert(
        "stage",
        "pipeline_id, name, position, outcome, recorded_at",
        "select :pipeline, :name, :position, :outcome, :now",
        pipeline=pipeline,
        name=step.name,
        position=position,
        outcome=step.outcome.value,
        now=work.recorded_at,
    )


def _find_stages(stage: Stage) -> None:
    """Give the rows their stages; rejects those with one that their pipeline lacks, or whose pipeline holds no such records."""
    work, table = stage.work, stage.table
    moves = "case when customer_id is null then 'deal' else 'customer' end" if table == "import_event" else "'deal'"
    stage.reject(
        f"select {table}.row, 'pipeline', 'pipeline ' || l.name || ' holds ' || l.holds || 's, no ' || {moves} || 's' "
        f"from {table} join pipeline l on l.id = {table}.pipeline_id where l.holds <> {moves} order by 1"
    )
    work.bulk.run("drop table if exists temp.import_stage")
    work.bulk.run(
        "create temp table import_stage (pipeline_id integer, name, id integer, reason, primary key (pipeline_id, name))"
    )
    named = work.db.rows(f"select distinct pipeline_id, stage from {table} where stage is not null order by 1, 2")
    found = [(pipeline, name, *_look_up(work, pipeline, name)) for pipeline, name in list(named)]
    work.bulk.many("insert into import_stage (pipeline_id, name, id, reason) values (?, ?, ?, ?)", found)
    same = f"s.pipeline_id = {table}.pipeline_id and s.name = {table}.stage"
    work.bulk.run(f"update {table} set stage_id = s.id from import_stage s where {same}")
    stage.reject(
        f"select {table}.row, 'stage', s.reason from {table} join import_stage s on {same} where s.id is null order by 1"
    )


def _look_up(work: Work, pipeline: int, name: str) -> tuple[int | None, str | None]:
    """The id of a stage, archived ones included, or why there is none."""
    steps = _steps(work, pipeline)
    found = next((step.id for step in steps if fold(step.name) == fold(name)), None)
    if found is not None:
        if work.db.value("select is_counted from stage where id = :id", id=found):
            return None, f"nobody stands in {shown(name)}: it is counted by the day"
        return found, None
    called = work.db.value("select name from pipeline where id = :id", id=pipeline)
    names = [step.name for step in steps]
    near = did_you_mean(name, names, f"; one of {', '.join(names)}")
    return None, f"no stage {shown(name)} in pipeline {called}{near}"
