/**
 * What a person does to spans. A change is painted, queued and told to the other tabs in the task of the key press, and
 * noted with the step that takes it back.
 */

import { toast } from "./base.js";
import { cardOf, focusSpan, previewCard } from "./cards.js";
import { newId } from "./entries.js";
import { blockAt, extentOf, quoteOf } from "./offsets.js";
import { entries, push } from "./outbox.js";
import { apply, knowLabels, pendingSpan, preview } from "./paint.js";
import { useUp } from "./select.js";
import { note, stepsAgain, stepsBack } from "./steps.js";
import { announce, revisionOf, shownSeq } from "./sync.js";
import { edgesOf, stepEdge } from "./tokens.js";
import { closeValues, openValues, valueOf } from "./values.js";

/** @typedef {import("./steps.js").Step} Step */

const text = /** @type {HTMLElement} */ (document.getElementById("text"));
const words = /** @type {HTMLElement} */ (document.getElementById("annotate-words")).dataset;
const article = text.dataset.article ?? "";
const url = text.dataset.operations ?? "";
const user = Number(text.dataset.user);
const scheme = Number(text.dataset.scheme);
const tab = newId().slice(0, 8);
let clock = 0;
/** The span that was made last. */
let made = "";

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
  else if (op === "move" && extent) {
    act({ op, sid, rev: revisionOf(sid), ...extent, q: quoteOf(extent) ?? "" }, extent, labelOf(sid)?.name);
  } else act({ ...change, rev: revisionOf(sid) }, extent ?? placeOf(sid), labelOf(sid)?.name);
}

/** The step that takes another back, told before that one is done. @param {Step} step @returns {Step} */
function opposite({ op, sid, l, v, extent }) {
  if (op === "restore") return { op: "del", sid, extent };
  if (op === "move") return { op, sid, extent: placeOf(sid) };
  const old = labelOf(sid)?.name;
  if (op === "del") return { op: "restore", sid, l: old, extent: extent ?? placeOf(sid) };
  return { op, sid, ...(l && { l: old }), ...(v && valuesBefore(sid, Object.keys(v))) };
}

/** @param {Step} step */
function make(step) {
  note({ back: [opposite(step)], again: [step] });
  perform(step);
}

/** @param {string} l @param {Extent & { q?: string }} place @param {string} sid @returns {import("./steps.js").Pair} */
function add(l, { q, ...extent }, sid) {
  act({ op: "add", sid, ...extent, ...(q && { q }), l }, extent);
  return { back: [{ op: "del", sid, extent }], again: [{ op: "restore", sid, l, extent }] };
}

/** Marks many places as one change. @param {Label} label @param {(Extent & { q: string })[]} places */
export function markAll(label, places) {
  const pairs = places.map((place) => add(label.name, place, newId()));
  note({ back: pairs.flatMap(({ back }) => back), again: pairs.flatMap(({ again }) => again) });
}

/** @param {Label} label @param {Extent & { q: string }} selected @returns {string} the new span */
export function mark(label, selected) {
  const sid = newId();
  note(add(label.name, selected, sid));
  useUp();
  preview(null);
  focusSpan(sid);
  openValues(sid, label);
  made = sid;
  return sid;
}

/** Marks with the label and the confirmed values of the span that was made last. @param {Extent & { q: string }} selected */
export function repeat(selected) {
  const [model, label] = [made, labelOf(made)];
  if (!label) return toast(words.norepeat ?? "");
  const sid = mark(label, selected);
  const known = label.values.map(({ name }) => /** @type {const} */ ([name, valueOf(model, name)]));
  const v = Object.fromEntries(known.filter(([, { confirmed }]) => confirmed).map(([name, { value }]) => [name, value]));
  // No step of its own: undo takes the span away, and with it what it says.
  if (Object.keys(v).length) perform({ op: "set", sid, v });
}

/** Moves one edge of a span by one token. @param {string} sid @param {"start" | "end"} side @param {1 | -1} by */
export function nudge(sid, side, by) {
  if (!writable) return toast(words.closed ?? "");
  const extent = placeOf(sid);
  if (!extent) return;
  const block = blockAt(side === "start" ? extent.p : extent.pe);
  const at = block && stepEdge(edgesOf(block), side === "start" ? extent.s : extent.e, side, by);
  if (typeof at !== "number") return;
  const next = side === "start" ? { ...extent, s: at } : { ...extent, e: at };
  if (next.p < next.pe || next.s < next.e) move(sid, next);
}

/** @param {string} sid @param {Label} label */
export function relabel(sid, label) {
  const old = labelOf(sid);
  if (!old || old.name === label.name) return;
  make({ op: "set", sid, l: label.name });
  focusSpan(sid);
  openValues(sid, label);
}

/** Gives a span another extent. @param {string} sid @param {Extent} extent */
function move(sid, extent) {
  make({ op: "move", sid, extent });
  focusSpan(sid);
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
  // Until the answer is here, the card shows the values of the label before.
  const relabelled = entries().some(({ op, refused }) => op.sid === sid && op.op === "set" && op.l && refused === undefined);
  for (const name of names) {
    const waits = entries().findLast(({ op, refused }) => op.sid === sid && refused === undefined && op.v?.[name] !== undefined);
    const { value, confirmed } = valueOf(sid, name);
    const unknown = relabelled || !cardOf(sid);
    v[name] = waits?.op.v?.[name] ?? (waits || unknown ? null : value);
    const guess = waits ? waits.op.unconfirmed?.includes(name) : unknown || (value !== null && !confirmed);
    if (guess) unconfirmed.push(name);
  }
  return { v, ...(unconfirmed.length && { unconfirmed }) };
}

/** Makes a refused change of a span anew, as if it were made now. @param {Entry} entry */
export function again({ op: { id: _id, rev: _rev, q: _quote, ...change }, extent, label }) {
  const { op, sid = "", l, v, unconfirmed } = change;
  closeValues();
  if (op === "add" && extent) note(add(l ?? "", extent, sid));
  else make({ op, sid, l: op === "restore" ? label : l, v, unconfirmed, extent });
  focusSpan(op === "del" ? null : sid, { scroll: true });
}

/** @param {Step[] | undefined} steps one side of a pair of opposites */
function turn(steps) {
  if (!writable) return toast(words.closed ?? "");
  const first = steps?.[0];
  if (!first) return toast(words.nothing ?? "");
  closeValues();
  steps.forEach(perform);
  focusSpan(first.op === "del" ? null : first.sid, { scroll: true });
}

/** Takes the last change back; it can then be redone. */
export function undo() {
  turn(writable ? stepsBack() : undefined);
}

export function redo() {
  turn(writable ? stepsAgain() : undefined);
}
