// Signing in without leaving the page.
//
// 1. A press on "Scan to sign in" opens the dialog and asks our back end for the widget's attributes. The PKCE verifier
//    stays there; state and nonce are tied to our session cookie.
// 2. The widget's script is loaded now, not with every page: a reader who never signs in never calls the provider.
// 3. <saoma-login> shows the code and waits. When it is confirmed, its "saoma-login" event brings code, state and iss.
// 4. They go to our back end, which judges and redeems them. Then the page is fetched again and put in place of the
//    old one, where the reader was, now signed in.
//
// Without this script the same buttons are links and forms, and lead to the redirect.

const dialog = document.getElementById("sign-in-dialog");
const slot = document.getElementById("sign-in-widget");
const status = document.getElementById("sign-in-status");
const NOT_SHOWN = "The code cannot be shown just now.";
let opener = null;
let attempt = 0;

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("[data-sign-in-here]");
  const plain = !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0;
  if (!link || !dialog || !plain) return;
  event.preventDefault();
  opener = link;
  open();
});

document.getElementById("sign-in-close")?.addEventListener("click", () => dialog.close());

// A press outside the dialog's box closes it. The box has padding, so a press inside it has an inner target or lies within.
dialog?.addEventListener("click", (event) => {
  if (event.target !== dialog) return;
  const box = dialog.getBoundingClientRect();
  const inside = event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
  if (!inside) dialog.close();
});

// Taking the element out of the page makes it stop waiting.
dialog?.addEventListener("close", () => {
  attempt += 1;
  slot.replaceChildren();
  say("");
  if (opener?.isConnected) opener.focus();
});

async function open() {
  attempt += 1;
  const mine = attempt;
  slot.replaceChildren();
  say("One moment…");
  if (!dialog.open) dialog.showModal();
  try {
    const [attributes] = await Promise.all([
      post("/sign-in/here", { place: dialog.dataset.place }),
      loadWidget(dialog.dataset.widget),
    ]);
    if (mine !== attempt) return;
    const widget = document.createElement("saoma-login");
    for (const [name, value] of Object.entries(attributes)) widget.setAttribute(name, value);
    widget.addEventListener("saoma-login", (event) => finish(event.detail, mine));
    widget.addEventListener("saoma-error", ({ detail }) => {
      if (detail.error === "load_failed" && mine === attempt) offerAgain(NOT_SHOWN);
    });
    slot.replaceChildren(widget);
    say("");
  } catch (error) {
    if (mine === attempt) offerAgain(error.detail ?? NOT_SHOWN);
  }
}

async function finish(answer, mine) {
  if (mine !== attempt) return;
  say("Signing you in…");
  try {
    const { name } = await post("/sign-in/here/finish", { code: answer.code, state: answer.state, iss: answer.iss });
    await showSignedIn();
    announce(`You are signed in as ${name}.`);
  } catch (error) {
    offerAgain(error.detail ?? "We cannot be reached just now.");
  }
}

// Puts the page as it is for a member in place of this one; the reader stays where they were.
async function showSignedIn() {
  const there = location.pathname === "/sign-in" ? dialog.dataset.place : location.pathname + location.search;
  if (there !== location.pathname + location.search) {
    location.assign(there);
    return;
  }
  const response = await fetch(there, { headers: { accept: "text/html" } });
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
  const page = fresh.getElementById("page");
  if (!response.ok || !page) {
    location.reload();
    return;
  }
  dialog.close();
  document.getElementById("page").replaceWith(page);
  document.title = fresh.title;
  document.getElementById("signed-in-name")?.focus({ preventScroll: true });
}

let widgetScript = null;

function loadWidget(address) {
  widgetScript ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.type = "module";
    script.src = address;
    script.addEventListener("load", resolve);
    script.addEventListener("error", () => {
      script.remove();
      widgetScript = null;
      reject(new Error("the widget's script cannot be loaded"));
    });
    document.head.append(script);
  });
  return widgetScript;
}

async function post(address, body) {
  const response = await fetch(address, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const answer = await response.json();
  if (!response.ok) throw Object.assign(new Error(answer.title), { detail: `${answer.title}. ${answer.detail}` });
  return answer;
}

function offerAgain(text) {
  const again = document.createElement("button");
  again.id = "sign-in-again";
  again.className = "button";
  again.textContent = "Try again";
  again.addEventListener("click", open);
  slot.replaceChildren(again);
  say(text);
}

function say(text) {
  if (status) status.textContent = text;
}

function announce(text) {
  document.getElementById("announcement").textContent = text;
}

// Somebody who signs out at Saoma, or takes this browser's access away there, is signed out here within seconds: the page asks.
const ASK_EVERY = 3000;
const TOLD = "signed-out-elsewhere";

async function askWhetherSignedIn() {
  if (document.hidden || !document.querySelector("[data-signed-in]")) return;
  const answer = await fetch("/session").then((response) => response.json()).catch(() => null);
  if (answer?.signed_in !== false || !document.querySelector("[data-signed-in]")) return;
  sessionStorage.setItem(TOLD, "yes");
  location.reload();
}

setInterval(askWhetherSignedIn, ASK_EVERY);
document.addEventListener("visibilitychange", askWhetherSignedIn);

if (sessionStorage.getItem(TOLD)) {
  sessionStorage.removeItem(TOLD);
  document.getElementById("announcement").className = "toast";
  announce("You have been signed out at Saoma, and so here.");
}
