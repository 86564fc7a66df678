/** The picker: every label by a few letters of its name. Loaded when first asked for. */

import { labels } from "./changes.js";

const dialog = /** @type {HTMLDialogElement} */ (document.getElementById("picker"));
const field = /** @type {HTMLInputElement} */ (dialog.querySelector("input"));
const list = /** @type {HTMLElement} */ (dialog.querySelector("ul"));

/** @type {(label: Label) => void} */
let pick = () => {};

/** Labels whose name has the typed letters in this order, those that begin with them first. */
function matching() {
  const typed = field.value.trim().toLowerCase().replace(/\s+/g, "_");
  const name = (/** @type {Label} */ label) => label.name.toLowerCase();
  const within = labels.filter((label) => {
    let at = -1;
    return [...typed].every((letter) => (at = name(label).indexOf(letter, at + 1)) >= 0) || label.code.toLowerCase() === typed;
  });
  const rank = (/** @type {Label} */ label) => {
    if (label.code.toLowerCase() === typed) return 0;
    const place = name(label).indexOf(typed);
    return place === 0 ? 1 : place > 0 ? 2 : 3;
  };
  return within.sort((a, b) => rank(a) - rank(b));
}

function draw() {
  const found = matching();
  list.replaceChildren(...found.map((label, n) => {
    const option = document.createElement("li");
    option.id = `pick-${label.number}`;
    option.role = "option";
    option.className = `k${label.number}`;
    option.ariaSelected = String(n === 0);
    const code = document.createElement("span");
    code.className = "code";
    code.textContent = label.code;
    option.append(code, ` ${label.name.replaceAll("_", " ").toLowerCase()}`);
    option.addEventListener("click", () => take(label));
    return option;
  }));
  point();
}

/** Tells which option is chosen. */
function point() {
  const chosen = list.querySelector("[aria-selected=true]");
  chosen?.scrollIntoView({ block: "nearest" });
  if (chosen) field.setAttribute("aria-activedescendant", chosen.id);
  else field.removeAttribute("aria-activedescendant");
}

/** @param {1 | -1} by */
function step(by) {
  const options = [...list.children];
  const at = options.findIndex((option) => option.ariaSelected === "true");
  const next = options[(at + by + options.length) % options.length];
  options.forEach((option) => (option.ariaSelected = String(option === next)));
  point();
}

/** @param {Label | undefined} label */
function take(label) {
  dialog.close();
  if (label) pick(label);
}

field.addEventListener("input", draw);
field.addEventListener("keydown", (event) => {
  if (event.key === "ArrowDown" || event.key === "ArrowUp") step(event.key === "ArrowDown" ? 1 : -1);
  else if (event.key === "Enter") {
    const chosen = list.querySelector("[aria-selected=true]")?.id;
    take(labels.find(({ number }) => chosen === `pick-${number}`));
  } else return;
  event.preventDefault();
});

/** @param {(label: Label) => void} taker gets the label that was chosen */
export function openPicker(taker) {
  pick = taker;
  field.value = "";
  draw();
  dialog.showModal();
}
