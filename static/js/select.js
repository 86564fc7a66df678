/** From the live selection to the span that a label key would make. */

import { allBlocks, blockAt, locate, pointIn, positionOf, quoteOf, textOf } from "./offsets.js";
import { edgesOf, endOfToken, startOfToken } from "./tokens.js";

const text = /** @type {HTMLElement} */ (document.getElementById("text"));

/** Boundaries of the last selection dragged with Alt: that one keeps its characters. */
let dragged = "";

/** @param {Range} range */
function boundaries(range) {
  const start = locate(range.startContainer, range.startOffset, "start");
  const end = locate(range.endContainer, range.endOffset, "end");
  return start && end && { p: start.p, s: start.o, pe: end.p, e: end.o };
}

/** @returns {Range | null} */
function liveRange() {
  const selection = document.getSelection();
  if (!selection || selection.isCollapsed || selection.rangeCount === 0) return null;
  const range = selection.getRangeAt(0);
  return range.intersectsNode(text) ? range : null;
}

/**
 * The selection as a span: widened to every token it touches, without blanks at its edges; null where nothing in the
 * text is selected. Reads the document as it is now.
 * @returns {(Extent & { q: string }) | null}
 */
export function readSelection() {
  const range = liveRange();
  const raw = range && boundaries(range);
  const tight = raw && trim(raw);
  if (!tight) return null;
  const extent = JSON.stringify(raw) === dragged ? whole(tight) : trim(snap(tight));
  const q = extent && quoteOf(extent);
  return extent && q ? { ...extent, q } : null;
}

/** @param {Extent} extent @returns {Extent} */
function snap(extent) {
  const first = blockAt(extent.p);
  const last = blockAt(extent.pe);
  return {
    ...extent,
    s: first ? startOfToken(edgesOf(first), extent.s) : extent.s,
    e: last ? endOfToken(edgesOf(last), extent.e) : extent.e,
  };
}

/** Keeps both halves of a surrogate pair. @param {Extent} extent @returns {Extent} */
function whole(extent) {
  const inside = (/** @type {number} */ p, /** @type {number} */ at) =>
    /^[\ud800-\udbff][\udc00-\udfff]/.test(textOf(blockAt(p) ?? text).slice(Math.max(0, at - 1), at + 1)) && at > 0;
  return {
    ...extent,
    s: inside(extent.p, extent.s) ? extent.s - 1 : extent.s,
    e: inside(extent.pe, extent.e) ? extent.e + 1 : extent.e,
  };
}

/**
 * Drops blanks at the edges, over block ends too; null where nothing else is there.
 * @param {Extent} extent @returns {Extent | null}
 */
function trim(extent) {
  const only = extent.p === extent.pe && blockAt(extent.p);
  const blocks = only ? [only] : allBlocks().filter((b) => positionOf(b) >= extent.p && positionOf(b) <= extent.pe);
  let { s, e } = extent;
  while (blocks.length) {
    const block = /** @type {HTMLElement} */ (blocks[0]);
    const content = textOf(block).slice(0, blocks.length === 1 ? e : undefined);
    const skipped = content.slice(s).search(/\S/);
    if (skipped >= 0) {
      s += skipped;
      break;
    }
    blocks.shift();
    s = 0;
  }
  while (blocks.length) {
    const block = /** @type {HTMLElement} */ (blocks.at(-1));
    const kept = textOf(block).slice(0, e).trimEnd().length;
    if (kept > (blocks.length === 1 ? s : 0)) {
      e = kept;
      break;
    }
    blocks.pop();
    e = Infinity;
  }
  const [first, last] = [blocks[0], blocks.at(-1)];
  return first && last ? { p: positionOf(first), s, pe: positionOf(last), e } : null;
}

/** The selection has become an annotation: it must not be used a second time. */
export function useUp() {
  // Not collapsed: in a long article the browser would walk the whole text for the new caret, 17 ms of a key press.
  document.getSelection()?.removeAllRanges();
}

/**
 * Remembers the selection by its offsets: a morph writes into text nodes and would take it away from a person who is
 * already on the next words.
 * @returns {() => void} puts it back where the morph has moved it
 */
export function holdSelection() {
  const selection = document.getSelection();
  if (!selection || !liveRange()) return () => {};
  const [base, extent] = edges(selection);
  return () => {
    if (!base || !extent || JSON.stringify(edges(selection)) === JSON.stringify([base, extent])) return;
    const [from, to] = [blockAt(base.p), blockAt(extent.p)];
    if (!from || !to) return;
    selection.setBaseAndExtent(...pointIn(from, base.o), ...pointIn(to, extent.o));
  };
}

/** @param {Selection} selection */
function edges({ anchorNode, anchorOffset, focusNode, focusOffset }) {
  return [anchorNode && locate(anchorNode, anchorOffset, "start"), focusNode && locate(focusNode, focusOffset, "end")];
}

/** @returns {boolean} whether there was anything to drop */
export function dropSelection() {
  const range = liveRange();
  document.getSelection()?.removeAllRanges();
  return range !== null;
}

/**
 * Follows the pointer and tells what would be marked, for the preview.
 * @param {(extent: Extent | null) => void} preview
 */
export function watchSelection(preview) {
  let planned = 0;
  document.addEventListener("selectionchange", () => {
    if (planned) return;
    planned = requestAnimationFrame(() => {
      planned = 0;
      preview(readSelection());
    });
  });
  document.addEventListener("pointerup", (event) => {
    const range = event.altKey && event.target instanceof Node && text.contains(event.target) ? liveRange() : null;
    dragged = range ? JSON.stringify(boundaries(range)) : "";
  });
}
