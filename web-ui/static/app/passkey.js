// Passkeys (WebAuthn Level 3): between the server's JSON and the browser's bytes. New browsers would do it by themselves
// (`parseCreationOptionsFromJSON`, `toJSON`); phones that are a few years old would not.

/** Whether passkeys can be here: the browser knows them, and the host has a name, to which they are bound. */
export function available() {
  return "PublicKeyCredential" in window && !/^[\d.]+$|^\[/.test(location.hostname);
}

/** Makes a passkey (section 5.1.3), from and to JSON. Throws an error whose `name` says why there is none. */
export async function create(options) {
  const publicKey = read(options);
  publicKey.user.id = decode(publicKey.user.id);
  const { id, response } = await navigator.credentials.create({ publicKey });
  return write(id, response, ["clientDataJSON", "attestationObject"]);
}

/** Has the person use one (section 5.1.4), in the same way. */
export async function get(options) {
  const { id, response } = await navigator.credentials.get({ publicKey: read(options) });
  return write(id, response, ["clientDataJSON", "authenticatorData", "signature", "userHandle"]);
}

/** What both kinds of options have in common. */
function read(options) {
  const publicKey = JSON.parse(options);
  publicKey.challenge = decode(publicKey.challenge);
  for (const known of publicKey.excludeCredentials ?? publicKey.allowCredentials ?? []) known.id = decode(known.id);
  return publicKey;
}

/** The parts of the answer that the server looks at. Not every passkey says whose it is. */
function write(id, response, parts) {
  const said = parts.filter((part) => response[part]).map((part) => [part, encode(response[part])]);
  return JSON.stringify({ id, response: Object.fromEntries(said) });
}

/** base64url without padding (RFC 4648 section 5) to bytes. */
function decode(text) {
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
}

function encode(buffer) {
  const letters = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(letters).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}
