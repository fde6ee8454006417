-- A pipeline holds deals or customers; both go through it by passages and stage events.
alter table pipeline add column holds text not null default 'deal' check (holds in ('deal', 'customer'));
create unique index passage_once on passage (customer_id, pipeline_id) where customer_id is not null and ended_at is null;

-- Without a category of its own an open stage is `pipeline`, a won one `closed`, a lost one `omitted`.
alter table stage add column forecast_category text
    check (forecast_category in ('omitted', 'pipeline', 'best_case', 'most_likely', 'commit', 'closed'));
-- Fields that every record has and that must be filled to enter the stage; those of the user's own stand in requirement.
alter table stage add column required_fields text not null default '[]' check (json_valid(required_fields));
-- Nobody stands in such a stage: how many came to it is counted by the day, in stage_count.
alter table stage add column is_counted integer not null default 0 check (is_counted in (0, 1));

create table stage_count (
    id integer primary key autoincrement,
    stage_id integer not null references stage (id),
    counted_on text not null,
    count integer not null check (count >= 0),
    recorded_at text not null,
    unique (stage_id, counted_on)
) strict;
