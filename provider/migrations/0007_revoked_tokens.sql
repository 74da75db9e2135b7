-- Access tokens that hang on no grant (client credentials) and were revoked before their time.
create table revoked_tokens (
    jti        text primary key,
    expires_at integer not null
) strict;
create index revoked_tokens_by_expiry on revoked_tokens (expires_at);
