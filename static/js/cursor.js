/**
 * The word cursor: arrow keys select one word after the other. It is the document's own selection, so whatever reads
 * that reads the cursor too, whether it was set by keys, by the pointer or by a screen reader.
 */

import { blockAt, locate, pointIn, positionOf, rangeIn, textOf } from "./offsets.js";
import { readSelection } from "./select.js";
import { edgesOf } from "./tokens.js";
import { larger, sentencesOf } from "./units.js";

/** @typedef {{ p: number, s: number, e: number }} Word a token with a letter or digit */
/** @typedef {"word" | "line" | "sentence" | "block"} Unit */

const text = /** @type {HTMLElement} */ (document.getElementById("text"));

/** @type {Extent | null} what was selected last: where the cursor goes on once that has been marked */
let last = null;
/** @type {Extent[]} what was selected before each expansion */
const grown = [];

/** @param {Extent} extent */
export function remember(extent) {
  last = extent;
}

/** @param {Element} block @returns {Word[]} */
export function wordsOf(block) {
  const [edges, content, p] = [edgesOf(block), textOf(block), positionOf(block)];
  const words = [];
  for (let n = 0; n < edges.length; n += 2) {
    const [s, e] = [edges[n] ?? 0, edges[n + 1] ?? 0];
    if (/[\p{L}\p{N}]/u.test(content.slice(s, e))) words.push({ p, s, e });
  }
  return words;
}

/** @param {number} p @param {1 | -1} by @returns {Word | undefined} the nearest word of the blocks behind or before */
function wordBeyond(p, by) {
  let block = blockAt(p);
  while ((block = /** @type {HTMLElement | null} */ (by > 0 ? block?.nextElementSibling : block?.previousElementSibling) ?? null)) {
    const word = block.hasAttribute("data-block") && wordsOf(block).at(by > 0 ? 0 : -1);
    if (word) return word;
  }
  return undefined;
}

/** @param {{ p: number, o: number }} place @param {"behind" | "before"} side @returns {Word | undefined} the word there, or the nearest on that side */
function wordNear({ p, o }, side) {
  const block = blockAt(p);
  const words = block ? wordsOf(block) : [];
  return side === "behind" ? words.find(({ e }) => e > o) ?? words.at(-1) : words.findLast(({ s }) => s < o) ?? words[0];
}

/** The two ends of the selection as words; null where nothing in the text is selected. */
function ends() {
  const selection = document.getSelection();
  if (!selection?.anchorNode || !selection.focusNode || !text.contains(selection.anchorNode)) return null;
  const anchor = locate(selection.anchorNode, selection.anchorOffset, "start");
  const head = locate(selection.focusNode, selection.focusOffset, "end");
  if (!anchor || !head) return null;
  const backwards = head.p < anchor.p || (head.p === anchor.p && head.o < anchor.o);
  const from = wordNear(anchor, backwards ? "before" : "behind");
  const to = wordNear(head, backwards || selection.isCollapsed ? "behind" : "before");
  return from && to ? { from, to, caret: selection.isCollapsed } : null;
}

/** Where the cursor starts if nothing is selected: behind what was marked last, else the first word in view. */
function start() {
  const place = last && wordNear({ p: last.pe, o: last.e }, "before");
  if (place) return place;
  const blocks = /** @type {HTMLElement[]} */ ([...text.querySelectorAll("[data-block]")]);
  const shown = blocks.filter((block) => block.getBoundingClientRect().bottom > 64);
  return shown.flatMap(wordsOf)[0];
}

/** @param {Word} from @param {Word} to */
function select(from, to) {
  const [a, b] = [blockAt(from.p), blockAt(to.p)];
  if (!a || !b) return;
  const backwards = to.p < from.p || (to.p === from.p && to.s < from.s);
  const anchor = pointIn(a, backwards ? from.e : from.s);
  document.getSelection()?.setBaseAndExtent(...anchor, ...pointIn(b, backwards ? to.s : to.e));
  last = { p: to.p, s: to.s, pe: to.p, e: to.e };
  reveal(to);
}

/** @param {Word} word */
function reveal({ p, s, e }) {
  const block = blockAt(p);
  const rect = block && rangeIn(block, s, e)?.getBoundingClientRect();
  if (!rect) return;
  const [top, bottom] = [80, innerHeight - 120];
  if (rect.top < top) scrollBy(0, rect.top - top);
  else if (rect.bottom > bottom) scrollBy(0, rect.bottom - bottom);
}

/** @param {Extent} extent */
export function selectExtent(extent) {
  select({ p: extent.p, s: extent.s, e: extent.s }, { p: extent.pe, s: extent.e, e: extent.e });
  last = extent;
}

/** @param {Word} word @param {1 | -1} by @param {Unit} unit @returns {Word | undefined} */
function target({ p, s, e }, by, unit) {
  const block = blockAt(p);
  if (!block) return undefined;
  const words = wordsOf(block);
  if (unit === "block") return words.at(by > 0 ? -1 : 0);
  if (unit === "line") return acrossLine({ p, s, e }, by);
  const next = by > 0 ? words.find((word) => word.s > s) : words.findLast((word) => word.s < s);
  if (unit === "word") return next ?? wordBeyond(p, by);
  const starts = sentencesOf(textOf(block)).map(([first]) => words.find((word) => word.s >= first)).filter((word) => word !== undefined);
  const other = by > 0 ? starts.find((word) => word.s > s) : starts.findLast((word) => word.s < s);
  return other ?? wordBeyond(p, by);
}

/** The browser knows its lines. @param {Word} word @param {1 | -1} by */
function acrossLine(word, by) {
  const selection = document.getSelection();
  const block = blockAt(word.p);
  if (!selection || !block) return undefined;
  selection.collapse(...pointIn(block, word.s));
  selection.modify("move", by > 0 ? "forward" : "backward", "line");
  const { focusNode, focusOffset } = selection;
  const place = focusNode && text.contains(focusNode) ? locate(focusNode, focusOffset, "start") : null;
  return place ? wordNear(place, "behind") : undefined;
}

/** @type {[key: string, way: 1 | -1, unit: Unit][]} */
const MOVES = [
  ["ArrowLeft", -1, "word"], ["ArrowRight", 1, "word"], ["ArrowUp", -1, "line"], ["ArrowDown", 1, "line"],
  ["Mod+ArrowLeft", -1, "sentence"], ["Mod+ArrowRight", 1, "sentence"], ["Home", -1, "block"], ["End", 1, "block"],
];

/** The keys that move the cursor, with Shift those that extend. @param {() => void} before what is done first */
export function cursorKeys(before) {
  /** @type {Record<string, () => void>} */
  const keys = {};
  for (const [key, way, unit] of MOVES) {
    for (const extend of [false, true]) {
      keys[extend ? key.replace(/^(Mod\+)?/, "$1Shift+") : key] = () => {
        before();
        moveCursor(way, unit, extend);
      };
    }
  }
  return keys;
}

/** @param {1 | -1} way right or down, else left or up @param {Unit} unit @param {boolean} extend */
function moveCursor(way, unit, extend) {
  const now = ends();
  const by = unit !== "line" && unit !== "block" && runsLeftward(now?.to ?? start()) ? /** @type {1 | -1} */ (-way) : way;
  grown.length = 0;
  if (!now) {
    const first = start();
    const there = first && last ? target(first, by, unit) ?? first : first;
    return there && select(extend && last && first ? first : there, there);
  }
  const next = now.caret && !extend && unit === "word" && by > 0 ? now.to : target(now.to, by, unit) ?? now.to;
  select(extend ? now.from : next, next);
}

/** @param {Word | undefined} word */
function runsLeftward(word) {
  const block = word && blockAt(word.p);
  return Boolean(block) && getComputedStyle(/** @type {Element} */ (block)).direction === "rtl";
}

/** Grows the selection to the next larger unit: quantity, piece between commas, sentence, paragraph. */
export function expand() {
  const now = readSelection() ?? wordUnderCursor();
  const next = now && larger(now);
  if (!now || !next) return;
  grown.push(now);
  selectExtent(next);
}

/** Takes the last growth back. */
export function shrink() {
  const before = grown.pop();
  if (before) selectExtent(before);
}

/** @returns {Extent | null} the word that the caret is on, or the one of the last selection */
function wordUnderCursor() {
  const word = ends()?.to ?? start();
  return word ? { p: word.p, s: word.s, pe: word.p, e: word.e } : null;
}
