-- Several signing keys for each algorithm: one that signs, the next, and those whose tokens may still be good.
alter table signing_keys rename to first_signing_keys;

create table signing_keys (
    algorithm  text not null,
    number     integer not null,                -- 1, 2, …: whoever adds a number first has made that key
    private    blob not null,                   -- DER
    created_at integer not null,
    signs_from integer not null,
    primary key (algorithm, number)
) strict;

insert into signing_keys (algorithm, number, private, created_at, signs_from)
    select algorithm, 1, private, created_at, created_at from first_signing_keys;

drop table first_signing_keys;
