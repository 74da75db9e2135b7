-- How long the device of a device grant has to wait between two questions, in milliseconds: each slow_down makes it longer. Null: as long
-- as at first.
alter table logins add column poll_interval integer;
