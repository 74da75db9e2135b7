-- Between scan and consent a phone may have to pass checks: 'not_asked', 'open', 'passed'. No login is confirmed while one is open.
alter table logins add column scanned_at integer;
alter table logins add column match_check text not null default 'not_asked'
    check (match_check in ('not_asked', 'open', 'passed'));
alter table logins add column unlock_check text not null default 'not_asked'
    check (unlock_check in ('not_asked', 'open', 'passed'));
alter table logins add column unlock_tries integer not null default 0;  -- each is counted before it is judged
alter table logins add column denial text not null default 'declined'   -- of a login that is denied: how that came
    check (denial in ('declined', 'wrong_digits', 'not_unlocked'));
create index logins_scanned on logins (account, scanned_at) where scanned_at is not null;
