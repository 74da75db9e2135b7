// A company's back end vouches for its users (RFC 7523): their phones become approvers without a second password.
//
//   node company.mjs client                      its registration, for `saoma client import -`
//   node company.mjs vouch ACCOUNT NAME PHONE    an assertion for one phone: good once, and for a minute

import { createPrivateKey, createPublicKey, randomUUID, sign } from "node:crypto";
import { readFileSync } from "node:fs";

const { ISSUER = "http://localhost:8080", KEY = "company.pem" } = process.env;
const CLIENT_ID = "company";
const KID = "2026-1"; // another for each new key

const key = createPrivateKey(readFileSync(KEY));

// Only the public half of the key leaves the company.
function client() {
  const jwk = createPublicKey(key).export({ format: "jwk" });
  return {
    client_id: CLIENT_ID,
    client_name: "The company",
    token_endpoint_auth_method: "private_key_jwt",
    grant_types: ["urn:ietf:params:oauth:grant-type:jwt-bearer"],
    jwks: { keys: [{ ...jwk, kid: KID, alg: "ES256", use: "sig" }] },
    provisions_accounts: true,
  };
}

// `account` is whom the back end has authenticated itself; never take it from what the app sends.
function vouch(account, name, phone) {
  const now = Math.floor(Date.now() / 1000);
  const header = { alg: "ES256", kid: KID };
  const claims = {
    iss: CLIENT_ID,
    sub: account,
    aud: ISSUER,
    iat: now,
    exp: now + 60,
    jti: randomUUID(),
    device_name: phone,
    name,
  };
  const part = (json) => Buffer.from(JSON.stringify(json)).toString("base64url");
  const message = `${part(header)}.${part(claims)}`;
  const signature = sign("sha256", Buffer.from(message), { key, dsaEncoding: "ieee-p1363" });
  return `${message}.${signature.toString("base64url")}`;
}

const [command, ...words] = process.argv.slice(2);
console.log(command === "client" ? JSON.stringify(client()) : vouch(...words));
