-- A client's logo stands beside its document, which is read at nearly every call.
alter table clients add column logo blob;
alter table clients add column logo_name text;  -- SHA-256 of the logo in base64url, as in the document
create index clients_by_logo on clients (logo_name) where logo_name is not null;
