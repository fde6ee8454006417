-- Instants are UTC text of one width, YYYY-MM-DDTHH:MM:SSZ; dates YYYY-MM-DD; money minor units beside its currency.
-- Every table of user data has an integer `id`, never reused: the change triggers, made by the migrator, stand on it.

create table setting (
    id integer primary key autoincrement,
    key text not null unique check (key <> ''),
    value text not null
) strict;

create table operation (
    id integer primary key autoincrement,
    root_id integer not null references operation (id),  -- itself, or the operation that this one takes back or puts again
    command text not null,
    options text not null default '',  -- the names of the options given, never their values
    actor text not null,
    detail text not null default '{}' check (json_valid(detail)),
    recorded_at text not null
) strict;
create index operation_root on operation (root_id);

create table change (
    id integer primary key,
    operation_id integer not null references operation (id),
    table_name text not null,
    row_id integer not null,
    action text not null check (action in ('insert', 'update', 'delete')),
    old text  -- the row before, as JSON by column name; none for an insert
) strict;
create index change_operation on change (operation_id, table_name, row_id);
create index change_row on change (table_name, row_id);

-- One row while a command writes, none otherwise: without it a write has no operation, and the triggers refuse it.
create table current_operation (
    id integer primary key check (id = 1),
    operation_id integer not null references operation (id),
    is_bulk integer not null default 0 check (is_bulk in (0, 1))
) strict;

create table owner (
    id integer primary key autoincrement,
    uid text not null unique,
    name text not null check (name <> ''),
    email text,
    manager text,
    region text,
    is_me integer not null default 0 check (is_me in (0, 1)),
    recorded_at text not null,
    removed_at text
) strict;
create unique index owner_name on owner (name collate nocase) where removed_at is null;

-- What a custom field may hold; the values stand in the JSON column `custom` of their record.
create table field (
    id integer primary key autoincrement,
    entity text not null check (entity in ('customer', 'deal')),
    name text not null check (name <> ''),
    type text not null check (type in ('text', 'number', 'date', 'choice', 'boolean', 'money')),
    choices text not null default '[]' check (json_valid(choices)),
    recorded_at text not null,
    unique (entity, name)
) strict;

create table customer (
    id integer primary key autoincrement,
    uid text not null unique,
    kind text not null check (kind in ('person', 'organisation')),
    name text not null check (length(name) between 1 and 500),
    handle text not null unique check (handle <> ''),
    title text,
    city text,
    country text,
    industry text,
    source text,
    owner_id integer references owner (id),
    note text,
    do_not_contact integer not null default 0 check (do_not_contact in (0, 1)),
    custom text not null default '{}' check (json_valid(custom)),
    created_at text not null,
    recorded_at text not null,
    removed_at text,
    merged_into_id integer references customer (id)
) strict;
create index customer_name on customer (name collate nocase);
create index customer_owner on customer (owner_id) where owner_id is not null;
create index customer_merged on customer (merged_into_id) where merged_into_id is not null;

-- E-mails and phones; `is_live` follows the customer, so that a removed one gives its address free.
create table contact_point (
    id integer primary key autoincrement,
    customer_id integer not null references customer (id),
    kind text not null check (kind in ('email', 'phone')),
    value text not null check (value <> ''),
    label text,
    position integer not null default 0,  -- the first is the primary one
    is_live integer not null default 1 check (is_live in (0, 1))
) strict;
create unique index contact_point_email on contact_point (value) where kind = 'email' and is_live = 1;
create unique index contact_point_once on contact_point (customer_id, kind, value);
create index contact_point_phone on contact_point (value) where kind = 'phone';

create table tag (
    id integer primary key autoincrement,
    name text not null check (name <> ''),
    recorded_at text not null
) strict;
create unique index tag_name on tag (name collate nocase);

create table customer_tag (
    id integer primary key autoincrement,
    customer_id integer not null references customer (id),
    tag_id integer not null references tag (id),
    unique (customer_id, tag_id)
) strict;
create index customer_tag_tag on customer_tag (tag_id, customer_id);

create table relation_type (
    id integer primary key autoincrement,
    name text not null unique check (name <> ''),
    inverse text not null check (inverse <> ''),
    is_symmetric integer not null default 0 check (is_symmetric in (0, 1)),
    is_forest integer not null default 0 check (is_forest in (0, 1)),  -- one `from` for each `to`, and no cycle
    weight integer not null default 50 check (weight between 0 and 100),
    check (is_symmetric = 0 or inverse = name)
) strict;

create table relationship (
    id integer primary key autoincrement,
    uid text not null unique,
    from_id integer not null references customer (id),
    type_id integer not null references relation_type (id),
    to_id integer not null references customer (id),
    since text,
    until text,
    note text,
    created_at text not null,
    recorded_at text not null,
    removed_at text,
    check (from_id <> to_id)
) strict;
create unique index relationship_live on relationship (from_id, type_id, to_id) where removed_at is null and until is null;
create index relationship_from on relationship (from_id, type_id);
create index relationship_to on relationship (to_id, type_id, from_id);
create index relationship_type on relationship (type_id);

create table pipeline (
    id integer primary key autoincrement,
    uid text not null unique,
    name text not null unique collate nocase check (name <> ''),
    is_default integer not null default 0 check (is_default in (0, 1)),
    recorded_at text not null,
    archived_at text
) strict;
create unique index pipeline_default on pipeline (is_default) where is_default = 1;

create table stage (
    id integer primary key autoincrement,
    pipeline_id integer not null references pipeline (id),
    name text not null collate nocase check (name <> ''),
    position integer not null,
    outcome text not null check (outcome in ('open', 'won', 'lost')),
    probability integer check (probability between 0 and 100),
    rot_days integer check (rot_days > 0),
    recorded_at text not null,
    archived_at text,
    unique (pipeline_id, name)
) strict;

create table deal (
    id integer primary key autoincrement,
    uid text not null unique,
    name text not null check (length(name) between 1 and 500),
    customer_id integer references customer (id),
    amount integer check (amount between -9000000000000000 and 9000000000000000),
    currency text not null check (length(currency) = 3),
    close_on text,
    owner_id integer references owner (id),
    source text,
    product text,
    lost_reason text,
    note text,
    custom text not null default '{}' check (json_valid(custom)),
    created_at text,  -- none where the source does not know it
    closed_at text,
    recorded_at text not null,
    removed_at text
) strict;
create index deal_customer on deal (customer_id);
create index deal_owner on deal (owner_id);

-- One deal's (later: one customer's) way through one pipeline. The columns after `ended_at` are caches of its events.
create table passage (
    id integer primary key autoincrement,
    deal_id integer references deal (id),
    customer_id integer references customer (id),
    pipeline_id integer not null references pipeline (id),
    began_at text,
    ended_at text,  -- handed over to another pipeline
    stage_id integer not null references stage (id),
    stage_entered_at text,
    reached_id integer references stage (id),  -- the furthest open stage ever; none when it never stood in one
    check ((deal_id is null) + (customer_id is null) = 1)
) strict;
create unique index passage_deal on passage (deal_id) where deal_id is not null and ended_at is null;
create index passage_deal_all on passage (deal_id) where deal_id is not null;
create index passage_customer on passage (customer_id) where customer_id is not null;
create index passage_stage on passage (stage_id, reached_id);
create index passage_pipeline on passage (pipeline_id, reached_id, stage_id, deal_id);
create index passage_reached on passage (reached_id);

-- Append-only. From NULL at creation; equal from and to is a change of terms, not a move.
create table stage_event (
    id integer primary key autoincrement,
    passage_id integer not null references passage (id),
    from_stage_id integer references stage (id),
    to_stage_id integer not null references stage (id),
    amount integer,
    currency text not null,
    close_on text,
    owner_id integer references owner (id),
    occurred_at text,  -- none where the source does not know it; such an event comes first in its passage
    recorded_at text not null,
    dwell integer check (dwell >= 0),  -- seconds in from_stage, on the event that leaves it
    note text
) strict;
create index stage_event_passage on stage_event (passage_id, occurred_at, id, from_stage_id, to_stage_id, dwell);
create index stage_event_dwell on stage_event (from_stage_id, dwell) where dwell is not null;
create index stage_event_to on stage_event (to_stage_id);
create index stage_event_owner on stage_event (owner_id) where owner_id is not null;

create table interaction (
    id integer primary key autoincrement,
    uid text not null unique,
    channel text not null check (channel in ('call', 'email', 'meeting', 'visit', 'chat', 'social', 'web', 'note')),
    direction text check (direction in ('in', 'out')),
    text text not null,
    duration_minutes integer check (duration_minutes >= 0),
    deal_id integer references deal (id),
    owner_id integer references owner (id),
    occurred_at text not null,
    recorded_at text not null,
    removed_at text
) strict;
create index interaction_at on interaction (occurred_at);
create index interaction_deal on interaction (deal_id) where deal_id is not null;
create index interaction_owner on interaction (owner_id) where owner_id is not null;

create table interaction_party (
    id integer primary key autoincrement,
    interaction_id integer not null references interaction (id),
    customer_id integer not null references customer (id),
    unique (interaction_id, customer_id)
) strict;
create index interaction_party_customer on interaction_party (customer_id, interaction_id);

-- The key that another system knows a record by, so that a repeated import updates instead of copying.
create table external_id (
    id integer primary key autoincrement,
    source text not null check (source <> ''),
    key text not null check (key <> ''),
    customer_id integer references customer (id),
    deal_id integer references deal (id),
    interaction_id integer references interaction (id),
    relationship_id integer references relationship (id),
    check ((customer_id is null) + (deal_id is null) + (interaction_id is null) + (relationship_id is null) = 3)
) strict;
create unique index external_customer on external_id (source, key) where customer_id is not null;
create unique index external_deal on external_id (source, key) where deal_id is not null;
create unique index external_interaction on external_id (source, key) where interaction_id is not null;
create unique index external_relationship on external_id (source, key) where relationship_id is not null;
create index external_of_customer on external_id (customer_id) where customer_id is not null;
create index external_of_deal on external_id (deal_id) where deal_id is not null;
create index external_of_interaction on external_id (interaction_id) where interaction_id is not null;
create index external_of_relationship on external_id (relationship_id) where relationship_id is not null;

-- A forest: whoever writes (a command, an import, an undo), one referrer each and no cycle.
create unique index relationship_referrer on relationship (to_id) where type_id = 1 and removed_at is null;
create trigger relationship_forest_insert before insert on relationship
when new.removed_at is null and (select is_forest from relation_type where id = new.type_id)
begin
    select raise(abort, 'relationship: cycle')
    where new.from_id in (
        with recursive below (id) as (
            select new.to_id
            union
            select r.to_id from relationship r join below b on r.from_id = b.id
            where r.type_id = new.type_id and r.removed_at is null
        )
        select id from below
    );
end;
create trigger relationship_forest_update before update of from_id, to_id, type_id, removed_at on relationship
when new.removed_at is null and (select is_forest from relation_type where id = new.type_id)
begin
    select raise(abort, 'relationship: cycle')
    where new.from_id in (
        with recursive below (id) as (
            select new.to_id
            union
            select r.to_id from relationship r join below b on r.from_id = b.id
            where r.type_id = new.type_id and r.removed_at is null and r.id <> old.id
        )
        select id from below
    );
end;

insert into relation_type (id, name, inverse, is_symmetric, is_forest, weight) values
    (1, 'referred', 'referred by', 0, 1, 60),
    (2, 'works for', 'employs', 0, 0, 50),
    (3, 'knows', 'knows', 1, 0, 40),
    (4, 'partner of', 'partner of', 1, 0, 60),
    (5, 'reports to', 'manages', 0, 0, 60),
    (6, 'introduced by', 'introduced', 0, 0, 50),
    (7, 'supplies', 'supplied by', 0, 0, 50),
    (8, 'parent of', 'subsidiary of', 0, 0, 60),
    (9, 'advises', 'advised by', 0, 0, 50),
    (10, 'married to', 'married to', 1, 0, 90);

insert into pipeline (id, uid, name, is_default, recorded_at) values
    (1, '00000000-0000-7000-8000-000000000001', 'sales', 1, '2026-01-01T00:00:00Z');
insert into stage (id, pipeline_id, name, position, outcome, probability, recorded_at) values
    (1, 1, 'lead', 1, 'open', 10, '2026-01-01T00:00:00Z'),
    (2, 1, 'contact', 2, 'open', 25, '2026-01-01T00:00:00Z'),
    (3, 1, 'needs', 3, 'open', 50, '2026-01-01T00:00:00Z'),
    (4, 1, 'quote', 4, 'open', 75, '2026-01-01T00:00:00Z'),
    (5, 1, 'won', 5, 'won', 100, '2026-01-01T00:00:00Z'),
    (6, 1, 'lost', 6, 'lost', 0, '2026-01-01T00:00:00Z');
