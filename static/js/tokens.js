/** Token boundaries of a block: decoded once, used to widen a selection to whole tokens. */

/** @type {WeakMap<Element, { runs: string, edges: number[] }>} */
const known = new WeakMap();

/**
 * Start and end of every token, flat: [start, end, start, end, ...] in UTF-16 units.
 * @param {string} runs gap and length runs, "0 3 1 6"
 * @returns {number[]}
 */
export function decode(runs) {
  const edges = [];
  let cursor = 0;
  for (const run of runs.split(" ")) if (run) edges.push((cursor += Number(run)));
  return edges;
}

/** @param {Element} block @returns {number[]} */
export function edgesOf(block) {
  const runs = block.getAttribute("data-tokens") ?? "";
  let entry = known.get(block);
  if (entry?.runs !== runs) known.set(block, (entry = { runs, edges: decode(runs) }));
  return entry.edges;
}

/**
 * The start of the token that holds the unit at `offset`; `offset` itself between tokens.
 * @param {number[]} edges @param {number} offset
 */
export function startOfToken(edges, offset) {
  const token = firstEndingBehind(edges, offset);
  return Math.min(offset, edges[2 * token] ?? offset);
}

/**
 * The end of the token that holds the unit before `offset`; `offset` itself between tokens.
 * @param {number[]} edges @param {number} offset
 */
export function endOfToken(edges, offset) {
  const token = firstEndingBehind(edges, offset - 1);
  return (edges[2 * token] ?? offset) < offset ? Math.max(offset, edges[2 * token + 1] ?? offset) : offset;
}

/** @param {number[]} edges @param {number} offset */
function firstEndingBehind(edges, offset) {
  let low = 0;
  let high = edges.length / 2;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((edges[2 * middle + 1] ?? 0) > offset) high = middle;
    else low = middle + 1;
  }
  return low;
}

/**
 * Where an edge of a span comes to lie one token further; undefined where the block ends.
 * @param {number[]} edges @param {number} offset @param {"start" | "end"} side @param {1 | -1} by
 */
export function stepEdge(edges, offset, side, by) {
  const stops = edges.filter((_, n) => n % 2 === (side === "start" ? 0 : 1));
  return by > 0 ? stops.find((stop) => stop > offset) : stops.findLast((stop) => stop < offset);
}
