// `<saoma-login>`: sign in by scanning a code.
//
//   <script type="module" src="https://login.example.com/widget/saoma.js"></script>
//   <saoma-login client-id="…" redirect-uri="…"></saoma-login>
//
// This script defines the element, and loads the widget's WebAssembly when the first one comes onto a page.

const { origin } = new URL(import.meta.url);
const script = new URL("{{widget.js}}", import.meta.url).href;
const wasm = new URL("{{widget.wasm}}", import.meta.url).href;

/** The browser's own key: its script is loaded beside everything else. */
const key = import("./key.js");
key.catch(() => {});

/** On the provider's own page: binds the login that the server has started to this browser's key, before anything else arrives. */
async function bind(element) {
  const [id, family, time] = ["login-id", "family", "server-time"].map((name) => element.getAttribute(name));
  if (!family || element.hasAttribute("bound") || element.getAttribute("state") !== "waiting") return;
  const { createKey, keep, prove } = await key;
  const made = await createKey();
  if (!made) return;
  const keys = await keep(family, made);
  const path = `/api/logins/${id}/key`;
  const dpop = await prove(keys, "POST", origin + path, Number(time) + performance.now() / 1000);
  await fetch(path, { method: "POST", headers: { dpop } });
}

/** Loads script, WebAssembly and style sheet, once for all elements; again after a failure. */
let loading;
function load() {
  loading ??= Promise.all([import(script).then(start), styles()]).catch((error) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

async function start(widget) {
  await widget.default({ module_or_path: wasm });
  return widget;
}

async function styles() {
  const answer = await fetch(new URL("saoma.css", import.meta.url));
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(await answer.text());
  return sheet;
}

/** Keeps the widget's place in the page until it is there. */
const placeholder = new CSSStyleSheet();
placeholder.replaceSync(":host{display:block;min-block-size:34rem}");

class SaomaLogin extends HTMLElement {
  static observedAttributes = ["client-id", "redirect-uri", "lang"];
  #handle;
  #mounting = false;

  connectedCallback() {
    // An element that holds something, such as the server's own rendering, shows that until the widget is there.
    if (!this.firstElementChild) this.#root(placeholder);
    // Without a key the login is as good as it can be without one, and the phone says so.
    bind(this).catch(() => {});
    this.#mount();
  }

  disconnectedCallback() {
    // A move takes the element away and puts it back at once: then nothing has happened.
    queueMicrotask(() => this.isConnected || this.#unmount());
  }

  attributeChangedCallback(name, before, now) {
    if (!this.#handle || before === now) return;
    if (name === "lang") return this.#handle.setLang(now ?? undefined);
    this.#unmount();
    this.#mount();
  }

  async #mount() {
    if (this.#handle || this.#mounting) return;
    this.#mounting = true;
    try {
      const [widget, sheet] = await load();
      if (!this.isConnected) return;
      const root = document.createElement("div");
      this.#root(sheet).replaceChildren(root);
      this.#handle = widget.mount(root, new Loader(this));
    } catch (error) {
      new Loader(this).emitError("load_failed", String(error));
    } finally {
      this.#mounting = false;
    }
  }

  #unmount() {
    this.#handle?.unmount();
    this.#handle = undefined;
  }

  #root(sheet) {
    const root = this.shadowRoot ?? this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [sheet];
    return root;
  }
}

/** What the WebAssembly asks of the page. */
class Loader {
  #element;
  #keys;
  origin = origin;

  constructor(element) {
    this.#element = element;
  }

  attribute(name) {
    // On a page with a content security policy, browsers take `nonce` for the policy's and empty the attribute.
    return name === "nonce" ? this.#element.nonce : this.#element.getAttribute(name);
  }

  /** A proof by this widget's own key, or `undefined` where there can be none. */
  async prove(method, path, seconds) {
    try {
      const { createKey, prove } = await key;
      const keys = await (this.#keys ??= createKey());
      return keys && (await prove(keys, method, origin + path, seconds));
    } catch {
      return undefined;
    }
  }

  /** Whether things should move as little as they can. */
  calm() {
    return matchMedia("(prefers-reduced-motion: reduce)").matches;
  }

  /** Whether the provider answers at all: this script may be fetched from anywhere. */
  reachable() {
    return fetch(import.meta.url, { method: "HEAD", cache: "no-store" }).then(
      (answer) => answer.ok,
      () => false,
    );
  }

  /** Keeps what `finishLogin` will need, and goes to the site. */
  leave(state, kept, url) {
    try {
      sessionStorage.setItem(`saoma:${state}`, JSON.stringify(kept));
    } catch {
      // A full or forbidden storage is no reason to lose the login: a back end that made state and PKCE itself does not
      // need it, and `finishLogin` says what is missing otherwise.
    }
    try {
      top.location.href = url;
    } catch {
      // Inside a frame the browser may forbid to navigate the top page; then the frame goes.
      location.href = url;
    }
  }

  open(path) {
    location.replace(path);
  }

  rename(path) {
    history.replaceState(null, "", path);
  }

  emit(name, detail) {
    if (detail.nonce) detail.matchesNonce = (idToken) => nonceOf(idToken) === detail.nonce;
    this.#element.dispatchEvent(new CustomEvent(name, { bubbles: true, composed: true, detail }));
  }

  keepFocus() {
    keepFocus(this.#element.shadowRoot);
  }

  emitState(state) {
    this.keepFocus();
    this.emit("saoma-state", { state });
  }

  emitError(error, description) {
    this.emit("saoma-error", { error, description });
  }
}

/** A change is about to be drawn: where it takes away the control that has the focus, the first one gets it. */
function keepFocus(root) {
  if (!root.activeElement?.closest(".actions")) return;
  setTimeout(() => {
    for (const control of root.querySelectorAll(".actions *")) root.activeElement ?? control.focus();
  });
}

/** The `nonce` of an ID token, which the site's back end has verified. */
function nonceOf(idToken) {
  try {
    return JSON.parse(atob(idToken.split(".")[1].replaceAll("-", "+").replaceAll("_", "/"))).nonce;
  } catch {
    return undefined;
  }
}

/**
 * For the site's callback page, where `redirect` is `top`: checks that the answer in `url` belongs to a login that this
 * tab has started and comes from this provider.
 *
 * Returns `{ code, codeVerifier, nonce, redirectUri }`, to be sent to the site's back end. Throws an `Error` whose `error`
 * is the OAuth error code otherwise. What was kept for the login is gone afterwards, so it works once.
 */
export function finishLogin(url = location.href) {
  const answer = new URL(url).searchParams;
  const state = answer.get("state");
  const kept = state === null ? null : sessionStorage.getItem(`saoma:${state}`);
  if (kept === null) throw failure("invalid_state", "This tab has not started the login that came back.");
  sessionStorage.removeItem(`saoma:${state}`);
  if (answer.get("iss") !== origin) throw failure("invalid_issuer", "The answer comes from another provider.");
  if (answer.has("error")) throw failure(answer.get("error"), answer.get("error_description") ?? "");
  const code = answer.get("code");
  if (!code) throw failure("invalid_response", "The answer has no code.");
  const { code_verifier, nonce, redirect_uri } = JSON.parse(kept);
  return { code, codeVerifier: code_verifier, nonce, redirectUri: redirect_uri };
}

function failure(error, description) {
  return Object.assign(new Error(description || error), { error });
}

if (!customElements.get("saoma-login")) customElements.define("saoma-login", SaomaLogin);
