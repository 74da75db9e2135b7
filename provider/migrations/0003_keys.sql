-- What the server itself must keep to itself, such as the secret from which others are derived.
create table server_secrets (
    name       text primary key,
    value      blob not null,
    created_at integer not null
) strict;
