-- What the user says of the strength of a tie, beside what its type and the interactions say.
alter table relationship add column strength integer check (strength between 0 and 100);
