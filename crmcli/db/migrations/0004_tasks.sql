-- What is to be done, and by when. `due_at` stands beside its day where a time of day was said.
create table task (
    id integer primary key autoincrement,
    uid text not null unique,
    text text not null check (length(text) between 1 and 500),
    customer_id integer references customer (id),
    deal_id integer references deal (id),
    due_on text,
    due_at text,
    every text,  -- 3d, 2w, 1m, 1q, 1y
    series_on text,  -- the due date that `every` counts from; a snooze leaves it
    after_id integer references task (id),  -- the task of the series that was done before
    is_priority integer not null default 0 check (is_priority in (0, 1)),
    owner_id integer references owner (id),
    done_at text,
    created_at text not null,
    recorded_at text not null,
    removed_at text,
    check (due_at is null or due_on is not null),
    check ((every is null) = (series_on is null) and (every is null or due_on is not null))
) strict;
create index task_customer on task (customer_id) where customer_id is not null;
create index task_deal on task (deal_id) where deal_id is not null;
create index task_owner on task (owner_id) where owner_id is not null;
create index task_after on task (after_id) where after_id is not null;
create index task_due on task (due_on) where done_at is null and removed_at is null;

-- A saved query of customers. A live one is asked anew each time, a frozen one keeps the members it had when it was added.
create table segment (
    id integer primary key autoincrement,
    name text not null check (name <> ''),
    query text not null,
    is_frozen integer not null default 0 check (is_frozen in (0, 1)),
    recorded_at text not null,
    removed_at text
) strict;
create unique index segment_name on segment (name collate nocase) where removed_at is null;

create table segment_member (
    id integer primary key autoincrement,
    segment_id integer not null references segment (id),
    customer_id integer not null references customer (id),
    unique (segment_id, customer_id)
) strict;
create index segment_member_customer on segment_member (customer_id);

-- How often to be in touch with a customer, or with all of a tag or segment. The last contact is that of the interactions.
create table cadence (
    id integer primary key autoincrement,
    customer_id integer references customer (id),
    tag_id integer references tag (id),
    segment_id integer references segment (id),
    days integer not null check (days > 0),
    recorded_at text not null,
    removed_at text,
    check ((customer_id is null) + (tag_id is null) + (segment_id is null) = 2)
) strict;
create index cadence_customer on cadence (customer_id) where customer_id is not null;
create index cadence_tag on cadence (tag_id) where tag_id is not null;
create index cadence_segment on cadence (segment_id) where segment_id is not null;
create unique index cadence_once on cadence (coalesce(customer_id, 0), coalesce(tag_id, 0), coalesce(segment_id, 0))
    where removed_at is null;
