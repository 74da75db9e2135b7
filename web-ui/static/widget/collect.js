// Takes a confirmed sign-in to its site: proves that this browser has the key that the sign-in is bound to, and sends the page's form.

import { prove, recall } from "./key.js";

const form = document.forms[0];
const { family, url, time, lostTitle, lost, lostMark } = form.dataset;

try {
  const keys = await recall(family);
  form.elements.proof.value = await prove(keys, "POST", url, Number(time) + performance.now() / 1000);
  form.requestSubmit();
} catch {
  const page = document.querySelector(".saoma");
  page.dataset.state = "failed";
  page.querySelector(".title").textContent = lostTitle;
  page.querySelector(".mark path").setAttribute("d", lostMark);
  page.querySelector("[role=status]").textContent = lost;
}
