/**
 * The values of a span as a strip under its mark. The server's guess is preselected; Alt with a digit chooses or
 * confirms; there is no time limit, and going on leaves a guess unconfirmed.
 */

import { cardOf, lastLineOf } from "./cards.js";

const text = /** @type {HTMLElement} */ (document.getElementById("text"));
const strip = /** @type {HTMLElement} */ (document.getElementById("values"));
const words = /** @type {HTMLElement} */ (document.getElementById("annotate-words")).dataset;

/** @type {{ sid: string, specs: ValueSpec[], chosen: ValueMap } | null} */
let shown = null;
/** @type {(sid: string, values: ValueMap) => void} */
let choose = () => {};

/**
 * What the card says of a value, a number as a number.
 * @param {string} sid @param {string} name
 * @returns {{ value: string | number | null, confirmed: boolean }}
 */
export function valueOf(sid, name) {
  const button = cardOf(sid)?.querySelector(`[data-value="${CSS.escape(name)}"]`);
  if (!button || button.classList.contains("unset")) return { value: null, confirmed: false };
  const is = button.getAttribute("data-is") ?? "";
  return {
    value: button.hasAttribute("data-number") ? Number(is) : is,
    confirmed: !button.classList.contains("guess"),
  };
}

/**
 * @param {string} sid @param {Label} label
 * @param {string} [name] one value to show first; else the required ones
 */
export function openValues(sid, label, name) {
  const specs = label.values.filter((spec) => (name === undefined ? spec.required : !name || spec.name === name));
  shown = specs.length ? { sid, specs, chosen: {} } : null;
  draw(name !== undefined);
}

export function closeValues() {
  if (strip.contains(document.activeElement)) text.focus({ preventScroll: true });
  shown = null;
  strip.hidden = true;
}

/** @returns {boolean} whether the strip is there */
export function valuesOpen() {
  return shown !== null;
}

/** After a morph: guesses that the server made are offered, and the strip stands where its span is. */
export function refreshValues() {
  if (shown && !strip.contains(document.activeElement)) draw(false);
}

/** Alt with a digit: the n-th choice of the row that is asked now. @param {number} digit */
export function pressValue(digit) {
  const row = strip.querySelector("fieldset.active");
  const choice = /** @type {HTMLElement | undefined} */ (row?.querySelectorAll("button, input")[(digit + 9) % 10]);
  if (choice instanceof HTMLInputElement) choice.focus({ preventScroll: true });
  else choice?.click();
}

/** @param {boolean} keep whether a strip without an open question stays */
function draw(keep) {
  if (!shown) return closeValues();
  const { sid, specs, chosen } = shown;
  const open = specs.filter((spec) => !(spec.name in chosen) && !valueOf(sid, spec.name).confirmed);
  if (!open.length && !keep) return closeValues();
  const active = open[0] ?? specs[0];
  strip.replaceChildren(...specs.map((spec) => row(sid, spec, chosen[spec.name], spec === active)));
  strip.hidden = false;
  requestAnimationFrame(() => place(sid));
}

/** @param {string} sid @param {ValueSpec} spec @param {string | number | null | undefined} chosen @param {boolean} active */
function row(sid, spec, chosen, active) {
  const known = valueOf(sid, spec.name);
  const value = chosen === undefined ? known.value : chosen;
  const sure = chosen !== undefined || known.confirmed;
  const fieldset = document.createElement("fieldset");
  fieldset.classList.toggle("active", active);
  const legend = document.createElement("legend");
  legend.textContent = spec.title;
  fieldset.append(legend);
  const guess = value ?? (cardOf(sid) ? [] : "…"); // Until the card is there, its guess may still come.
  const options = spec.kind === "choice" ? spec.options : [guess, spec.options].flat();
  for (const option of new Set(options)) {
    fieldset.append(button(spec, option, fieldset.children.length, option === value, sure));
  }
  if (spec.kind !== "choice") fieldset.append(keyCap(fieldset.querySelectorAll("button").length + 1), input(spec));
  return fieldset;
}

/** @param {number} n */
function keyCap(n) {
  const key = document.createElement("kbd");
  key.textContent = String(n % 10);
  return key;
}

/** @param {ValueSpec} spec @param {string | number} option @param {number} n @param {boolean} is @param {boolean} sure */
function button(spec, option, n, is, sure) {
  const choice = document.createElement("button");
  choice.type = "button";
  choice.disabled = option === "…";
  choice.append(n <= 10 ? keyCap(n) : "", String(option));
  choice.setAttribute("aria-pressed", String(is && sure));
  if (is && !sure) {
    choice.classList.add("guess");
    choice.title = words.guess ?? "";
    choice.append("?");
  }
  choice.addEventListener("click", () => take(spec, option));
  return choice;
}

/** @param {ValueSpec} spec */
function input(spec) {
  const field = document.createElement("input");
  field.type = spec.kind === "number" ? "number" : "text";
  field.step = "any";
  // What the server would refuse is not to be typed in the first place.
  field.maxLength = Number(strip.dataset.longest);
  field.max = String(Number.MAX_SAFE_INTEGER);
  field.min = String(Number.MIN_SAFE_INTEGER);
  field.placeholder = (spec.kind === "number" ? words.number : words.other) ?? "";
  field.setAttribute("aria-label", spec.title);
  const takeTyped = () => {
    const typed = field.value.trim();
    if (typed && field.checkValidity()) take(spec, spec.kind === "number" ? Number(typed) : typed);
  };
  field.addEventListener("keydown", (event) => {
    if ((event.key !== "Enter" && event.key !== "Escape") || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    if (event.key === "Escape") field.value = "";
    else if (!field.reportValidity()) return;
    takeTyped();
    text.focus({ preventScroll: true });
  });
  field.addEventListener("change", takeTyped);
  return field;
}

/** @param {ValueSpec} spec @param {string | number} value */
function take(spec, value) {
  if (!shown || shown.chosen[spec.name] === value) return;
  shown.chosen[spec.name] = value;
  choose(shown.sid, { [spec.name]: value });
  draw(false);
}

/** Under the span's last line, above it where the window ends. @param {string} sid */
function place(sid) {
  const line = lastLineOf(sid);
  const frame = strip.parentElement?.getBoundingClientRect();
  if (!line || !frame) return;
  const { offsetWidth: width, offsetHeight: height } = strip;
  const below = line.bottom + 14;
  const top = below + height < innerHeight ? below : line.top - height - 8;
  strip.style.setProperty("left", `${Math.max(8, Math.min(line.left, frame.right - width - 8) - frame.left)}px`);
  strip.style.setProperty("top", `${top - frame.top}px`);
}

/** @param {(sid: string, values: ValueMap) => void} act */
export function watchValues(act) {
  choose = act;
  strip.addEventListener("mousedown", (event) => {
    if (!(event.target instanceof HTMLInputElement)) event.preventDefault();
  });
  addEventListener("resize", () => shown && place(shown.sid));
}
