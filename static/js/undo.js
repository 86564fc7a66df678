/** Undo and redo of this article in this tab: pairs of inverse operations, kept over a reload without any text. */

/** @typedef {{ op: Op["op"], sid: string, l?: string | undefined, v?: ValueMap, extent?: Extent | undefined }} Step */
/** @typedef {{ sid: string, back: Step, again: Step }} Pair */

const text = /** @type {HTMLElement} */ (document.getElementById("text"));
const key = `undo:${text.dataset.user}:${text.dataset.article}`;
const DEPTH = 200;

/** @returns {{ done: Pair[], undone: Pair[] }} */
function read() {
  try {
    return JSON.parse(sessionStorage.getItem(key) ?? "") ?? { done: [], undone: [] };
  } catch {
    return { done: [], undone: [] }; // Nothing kept yet, or storage is switched off.
  }
}

const { done, undone } = read();

function write() {
  try {
    sessionStorage.setItem(key, JSON.stringify({ done: done.slice(-DEPTH), undone: undone.slice(-DEPTH) }));
  } catch {
    return; // Without storage undo still works until the page is left.
  }
}

/** Notes what was just done and how to take it back. @param {Pair} pair */
export function note(pair) {
  done.push(pair);
  undone.length = 0;
  write();
}

/** The step that takes the last change back, which can then be redone. @returns {Step | null} */
export function undo() {
  return turn(done, undone, "back");
}

/** @returns {Step | null} */
export function redo() {
  return turn(undone, done, "again");
}

/** @param {Pair[]} from @param {Pair[]} to @param {"back" | "again"} side */
function turn(from, to, side) {
  const pair = from.pop();
  if (!pair) return null;
  to.push(pair);
  write();
  return pair[side];
}

/** The server knows nothing of this span, or of another one: its steps lead nowhere. @param {string} sid */
export function forgetSpan(sid) {
  for (const stack of [done, undone]) {
    const left = stack.filter((pair) => pair.sid !== sid);
    stack.splice(0, stack.length, ...left);
  }
  write();
}
