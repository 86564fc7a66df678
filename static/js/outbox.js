/**
 * The queue of operations on their way to the server. A key press puts one in memory and in the browser's storage and
 * returns; one request is in flight at a time; an operation leaves only when the server has said what became of it.
 */

import { forget, keep, newId, parseAnswer, readAll, sentenceOf } from "./entries.js";

const BATCH = 50;
const PATIENCE = 20_000;

/**
 * What an article's page adds: it reads quotes again and shows what answers bring.
 * @typedef {object} Page
 * @property {string} url where its operations go
 * @property {() => number} seq the sequence number that it shows
 * @property {(entry: Entry) => string | null} quote
 * @property {(html: string, answer: Answer, batch: Entry[]) => void} show
 */

/** @type {Entry[]} */
let queue = [];
/** @type {Set<() => void>} */
const listeners = new Set();
/** @type {Page | null} */
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
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;
const channel = "BroadcastChannel" in window ? new BroadcastChannel("outbox") : null;

/** @param {() => void} listener called, in the same task, whenever the state changes */
export function onChange(listener) {
  listeners.add(listener);
}

/** @param {Page} article */
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

/** What the save state is made of. */
export function state() {
  const pending = waiting().length;
  return { ready, kept, mode, pending, refused: entries().length - pending };
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
  void flush();
}

/** @param {string[]} ids */
function remove(ids) {
  const gone = new Set(ids);
  queue = queue.filter((entry) => !gone.has(entry.id));
  if (ids.length) void forget(ids);
}

/** @param {string} id */
export function discard(id) {
  remove([id]);
  changed();
}

/** Sends a refused operation again, as a new one: the server keeps its answer to the old id. @param {string} id */
export function retry(id) {
  const entry = queue.find((one) => one.id === id);
  if (!entry) return;
  remove([id]);
  const { refused: _sentence, ...rest } = entry;
  const renewed = newId();
  push({ ...rest, id: renewed, at: Date.now(), op: { ...entry.op, id: renewed } });
}

/** Sends what waits unless a request is on its way. @returns {Promise<void>} */
export async function flush() {
  if (!ready || sending || !user || !waiting().length) return;
  sending = true;
  clearTimeout(timer);
  try {
    if (navigator.locks) await navigator.locks.request("outbox", send);
    else await send();
  } finally {
    sending = false;
    changed();
  }
  if (failures === 0 && mode === "online") void flush();
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

/** The oldest entries that go to one address. */
function nextBatch() {
  const all = waiting();
  const other = all.findIndex((entry) => entry.url !== all[0]?.url);
  return all.slice(0, Math.min(limit, other < 0 ? all.length : other));
}

/** @param {Entry[]} batch */
function bodyOf(batch) {
  const [first] = batch;
  const here = page && first?.url === page.url ? page : null;
  const ops = batch.map((entry) => {
    const { op } = entry;
    if (op.p === undefined || op.q !== undefined || !here) return op;
    return { ...op, q: here.quote(entry) ?? undefined };
  });
  return JSON.stringify({
    csrf, user, base: here?.seq() ?? first?.base, tab: first?.tab, scheme: first?.scheme, ops,
  });
}

/** @param {Entry[]} batch @param {Response} response @param {string} text */
async function settle(batch, response, text) {
  const parsed = response.ok ? parseAnswer(text) : null;
  if (parsed) {
    failures = 0;
    limit = BATCH;
    mode = "online";
    close(parsed.answer);
    if (page && page.url === batch[0]?.url) page.show(parsed.html, parsed.answer, batch);
    if (!parsed.answer.acks.length) later("offline");
  } else if (response.status === 401 || response.ok) {
    mode = "signedout"; // A page instead of an answer is the sign-in form.
  } else if (response.status === 403) {
    const renewed = await renew();
    later(renewed && failures < 2 ? "online" : "signedout");
  } else if (response.status === 413 && batch.length > 1) {
    limit = Math.ceil(batch.length / 2);
  } else if (response.status >= 500 || response.status === 429 || response.status === 408) {
    later("offline", Number(response.headers.get("Retry-After")) * 1000);
  } else {
    refuse(batch.map(({ id }) => ({ id, status: "rejected", sentence: sentenceOf(text) })));
  }
}

/** @param {Answer} answer */
function close({ seq, acks }) {
  remove(acks.filter((ack) => ack.status !== "rejected").map((ack) => ack.id));
  refuse(acks.filter((ack) => ack.status === "rejected"));
  changed();
  channel?.postMessage({ done: acks.map((ack) => ack.id), seq });
}

/** @param {Ack[]} acks */
function refuse(acks) {
  for (const { id, sentence } of acks) {
    const entry = queue.find((one) => one.id === id);
    if (!entry) continue;
    entry.refused = sentence ?? "";
    void keep(entry);
  }
}

/** @param {SaveMode} next @param {number} [atLeast] milliseconds that the server asked for */
function later(next, atLeast = 0) {
  mode = next;
  failures += 1;
  const pause = Math.min(30_000, 500 * 2 ** (failures - 1)) * (0.75 + Math.random() / 2);
  clearTimeout(timer);
  timer = setTimeout(() => void flush(), Math.max(atLeast || 0, pause));
}

/** After another sign-in: this page's token anew, if the same person is signed in. @returns {Promise<boolean>} */
async function renew() {
  const response = await fetch(location.href, { headers: { Accept: "text/html" } }).catch(() => null);
  const html = response?.ok ? await response.text() : "";
  const token = html.match(/<meta name="csrf-token" content="([^"]+)"/)?.[1];
  const owner = html.match(/<body[^>]* data-user="([^"]+)"/)?.[1];
  if (!token || Number(owner) !== user) return false;
  csrf = token;
  return true;
}

for (const name of ["online", "pageshow", "focus"]) addEventListener(name, () => void flush());
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") void flush();
});
addEventListener("pagehide", () => {
  const batch = nextBatch();
  if (!ready || !user || mode === "signedout" || !batch[0]) return;
  const body = bodyOf(batch);
  if (body.length < 60_000) navigator.sendBeacon(batch[0].url, new Blob([body], { type: "application/json" }));
});
addEventListener("beforeunload", (event) => {
  if (!kept && waiting().length) event.preventDefault();
});
channel?.addEventListener("message", ({ data }) => {
  const gone = new Set(data.done);
  queue = queue.filter((entry) => !gone.has(entry.id) || entry.refused !== undefined);
  changed();
});
