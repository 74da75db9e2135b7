-- A refresh token that is followed by another keeps what the other was made from, so that the answer can be given again.
alter table refresh_tokens add column salt blob;
alter table refresh_tokens add column successor blob;               -- hash of the token that followed
