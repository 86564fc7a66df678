/**
 * Keys. Plain ones act while the focus is in the text, on the body, or on a list beside the text; never in a field and
 * never while a dialog is open. Those that move the cursor act in the text and on the body only: beside it they are the
 * keys of lists and buttons. Chords with Ctrl (or Command) act everywhere but in a field, Ctrl+Enter there too.
 */

/** @typedef {() => void} Action */
/**
 * @typedef {object} KeyMap
 * @property {Record<string, Action>} keys by name: "j", "?", "Delete", "Mod+z", "Mod+Shift+Enter"
 * @property {Record<string, Action>} cursor the same, for keys that act in the text alone
 * @property {(label: string) => void} arm Shift with the key of a label
 * @property {Map<string, Action>} labels by the character of aria-keyshortcuts
 * @property {(digit: number) => void} value Alt with a digit
 */

const FIELDS = "input, textarea, select, [contenteditable]";
const PLACES = "#text, #cards, #labels, #values";

/** @type {((event: KeyboardEvent) => boolean) | null} */
let capture = null;

/**
 * Gives every key to somebody else for a while; keys that are not wanted there end it.
 * @param {((event: KeyboardEvent) => boolean) | null} taker whether it wants the next key too
 */
export function captureKeys(taker) {
  capture = taker;
}

/** @param {EventTarget | null} target @returns {"text" | "beside" | "field" | "other"} */
function scopeOf(target) {
  if (!(target instanceof Element)) return "other";
  if (target.matches(FIELDS)) return "field";
  if (target === document.body || target === document.documentElement || target.id === "text") return "text";
  return target.closest(PLACES) ? "beside" : "other";
}

/** @param {KeyboardEvent} event */
function nameOf(event) {
  const mod = event.ctrlKey || event.metaKey;
  const key = mod && event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const shift = event.shiftKey && (mod || key.length > 1);
  return `${mod ? "Mod+" : ""}${shift ? "Shift+" : ""}${key}`;
}

/** The digit of a key, also where the layout puts another character on it. @param {KeyboardEvent} event */
function digitOf(event) {
  return /^(?:Digit|Numpad)(\d)$/.exec(event.code)?.[1];
}

/** The sheet that lists the keys. */
export function showHelp() {
  /** @type {HTMLDialogElement | null} */ (document.querySelector("dialog#help"))?.showModal();
}

/** @param {KeyMap} map */
export function listen(map) {
  document.querySelector("[data-help]")?.addEventListener("click", showHelp);
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.defaultPrevented || event.getModifierState("AltGraph")) return;
    if (document.querySelector("dialog[open]")) return;
    if (capture && !["Shift", "Control", "Alt", "Meta"].includes(event.key)) {
      event.preventDefault();
      if (!capture(event)) capture = null;
      return;
    }
    const action = find(map, event);
    if (!action) return;
    event.preventDefault();
    action();
  });
}

/** @param {KeyMap} map @param {KeyboardEvent} event @returns {Action | undefined} */
function find(map, event) {
  const scope = scopeOf(event.target);
  const name = nameOf(event);
  const digit = digitOf(event);
  const inside = scope === "text" || scope === "beside";
  if (event.altKey) {
    const value = inside && digit && !event.ctrlKey && !event.metaKey;
    return value ? () => map.value(Number(digit)) : undefined;
  }
  const moves = scope === "text" ? map.cursor[name] : undefined;
  if (moves) return moves;
  if (name.startsWith("Mod+")) return scope !== "field" || name.endsWith("Enter") ? map.keys[name] : undefined;
  if (!inside) return name === "Escape" && scope === "other" ? map.keys[name] : undefined;
  const known = map.keys[name];
  if (known) return known;
  if (event.repeat) return undefined;
  const label = [event.key.toLowerCase(), digit ?? ""].find((key) => map.labels.has(key));
  if (label === undefined) return undefined;
  return event.shiftKey ? () => map.arm(label) : map.labels.get(label);
}
