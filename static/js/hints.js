/** Jump hints: two letters over every word in view; typing them moves the cursor there. Loaded when first asked for. */

import { selectExtent, wordsOf } from "./cursor.js";
import { captureKeys } from "./keys.js";
import { allBlocks, blockAt, rangeIn } from "./offsets.js";

const LETTERS = "asdfghjklqwertyuiopzxcvbnm";

/** @typedef {{ keys: string, tag: HTMLElement, word: import("./cursor.js").Word }} Hint */

/** Words in view, in the order of the text. */
function visibleWords() {
  const shown = allBlocks().filter((block) => {
    const { top, bottom } = block.getBoundingClientRect();
    return bottom > 64 && top < innerHeight;
  });
  const words = shown.flatMap(wordsOf).map((word) => {
    const block = blockAt(word.p);
    return { word, rect: block && rangeIn(block, word.s, word.e)?.getClientRects()[0] };
  });
  return words.filter(({ rect }) => rect && rect.top > 64 && rect.bottom < innerHeight);
}

/** Shows the hints until two letters were typed or another key ends it. */
export function showHints() {
  const layer = document.createElement("div");
  layer.id = "hints";
  layer.setAttribute("aria-hidden", "true");
  /** @type {Hint[]} */
  const hints = visibleWords().slice(0, LETTERS.length ** 2).map(({ word, rect }, n) => {
    const keys = `${LETTERS[Math.floor(n / LETTERS.length)]}${LETTERS[n % LETTERS.length]}`;
    const tag = document.createElement("kbd");
    tag.textContent = keys;
    tag.style.setProperty("left", `${rect?.left ?? 0}px`);
    tag.style.setProperty("top", `${rect?.top ?? 0}px`);
    return { keys, tag, word };
  });
  layer.append(...hints.map(({ tag }) => tag));
  document.body.append(layer);
  const end = () => {
    layer.remove();
    removeEventListener("scroll", end);
    removeEventListener("pointerdown", end);
    captureKeys(null);
  };
  addEventListener("scroll", end, { once: true });
  addEventListener("pointerdown", end, { once: true });
  let typed = "";
  captureKeys(({ key }) => {
    typed += key.toLowerCase();
    const left = hints.filter(({ keys }) => keys.startsWith(typed));
    for (const { keys, tag } of hints) tag.hidden = !keys.startsWith(typed);
    if (left.length > 1) return true;
    end();
    const word = left[0]?.word;
    if (word) selectExtent({ p: word.p, s: word.s, pe: word.p, e: word.e });
    return false;
  });
}
