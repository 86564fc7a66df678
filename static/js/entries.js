/**
 * Entries that wait: their ids, their form on the wire, and the browser's own keep, which holds them without any
 * article text over reloads and closed tabs.
 */

/** @type {Promise<IDBDatabase | null> | undefined} */
let opening;

/** @returns {Promise<IDBDatabase | null>} null where the browser lends no storage */
function open() {
  opening ??= new Promise((resolve) => {
    try {
      const request = indexedDB.open("annotator", 1);
      request.onupgradeneeded = () => request.result.createObjectStore("outbox", { keyPath: "id" });
      request.onsuccess = () => resolve(request.result);
      request.onerror = request.onblocked = () => resolve(null);
    } catch {
      resolve(null); // Some private modes throw instead of failing the request.
    }
  });
  return opening;
}

void open();

/**
 * @template T
 * @param {IDBTransactionMode} mode
 * @param {(store: IDBObjectStore) => IDBRequest<T>} work
 * @returns {Promise<T | null>} null where nothing could be kept
 */
async function run(mode, work) {
  const base = await open();
  if (!base) return null;
  return new Promise((resolve) => {
    const transaction = base.transaction("outbox", mode, { durability: "strict" });
    const request = work(transaction.objectStore("outbox"));
    transaction.oncomplete = () => resolve(request.result);
    transaction.onerror = transaction.onabort = () => resolve(null);
  });
}

/** Everything kept, in the order of the key presses; null where this browser keeps nothing. @returns {Promise<Entry[] | null>} */
export async function readAll() {
  const entries = await run("readonly", (store) => /** @type {IDBRequest<Entry[]>} */ (store.getAll()));
  return entries?.sort((a, b) => a.at - b.at) ?? null;
}

/**
 * Keeps an entry without any article text: neither its quote nor one in the sentence of a refusal.
 * @param {Entry} entry @returns {Promise<boolean>} whether it is kept
 */
export async function keep(entry) {
  const { q: _quote, ...op } = entry.op;
  const refused = entry.refused?.replace(/“.*”/s, "“…”");
  const kept = { ...entry, op, ...(refused !== undefined && { refused }) };
  return (await run("readwrite", (store) => store.put(kept))) !== null;
}

/** @param {string[]} ids */
export async function forget(ids) {
  await run("readwrite", (store) => {
    for (const id of ids.slice(1)) store.delete(id);
    return store.delete(ids[0] ?? "");
  });
}

/** An id that needs no secure context. @returns {string} */
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (/** @type {number} */ (bytes[6]) & 15) | 64;
  bytes[8] = (/** @type {number} */ (bytes[8]) & 63) | 128;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

/**
 * Cuts the acknowledgements out of an answer; null where it holds none.
 * @param {string} text @returns {{ answer: Answer, html: string } | null}
 */
export function parseAnswer(text) {
  const found = text.match(/<template id="acks">([\s\S]*?)<\/template>/);
  return found && { answer: JSON.parse(found[1] ?? ""), html: text.replace(found[0], "") };
}

/** The words of an error's partial. @param {string} html */
export function sentenceOf(html) {
  return html.replace(/<[^>]*>/g, " ").replace(/\s+/g, " ").trim();
}

/**
 * After another sign-in: this page's token anew, if the same person is signed in.
 * @param {number} user @param {number} patience milliseconds @returns {Promise<string | null>}
 */
export async function freshToken(user, patience) {
  const headers = { Accept: "text/html" };
  const html = await fetch(location.href, { headers, signal: AbortSignal.timeout(patience) })
    .then((response) => (response.ok ? response.text() : ""))
    .catch(() => "");
  const owner = html.match(/<body[^>]* data-user="([^"]+)"/)?.[1];
  return Number(owner) === user ? html.match(/<meta name="csrf-token" content="([^"]+)"/)?.[1] ?? null : null;
}
