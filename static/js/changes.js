/**
 * What a person does to spans. A change is painted, queued and told to the other tabs in the task of the key press, and
 * noted with the step that takes it back; the steps are kept over a reload, without any text.
 */

import { toast } from "./base.js";
import { cardOf, focusSpan, previewCard } from "./cards.js";
import { newId } from "./entries.js";
import { extentOf } from "./offsets.js";
import { entries, push } from "./outbox.js";
import { apply, knowLabels, pendingSpan, preview } from "./paint.js";
import { useUp } from "./select.js";
import { announce, revisionOf, shownSeq } from "./sync.js";
import { closeValues, openValues, valueOf } from "./values.js";

/** @typedef {Pick<Op, "op" | "l" | "v" | "unconfirmed"> & { sid: string, extent?: Extent | undefined }} Step */
/** @typedef {{ sid: string, back: Step, again: Step }} Pair */

const text = /** @type {HTMLElement} */ (document.getElementById("text"));
const words = /** @type {HTMLElement} */ (document.getElementById("annotate-words")).dataset;
const article = text.dataset.article ?? "";
const url = text.dataset.operations ?? "";
const user = Number(text.dataset.user);
const scheme = Number(text.dataset.scheme);
const tab = newId().slice(0, 8);
const key = `undo:${user}:${article}`;
const DEPTH = 200;
const { done, undone } = keptSteps();
let clock = 0;

export const writable = "writable" in text.dataset;
export const buttons = /** @type {HTMLButtonElement[]} */ ([...document.querySelectorAll("#labels [data-label]")]);
/** @type {Label[]} */
export const labels = buttons.map((button) => ({
  name: button.dataset.label ?? "",
  number: Number(button.dataset.number),
  code: button.dataset.code ?? "",
  key: button.getAttribute("aria-keyshortcuts"),
  values: JSON.parse(button.dataset.values ?? "[]"),
}));
knowLabels(labels);

/** @param {string | undefined} wanted */
export function labelNamed(wanted) {
  return labels.find(({ name }) => name === wanted);
}

/** @param {string} sid */
export function labelOf(sid) {
  const number = Number(cardOf(sid)?.dataset.labelNumber ?? NaN);
  return pendingSpan(sid)?.label ?? labels.find((label) => label.number === number);
}

/**
 * Paints an operation, queues it and tells the other tabs; nothing here waits.
 * @param {Omit<Op, "id">} change @param {Extent} [extent] @param {string} [label]
 * @returns {string} the operation's id
 */
export function act(change, extent, label) {
  const id = newId();
  clock = Math.max(clock + 0.001, Date.now());
  /** @type {Entry} */
  const entry = {
    id, at: clock, article, url, tab, base: shownSeq(), user, scheme, op: { id, ...change },
    ...(extent && { extent }), ...(label && { label }),
  };
  apply(entry);
  push(entry);
  previewCard(entry, labelNamed(change.l));
  announce(entry);
  return id;
}

/** @param {string} sid @returns {Extent | undefined} */
function placeOf(sid) {
  return pendingSpan(sid)?.extent ?? extentOf(sid) ?? undefined;
}

/** Does a step on the page as it now stands. @param {Step} step */
function perform({ extent, ...change }) {
  const { op, sid, l } = change;
  if (op === "restore") act({ op, sid }, extent, l);
  else act({ ...change, rev: revisionOf(sid) }, extent ?? placeOf(sid), labelOf(sid)?.name);
}

/** The step that takes another back, told before that one is done. @param {Step} step @returns {Step} */
function opposite({ op, sid, l, v, extent }) {
  if (op === "restore") return { op: "del", sid, extent };
  const old = labelOf(sid)?.name;
  if (op === "del") return { op: "restore", sid, l: old, extent: extent ?? placeOf(sid) };
  return { op, sid, ...(l && { l: old }), ...(v && valuesBefore(sid, Object.keys(v))) };
}

/** @param {Step} step */
function make(step) {
  note({ sid: step.sid, back: opposite(step), again: step });
  perform(step);
}

/** @param {string} l @param {Extent & { q?: string }} place @param {string} sid */
function add(l, { q, ...extent }, sid) {
  act({ op: "add", sid, ...extent, ...(q && { q }), l }, extent);
  note({ sid, back: { op: "del", sid, extent }, again: { op: "restore", sid, l, extent } });
}

/** @param {Label} label @param {Extent & { q: string }} selected */
export function mark(label, selected) {
  const sid = newId();
  add(label.name, selected, sid);
  useUp();
  preview(null);
  focusSpan(sid);
  openValues(sid, label);
}

/** @param {string} sid @param {Label} label */
export function relabel(sid, label) {
  const old = labelOf(sid);
  if (!old || old.name === label.name) return;
  make({ op: "set", sid, l: label.name });
  focusSpan(sid);
  openValues(sid, label);
}

/** @param {string} sid */
export function remove(sid) {
  if (!writable) return toast(words.closed ?? "");
  closeValues();
  make({ op: "del", sid });
  focusSpan(null);
  toast(words.deleted ?? "", { text: words.undo ?? "", act: undo });
}

/** @param {string} sid @param {ValueMap} v */
export function setValues(sid, v) {
  make({ op: "set", sid, v });
}

/**
 * What values are now, and which of them are guesses. What the server has not told yet is a guess too: it knows which.
 * @param {string} sid @param {string[]} names
 */
function valuesBefore(sid, names) {
  /** @type {ValueMap} */
  const v = {};
  const unconfirmed = [];
  for (const name of names) {
    const waits = entries().findLast(({ op, refused }) => op.sid === sid && refused === undefined && op.v?.[name] !== undefined);
    const { value, confirmed } = valueOf(sid, name);
    v[name] = waits?.op.v?.[name] ?? (waits ? null : value);
    const guess = waits ? waits.op.unconfirmed?.includes(name) : value === null ? !cardOf(sid) : !confirmed;
    if (guess) unconfirmed.push(name);
  }
  return { v, ...(unconfirmed.length && { unconfirmed }) };
}

/** Makes a refused change of a span anew, as if it were made now. @param {Entry} entry */
export function again({ op: { id: _id, rev: _rev, q: _quote, ...change }, extent, label }) {
  const { op, sid = "", l, v, unconfirmed } = change;
  closeValues();
  if (op === "add" && extent) add(l ?? "", extent, sid);
  else make({ op, sid, l: op === "restore" ? label : l, v, unconfirmed, extent });
  focusSpan(op === "del" ? null : sid, { scroll: true });
}

/** @param {Step | undefined} step one side of a pair of opposites */
function turn(step) {
  if (!writable) return toast(words.closed ?? "");
  if (!step?.sid) return toast(words.nothing ?? "");
  closeValues();
  perform(step);
  focusSpan(step.op === "del" ? null : step.sid, { scroll: true });
}

/** Takes the last change back; it can then be redone. */
export function undo() {
  turn(shift(done, undone)?.back);
}

export function redo() {
  turn(shift(undone, done)?.again);
}

/** @param {Pair[]} from @param {Pair[]} to */
function shift(from, to) {
  const pair = writable ? from.pop() : undefined;
  if (pair) to.push(pair);
  keepSteps();
  return pair;
}

/** @param {Pair} pair */
function note(pair) {
  done.push(pair);
  undone.length = 0;
  keepSteps();
}

/** The server knows nothing of this span, or of another one: its steps lead nowhere. @param {string} sid */
export function forgetSpan(sid) {
  for (const stack of [done, undone]) {
    const left = stack.filter((pair) => pair.sid !== sid);
    stack.splice(0, stack.length, ...left);
  }
  keepSteps();
}

/** @returns {{ done: Pair[], undone: Pair[] }} */
function keptSteps() {
  try {
    return JSON.parse(sessionStorage.getItem(key) ?? "") ?? { done: [], undone: [] };
  } catch {
    return { done: [], undone: [] }; // Nothing kept yet, or storage is switched off.
  }
}

function keepSteps() {
  try {
    sessionStorage.setItem(key, JSON.stringify({ done: done.slice(-DEPTH), undone: undone.slice(-DEPTH) }));
  } catch {
    return; // Without storage undo still works until the page is left.
  }
}
