// Keeps the app's shell, so that the app starts without a network. Nothing of the API is ever kept.

const CACHE = "saoma-app {{approver.wasm}}";
const SHELL = [
  "/app",
  "/app/app.css",
  "/app/question.css",
  "/app/app.js",
  "/app/camera.js",
  "/app/device.js",
  "/app/passkey.js",
  "/app/icon.svg",
  "/app/icon-192.png",
  "/app/manifest.webmanifest",
  "{{approver.js}}",
  "{{approver.wasm}}",
];

addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(SHELL)).then(() => skipWaiting()));
});

addEventListener("activate", (event) => {
  event.waitUntil(dropOthers().then(() => clients.claim()));
});

addEventListener("fetch", (event) => {
  const { origin, pathname } = new URL(event.request.url);
  const isShell = event.request.method === "GET" && origin === location.origin && SHELL.includes(pathname);
  // Whatever is not of the shell goes its own way, the API above all.
  if (isShell) event.respondWith(pathname.startsWith("/assets/") ? fromCache(pathname) : fromNetwork(pathname));
});

/** A file whose name is its hash never changes. */
async function fromCache(pathname) {
  return (await caches.match(pathname)) ?? fetch(pathname);
}

/** The others are as new as the network allows. */
async function fromNetwork(pathname) {
  try {
    const answer = await fetch(pathname);
    if (answer.ok) await (await caches.open(CACHE)).put(pathname, answer.clone());
    return answer;
  } catch (error) {
    const kept = await caches.match(pathname);
    if (kept) return kept;
    throw error;
  }
}

async function dropOthers() {
  for (const name of await caches.keys()) {
    if (name.startsWith("saoma-app ") && name !== CACHE) await caches.delete(name);
  }
}
