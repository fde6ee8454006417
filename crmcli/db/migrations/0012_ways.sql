-- The stages that a passage entered, by id in their order: a cache of its events. Null is not known: the events say it.
alter table passage add column way text
    check (way is null or (way glob '[1-9]*' and way not glob '*[^0-9,]*' and json_valid('[' || way || ']')));
update passage set way = (
    select group_concat(to_stage_id) from (
        select to_stage_id from stage_event
        where passage_id = passage.id and from_stage_id is not to_stage_id order by occurred_at, id
    )
);
