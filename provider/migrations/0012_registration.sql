-- Clients that registered themselves, each with the hash of the token by which it manages its registration.
create table registrations (
    client     text primary key,
    token      blob not null,
    created_at integer not null
) strict;

-- Tokens that the operator hands out, by which somebody may register clients.
create table initial_access_tokens (
    token      blob primary key,
    uses       integer not null,                -- how many are left
    expires_at integer not null
) strict;
