-- The audit trail: who did what, when, from where. Rows name accounts, devices and the rest without referring to their tables,
-- because they outlive them. Nothing secret stands here.
create table trail (
    number  integer primary key autoincrement,  -- the order of events
    id      blob not null unique default (randomblob(16)), -- the name outside: numbers would tell how busy the server is
    at      integer not null,
    kind    text not null,
    details text not null,                      -- JSON object: what else belongs to this kind
    account blob,
    device  blob,
    client  text,
    login   blob,
    session blob,
    address text
) strict;
create index trail_by_time on trail (at);
create index trail_of_account on trail (account, at) where account is not null;

-- What strangers can make happen as often as they like is told for the first times of an hour, and counted always.
create table trail_counts (
    hour    integer not null,                   -- its beginning
    kind    text not null,
    subject text not null,                      -- a client or an account; empty: unknown
    count   integer not null,
    primary key (hour, kind, subject)
) strict, without rowid;

-- The retention: what is older may be deleted. It only moves forward.
create table trail_retention (
    only  integer primary key check (only = 1),
    start integer not null                      -- entries before this may go
) strict;
insert into trail_retention (only, start) values (1, 0);

-- Append-only. `insert or replace` deletes without a trigger, so a row that is there cannot be inserted again.
create trigger trail_is_not_changed before update on trail
begin select raise(abort, 'the audit trail is append-only'); end;
create trigger trail_is_not_replaced before insert on trail
    when exists (select 1 from trail where number = new.number or id = new.id)
begin select raise(abort, 'the audit trail is append-only'); end;
create trigger trail_is_not_cut before delete on trail
    when old.at >= (select start from trail_retention)
begin select raise(abort, 'the audit trail is append-only'); end;
create trigger trail_counts_only_grow before update on trail_counts
    when new.count <= old.count or new.hour <> old.hour or new.kind <> old.kind or new.subject <> old.subject
begin select raise(abort, 'the audit trail is append-only'); end;
create trigger trail_counts_are_not_cut before delete on trail_counts
    when old.hour >= (select start from trail_retention)
begin select raise(abort, 'the audit trail is append-only'); end;
create trigger trail_retention_moves_forward before update on trail_retention
    when new.start < old.start
begin select raise(abort, 'the retention moves forward only'); end;
create trigger trail_retention_stays before delete on trail_retention
begin select raise(abort, 'the retention stays'); end;
