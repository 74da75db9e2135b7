-- A client is one JSON document, as its code reads and writes it; its secrets stand beside it, so that they can overlap.
create table client_documents (
    id         text primary key,
    document   text not null,
    source     blob not null unique,            -- SHA-256 of the metadata that it was made from
    created_at integer not null
) strict;
create table client_secrets (
    client     text not null,
    secret     blob not null,
    expires_at integer,                         -- null: until it is taken away
    primary key (client, secret)
) strict;
insert into client_documents (id, document, source, created_at)
    select id,
        json_object('id', id, 'name', name, 'redirect_uris', json(redirect_uris),
            'allowed_origins', json(allowed_origins), 'auth', auth, 'grant_types', json(grant_types),
            'scopes', scopes, 'id_token_alg', id_token_alg),
        source, 0
    from clients;
insert into client_secrets (client, secret) select id, secret from clients where secret is not null;
drop table clients;
alter table client_documents rename to clients;

-- A browser in which a person is signed in here. It is made by a login's delivery.
create table sessions (
    id               blob primary key,
    secret           blob unique,               -- null: no browser holds it, its login was a widget's on another site
    account          blob not null references accounts,
    device           blob not null references devices,
    methods          text not null,             -- how the person was authenticated
    authenticated_at integer not null,
    created_at       integer not null,
    expires_at       integer not null,
    ended_at         integer
) strict;
create index sessions_by_expiry on sessions (expires_at);
create index sessions_of_account on sessions (account) where ended_at is null;
create index sessions_of_device on sessions (device);

-- What a person has allowed a site, so that they are not asked twice.
create table consents (
    account    blob not null references accounts,
    client     text not null,
    scopes     text not null,
    granted_at integer not null,
    used_at    integer not null,
    primary key (account, client)
) strict;

alter table logins rename column confirmed_at to authenticated_at;
alter table logins add column options text not null default '{}';  -- JSON: what a request may ask beside the usual
alter table logins add column user_code blob;                       -- of a device grant: the code to type
alter table logins add column polled_at integer;                    -- of a device grant: when the device last asked
alter table logins add column methods text not null default 'device_key scan';
alter table logins add column granted_scopes text;                  -- what the person agreed to
alter table logins add column session blob references sessions;     -- that approved it, or that it made
create unique index logins_by_user_code on logins (user_code) where user_code is not null;
create index logins_by_session on logins (session) where session is not null;
update logins set granted_scopes = scopes where authenticated_at is not null;

alter table grants rename column confirmed_at to authenticated_at;
alter table grants add column methods text not null default 'device_key scan';
alter table grants add column claims text not null default '{}';    -- JSON: the claims parameter
alter table grants add column resources text not null default '[]'; -- JSON array
alter table grants add column session blob references sessions;
alter table grants add column sid text;                             -- the session's name at this site
alter table grants add column key text;                             -- RFC 7638 thumbprint that its tokens are bound to
create index grants_by_session on grants (session) where session is not null;
create index grants_of_account on grants (account, client);
create index grants_by_sid on grants (sid) where sid is not null;
