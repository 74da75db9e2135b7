// What this browser keeps of the device: its ES256 key, whose private half cannot be read out by anybody, the refresh token, and
// the name of the person. One record in IndexedDB.

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256" };
const STORE = "device";

/** The key pair in use. */
let keys;

/** Makes a new key. It is kept only by `keep`. */
export async function createKey() {
  keys = await crypto.subtle.generateKey(ALGORITHM, false, ["sign", "verify"]);
  return describe(keys);
}

/** Takes up what was kept; `undefined` where nobody is signed in. */
export async function load() {
  const record = await transaction("readonly", (store) => store.get("current"));
  if (!record) return undefined;
  keys = record.keys;
  return { ...(await describe(keys)), refreshToken: record.refreshToken, person: record.person };
}

/** Keeps the key in use with what belongs to it. */
export async function keep(refreshToken, person) {
  await transaction("readwrite", (store) => store.put({ keys, refreshToken, person }, "current"));
  // So that the browser does not make room for others here; it may say no.
  navigator.storage?.persist?.();
}

/** Forgets everything. */
export async function forget() {
  keys = undefined;
  await transaction("readwrite", (store) => store.clear());
}

/** Signs a text; returns r and s, 32 bytes each, as JOSE wants them (RFC 7518 section 3.4). */
export async function sign(text) {
  const bytes = new TextEncoder().encode(text);
  return crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, keys.privateKey, bytes);
}

async function describe({ publicKey }) {
  const { x, y } = await crypto.subtle.exportKey("jwk", publicKey);
  return { x, y };
}

/** Runs one request in a transaction, and returns its result once the transaction is on the disk. */
async function transaction(mode, request) {
  const database = await open();
  try {
    return await new Promise((resolve, reject) => {
      const running = database.transaction(STORE, mode);
      const answer = request(running.objectStore(STORE));
      running.oncomplete = () => resolve(answer.result);
      running.onabort = running.onerror = () => reject(running.error);
    });
  } finally {
    database.close();
  }
}

function open() {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open("saoma", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error);
  });
}
