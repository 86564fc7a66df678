/** Cards and marks as one: which span has the focus, what the pointer is on, and what the server refused. */

import { marksOf, quoteOf } from "./offsets.js";
import { discard, refusals } from "./outbox.js";
import { pendingSpan, rangesOfSpan, tint } from "./paint.js";

const text = /** @type {HTMLElement} */ (document.getElementById("text"));
const list = /** @type {HTMLElement} */ (document.getElementById("cards"));
const attention = /** @type {HTMLElement} */ (document.getElementById("attention"));
const words = /** @type {HTMLElement} */ (document.getElementById("annotate-words")).dataset;

const tools = document.querySelector(/** @type {"template"} */ ("template#card-tools"))?.content.firstElementChild;

/**
 * What the buttons of cards and of the list do.
 * @typedef {{ remove: (sid: string) => void, edit: (sid: string, name: string) => void, retry: (entry: Entry) => void }} CardActions
 */
/** @type {CardActions} */
let actions = { remove() {}, edit() {}, retry() {} };
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
    const guess = value !== null && op.unconfirmed?.includes(name);
    button.className = value === null ? "unset" : guess ? "guess" : "set";
    button.dataset.is = String(value ?? "");
    button.toggleAttribute("data-number", typeof value === "number");
    button.lastChild?.replaceWith(` ${value ?? "–"}${guess ? "?" : ""}`);
  }
}

/**
 * Lists what the server refused, one item for each span: those of this article first, the newest on top.
 * @returns {string | null} the sentence of what is new there, "" for nothing; null where the list stays as it is
 */
export function listRefused() {
  const here = (/** @type {Entry[]} */ [entry]) => Number(entry?.article === text.dataset.article);
  const groups = refusals().reverse().sort((a, b) => here(b) - here(a));
  const before = attention.dataset.ids ?? "";
  const ids = groups.flat().map(({ id }) => id).join(" ");
  if (ids === before) return null;
  const held = attention.contains(document.activeElement);
  attention.dataset.ids = ids;
  attention.hidden = !groups.length;
  attention.querySelector("ul")?.replaceChildren(...groups.map(refusedItem));
  if (held) (attention.querySelector("button") ?? text).focus({ preventScroll: true });
  const news = groups.find((group) => group.every(({ id }) => !before.includes(id)))?.[0];
  return news ? news.refused || (words.refused ?? "") : "";
}

/** @param {Entry[]} group */
function refusedItem(group) {
  const template = /** @type {HTMLTemplateElement} */ (document.getElementById("attention-item"));
  const item = /** @type {DocumentFragment} */ (template.content.cloneNode(true));
  const { article, refused, url } = /** @type {Entry} */ (group[0]);
  const here = article === text.dataset.article;
  const extent = group.find((entry) => entry.extent)?.extent;
  const what = [...new Set(group.map(whatOf))].join("; ");
  fill(item, "[data-what]", here ? what : `${what} (${words.elsewhere ?? ""})`);
  fill(item, "[data-quote]", here && extent ? quoteOf(extent) ?? "" : "");
  fill(item, "[data-sentence]", refused || (words.refused ?? ""));
  const [retry, link, drop] = [...item.querySelectorAll("[data-retry], [data-open], [data-discard]")];
  (here ? link : retry)?.remove();
  link?.setAttribute("href", url.replace(/\/operations$/, ""));
  retry?.addEventListener("click", () => {
    group.forEach(actions.retry);
    discard(group);
  });
  drop?.addEventListener("click", () => discard(group));
  return item;
}

/** What was to be done. @param {Entry} entry */
function whatOf({ op: { op, l, v }, label }) {
  const values = Object.entries(v ?? {}).map(([name, value]) => `${name.replaceAll("_", " ")}: ${value ?? "–"}`);
  const kind = op === "set" && !l ? "values" : op;
  const name = (l ?? label ?? "").replaceAll("_", " ").toLowerCase();
  return (words[kind] ?? "").replace("{label}", name).replace("{values}", values.join(", "));
}

/** Whether the list beside the text is in view; on a small screen it is a sheet. */
export function listShown() {
  return getComputedStyle(list).display !== "none";
}

/** Brings what was refused into view and under the keys. */
export function showRefused() {
  if (!listShown()) list.showPopover();
  attention.querySelector(/** @type {"button"} */ ("button, a"))?.focus();
}

/** @param {DocumentFragment} item @param {string} selector @param {string} content */
function fill(item, selector, content) {
  const place = item.querySelector(selector);
  if (place) place.textContent = content;
}

/** @param {CardActions} does */
export function watchCards(does) {
  actions = does;
  document.getElementById("save-state")?.addEventListener("click", ({ target }) => {
    if (target instanceof HTMLButtonElement) showRefused();
  });
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
