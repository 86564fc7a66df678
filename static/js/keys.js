/**
 * Keys. Plain ones act while the focus is in the text, on the body, or on a list beside the text; never in a field and
 * never while a dialog is open. Chords with Ctrl (or Command) act everywhere but in a field, Ctrl+Enter there too.
 */

/** @typedef {() => void} Action */
/**
 * @typedef {object} KeyMap
 * @property {Record<string, Action>} keys by name: "j", "?", "Delete", "Mod+z", "Mod+Shift+Enter"
 * @property {Map<string, Action>} labels by the character of aria-keyshortcuts
 * @property {(digit: number) => void} value Alt with a digit
 */

const FIELDS = "input, textarea, select, [contenteditable]";
const PLACES = "#text, #cards, #labels, #values";

/** @param {EventTarget | null} target @returns {"text" | "field" | "other"} */
function scopeOf(target) {
  if (!(target instanceof Element)) return "other";
  if (target.matches(FIELDS)) return "field";
  return target === document.body || target === document.documentElement || target.closest(PLACES) ? "text" : "other";
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
  if (event.altKey) {
    const value = scope === "text" && digit && !event.ctrlKey && !event.metaKey;
    return value ? () => map.value(Number(digit)) : undefined;
  }
  if (name.startsWith("Mod+")) return scope !== "field" || name.endsWith("Enter") ? map.keys[name] : undefined;
  if (scope !== "text") return name === "Escape" && scope === "other" ? map.keys[name] : undefined;
  const known = map.keys[name];
  if (known) return known;
  if (event.repeat || event.shiftKey) return undefined;
  return map.labels.get(event.key) ?? (digit ? map.labels.get(digit) : undefined);
}
