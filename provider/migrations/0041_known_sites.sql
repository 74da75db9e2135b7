-- Where a person has signed in before. Unlike consents it knows the provider's own sites, too, and no withdrawal forgets it.
create table known_sites (
    account  blob not null references accounts,
    client   text not null,
    first_at integer not null,
    primary key (account, client)
) strict, without rowid;
create index known_sites_of_client on known_sites (client);
insert into known_sites (account, client, first_at)
    select account, client, min(at) from (
        select account, client, granted_at as at from consents
        union all
        select account, client, created_at as at from grants
    ) where client in (select id from clients) group by account, client;
