-- The words of the records, for `crm find`: it brings them up to date when it runs. No user data, so no history.
-- rowid: the code of the kind of record, 40 bits up, and the record's id. The words come split and folded.
create virtual table search using fts5 (title, rest, tokenize = 'ascii');

create table search_state (
    id integer primary key check (id = 1),
    operation_id integer not null,  -- the last operation that the words know of
    rules integer not null          -- by which rules the texts were split
) strict;
insert into search_state (id, operation_id, rules) values (1, 0, 0);
