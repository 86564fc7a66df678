/** The annotate page: wires selection, labels, keys, painting and the outbox together. */

import { toast } from "./base.js";
import {
  cardOf, focused, focusSpan, listRefused, previewCard, refocus, stepOutward, stepSpan, watchCards,
} from "./cards.js";
import { newId } from "./entries.js";
import { listen, showHelp } from "./keys.js";
import { extentOf, quoteOf } from "./offsets.js";
import { attach, entries, onChange, push } from "./outbox.js";
import { apply, knowLabels, pendingSpan, preview } from "./paint.js";
import { dropSelection, readSelection, useUp, watchSelection } from "./select.js";
import { announce, onShown, paintWaiting, revisionOf, show, shownSeq } from "./sync.js";
import * as history from "./undo.js";
import { closeValues, openValues, pressValue, refreshValues, valueOf, valuesOpen, watchValues } from "./values.js";

const text = /** @type {HTMLElement} */ (document.getElementById("text"));
const words = /** @type {HTMLElement} */ (document.getElementById("annotate-words")).dataset;
const article = text.dataset.article ?? "";
const url = text.dataset.operations ?? "";
const user = Number(text.dataset.user);
const scheme = Number(text.dataset.scheme);
const writable = "writable" in text.dataset;
const tab = newId().slice(0, 8);

const buttons = /** @type {HTMLButtonElement[]} */ ([...document.querySelectorAll("#labels [data-label]")]);
/** @type {Label[]} */
const labels = buttons.map((button) => ({
  name: button.dataset.label ?? "",
  number: Number(button.dataset.number),
  code: button.dataset.code ?? "",
  key: button.getAttribute("aria-keyshortcuts"),
  values: JSON.parse(button.dataset.values ?? "[]"),
}));

/** @type {{ id: string, stay: boolean } | null} the operation after which this page is left */
let leaving = null;
let clock = 0;

/** @param {string | undefined} wanted */
function labelNamed(wanted) {
  return labels.find(({ name }) => name === wanted);
}

/**
 * Paints an operation, queues it and tells the other tabs; nothing here waits.
 * @param {Omit<Op, "id">} change @param {Extent} [extent] @param {string} [label]
 * @returns {string} the operation's id
 */
function act(change, extent, label) {
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

/** @param {Label | undefined} label */
function pressLabel(label) {
  if (!writable || !label) return toast(words.closed ?? "");
  const selected = readSelection();
  const sid = focused();
  if (selected) add(label, selected);
  else if (sid) relabel(sid, label);
  else toast(words.select ?? "");
}

/** @param {Label} label @param {Extent & { q: string }} selected */
function add(label, { q, ...extent }) {
  const sid = newId();
  act({ op: "add", sid, ...extent, q, l: label.name }, extent);
  history.note({ sid, back: { op: "del", sid, extent }, again: { op: "restore", sid, l: label.name, extent } });
  useUp();
  preview(null);
  focusSpan(sid);
  openValues(sid, label);
}

/** @param {string} sid */
function labelOf(sid) {
  const number = Number(cardOf(sid)?.dataset.labelNumber ?? NaN);
  return pendingSpan(sid)?.label ?? labels.find((label) => label.number === number);
}

/** @param {string} sid @returns {Extent | undefined} */
function placeOf(sid) {
  return pendingSpan(sid)?.extent ?? extentOf(sid) ?? undefined;
}

/** @param {string} sid @param {Label} label */
function relabel(sid, label) {
  const old = labelOf(sid);
  if (!old || old.name === label.name) return;
  act({ op: "set", sid, rev: revisionOf(sid), l: label.name }, placeOf(sid));
  history.note({ sid, back: { op: "set", sid, l: old.name }, again: { op: "set", sid, l: label.name } });
  focusSpan(sid);
  openValues(sid, label);
}

/** @param {string} sid */
function remove(sid) {
  const label = labelOf(sid);
  const extent = placeOf(sid);
  if (!writable) return toast(words.closed ?? "");
  closeValues();
  act({ op: "del", sid, rev: revisionOf(sid) }, extent, label?.name);
  history.note({ sid, back: { op: "restore", sid, l: label?.name, extent }, again: { op: "del", sid, extent } });
  focusSpan(null);
  toast(words.deleted ?? "", { text: words.undo ?? "", act: () => turn(history.undo()) });
}

/** @param {string} sid @param {ValueMap} values */
function setValues(sid, values) {
  /** @type {ValueMap} */
  const before = {};
  for (const name of Object.keys(values)) {
    const { value, confirmed } = valueOf(sid, name);
    before[name] = confirmed ? (typeof values[name] === "number" ? Number(value) : value) : null;
  }
  act({ op: "set", sid, rev: revisionOf(sid), v: values }, placeOf(sid));
  history.note({ sid, back: { op: "set", sid, v: before }, again: { op: "set", sid, v: values } });
}

/** @param {history.Step | null} step one side of a pair of inverse operations */
function turn(step) {
  if (!writable) return toast(words.closed ?? "");
  if (!step?.sid) return toast(words.nothing ?? "");
  const { extent, ...change } = step;
  closeValues();
  if (change.op === "restore") act({ op: "restore", sid: change.sid }, extent, change.l);
  else act({ ...change, rev: revisionOf(step.sid) }, extent ?? placeOf(step.sid));
  focusSpan(change.op === "del" ? null : step.sid, { scroll: true });
}

/** @param {Omit<Op, "id">} change done, skip or reopen @param {boolean} stay */
function leave(change, stay) {
  if (leaving) return;
  closeValues();
  leaving = { id: act(change), stay };
  setTimeout(() => leaving && toast(words.finishing ?? ""), 1500);
}

/** @param {boolean} stay */
function finish(stay) {
  if (writable) leave({ op: "done" }, stay);
  else if (!stay) location.assign(text.dataset.next ?? "");
}

function escape() {
  if (valuesOpen()) closeValues();
  else if (!dropSelection()) focusSpan(null);
  preview(null);
  text.focus({ preventScroll: true });
}

/** @param {Answer} answer @param {Entry[]} batch */
function afterAnswer({ acks }, batch) {
  for (const ack of acks) {
    const op = batch.find(({ id }) => id === ack.id)?.op;
    const sid = op?.sid;
    if (sid && (ack.status === "rejected" || (ack.sid && ack.sid !== sid))) history.forgetSpan(sid);
    if (ack.sid && sid === focused()) focusSpan(ack.sid);
    if (ack.status === "stale") toast(words.stale ?? "");
    if (ack.status === "rejected") toast(ack.sentence ?? words.refused ?? "");
    if (leaving?.id !== ack.id) continue;
    const { stay } = leaving;
    leaving = null;
    if (ack.status !== "ok") continue;
    if (stay) location.reload();
    else location.assign(ack.next ?? text.dataset.next ?? "");
  }
  refocus();
  refreshValues();
}

function afterChange() {
  if (listRefused()) paintWaiting();
  const id = leaving?.id;
  // Another tab may have sent what this one waits for; the server's page then says where the article stands.
  if (id) setTimeout(() => leaving?.id === id && !entries().some((entry) => entry.id === id) && location.reload());
}

function watchForms() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement)) return;
    const fields = new FormData(form);
    if (form.matches("[data-finish]")) finish(false);
    else if (form.matches("[data-reopen]")) leave({ op: "reopen" }, true);
    else if (form.matches("[data-skip]")) {
      leave({ op: "skip", reason: String(fields.get("reason")), note: String(fields.get("note")) }, false);
    } else return;
    event.preventDefault();
  });
}

function watchButtons() {
  for (const button of buttons) {
    // The press must not take focus and selection away from the text.
    button.addEventListener("mousedown", (event) => event.preventDefault());
    button.addEventListener("click", () => pressLabel(labelNamed(button.dataset.label)));
  }
}

const focusedThen = (/** @type {(sid: string) => void} */ what) => () => {
  const sid = focused();
  if (sid) what(sid);
};

knowLabels(labels);
attach({ url, seq: shownSeq, show, quote: ({ extent, op }) => {
  const place = extent ?? (op.p === undefined ? null : /** @type {Extent} */ ({ pe: op.p, ...op }));
  return place && quoteOf(place);
} });
onShown(afterAnswer);
onChange(afterChange);
watchSelection(preview);
watchCards({ remove, edit: (sid, name) => {
  const label = labelOf(sid);
  if (label && writable) openValues(sid, label, name);
} });
watchValues(setValues);
watchButtons();
watchForms();
listen({
  labels: new Map(labels.filter(({ key }) => key).map((label) => [label.key ?? "", () => pressLabel(label)])),
  value: pressValue,
  keys: {
    j: () => stepSpan(1),
    k: () => stepSpan(-1),
    o: stepOutward,
    "?": showHelp,
    Delete: focusedThen(remove),
    Escape: escape,
    "Mod+z": () => turn(history.undo()),
    "Mod+Shift+z": () => turn(history.redo()),
    "Mod+Enter": () => finish(false),
    "Mod+Shift+Enter": () => finish(true),
  },
});
paintWaiting();
if (document.activeElement === document.body) text.focus({ preventScroll: true });
