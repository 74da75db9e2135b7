-- Tries to sign in with a password that were not right. By the hash of what was typed as the account's name, whether there is such an
-- account or not, and by whoever tried: a network, a phone that the account knows, or all networks that it does not know together.
create table sign_in_attempts (
    id       integer primary key autoincrement,
    name     blob not null,
    who      text not null,
    failures integer not null,
    last_at  integer not null,
    unique (name, who)
) strict;
create index sign_in_attempts_by_time on sign_in_attempts (last_at);

-- Networks from which an account's own phones have called: strangers elsewhere do not lock them out.
create table account_networks (
    account blob not null references accounts,
    network text not null,                      -- an IPv4 address, or an IPv6 network of 64 bits
    seen_at integer not null,
    primary key (account, network)
) strict;
create index account_networks_by_time on account_networks (seen_at);
