// Starts the phone app: loads its WebAssembly and gives it the device's key and the camera.

import init, { readQr, start } from "{{approver.js}}";
import * as camera from "./camera.js";
import * as device from "./device.js";
import * as passkey from "./passkey.js";

const root = document.getElementById("app");

const host = {
  load: device.load,
  createKey: device.createKey,
  keep: device.keep,
  forget: device.forget,
  sign: device.sign,
  startCamera: camera.start,
  look: (video) => camera.look(video, readQr),
  stopCamera: camera.stop,
  canPasskey: passkey.available,
  makePasskey: passkey.create,
  usePasskey: passkey.get,
};

try {
  await init({ module_or_path: "{{approver.wasm}}" });
  root.replaceChildren();
  start(root, host);
} catch (error) {
  console.error(error);
  const chinese = navigator.language.startsWith("zh");
  document.getElementById("wait").textContent = chinese
    ? "应用没有加载成功，请检查网络后刷新页面。"
    : "The app did not load. Check the connection and reload the page.";
}

/** The one script whose address a script names. The content security policy knows this policy and no other. */
const WORKER = "/app/sw.js";
const { trustedTypes } = window;
const policy = trustedTypes?.createPolicy("saoma", { createScriptURL: () => WORKER });

// Without a service worker all works but the start without a network.
navigator.serviceWorker?.register(policy?.createScriptURL("") ?? WORKER, { scope: "/app" }).catch(() => {});
