-- What is to be won in a period, by an owner or by all together. Half-open: `ends_on` is the first day behind.
create table quota (
    id integer primary key autoincrement,
    owner_id integer references owner (id),
    starts_on text not null,
    ends_on text not null,
    amount integer not null check (amount > 0),
    currency text not null check (length(currency) = 3),
    recorded_at text not null,
    removed_at text,
    check (starts_on < ends_on)
) strict;
create index quota_owner on quota (owner_id) where owner_id is not null;
create unique index quota_once on quota (coalesce(owner_id, 0), starts_on, ends_on, currency) where removed_at is null;
