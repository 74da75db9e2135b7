-- The network that a login was started from: an IPv4 address, or the first 64 bits of an IPv6 address. Logins from before have none.
alter table logins add column network text not null default '';
create index logins_open_by_network on logins (network, expires_at) where state in ('waiting', 'scanned');
