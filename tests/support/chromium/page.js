// What a person sees of a page, also inside open shadow roots. Made anew for every look, so that nothing is left in the page.
const every = (root, selector) => [
  ...root.querySelectorAll(selector),
  ...[...root.querySelectorAll("*")].flatMap((host) => (host.shadowRoot ? every(host.shadowRoot, selector) : [])),
];
const flat = (text) => (text ?? "").replace(/\s+/g, " ").trim();
const seen = (selector) => every(document, selector).filter((element) => element.checkVisibility());
const first = (selector) => seen(selector)[0];
const text = () =>
  flat([document.body, ...seen("*").filter((e) => e.shadowRoot).flatMap((e) => [...e.shadowRoot.children])]
    .map((part) => part?.innerText).join(" "));
const named = (name) =>
  seen("button, a[href]").find((control) => [control.innerText, control.ariaLabel].map(flat).includes(name));
const labelled = (name) =>
  seen("input").find((field) => [...field.labels].map((l) => l.innerText).concat(field.ariaLabel).map(flat).includes(name));
// Where to press: the middle, once it is on the screen, has come to rest and nothing lies over it.
const spot = (element) => {
  if (!element || element.disabled) return null;
  element.scrollIntoView({ block: "nearest", behavior: "instant" });
  const box = element.getBoundingClientRect();
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  let top = document.elementFromPoint(x, y);
  while (top?.shadowRoot?.elementFromPoint(x, y) && top.shadowRoot.elementFromPoint(x, y) !== top) {
    top = top.shadowRoot.elementFromPoint(x, y);
  }
  return element.contains(top) ? [x, y] : null;
};
// What turns for ever, such as a spinner, is at rest.
const isAtRest = () =>
  [document, ...seen("*").map((e) => e.shadowRoot)].flatMap((root) => root?.getAnimations() ?? []).every((a) => a.playState !== "running" || a.effect.getTiming().iterations === Infinity);
// Where the keyboard is, also inside open shadow roots; and whether that can be seen.
const focused = () => {
  let element = document.activeElement;
  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
  return element;
};
const isMarked = (element) => {
  const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
  return (outlineStyle !== "none" && parseFloat(outlineWidth) >= 1) || boxShadow !== "none";
};
