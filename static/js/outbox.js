/**
 * The queue of operations on their way to the server. A key press puts one in memory and in the browser's storage and
 * returns; one request is in flight at a time; an operation leaves only when the server has stored it, or when the
 * person gives it up.
 */

import { forget, freshToken, keep, parseAnswer, readAll, sentenceOf } from "./entries.js";

const BATCH = 50;
const PATIENCE = 20_000;
const LONGEST_PAUSE = 10_000;

/** @type {Entry[]} */
let queue = [];
/** @type {Set<() => void>} */
const listeners = new Set();
/** @type {ArticlePage | null} */
let page = null;
let user = 0;
let csrf = "";
let ready = false;
let kept = true;
let sending = false;
let failures = 0;
let limit = BATCH;
/** @type {SaveMode} */
let mode = "online";
/** @type {ReturnType<typeof setTimeout> | undefined} set while the next try is put off */
let timer;
const channel = "BroadcastChannel" in window ? new BroadcastChannel("outbox") : null;

/** @param {() => void} listener called, in the same task, whenever the state changes */
export function onChange(listener) {
  listeners.add(listener);
}

/** @param {ArticlePage} article */
export function attach(article) {
  page = article;
}

function changed() {
  for (const listener of listeners) listener();
}

/** This person's entries in this browser, oldest first; refused ones too. @returns {Entry[]} */
export function entries() {
  return queue.filter((entry) => entry.user === user);
}

function waiting() {
  return queue.filter((entry) => entry.user === user && entry.refused === undefined);
}

/** What the server refused, by span: the changes of one span hang together. @returns {Entry[][]} */
export function refusals() {
  /** @type {Map<string, Entry[]>} */
  const groups = new Map();
  for (const entry of entries()) {
    const key = entry.op.sid ?? entry.id;
    if (entry.refused !== undefined) groups.set(key, [...(groups.get(key) ?? []), entry]);
  }
  return [...groups.values()];
}

/** What the save state is made of. */
export function state() {
  return { ready, kept, mode, pending: waiting().length, refused: refusals().length };
}

/** Reads what earlier pages left and starts sending. @param {{ user: number, csrf: string }} session */
export async function open(session) {
  ({ user, csrf } = session);
  const found = await readAll();
  kept = found !== null;
  const known = new Set(queue.map((entry) => entry.id));
  queue = [...(found ?? []).filter((entry) => !known.has(entry.id)), ...queue].sort((a, b) => a.at - b.at);
  ready = true;
  changed();
  void flush();
}

/** @param {Entry} entry */
export function push(entry) {
  queue.push(entry);
  changed();
  void keep(entry).then((stored) => {
    if (stored || !kept) return;
    kept = false;
    changed();
  });
  if (timer === undefined) void flush();
}

/** @param {string[]} ids */
function remove(ids) {
  if (!ids.length) return;
  queue = queue.filter((entry) => !ids.includes(entry.id));
  void forget(ids);
  channel?.postMessage({ gone: ids });
}

/** Gives entries up. @param {Entry[]} given */
export function discard(given) {
  remove(given.map(({ id }) => id));
  changed();
}

/** Sends what waits unless a request is on its way. @returns {Promise<void>} */
async function flush() {
  if (!ready || sending || !user || !waiting().length) return;
  sending = true;
  clearTimeout(timer);
  timer = undefined;
  try {
    if (navigator.locks) await navigator.locks.request("outbox", send);
    else await send();
  } finally {
    sending = false;
    changed();
  }
  if (failures === 0 && mode === "online") void flush();
}

/** Something has changed for the better, perhaps: no more waiting. */
function hurry() {
  failures = 0;
  void flush();
}

async function send() {
  const batch = nextBatch();
  const [first] = batch;
  if (!first) return;
  let response, text;
  try {
    response = await fetch(first.url, {
      method: "POST",
      credentials: "same-origin",
      headers: { "Content-Type": "application/json", Accept: "text/html" },
      body: bodyOf(batch),
      signal: AbortSignal.timeout(PATIENCE),
    });
    text = await response.text();
  } catch {
    return later("offline"); // No server, or an answer cut short: everything is still in the queue.
  }
  await settle(batch, response, text);
}

/**
 * The oldest entries that go to one address, made under one version of the scheme. “Done” goes alone, unless this page
 * goes too: it must not be carried out where a change before it is refused.
 */
function nextBatch(leaving = false) {
  const all = waiting();
  const [first] = all;
  const end = all.findIndex(({ url, scheme, op }, at) =>
    url !== first?.url || scheme !== first.scheme || (op.op === "done" && at > 0 && !leaving));
  return all.slice(0, Math.min(limit, end < 0 ? all.length : end));
}

/** @param {Entry[]} batch */
function bodyOf(batch) {
  const [first] = batch;
  const here = page && first?.url === page.url ? page : null;
  const ops = batch.map((entry) => {
    const unquoted = here && entry.op.p !== undefined && entry.op.q === undefined;
    return unquoted ? { ...entry.op, q: here.quote(entry) ?? undefined } : entry.op;
  });
  return JSON.stringify({ csrf, user, base: here?.seq() ?? first?.base, tab: first?.tab, scheme: first?.scheme, ops });
}

/** @param {Entry[]} batch @param {Response} response @param {string} text */
async function settle(batch, response, text) {
  const parsed = response.ok ? parseAnswer(text) : null;
  // The server is there and has decided, unless it says otherwise below.
  if (parsed || (response.status !== 403 && response.status < 500)) [failures, mode] = [0, "online"];
  if (parsed) {
    limit = BATCH;
    const { acks } = parsed.answer;
    // One answer each, in order; what was sent without a readable id is answered without one.
    acks.forEach((ack, at) => (ack.id ||= batch[at]?.id ?? ""));
    remove(acks.filter(({ status }) => status === "ok").map(({ id }) => id));
    refuse(acks.filter(({ status }) => status !== "ok"));
    if (page && page.url === batch[0]?.url) page.show(parsed.html, parsed.answer, batch);
    if (batch.every((entry) => waiting().includes(entry))) later("offline");
  } else if (response.status === 401 || response.ok) {
    mode = "signedout"; // A page instead of an answer is the sign-in form.
  } else if (response.status === 403) {
    const renewed = await freshToken(user, PATIENCE);
    csrf = renewed ?? csrf;
    later(renewed && failures < 2 ? "online" : "signedout");
  } else if (response.status === 413 && batch.length > 1) {
    limit = Math.ceil(batch.length / 2);
  } else if (response.status >= 500 || response.status === 429 || response.status === 408) {
    later("offline", Number(response.headers.get("Retry-After")) * 1000);
  } else {
    refuse(batch.map(({ id }) => ({ id, status: "rejected", sentence: sentenceOf(text) })));
  }
}

/** Keeps what was refused until the person has decided on it. @param {Ack[]} acks */
function refuse(acks) {
  const rebased = new Set();
  for (const { id, status, sentence } of acks) {
    const entry = queue.find((one) => one.id === id);
    if (!entry || (status === "stale" && rebased.has(id))) continue;
    entry.refused = sentence ?? "";
    void keep(entry);
    channel?.postMessage({ refused: entry });
    const { sid, rev } = entry.op;
    for (const next of waiting().filter(({ url }) => sid && url === entry.url)) {
      if (next.op.op === "done") remove([next.id]); // It was said of an article with this change.
      if (next.op.sid !== sid || !next.op.rev || !rev) continue;
      next.op.rev -= 1; // It counted on this change, and can be stored without it.
      rebased.add(next.id);
      void keep(next);
    }
  }
}

/** @param {SaveMode} next @param {number} [atLeast] milliseconds that the server asked for */
function later(next, atLeast = 0) {
  mode = next;
  failures += 1;
  const pause = Math.min(LONGEST_PAUSE, 500 * 2 ** failures) * (0.5 + Math.random() / 2);
  timer = setTimeout(() => void flush(), Math.max(atLeast || 0, pause));
}

for (const name of ["online", "pageshow", "focus"]) addEventListener(name, hurry);
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") hurry();
});
addEventListener("pagehide", () => {
  const batch = nextBatch(true);
  if (!ready || !user || mode === "signedout" || !batch[0]) return;
  const body = bodyOf(batch);
  if (body.length < 60_000) navigator.sendBeacon(batch[0].url, new Blob([body], { type: "application/json" }));
});
addEventListener("beforeunload", (event) => {
  if (!kept && waiting().length) event.preventDefault();
});
channel?.addEventListener("message", ({ data: { gone, refused } }) => {
  const ids = gone ?? [refused.id];
  queue = queue.filter((entry) => !ids.includes(entry.id));
  if (refused) queue.push(refused);
  changed();
});
