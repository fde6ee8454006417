-- Where a customer is found: by post or on the web, one of them in a row. The first of its kind is the primary one.
create table address (
    id integer primary key autoincrement,
    customer_id integer not null references customer (id),
    label text,
    street text,
    postcode text,
    city text,
    region text,
    country text,
    url text,
    position integer not null default 0,
    check ((url is null) <> (coalesce(street, postcode, city, region, country) is null))
) strict;
create index address_customer on address (customer_id, position);
