/** The annotate page: wires selection, labels, keys, painting and the outbox together. */

import { toast } from "./base.js";
import {
  cardOf, focused, focusSpan, listRefused, listShown, previewCard, refocus, showRefused, stepOutward, stepSpan, watchCards,
} from "./cards.js";
import {
  act, again, buttons, labelNamed, labelOf, labels, mark, nudge, redo, relabel, remove, repeat, setValues, undo, writable,
} from "./changes.js";
import { cursorKeys, expand, remember, shrink } from "./cursor.js";
import { listen, showHelp } from "./keys.js";
import { quoteOf } from "./offsets.js";
import { attach, discard, entries, onChange, refusals, state } from "./outbox.js";
import { preview } from "./paint.js";
import { dropSelection, readSelection, watchSelection } from "./select.js";
import { forgetSpan } from "./steps.js";
import { onShown, paintWaiting, show, shownSeq } from "./sync.js";
import { closeValues, openValues, pressValue, refreshValues, valuesOpen, watchValues } from "./values.js";

const text = /** @type {HTMLElement} */ (document.getElementById("text"));
const words = /** @type {HTMLElement} */ (document.getElementById("annotate-words")).dataset;
const url = text.dataset.operations ?? "";

/** @type {{ id: string, op: string, stay: boolean } | null} the operation after which this page is left */
let leaving = null;
/** Whether what earlier pages left has been listed: from then on, what is refused is news. */
let opened = false;
/** @type {Label | null} the label that every further selection gets */
let armed = null;

/** @param {Label | undefined} label @param {ReturnType<typeof readSelection>} [selected] */
function pressLabel(label, selected = readSelection()) {
  if (!writable || !label) return toast(words.closed ?? "");
  const sid = focused();
  if (selected) {
    mark(label, selected);
    remember(selected);
  } else if (sid) relabel(sid, label);
  else toast(words.select ?? "");
}

/** Every further selection gets the label, until it is disarmed. @param {Label | null | undefined} label */
function arm(label) {
  if (!writable) return toast(words.closed ?? "");
  armed = label && label !== armed ? label : null;
  for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.label === armed?.name));
  if (armed) useArmed();
}

/** @returns {boolean} whether there was a selection for the armed label */
function useArmed() {
  const selected = armed && readSelection();
  if (armed && selected) pressLabel(armed, selected);
  return Boolean(selected);
}

function pick() {
  const selected = readSelection();
  if (!writable) return toast(words.closed ?? "");
  void import("./picker.js").then(({ openPicker }) => openPicker((label) => pressLabel(label, selected)));
}

function repeatLast() {
  const selected = readSelection();
  if (!writable) toast(words.closed ?? "");
  else if (!selected) toast(words.select ?? "");
  else repeat(selected);
}

/** With an armed label the selection is marked; else the focus goes to the card of the span. */
function enter() {
  const sid = focused();
  if (!useArmed() && sid) cardOf(sid)?.focus({ preventScroll: true });
}

/** Marks with their codes, or as bars alone. */
function changeView() {
  text.classList.toggle("codeless");
}

/** Marks are hidden for as long as the key is held. */
function peek() {
  text.classList.add("bare");
  const end = () => text.classList.remove("bare");
  addEventListener("keyup", end, { once: true });
  addEventListener("blur", end, { once: true });
}

/** Refused changes of this article: of its spans, or of where it stands. @param {boolean} ofSpans */
function refusedHere(ofSpans) {
  return refusals().flat().filter((entry) => entry.url === url && (entry.op.sid !== undefined) === ofSpans);
}

/** @param {Omit<Op, "id">} change done, skip or reopen @param {boolean} stay */
function leave(change, stay) {
  if (leaving) return;
  closeValues();
  discard(refusedHere(false));
  leaving = { id: act(change), op: change.op, stay };
  setTimeout(() => leaving && toast(words.finishing ?? ""), 1500);
}

/** @param {boolean} stay */
function finish(stay) {
  if (!writable) stay || location.assign(text.dataset.next ?? "");
  else if (refusedHere(true).length) holdBack();
  else leave({ op: "done" }, stay);
}

/** Nobody finishes an article past a change that was not stored. */
function holdBack() {
  leaving = null;
  toast(words.unfinished ?? "");
  showRefused();
}

function escape() {
  if (valuesOpen()) closeValues();
  else if (!dropSelection()) armed ? arm(null) : focusSpan(null);
  preview(null);
  text.focus({ preventScroll: true });
}

/** @param {Answer} answer @param {Entry[]} batch */
function afterAnswer({ acks }, batch) {
  for (const ack of acks) {
    const sid = batch.find(({ id }) => id === ack.id)?.op.sid;
    if (sid && (ack.status !== "ok" || (ack.sid && ack.sid !== sid))) forgetSpan(sid);
    if (ack.sid && sid === focused()) focusSpan(ack.sid);
    if (leaving?.id !== ack.id) continue;
    const { stay } = leaving;
    leaving = null;
    if (ack.status !== "ok") continue;
    if (stay) location.reload();
    else location.assign(ack.next ?? text.dataset.next ?? "");
  }
  // The answer drew the cards as the server knows them; what still waits is shown on them anew.
  for (const entry of entries()) {
    if (entry.url === url && entry.refused === undefined) previewCard(entry, labelNamed(entry.op.l));
  }
  refocus();
  refreshValues();
}

function afterChange() {
  const news = listRefused();
  if (news !== null) paintWaiting();
  if (news && opened && !listShown()) toast(news, { text: words.show ?? "", act: showRefused });
  opened = state().ready;
  const id = leaving?.id;
  if (!id || entries().some((entry) => entry.id === id)) return;
  if (leaving?.op === "done" && refusedHere(true).length) holdBack();
  // Another tab may have sent what this one waits for; the server's page then says where the article stands.
  else setTimeout(() => leaving?.id === id && location.reload());
}

/** @param {Entry} entry a refused one, to be made anew */
function retry(entry) {
  const { op, sid, reason, note } = entry.op;
  if (sid) again(entry);
  else if (op === "done" && writable) finish(false);
  else leave({ op, reason, note }, op === "reopen");
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

attach({ url, seq: shownSeq, show, quote: ({ extent, op }) => {
  const place = extent ?? (op.p === undefined ? null : /** @type {Extent} */ ({ pe: op.p, ...op }));
  return place && quoteOf(place);
} });
onShown(afterAnswer);
onChange(afterChange);
watchSelection((extent) => {
  preview(extent);
  if (extent) remember(extent);
});
text.addEventListener("pointerup", () => setTimeout(useArmed));
watchCards({ remove, retry, edit: (sid, name) => {
  const label = labelOf(sid);
  if (label && writable) openValues(sid, label, name);
} });
watchValues(setValues);
watchButtons();
watchForms();
listen({
  cursor: { ...cursorKeys(() => focusSpan(null)), Enter: enter, " ": pick },
  arm: (key) => arm(labels.find((label) => label.key === key)),
  labels: new Map(labels.filter(({ key }) => key).map((label) => [label.key ?? "", () => pressLabel(label)])),
  value: pressValue,
  keys: {
    j: () => stepSpan(1),
    k: () => stepSpan(-1),
    o: stepOutward,
    e: expand,
    E: shrink,
    f: () => void import("./hints.js").then(({ showHints }) => showHints()),
    ".": repeatLast,
    "*": focusedThen((sid) => void import("./same.js").then(({ offerSame }) => offerSame(sid))),
    "[": focusedThen((sid) => nudge(sid, "start", -1)),
    "]": focusedThen((sid) => nudge(sid, "end", 1)),
    "{": focusedThen((sid) => nudge(sid, "start", 1)),
    "}": focusedThen((sid) => nudge(sid, "end", -1)),
    h: peek,
    v: changeView,
    "?": showHelp,
    Delete: focusedThen(remove),
    Escape: escape,
    "Mod+z": undo,
    "Mod+Shift+z": redo,
    "Mod+Enter": () => finish(false),
    "Mod+Shift+Enter": () => finish(true),
  },
});
paintWaiting();
if (state().ready) afterChange();
if (document.activeElement === document.body) text.focus({ preventScroll: true });
