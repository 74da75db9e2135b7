-- Who let a device in: another device of the account, or a passkey; neither, if it was the first, or a company's or the operator's word.
alter table devices add column admitted_by blob;
alter table devices add column admitted_passkey blob;

-- A device that knows the password and waits for another device's yes.
create table waiting_devices (
    id         blob primary key,
    token      blob not null unique,            -- hash of what the device asks with
    account    blob not null references accounts,
    name       text not null,
    key        text not null,                   -- RFC 7638 thumbprint
    user_agent text not null,
    address    text not null,
    asked_at   integer not null,
    expires_at integer not null,
    decision   text check (decision in ('allowed', 'declined')),
    decided_by blob,                            -- the device that said so
    device     blob                             -- what it was enrolled as
) strict;
create index waiting_devices_of_account on waiting_devices (account);
create index waiting_devices_by_expiry on waiting_devices (expires_at);

-- The operator lets an account's next device in on its password alone.
create table device_allowances (
    account    blob primary key references accounts,
    expires_at integer not null
) strict;

-- What a person has to hear of, because it may not have been them.
create table notices (
    id         blob primary key,
    account    blob not null references accounts,
    kind       text not null check (kind in ('login', 'device', 'passkey')),
    at         integer not null,
    user_agent text not null,                   -- the browser that was signed in, or where a device or passkey was added
    address    text not null,
    device     blob not null,                   -- the phone that confirmed; the device that was added; where a passkey was added
    login      blob unique,
    client     text,
    session    blob,                            -- that the login began, or went on with
    grant_id   blob,                            -- what the site got, where there is no session
    passkey    blob,
    answered_at integer                         -- "this wasn't me"
) strict;
create index notices_of_account on notices (account, at);
create index notices_by_time on notices (at);
create table notice_acknowledgements (
    notice blob not null references notices on delete cascade,
    device blob not null,
    times  integer not null,                    -- twice is enough
    due_at integer not null,                    -- when it is shown again
    primary key (notice, device)
) strict;
