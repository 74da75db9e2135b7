-- Passkeys (WebAuthn). Public keys alone: there is nothing secret here.
create table passkeys (
    id              blob primary key,           -- the authenticator's own name for it
    account         blob not null references accounts,
    name            text not null,
    public_key      blob not null,              -- COSE key, as CBOR
    sign_count      integer not null,           -- how often it has been used, by its own count; 0: it does not count
    backup_eligible integer not null,
    backed_up       integer not null,
    device          blob not null,              -- the phone on which it was made
    created_at      integer not null,
    used_at         integer
) strict;
create index passkeys_of_account on passkeys (account);
