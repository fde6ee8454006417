-- Consents, restrictions, retention and erasure. Columns stay as they are: an older operation can still be undone.

-- Append-only: a withdrawal is a row of its own, and what stands is what was said last.
create table consent (
    id integer primary key autoincrement,
    customer_id integer not null references customer (id),
    action text not null check (action in ('grant', 'withdraw')),
    purpose text not null check (purpose <> ''),
    channel text check (channel in ('call', 'email', 'meeting', 'visit', 'chat', 'social', 'web', 'note')),  -- none: any
    basis text check (basis in (
        'consent', 'contract', 'legal_obligation', 'vital_interests', 'public_task', 'legitimate_interests'
    )),
    source text,
    occurred_at text not null,
    recorded_at text not null,
    check (action = 'withdraw' or basis is not null)
) strict;
create index consent_customer on consent (customer_id, purpose, channel);

create table restriction (
    id integer primary key autoincrement,
    customer_id integer not null references customer (id),
    reason text,
    occurred_at text not null,
    recorded_at text not null,
    lifted_at text
) strict;
create index restriction_customer on restriction (customer_id);
create unique index restriction_live on restriction (customer_id) where lifted_at is null;

create table retention_rule (
    id integer primary key autoincrement,
    name text not null check (name <> ''),
    months integer not null check (months between 1 and 1200),
    action text not null check (action in ('erase', 'remove')),
    query text not null default '[]' check (json_valid(query)),  -- the words of a query for customers
    recorded_at text not null
) strict;
create unique index retention_rule_name on retention_rule (name collate nocase);

-- The proof: which number was erased when. No reference: an erased customer may stand in the history alone.
create table erasure (
    id integer primary key autoincrement,
    customer_id integer not null unique,
    recorded_at text not null
) strict;

-- Keyed hashes of the e-mails, phones, uids and outside keys of erased customers: their rows are refused.
create table erased_key (
    id integer primary key autoincrement,
    erasure_id integer not null references erasure (id),
    digest text not null unique check (digest <> '')
) strict;
create index erased_key_erasure on erased_key (erasure_id);
