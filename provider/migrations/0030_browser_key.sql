-- The thumbprint (RFC 7638) of the browser's own key, where it has bound the login to one: then the result is collected by that key alone.
alter table logins add column browser_key text;
-- Whether somebody asked for more time.
alter table logins add column extended integer not null default 0;
