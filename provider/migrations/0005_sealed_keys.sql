-- Keys and secrets may be sealed (encrypted at rest): each begins with a byte that says how. What is there is not: 0.
-- `||` makes text of bytes without changing them, and the cast makes them bytes again.
update signing_keys set private = cast(x'00' || private as blob);
update server_secrets set value = cast(x'00' || value as blob);
