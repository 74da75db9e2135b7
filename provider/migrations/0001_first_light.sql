-- Times are milliseconds since 1970 UTC. Identifiers are 16-byte UUIDs. Secrets are kept as their SHA-256.

create table clients (
    id              text primary key,
    name            text not null,
    redirect_uris   text not null,              -- JSON array
    allowed_origins text not null,              -- JSON array
    auth            text not null,              -- none, client_secret_basic, client_secret_post
    secret          blob,
    grant_types     text not null,              -- JSON array
    scopes          text not null,
    id_token_alg    text not null,
    source          blob not null unique        -- SHA-256 of the metadata that was imported
) strict;

create table accounts (
    id         blob primary key,
    name       text not null unique,
    password   text not null,                   -- argon2id, PHC string
    claims     text not null,                   -- JSON object
    created_at integer not null
) strict;

create table devices (
    id               blob primary key,
    account          blob not null references accounts,
    name             text not null,
    key              text not null,             -- RFC 7638 thumbprint
    token            blob not null unique,
    token_expires_at integer not null,
    enrolled_at      integer not null,
    last_seen_at     integer not null,
    revoked_at       integer
) strict;
create index devices_of_account on devices (account) where revoked_at is null;

create table phone_tokens (
    token      blob primary key,
    device     blob not null references devices,
    expires_at integer not null
) strict;
create index phone_tokens_by_expiry on phone_tokens (expires_at);
create index phone_tokens_by_device on phone_tokens (device);

create table dpop_proofs (
    proof      blob primary key,
    expires_at integer not null
) strict;
create index dpop_proofs_by_expiry on dpop_proofs (expires_at);

create table logins (
    id             blob primary key,
    family         blob not null,               -- the first login of the same authorization request
    version        integer not null,
    state          text not null check (state in
        ('waiting', 'scanned', 'confirmed', 'delivered', 'redeemed', 'denied', 'cancelled')),
    expires_at     integer not null,
    requested_at   integer not null,
    started_at     integer not null,
    renewals       integer not null,
    -- the authorization request
    client         text not null,
    redirect_uri   text not null,
    scopes         text not null,
    request_state  text,
    nonce          text,
    challenge      text,
    -- the browser
    browser_secret blob not null,
    user_agent     text not null,
    address        text not null,
    -- what the states hold
    qr             blob not null unique,
    account        blob references accounts,
    device         blob references devices,
    ticket         blob unique,
    confirmed_at   integer,
    code_salt      blob,
    code           blob unique,
    grant_id       blob
) strict;
create index logins_by_expiry on logins (expires_at);
create index logins_by_family on logins (family);
create index logins_by_device on logins (device);

create table grants (
    id           blob primary key,
    client       text not null,
    account      blob not null references accounts,
    scopes       text not null,
    nonce        text,
    confirmed_at integer not null,
    created_at   integer not null,
    expires_at   integer not null,              -- when nothing that hangs on it can be good any more
    revoked_at   integer
) strict;
create index grants_by_expiry on grants (expires_at);

create table refresh_tokens (
    token      blob primary key,
    grant_id   blob not null references grants on delete cascade,
    expires_at integer not null,
    spent_at   integer
) strict;
create index refresh_tokens_by_grant on refresh_tokens (grant_id);
create index refresh_tokens_by_expiry on refresh_tokens (expires_at);

create table signing_keys (
    algorithm  text primary key,
    private    blob not null,                   -- DER
    created_at integer not null
) strict;
