/** Cards and marks as one: which span has the focus, what the pointer is on, and what the server refused. */

import { toast } from "./base.js";
import { marksOf, quoteOf } from "./offsets.js";
import { discard, entries, retry } from "./outbox.js";
import { pendingSpan, rangesOfSpan, tint } from "./paint.js";

const text = /** @type {HTMLElement} */ (document.getElementById("text"));
const list = /** @type {HTMLElement} */ (document.getElementById("cards"));
const attention = /** @type {HTMLElement} */ (document.getElementById("attention"));
const words = /** @type {HTMLElement} */ (document.getElementById("annotate-words")).dataset;

const tools = document.querySelector(/** @type {"template"} */ ("template#card-tools"))?.content.firstElementChild;

/** @type {string | null} */
let current = null;

/** The id of the span that keys act on. */
export function focused() {
  return current;
}

/** @param {string} sid @returns {HTMLElement | null} */
export function cardOf(sid) {
  return document.getElementById(`card-${sid}`);
}

/**
 * Gives a span the focus of the keys; the document's own focus stays where it is.
 * @param {string | null} sid @param {{ scroll?: boolean }} [options]
 */
export function focusSpan(sid, { scroll = false } = {}) {
  if (current) cardOf(current)?.removeAttribute("aria-current");
  current = sid;
  tint("current", sid);
  const card = sid && cardOf(sid);
  if (!card) return tools?.remove();
  card.setAttribute("aria-current", "true");
  equip(card);
  card.scrollIntoView({ block: "nearest" });
  if (scroll) marksOf(sid)[0]?.scrollIntoView({ block: "nearest" });
}

/** One set of tools wanders to the card that has the focus or the pointer. @param {Element} card */
function equip(card) {
  if (tools && tools.parentElement !== card) card.append(tools);
}

/** After a morph: the tint and the card's state are drawn anew. */
export function refocus() {
  const gone = current && !marksOf(current).length && !pendingSpan(current);
  focusSpan(gone ? null : current);
  tint("hover", null);
}

/** @param {1 | -1} step */
export function stepSpan(step) {
  const cards = /** @type {HTMLElement[]} */ ([...list.querySelectorAll("[data-card]:not([hidden])")]);
  const at = cards.findIndex((card) => card.dataset.card === current);
  const next = at >= 0 ? cards[at + step] : step > 0 ? cards.find(isBelowTop) ?? cards[0] : cards.at(-1);
  if (next?.dataset.card) focusSpan(next.dataset.card, { scroll: true });
}

/** Whether the card's span starts in view or further down. @param {HTMLElement} card */
function isBelowTop(card) {
  const mark = marksOf(card.dataset.card ?? "")[0];
  return mark !== undefined && mark.getBoundingClientRect().top > 48;
}

/** The spans over a segment, innermost first. @param {HTMLElement} mark @returns {string[]} */
export function stackOf(mark) {
  const ids = (mark.dataset.spans ?? "").split(" ").filter(Boolean).reverse();
  const size = new Map(ids.map((id) => [id, marksOf(id).reduce((sum, one) => sum + (one.textContent ?? "").length, 0)]));
  return ids.sort((a, b) => (size.get(a) ?? 0) - (size.get(b) ?? 0));
}

/** The span around the focused one. */
export function stepOutward() {
  const mark = current && marksOf(current)[0];
  const stack = mark ? stackOf(mark) : [];
  const next = stack[(stack.indexOf(current ?? "") + 1) % stack.length];
  if (next) focusSpan(next, { scroll: true });
}

/** @param {EventTarget | null} target @returns {HTMLElement | null} */
function markAt(target) {
  return target instanceof Element ? target.closest("mark") : null;
}

/** A click takes the innermost span, a second one the next around it. @param {MouseEvent} event */
function clickText({ target }) {
  if (!document.getSelection()?.isCollapsed) return;
  const mark = markAt(target);
  const stack = mark ? stackOf(mark) : [];
  focusSpan(stack[(stack.indexOf(current ?? "") + 1) % stack.length] ?? null);
}

/** Shows on the card what its span is about to become. @param {Entry} entry @param {Label | undefined} label */
export function previewCard({ op }, label) {
  const card = op.sid && cardOf(op.sid);
  if (!card) return;
  if (op.op === "del") card.hidden = true;
  if (op.op === "restore") card.hidden = false;
  if (label) {
    card.classList.replace(`k${card.dataset.labelNumber}`, `k${label.number}`);
    card.dataset.labelNumber = String(label.number);
    const code = card.querySelector(".code");
    if (code) code.textContent = label.code;
  }
  for (const [name, value] of Object.entries(op.v ?? {})) {
    const button = /** @type {HTMLElement | null} */ (card.querySelector(`[data-value="${CSS.escape(name)}"]`));
    if (!button) continue;
    button.className = value === null ? "unset" : "set";
    button.dataset.is = String(value ?? "");
    button.lastChild?.replaceWith(` ${value ?? "–"}`);
  }
}

/**
 * Lists what the server refused, with its sentences.
 * @returns {boolean} whether the list is another one than before
 */
export function listRefused() {
  const template = /** @type {HTMLTemplateElement} */ (document.getElementById("attention-item"));
  const refused = entries().filter((entry) => entry.refused !== undefined);
  const ids = refused.map((entry) => entry.id).join(" ");
  if (ids === (attention.dataset.ids ?? "")) return false;
  attention.dataset.ids = ids;
  const items = refused.map((entry) => {
    const item = /** @type {DocumentFragment} */ (template.content.cloneNode(true));
    const here = entry.article === text.dataset.article;
    const quote = here && entry.extent ? quoteOf(entry.extent) : null;
    const sentence = entry.refused || words.refused || "";
    fill(item, "[data-sentence]", sentence);
    fill(item, "[data-quote]", here ? quote ?? "" : words.elsewhere ?? "");
    on(item, "[data-retry]", () => retry(entry.id));
    on(item, "[data-discard]", () => discard(entry.id));
    on(item, "[data-copy]", () => void copy([entry.op.l, quote, sentence].filter(Boolean).join("\n")));
    return item;
  });
  attention.replaceChildren(...items);
  return true;
}

/** @param {DocumentFragment} item @param {string} selector @param {string} words_ */
function fill(item, selector, words_) {
  const place = item.querySelector(selector);
  if (place) place.textContent = words_;
}

/** @param {DocumentFragment} item @param {string} selector @param {() => void} act */
function on(item, selector, act) {
  item.querySelector(selector)?.addEventListener("click", act);
}

/** @param {string} content */
async function copy(content) {
  if (navigator.clipboard) await navigator.clipboard.writeText(content);
  else {
    // Plain http has no clipboard interface.
    const field = document.createElement("textarea");
    field.value = content;
    list.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
  }
  toast(words.copied ?? "");
}

/**
 * @param {{ remove: (sid: string) => void, edit: (sid: string, name: string) => void }} actions what a card's buttons do
 */
export function watchCards(actions) {
  text.addEventListener("click", clickText);
  text.addEventListener("pointerover", ({ target }) => {
    const mark = markAt(target);
    tint("hover", mark ? stackOf(mark)[0] ?? null : null);
  });
  text.addEventListener("pointerleave", () => tint("hover", null));
  list.addEventListener("pointerover", ({ target }) => {
    const card = target instanceof Element ? target.closest("[data-card]") : null;
    if (card) equip(card);
  });
  list.addEventListener("focusin", ({ target }) => {
    const sid = target instanceof HTMLElement ? target.dataset.card : undefined;
    if (sid && sid !== current) focusSpan(sid, { scroll: true });
  });
  list.addEventListener("click", ({ target }) => {
    const element = target instanceof Element ? target : null;
    const sid = element?.closest("[data-card]")?.getAttribute("data-card");
    if (!sid) return;
    const value = element?.closest("[data-value]");
    if (element?.closest("[data-delete]")) return actions.remove(sid);
    focusSpan(sid, { scroll: true });
    if (value) actions.edit(sid, value.getAttribute("data-value") ?? "");
  });
}

/** @param {string} sid @returns {DOMRect | null} the last line of a span, for what hangs under it */
export function lastLineOf(sid) {
  const rects = [...(rangesOfSpan(sid)[0]?.getClientRects() ?? [])].filter((rect) => rect.width > 0);
  const last = rects.at(-1);
  const left = Math.min(...rects.filter((rect) => last && Math.abs(rect.bottom - last.bottom) < 8).map((rect) => rect.left));
  return last ? new DOMRect(left, last.top, last.right - left, last.height) : null;
}
