/** What a person did to an article, step by step, for undo and redo: kept over a reload, without any text. */

/** @typedef {Pick<Op, "op" | "l" | "v" | "unconfirmed"> & { sid: string, extent?: Extent | undefined }} Step */
/** @typedef {{ back: Step[], again: Step[] }} Pair what takes a change back, and what makes it again */

const text = /** @type {HTMLElement} */ (document.getElementById("text"));
const key = `steps:${text.dataset.user}:${text.dataset.article}`;
const DEPTH = 200;
const { done, undone } = kept();

/** @returns {{ done: Pair[], undone: Pair[] }} */
function kept() {
  try {
    return JSON.parse(sessionStorage.getItem(key) ?? "") ?? { done: [], undone: [] };
  } catch {
    return { done: [], undone: [] }; // Nothing kept yet, or storage is switched off.
  }
}

function keep() {
  try {
    sessionStorage.setItem(key, JSON.stringify({ done: done.slice(-DEPTH), undone: undone.slice(-DEPTH) }));
  } catch {
    return; // Without storage undo still works until the page is left.
  }
}

/** @param {Pair} pair */
export function note(pair) {
  done.push(pair);
  undone.length = 0;
  keep();
}

/** @returns {Step[] | undefined} what takes the last change back; it can then be made again */
export function stepsBack() {
  return shift(done, undone)?.back;
}

/** @returns {Step[] | undefined} what makes again what was taken back last */
export function stepsAgain() {
  return shift(undone, done)?.again;
}

/** @param {Pair[]} from @param {Pair[]} to */
function shift(from, to) {
  const pair = from.pop();
  if (pair) to.push(pair);
  keep();
  return pair;
}

/** The server knows nothing of this span, or of another one: its steps lead nowhere. @param {string} sid */
export function forgetSpan(sid) {
  const others = (/** @type {Step} */ step) => step.sid !== sid;
  for (const stack of [done, undone]) {
    const left = stack.map(({ back, again }) => ({ back: back.filter(others), again: again.filter(others) }));
    stack.splice(0, stack.length, ...left.filter(({ back }) => back.length));
  }
  keep();
}
