-- Sites that have yet to be told that a session has ended (OpenID Connect Back-Channel Logout). A row goes when its site has been told.
create table logout_notices (
    id            blob primary key,
    client        text not null,
    account       blob not null references accounts,
    sid           text,                         -- the session's name at this site; null: all of the person's sessions there
    created_at    integer not null,
    attempts      integer not null default 0,
    due_at        integer not null,             -- when to try next
    claimed_until integer                       -- a server is trying, and has until then
) strict;
create index logout_notices_by_time on logout_notices (due_at);
create index logout_notices_by_client on logout_notices (client);

-- Which phone approved what has no session (RFC 8628), so that its revocation ends that, too.
alter table grants add column device blob references devices;
create index grants_of_device on grants (device) where device is not null;
