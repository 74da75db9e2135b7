-- What of it the person said no to when they were asked last: it is asked again, and not given unseen.
alter table consents add column declined text not null default '';
