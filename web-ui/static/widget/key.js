// The browser's own key: its private half cannot be read out by anybody, not even by this script. A login is bound to it, and its result
// is handed out against a proof by it alone (DPoP, RFC 9449).
//
// A widget in a site keeps it in memory. The provider's own pages, which come one after the other, keep it in IndexedDB: one for each
// family of logins, which all answer the same request; those of an hour ago are thrown away.

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256" };
const STORE = "keys";
const KEPT_MS = 3_600_000;

/** Makes a key; `undefined` in a browser, or on a page, that has none. */
export function createKey() {
  return globalThis.crypto?.subtle?.generateKey(ALGORITHM, false, ["sign"]);
}

/** A proof that who calls `url` holds the key; `seconds` are since 1970 by the server's clock. */
export async function prove(keys, method, url, seconds) {
  const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", keys.publicKey);
  const header = { typ: "dpop+jwt", alg: "ES256", jwk: { kty, crv, x, y } };
  const claims = { jti: crypto.randomUUID(), htm: method, htu: url, iat: Math.floor(seconds) };
  const text = [header, claims].map((part) => base64url(JSON.stringify(part))).join(".");
  const signature = await crypto.subtle.sign(
    { name: "ECDSA", hash: "SHA-256" },
    keys.privateKey,
    new TextEncoder().encode(text),
  );
  return `${text}.${base64url(String.fromCharCode(...new Uint8Array(signature)))}`;
}

function base64url(binary) {
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** The key that is kept for a family; `undefined` if there is none. */
export async function recall(family) {
  return (await transaction("readonly", (store) => store.get(family)))?.keys;
}

/** Keeps a key for a family, unless another page has been quicker. Returns the one that is kept. */
export async function keep(family, keys) {
  await transaction("readwrite", (store) => {
    store.openCursor().onsuccess = ({ target: { result: cursor } }) => {
      if (!cursor) return;
      if (cursor.value.at < Date.now() - KEPT_MS) cursor.delete();
      cursor.continue();
    };
    store.get(family).onsuccess = ({ target: { result: kept } }) => {
      if (!kept) store.put({ keys, at: Date.now() }, family);
    };
  });
  return recall(family);
}

/** Runs requests in a transaction; returns the result of the one that is returned, once all is on the disk. */
async function transaction(mode, requests) {
  const database = await open();
  try {
    return await new Promise((resolve, reject) => {
      const running = database.transaction(STORE, mode);
      const answer = requests(running.objectStore(STORE));
      running.oncomplete = () => resolve(answer?.result);
      running.onabort = running.onerror = () => reject(running.error);
    });
  } finally {
    database.close();
  }
}

function open() {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open("saoma-logins", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error);
  });
}
