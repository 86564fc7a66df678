/**
 * Answers into the page: blocks and cards are morphed in one task, what still waits is painted again on top. Other tabs
 * of the same article hear of every key press at once, and fetch what the server then made of it.
 */

import { parseAnswer } from "./entries.js";
import { entries } from "./outbox.js";
import { apply, repaint } from "./paint.js";
import { holdSelection } from "./select.js";

const text = /** @type {HTMLElement} */ (document.getElementById("text"));
const channel = "BroadcastChannel" in window ? new BroadcastChannel(`article-${text.dataset.article}`) : null;

let seq = Number(text.dataset.seq);
/** @type {Map<string, Entry>} what another tab has on its way */
const foreign = new Map();
/** @type {Map<string, number>} revision of each span as the server told it */
const revisions = new Map();
/** @type {((answer: Answer, batch: Entry[]) => void)[]} */
const listeners = [];

/** The sequence number of this layer that the page shows. */
export function shownSeq() {
  return seq;
}

/** @param {string} sid @returns {number} the revision that the next operation on a span will find */
export function revisionOf(sid) {
  return (revisions.get(sid) ?? 0) + entries().filter(({ op, refused }) => op.sid === sid && refused === undefined).length;
}

/** @param {Ack[]} [acks] @param {Entry[]} [batch] */
function readRevisions(acks = [], batch = []) {
  for (const { id, status, rev } of acks) {
    const sid = batch.find((entry) => entry.id === id)?.op.sid;
    if (sid && status === "ok") revisions.set(sid, rev ?? (revisions.get(sid) ?? 0) + 1);
  }
  for (const card of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("#cards [data-card]"))) {
    revisions.set(card.dataset.card ?? "", Number(card.dataset.rev));
  }
}

/** @param {(answer: Answer, batch: Entry[]) => void} listener called after an answer is on the page */
export function onShown(listener) {
  listeners.push(listener);
}

/** This article's entries, for painting. */
function here() {
  return [...foreign.values(), ...entries().filter((entry) => entry.article === text.dataset.article)];
}

export function paintWaiting() {
  repaint(here());
}

/**
 * Morphs what an answer brings, unless the page already shows something newer.
 * @param {string} html the answer without its acknowledgements @param {Answer} answer @param {Entry[]} batch
 */
export function show(html, answer, batch) {
  for (const { id } of answer.acks) foreign.delete(id);
  if (answer.seq >= seq) {
    const putBack = holdSelection();
    // The morph itself is synchronous; only its settling is awaited, so nobody sees the page between the two.
    const settled = htmx.swap({ sourceElement: text, target: text, text: html, swap: "none", request: {} });
    settled.catch(reportError);
    putBack();
    seq = answer.seq;
    text.dataset.seq = String(seq);
  }
  readRevisions(answer.acks, batch);
  paintWaiting();
  for (const listener of listeners) listener(answer, batch);
  // An edit painted into the marks does not leave with a refusal: only the server can draw what stands.
  const undrawn = answer.acks.some(({ id, status }) => status !== "ok" && batch.find((e) => e.id === id)?.op.op !== "add");
  if (undrawn) void refresh(0);
  if (batch.length) channel?.postMessage({ seq, undrawn, done: answer.acks.map(({ id }) => id) });
}

/** Fetches what changed since the shown state, or since another number. @param {number} [since] */
export async function refresh(since = seq) {
  const response = await fetch(`${text.dataset.changes}?since=${since}`, { headers: { Accept: "text/html" } }).catch(() => null);
  const parsed = response?.ok && !response.redirected ? parseAnswer(await response.text()) : null;
  if (parsed) show(parsed.html, parsed.answer, []);
}

/** Tells the other tabs. @param {Entry} entry */
export function announce(entry) {
  channel?.postMessage({ entry });
}

readRevisions();
channel?.addEventListener("message", ({ data }) => {
  if (data.entry) {
    foreign.set(data.entry.id, data.entry);
    apply(data.entry);
    return;
  }
  for (const id of data.done) foreign.delete(id);
  if (data.undrawn) void refresh(0);
  else if (data.seq > seq) void refresh();
  else paintWaiting();
});
addEventListener("pageshow", (event) => {
  if (event.persisted) void refresh();
});
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") void refresh();
});
