-- Tasks have keys of other systems too. The condition of the table cannot be changed but with the table.
create table external_new (
    id integer primary key autoincrement,
    source text not null check (source <> ''),
    key text not null check (key <> ''),
    customer_id integer references customer (id),
    deal_id integer references deal (id),
    interaction_id integer references interaction (id),
    relationship_id integer references relationship (id),
    task_id integer references task (id),
    check (
        (customer_id is null) + (deal_id is null) + (interaction_id is null) + (relationship_id is null)
        + (task_id is null) = 4
    )
) strict;
insert into external_new (id, source, key, customer_id, deal_id, interaction_id, relationship_id)
    select id, source, key, customer_id, deal_id, interaction_id, relationship_id from external_id order by id;
-- No id comes again, of rows that are gone either.
delete from sqlite_sequence where name = 'external_new';
insert into sqlite_sequence (name, seq) select 'external_new', seq from sqlite_sequence where name = 'external_id';
drop table external_id;
alter table external_new rename to external_id;
create unique index external_customer on external_id (source, key) where customer_id is not null;
create unique index external_deal on external_id (source, key) where deal_id is not null;
create unique index external_interaction on external_id (source, key) where interaction_id is not null;
create unique index external_relationship on external_id (source, key) where relationship_id is not null;
create unique index external_task on external_id (source, key) where task_id is not null;
create index external_of_customer on external_id (customer_id) where customer_id is not null;
create index external_of_deal on external_id (deal_id) where deal_id is not null;
create index external_of_interaction on external_id (interaction_id) where interaction_id is not null;
create index external_of_relationship on external_id (relationship_id) where relationship_id is not null;
create index external_of_task on external_id (task_id) where task_id is not null;
