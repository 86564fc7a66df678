/**
 * Places in the text: (node, offset) of the DOM <-> (block, UTF-16 offset). Always textContent: the rendered text of
 * a paragraph that content-visibility skips is empty.
 */

const text = /** @type {HTMLElement} */ (document.getElementById("text"));

/** @param {number} position @returns {HTMLElement | null} */
export function blockAt(position) {
  return document.getElementById(`b${position}`);
}

/** @param {Element} block @returns {number} */
export function positionOf(block) {
  return Number(block.getAttribute("data-block"));
}

/** Every block in the order of the text. @returns {HTMLElement[]} */
export function allBlocks() {
  return [...text.querySelectorAll(/** @type {"p"} */ ("[data-block]"))];
}

/** @param {Element} block @returns {string} */
export function textOf(block) {
  return block.textContent ?? "";
}

/**
 * The block and offset of a place in the document. A place between blocks, or outside the text, becomes the nearest
 * edge of a block: forwards for a start, backwards for an end.
 * @param {Node} node @param {number} offset @param {"start" | "end"} side
 * @returns {{ p: number, o: number } | null}
 */
export function locate(node, offset, side) {
  const element = node instanceof Element ? node : node.parentElement;
  const block = element?.closest("[data-block]");
  if (block && text.contains(block)) {
    const before = document.createRange();
    before.setStart(block, 0);
    before.setEnd(node, offset);
    return { p: positionOf(block), o: before.toString().length };
  }
  const blocks = allBlocks();
  const probe = document.createRange();
  if (side === "start") {
    for (const candidate of blocks) {
      probe.selectNode(candidate);
      if (probe.comparePoint(node, offset) <= 0) return { p: positionOf(candidate), o: 0 };
    }
    return null;
  }
  for (const candidate of blocks.reverse()) {
    probe.selectNode(candidate);
    if (probe.comparePoint(node, offset) >= 0) return { p: positionOf(candidate), o: textOf(candidate).length };
  }
  return null;
}

/**
 * The text node and offset of a place in a block, for setting a selection.
 * @param {Element} block @param {number} offset @returns {[node: Node, offset: number]}
 */
export function pointIn(block, offset) {
  const walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
  let seen = 0;
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const length = node.nodeValue?.length ?? 0;
    if (offset <= seen + length) return [node, offset - seen];
    seen += length;
  }
  return [block, block.childNodes.length];
}

/**
 * A live range over units `start` to `end` of a block; null where the block is shorter than that.
 * @param {Element} block @param {number} start @param {number} end @returns {Range | null}
 */
export function rangeIn(block, start, end) {
  const walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  let seen = 0;
  let opened = false;
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const length = node.nodeValue?.length ?? 0;
    if (!opened && start < seen + length) {
      range.setStart(node, start - seen);
      opened = true;
    }
    if (opened && end <= seen + length) {
      range.setEnd(node, end - seen);
      return range;
    }
    seen += length;
  }
  return null;
}

/**
 * One range for each block that the extent touches.
 * @param {Extent} extent @returns {Range[]}
 */
export function rangesOf(extent) {
  const ranges = [];
  for (const { block, s, e } of piecesOf(extent)) {
    const range = s < e && rangeIn(block, s, e);
    if (range) ranges.push(range);
  }
  return ranges;
}

/**
 * What the article says there, block after block, without what separates blocks; null where a block is not on this
 * page or is shorter.
 * @param {Extent} extent @returns {string | null}
 */
export function quoteOf(extent) {
  const pieces = piecesOf(extent);
  const last = pieces.at(-1);
  if (!last || positionOf(last.block) !== extent.pe || extent.e > textOf(last.block).length) return null;
  return pieces.map(({ block, s, e }) => textOf(block).slice(s, e)).join("");
}

/** @param {Extent} extent */
function piecesOf({ p, s, pe, e }) {
  const pieces = [];
  /** @type {Element | null} */
  let block = blockAt(p);
  while (block) {
    const position = positionOf(block);
    if (position > pe) break;
    pieces.push({
      block,
      s: position === p ? s : 0,
      e: position === pe ? e : textOf(block).length,
    });
    do block = block.nextElementSibling;
    while (block && !block.hasAttribute("data-block"));
  }
  return pieces;
}

/**
 * Where a drawn span lies, read from its marks; null where it has none.
 * @param {string} sid @returns {Extent | null}
 */
export function extentOf(sid) {
  const marks = marksOf(sid);
  const [first, last] = [marks[0], marks.at(-1)];
  if (!first || !last) return null;
  const start = locate(first, 0, "start");
  const end = locate(last, last.childNodes.length, "end");
  return start && end && { p: start.p, s: start.o, pe: end.p, e: end.o };
}

/** The segments of a span in the order of the text. @param {string} sid @returns {HTMLElement[]} */
export function marksOf(sid) {
  return [...text.querySelectorAll(/** @type {"mark"} */ (`mark[data-spans~="${CSS.escape(sid)}"]`))];
}
