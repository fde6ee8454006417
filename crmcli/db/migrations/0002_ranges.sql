-- Rows that are inserted at once leave one change: from `row_id` to `last_id`, all of them new. Ranges never overlap.
alter table change add column last_id integer check (last_id is null or (last_id > row_id and action = 'insert'));
create index change_range on change (table_name, row_id) where last_id is not null;
create index change_ranges on change (operation_id) where last_id is not null;

-- Types are few and hardly ever taken away: what that costs is no reason to keep an index of every relationship.
drop index relationship_type;
