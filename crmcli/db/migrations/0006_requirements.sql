-- A deal enters the stage only while the field has a value, on the deal or on its customer.
create table requirement (
    id integer primary key autoincrement,
    field_id integer not null references field (id),
    stage_id integer not null references stage (id),
    unique (field_id, stage_id)
) strict;
create index requirement_stage on requirement (stage_id);
