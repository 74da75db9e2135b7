-- Authorization requests that sites pushed (RFC 9126); each is taken once.
create table pushed_requests (
    uri        blob primary key,                -- hash of the secret in its request_uri
    client     text not null,
    parameters text not null,                   -- application/x-www-form-urlencoded
    expires_at integer not null
) strict;
create index pushed_requests_by_expiry on pushed_requests (expires_at);
